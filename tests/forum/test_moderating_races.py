"""Moderators, askers and writers at once on one answer: each is served or refused, none stopped.

On PostgreSQL locks taken in another order end in a deadlock; SQLite has one lock.
"""

import pytest

from core.errors import Refusal
from core.models import Visibility
from forum import actions
from forum.models import Answer
from people import actions as people
from people.models import Flag, Hold
from tests.cast import make_person
from tests.helpdesk.test_races import together

pytestmark = pytest.mark.django_db(transaction=True)
ANSWER = "forum.answer"
TURNS = 4


def outcomes(*acts):
    """Return what became of each act, all begun at once: the code of its refusal, or "done"."""

    def told(act):
        try:
            act()
        except Refusal as refusal:
            return refusal.code
        return "done"

    return together(told, acts, at_once=len(acts))


def test_the_flags_of_one_answer_are_decided_at_once(cast, question):
    moderators = [make_person(f"moderator{n}", role="moderator") for n in range(4)]
    people_who_flag = [make_person(f"flagger{n}") for n in range(4)]
    for _turn in range(TURNS):
        row = actions.answer(actor=cast.bao, question_id=question.pk, source="Buy gold.")
        facts = {"kind": ANSWER, "object_id": row.pk, "reason": "spam"}
        flags = [people.flag(actor=person, **facts) for person in people_who_flag]

        def decide(who, flag):
            facts = {
                "decision": "agreed",
                "answer": "Thank you.",
                "to_author": "No adverts.",
                "remove": True,
            }
            return lambda: people.decide_flag(actor=who, flag_id=flag.pk, **facts)

        acts = [decide(who, flag) for who, flag in zip(moderators, reversed(flags), strict=True)]

        assert sorted(outcomes(*acts)) == ["already_decided"] * 3 + ["done"]
        assert set(Flag.objects.filter(thing_id=row.pk).values_list("decision", flat=True)) == {
            "agreed"
        }


def test_a_held_answer_is_published_while_it_is_taken_away_and_its_question_curated(cast, question):
    asker = question.author
    for turn in range(TURNS):
        row = actions.answer(actor=cast.bao, question_id=question.pk, source=f"Buy gold {turn}.")
        Answer.objects.filter(pk=row.pk).update(visibility=Visibility.PENDING)
        held = Hold.objects.create(thing_kind=ANSWER, thing_id=row.pk, person=cast.bao, score=1)
        away = {"kind": ANSWER, "object_id": row.pk, "rule": "spam", "reason": "Advertising."}

        found = outcomes(
            lambda held=held: people.decide_hold(
                actor=cast.moira, hold_id=held.pk, decision="published"
            ),
            lambda away=away: people.remove_post(actor=cast.moira, **away),
            lambda row=row: actions.accept_answer(
                actor=asker, question_id=question.pk, answer_id=row.pk
            ),
            lambda row=row: actions.edit_answer(
                actor=cast.bao, answer_id=row.pk, revision=1, source="Buy silver."
            ),
        )

        assert found[1] == "done"
        held.refresh_from_db()
        assert held.decision in ("published", "removed")


def test_an_appeal_is_granted_while_the_answer_is_brought_back(cast, question):
    miro = make_person("miro", role="moderator")
    for turn in range(TURNS):
        row = actions.answer(actor=cast.bao, question_id=question.pk, source=f"Gold {turn}.")
        post = {"kind": ANSWER, "object_id": row.pk}
        removal = people.remove_post(actor=cast.moira, **post, rule="spam", reason="Advertising.")
        made = people.appeal(
            actor=cast.bao, subject="removal", subject_id=removal.pk, text="It was none."
        )
        facts = {"appeal_id": made.pk, "decision": "reversed", "answer": "Right."}

        found = outcomes(
            lambda facts=facts: people.decide_appeal(actor=miro, **facts),
            lambda post=post: people.restore_post(actor=cast.moira, **post),
        )

        assert "done" in found
        row.refresh_from_db()
        assert row.visibility == Visibility.VISIBLE
