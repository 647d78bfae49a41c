"""What is planted of curating, pseudonyms and drafts."""

from uuid import uuid4

from forum import actions as forum
from forum.models import Question
from tests.proofs.world import World


def plant_curated(world: World) -> None:
    """Questions that were closed, merged, split off and asked without a name; a draft."""
    world.rows["orphan_question"] = world.orphan_answer.question
    closed = world.rows["closed_question"] = asked(world, "Is this still so with version two?")
    forum.close_question(actor=world.aminata, question_id=closed.pk, reason="outdated")
    merged = world.rows["merged_question"] = asked(world, "My mail lands in spam, why is that?")
    forum.merge_question(actor=world.moira, question_id=merged.pk, into_id=world.question.pk)
    broad = asked(world, "Two things at once, is that fine?")
    said = forum.answer(
        actor=world.bao, question_id=broad.pk, source="The second: yes.", language="en"
    )
    world.rows["split_question"] = forum.split_question(
        actor=world.moira,
        question_id=broad.pk,
        title="The second thing alone",
        source="It was asked beside.",
        answer_ids=[said.pk],
    ).into
    world.rows["hidden_question"] = asked(world, "Whom do I tell about a threat?", hidden=True)
    world.rows["forum_draft"] = forum.keep_draft(
        actor=world.aminata,
        token=uuid4(),
        kind="question",
        thing_id=0,
        fields={
            "title": f"Half a question {world.secret('unfinished', 'aminata')}",
            "source": world.secret("unposted", "aminata"),
        },
    )


def asked(world: World, title: str, *, hidden: bool = False) -> Question:
    return forum.ask(
        actor=world.aminata,
        title=title,
        source="Perhaps someone knows.",
        language="en",
        tag_names=[],
        under_pseudonym=hidden,
    )
