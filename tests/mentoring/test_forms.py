"""What the forms of mentoring show."""

from datetime import date

from django.utils import translation

from aid.forms import ClaimForm
from mentoring.forms import SessionForm


def test_a_prefilled_day_is_one_for_the_browser_in_every_language():
    day = date(2026, 11, 27)

    for language in ("en", "fr"):
        with translation.override(language):
            assert 'value="2026-11-27"' in str(SessionForm(initial={"day": day})["day"])
            shown = str(ClaimForm(initial={"happened_on": day})["happened_on"])
            assert 'value="2026-11-27"' in shown
