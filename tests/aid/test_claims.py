from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from aid import actions, queries
from aid.models import AidClaim, AidEntry, AidLine, Kind
from core.errors import NotAllowed, WrongMoment
from core.things import thing_of
from people.models import Place
from tests.cast import SECRET
from tests.faces import DONE, FACES, INVALID, NOT_ALLOWED, SIGN_IN, UNSEEN, WRONG_MOMENT, Act

CONFIRM = Act(
    page=lambda c: (f"/commons/claims/{c.pk}/confirmation", {}),
    api=lambda c: ("PUT", f"/api/v1/aid/claims/{c.pk}/confirmation", {}),
)
DECLINE = Act(
    page=lambda c: (f"/commons/claims/{c.pk}/refusal", {}),
    api=lambda c: ("PUT", f"/api/v1/aid/claims/{c.pk}/refusal", {}),
)
WITHDRAW = Act(
    page=lambda c: (f"/commons/claims/{c.pk}/withdrawal", {}),
    api=lambda c: ("PUT", f"/api/v1/aid/claims/{c.pk}/withdrawal", {}),
)
EDIT = Act(
    page=lambda c: (f"/commons/claims/{c.pk}", {"minutes": 45, "note": "corrected"}),
    api=lambda c: ("PUT", f"/api/v1/aid/claims/{c.pk}", {"minutes": 45, "note": "corrected"}),
)
EDIT_BADLY = Act(
    page=lambda c: (f"/commons/claims/{c.pk}", {"minutes": 0, "note": "x"}),
    api=lambda c: ("PUT", f"/api/v1/aid/claims/{c.pk}", {"minutes": 0, "note": "x"}),
)
REVERSE = Act(
    page=lambda e: (f"/commons/entries/{e.pk}/reversal", {"reason": "counted twice"}),
    api=lambda e: ("POST", f"/api/v1/aid/entries/{e.pk}/reversal", {"reason": "counted twice"}),
)


def claim_of(giver, receivers, **facts) -> AidClaim:
    facts = {"minutes": 30, "kind": Kind.OTHER, "happened_at": timezone.now(), **facts}
    claim = actions.claim_help(actor=giver, givers=[giver], receivers=receivers, **facts)
    assert claim is not None
    return claim


@pytest.fixture
def claim(cast):
    return claim_of(cast.bao, [cast.aminata], note=SECRET)


@pytest.fixture
def entry(cast, claim):
    actions.confirm_claim(actor=cast.aminata, claim_id=claim.pk)
    return claim.entries.get()


def balance(person) -> int:
    return sum(AidLine.objects.filter(person=person).values_list("minutes", flat=True))


def test_only_who_is_active_claims_help_given_outside(cast):
    cast.bao.state = "silenced"
    cast.bao.save()

    with pytest.raises(NotAllowed):
        claim_of(cast.bao, [cast.aminata])
    assert not AidClaim.objects.exists()


@pytest.mark.parametrize("face", FACES)
def test_receiver_confirms_and_both_are_counted(face, perform, cast, claim):
    assert perform(face, cast.aminata, CONFIRM, claim) == DONE

    assert (balance(cast.bao), balance(cast.aminata)) == (30, -30)


@pytest.mark.parametrize("face", FACES)
def test_receiver_confirms_twice_and_it_counts_once(face, perform, cast, claim):
    assert perform(face, cast.aminata, CONFIRM, claim) == DONE
    assert perform(face, cast.aminata, CONFIRM, claim) == DONE

    assert AidEntry.objects.count() == 1


@pytest.mark.parametrize("face", FACES)
@pytest.mark.parametrize("act", [CONFIRM, DECLINE])
def test_giver_never_answers_for_the_receiver(face, act, perform, cast, claim):
    assert perform(face, cast.bao, act, claim) == NOT_ALLOWED

    assert not AidEntry.objects.exists()


@pytest.mark.parametrize("face", FACES)
@pytest.mark.parametrize("act", [CONFIRM, DECLINE, WITHDRAW, EDIT])
def test_outsider_finds_no_claim(face, act, perform, cast, claim):
    assert perform(face, cast.omar, act, claim) == UNSEEN
    assert perform(face, None, act, claim) == SIGN_IN


@pytest.mark.parametrize("face", FACES)
def test_declined_claim_cannot_be_confirmed(face, perform, cast, claim):
    assert perform(face, cast.aminata, DECLINE, claim) == DONE
    assert perform(face, cast.aminata, CONFIRM, claim) == WRONG_MOMENT

    claim.refresh_from_db()
    assert claim.state == "declined"


@pytest.mark.parametrize("face", FACES)
def test_giver_corrects_and_takes_back_while_it_waits(face, perform, cast, claim):
    assert perform(face, cast.bao, EDIT, claim) == DONE
    assert perform(face, cast.bao, EDIT_BADLY, claim) == INVALID
    claim.refresh_from_db()
    assert (claim.minutes, claim.note) == (45, "corrected")

    assert perform(face, cast.aminata, EDIT, claim) == NOT_ALLOWED
    assert perform(face, cast.bao, WITHDRAW, claim) == DONE
    assert perform(face, cast.bao, WITHDRAW, claim) == DONE
    assert perform(face, cast.aminata, CONFIRM, claim) == WRONG_MOMENT


@pytest.mark.parametrize("face", FACES)
def test_a_secret_in_a_corrected_note_is_pointed_out_first(face, perform, cast, claim):
    def noting(**more):
        facts = {"minutes": 45, "note": "The password is Blue!Sky9x", **more}
        return Act(
            page=lambda c: (f"/commons/claims/{c.pk}", facts),
            api=lambda c: ("PUT", f"/api/v1/aid/claims/{c.pk}", facts),
        )

    assert perform(face, cast.bao, noting(), claim) == INVALID
    claim.refresh_from_db()
    assert (claim.minutes, claim.note) == (30, SECRET)
    assert perform(face, cast.bao, noting(send_secrets=True), claim) == DONE
    claim.refresh_from_db()
    assert (claim.minutes, claim.note) == (45, "The password is Blue!Sky9x")


def test_what_is_refused_of_a_claim_stands_in_its_form_wherever_it_is_listed(cast, browse, claim):
    for _number in range(30):
        claim_of(cast.bao, [cast.nadia])

    page = browse(cast.bao).post(
        f"/commons/claims/{claim.pk}", {"minutes": 45, "note": "The password is Blue!Sky9x"}
    )

    html = page.content.decode()
    assert 'value="The password is Blue!Sky9x"' in html
    assert 'name="send_secrets"' in html
    assert html.count('value="45"') == 1


@pytest.mark.parametrize("face", FACES)
def test_coordinator_reverses_an_entry_once(face, perform, cast, entry):
    assert perform(face, cast.aminata, REVERSE, entry) == NOT_ALLOWED
    assert perform(face, cast.omar, REVERSE, entry) == UNSEEN
    assert perform(face, cast.clara, REVERSE, entry) == DONE
    assert perform(face, cast.clara, REVERSE, entry) == WRONG_MOMENT

    assert (balance(cast.bao), balance(cast.aminata)) == (0, 0)
    assert AidEntry.objects.count() == 2


def test_receiver_confirms_with_other_minutes(cast, claim):
    actions.confirm_claim(actor=cast.aminata, claim_id=claim.pk, minutes=20)

    assert balance(cast.bao) == 20


def test_minutes_stand_once_someone_confirmed(cast):
    claim = claim_of(cast.bao, [cast.aminata, cast.tomas])
    actions.confirm_claim(actor=cast.aminata, claim_id=claim.pk)

    with pytest.raises(WrongMoment):
        actions.confirm_claim(actor=cast.tomas, claim_id=claim.pk, minutes=300)


def test_same_source_and_purpose_is_one_claim(cast):
    first = claim_of(cast.bao, [cast.aminata], source=("forum.answer", 7), purpose="acceptance")
    again = claim_of(cast.bao, [cast.aminata], source=("forum.answer", 7), purpose="acceptance")

    assert first == again


def test_help_of_paid_staff_and_to_oneself_is_not_counted(cast):
    facts: Any = {"minutes": 5, "kind": Kind.TICKET, "happened_at": timezone.now()}

    paid = actions.claim_help(
        actor=cast.nadia, givers=[cast.nadia], receivers=[cast.aminata], **facts
    )
    own = actions.claim_help(actor=cast.bao, givers=[cast.bao], receivers=[cast.bao], **facts)

    assert (paid, own) == (None, None)


def test_suspended_person_claims_nothing(cast):
    cast.bao.state = "suspended"
    cast.bao.save()

    with pytest.raises(NotAllowed):
        claim_of(cast.bao, [cast.aminata])


def test_group_act_is_shared_by_those_who_confirm_in_time(cast):
    claim = claim_of(cast.tomas, [cast.aminata, cast.bao, cast.omar], minutes=61)
    actions.confirm_claim(actor=cast.aminata, claim_id=claim.pk)
    actions.confirm_claim(actor=cast.omar, claim_id=claim.pk)
    actions.settle_claim(claim_id=claim.pk)
    assert not AidEntry.objects.exists(), "bao may still answer"

    AidClaim.objects.filter(pk=claim.pk).update(
        claimed_at=timezone.now() - actions.ANSWER_WITHIN - timedelta(seconds=1)
    )
    actions.settle_claim(claim_id=claim.pk)
    actions.settle_claim(claim_id=claim.pk)

    assert balance(cast.tomas) == 61
    assert (balance(cast.aminata), balance(cast.bao), balance(cast.omar)) == (-31, 0, -30)


def test_undone_source_leaves_no_minutes(cast):
    claim = claim_of(
        cast.bao, [cast.aminata], source=("forum.acceptance", 3), confirmed_by=cast.aminata
    )
    assert balance(cast.bao) == 30

    actions.withdraw_source(actor=cast.aminata, source=("forum.acceptance", 3))
    actions.withdraw_source(actor=cast.aminata, source=("forum.acceptance", 3))

    claim.refresh_from_db()
    assert (balance(cast.bao), claim.state) == (0, "withdrawn")


def test_help_across_a_border_is_told_from_help_close_by(cast):
    lyon = Place.objects.create(name="Lyon", country="FR")
    dakar = Place.objects.create(name="Dakar", country="SN")
    for person, place in ((cast.bao, lyon), (cast.aminata, dakar), (cast.omar, lyon)):
        person.place = place
        person.save()

    for receiver in (cast.aminata, cast.omar, cast.clara):
        claim_of(cast.bao, [receiver], confirmed_by=receiver)

    assert list(AidEntry.objects.order_by("pk").values_list("reach", flat=True)) == [
        "across",
        "local",
        "unknown",
    ]
    figure = queries.month_series()[-1]
    assert (figure.local, figure.across, figure.unknown, figure.total) == (30, 30, 30, 90)
    living = queries.living_figure()
    assert (living.minutes, living.places, living.countries) == (90, 2, 2)


def test_small_groups_are_merged_in_public_figures(cast):
    lyon = Place.objects.create(name="Lyon", country="FR")
    cast.bao.place = lyon
    cast.bao.save()
    claim_of(cast.bao, [cast.aminata], confirmed_by=cast.aminata)

    assert queries.places_of_year(timezone.localdate().year) == []


def test_claims_are_in_the_data_of_who_made_them(cast, claim):
    export = thing_of("aid.claim").export

    (row,) = export(cast.bao)
    assert (row["minutes"], row["note"], row["state"]) == (30, SECRET, "pending")
    assert export(cast.omar) == export(cast.aminata) == []
