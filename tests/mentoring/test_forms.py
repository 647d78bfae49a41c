"""What the forms of mentoring show."""

from datetime import date

from django.utils import translation

from aid.forms import ClaimForm
from mentoring import reasons
from mentoring.forms import SessionForm
from mentoring.models import MentorOffer


def test_a_prefilled_day_is_one_for_the_browser_in_every_language():
    day = date(2026, 11, 27)

    for language in ("en", "fr"):
        with translation.override(language):
            assert 'value="2026-11-27"' in str(SessionForm(initial={"day": day})["day"])
            shown = str(ClaimForm(initial={"happened_on": day})["happened_on"])
            assert 'value="2026-11-27"' in shown


def test_french_counts_the_places_taken_and_the_first_of_a_month(browse, cast, offer):
    MentorOffer.objects.update(capacity=2)

    client = browse(cast.bao)
    client.cookies["language"] = "fr"
    html = client.get("/mentoring").content.decode()

    assert "0 place prise sur 2" in html
    with translation.override("fr"):
        assert reasons.day_words(date(2026, 12, 1)) == "1er décembre"
        assert reasons.day_words(date(2026, 12, 11)) == "11 décembre"
