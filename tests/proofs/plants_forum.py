"""What is planted of curating, pseudonyms and drafts, and of what hides with a hidden post."""

from uuid import uuid4

from django.core.files.base import ContentFile

from core.faces import PAGE, coming_from
from core.models import UnsentForm, WaitingFile
from forum import actions as forum
from forum.models import Question
from people import actions as people
from tests.cast import make_person
from tests.proofs.plants_rooms import text_file
from tests.proofs.world import World

LINKS = "https://a.example https://b.example https://c.example"


def plant_curated(world: World) -> None:
    """Questions that were closed, merged, split off and asked without a name; a draft."""
    world.rows["orphan_question"] = world.orphan_answer.question
    closed = world.rows["closed_question"] = asked(world, "Is this still so with version two?")
    forum.close_question(actor=world.aminata, question_id=closed.pk, reason="outdated")
    merged = world.rows["merged_question"] = asked(world, "My mail lands in spam, why is that?")
    forum.merge_question(
        actor=world.moira, question_id=merged.pk, into_id=world.question.pk, reason="duplicate"
    )
    broad = asked(world, "Two things at once, is that fine?")
    said = forum.answer(
        actor=world.bao, question_id=broad.pk, source="The second: yes.", language="en"
    )
    world.rows["split_question"] = forum.split_question(
        actor=world.moira,
        question_id=broad.pk,
        title="The second thing alone",
        source="It was asked beside.",
        reason="strayed",
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


def plant_unsent(world: World) -> None:
    """What omar wrote after his session had ended: known to that browser's session alone."""
    UnsentForm.objects.create(
        writer=world.omar,
        path=f"/questions/{world.answer.question_id}/answers",
        back=f"/questions/{world.answer.question_id}",
        fields=[["source", world.secret("unsent")]],
    )


def plant_waiting_file(world: World) -> None:
    """A file omar chose for a form that was shown to him again: served to nobody, not even him."""
    row = WaitingFile(owner=world.omar, name=f"{world.secret('waitingname')}.txt", size=1)
    row.content.save(row.key.hex, ContentFile(world.secret("waiting").encode()), save=False)
    row.save()


def plant_under_hidden_posts(world: World) -> None:
    """Comments, revisions, suggestions and translations of a question and an answer that are taken
    away later (plant_moderation); omar has what he wrote in his data."""
    mods, omars = ("bao", "moira"), ("bao", "moira", "omar")
    away, answer = world.away_question, world.away_answer
    under = away.answers.get()
    forum.comment(actor=world.bao, question_id=away.pk, source=world.secret("undercomment", *mods))
    forum.comment(
        actor=world.bao,
        question_id=away.pk,
        answer_id=under.pk,
        source=world.secret("underanswer", *mods),
    )
    forum.comment(
        actor=world.bao,
        question_id=answer.question_id,
        answer_id=answer.pk,
        source=world.secret("answercomment", *mods),
    )
    forum.edit_answer(
        actor=world.bao,
        answer_id=answer.pk,
        revision=1,
        source=world.secret("answernow", *mods),
        why=world.secret("answerwhy", *mods),
        uploads=[text_file(world.secret("answerfile", *mods), "answerfilename")],
    )
    world.sees["answerfilename"] = set(mods)
    for row, kind, word in ((away, "question", "ofquestion"), (answer, "answer", "ofanswer")):
        forum.suggest(
            actor=world.omar,
            kind=f"forum.{kind}",
            object_id=row.pk,
            revision=1,
            title="Another title" if kind == "question" else "",
            source=world.secret(f"suggested{word}", *omars),
            why=world.secret(f"because{word}", *omars),
        )
    for row, kind, word in ((away, "question", "ofquestion"), (under, "answer", "ofunder")):
        title = world.secret(f"title{word}", *omars) if kind == "question" else ""
        forum.render_post(
            actor=world.omar,
            kind=f"forum.{kind}",
            object_id=row.pk,
            language="es",
            title=title,
            source=world.secret(f"rendered{word}", *omars),
            from_revision=1,
        )


def plant_held_renditions(world: World) -> None:
    """Translations that wait for a look, and one that was taken away, of posts all can see."""
    mika, moira = world.mika, world.moira
    with coming_from(PAGE):
        for kind, row in (("question", world.question), ("answer", world.answer)):
            words = world.secret(f"held{kind}", "mika", "moira")
            title = world.secret("heldtitle", "mika", "moira") if kind == "question" else ""
            world.rows[f"held_{kind}_rendition"] = forum.render_post(
                actor=mika,
                kind=f"forum.{kind}",
                object_id=row.pk,
                language="de",
                title=title,
                source=f"{words} {LINKS}",
                from_revision=1,
            )
            assert world.rows[f"held_{kind}_rendition"].visibility == "pending"
    row = forum.render_post(
        actor=world.omar,
        kind="forum.answer",
        object_id=world.answer.pk,
        language="ar",
        source=world.secret("awayrendition", "omar", "moira"),
        from_revision=1,
    )
    people.remove_post(
        actor=moira, kind="forum.rendition", object_id=row.pk, rule="spam", reason="x"
    )


def plant_unnamed(world: World) -> None:
    """What nell wrote under a pseudonym alone, held, flagged, taken away and appealed: her name is
    a secret, since nothing but those may tell it."""
    nell = make_person("nell", display_name=world.secret("nell"))
    world.sees["mail of nell"] = set()
    hidden = forum.ask(
        actor=nell,
        title="How do I leave a group unseen?",
        source="They read everything.",
        language="en",
        tag_names=[],
        under_pseudonym=True,
    )
    away = forum.comment(actor=nell, question_id=hidden.pk, source="More.")
    removal = people.remove_post(
        actor=world.moira, kind="forum.comment", object_id=away.pk, rule="other", reason="x"
    )
    people.appeal(actor=nell, subject="removal", subject_id=removal.pk, text="It is needed.")
    with coming_from(PAGE):
        said = forum.answer(actor=nell, question_id=hidden.pk, source=f"So: {LINKS}", language="en")
    assert said.visibility == "pending"
    people.flag(actor=world.mika, kind="forum.question", object_id=hidden.pk, reason="other")
