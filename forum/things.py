"""What the forum declares to the other rooms."""

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core import replies
from core.things import Thing, declare
from forum import things_of_platforms
from forum.actions import replying, showing
from forum.models import (
    Answer,
    Ask,
    AskChoice,
    Comment,
    Draft,
    Guide,
    GuideEditor,
    Lease,
    Post,
    Pseudonym,
    Question,
    Rendition,
    Suggestion,
    Tag,
    written_by,
)
from forum.queries.following import REMARK
from people import follows
from people.actions import tell_refused
from people.follows import Followable
from people.models import MailChoice, Person


def _author(post: Any) -> set[int]:
    return {post.writer_id} if post.writer_id else set()


def _names_author(post: Any) -> bool:
    return post.pseudonym_id is None


def _named_author(text: Any) -> set[int]:
    """Return the same of a text that always bears a name."""
    return {text.author_id} if text.author_id else set()


def _named_for(person: Any, post: Any, actor: Any) -> tuple[Any, str]:
    """Return who did something to a post, and the title; an asker without a name as just that."""
    question = post if isinstance(post, Question) else post.question
    if actor is None and (post.pseudonym_id or question.pseudonym_id):
        name = gettext("The asker, under a pseudonym")
        actor = Person(handle="", display_name=name, state=Person.State.IMPORTED)
    return actor, question.title


def _purge_url(post: Any) -> str:
    return f"{post.question.path_here}/purge"


def _text(row: Any) -> str:
    return f"{row.title}\n\n{row.source}".strip()


def _text_before(post: Any, number: int) -> str:
    earlier = post.revisions.filter(number__lt=number).order_by("-number").first()
    return _text(earlier) if earlier is not None else ""


def _export(model: Any, *facts: str) -> Any:
    def export(person: Any) -> list[dict[str, Any]]:
        own = written_by(person) if issubclass(model, Post) else Q(author=person)
        rows = model.objects.filter(own).order_by("pk")
        return [
            {
                "id": row.pk,
                "created_at": row.created_at.isoformat(),
                **{fact: getattr(row, fact) for fact in facts},
            }
            for row in rows
        ]

    return export


def _question_of(posts: Any) -> Any:
    """Return how the question of a post is found, which is locked before it."""
    return lambda pk: Question.objects.filter(pk__in=posts.filter(pk=pk).values("question_id"))


def declare_all() -> None:
    """Declare the posts. Erasing a person keeps what they wrote, under "a former member"."""
    refuse = tell_refused
    replies.declare(
        "forum.question",
        code="q",
        receive=replying.receive_answer,
        refuse=refuse,
        takes_files=True,
    )
    replies.declare("forum.answer", code="a", receive=replying.receive_comment, refuse=refuse)
    replies.declare(REMARK, code="qc", receive=replying.receive_remark, refuse=refuse)
    declare(
        Thing(
            kind="forum.question",
            model=Question,
            visible_to=Question.objects.visible_to,
            url=lambda row: row.path,
            label=lambda row: row.title,
            participants=lambda row: [row.author] if row.author else [],
            author_ids=_author,
            names_author=_names_author,
            named_for=_named_for,
            text=_text,
            text_before=_text_before,
            purge_url=lambda row: f"{row.path_here}/purge",
            export=_export(Question, "title", "source", "language", "facts", "site_domain"),
            erase=things_of_platforms.forget_domains,
            shown_as=showing.show_question,
        )
    )
    declare(
        Thing(
            kind="forum.answer",
            model=Answer,
            held_by=_question_of(Answer.objects),
            visible_to=lambda person: Answer.objects.visible_to(person).select_related("question"),
            url=lambda row: row.path,
            label=lambda row: row.question.title,
            participants=lambda row: [row.author] if row.author else [],
            author_ids=_author,
            names_author=_names_author,
            named_for=_named_for,
            text=lambda row: row.source,
            text_before=_text_before,
            purge_url=_purge_url,
            export=_export(Answer, "question_id", "source", "language"),
            shown_as=showing.show_answer,
        )
    )
    declare(
        Thing(
            kind="forum.comment",
            model=Comment,
            held_by=_question_of(Comment.objects),
            visible_to=lambda person: Comment.objects.visible_to(person).select_related("question"),
            url=lambda row: row.path,
            label=lambda row: row.question.title,
            participants=lambda row: [row.author] if row.author else [],
            author_ids=_author,
            names_author=_names_author,
            named_for=_named_for,
            text=lambda row: row.source,
            text_before=_text_before,
            purge_url=_purge_url,
            export=_export(Comment, "question_id", "answer_id", "source"),
        )
    )
    follows.declare(
        Followable(
            kind="forum.question",
            title=_("Answers and comments on questions I follow, and posts that name me"),
            way=MailChoice.Way.AT_ONCE,
        )
    )
    follows.declare(
        Followable(
            kind="forum.tag",
            title=_("New questions with tags I follow"),
            way=MailChoice.Way.DAILY,
        )
    )
    follows.declare(
        Followable(
            kind="forum.guide",
            title=_("Changes of guides I follow"),
            way=MailChoice.Way.DAILY,
        )
    )
    declare(
        Thing(
            kind="forum.ask",
            model=Ask,
            visible_to=lambda person: Ask.objects.visible_to(person).select_related("question"),
            url=lambda row: row.question.path,
            label=lambda row: row.question.title,
            participants=lambda row: [row.helper],
            export=_export_asks,
            erase=_erase_asks,
        )
    )
    declare(
        Thing(
            kind="forum.draft",
            model=Draft,
            visible_to=Draft.objects.visible_to,
            url=lambda row: "/drafts",
            label=lambda row: str(row.fields.get("title", "")),
            author_ids=lambda row: {row.person_id},
            export=_export_drafts,
            erase=_erase_drafts,
        )
    )

    declare_tags()
    declare(
        Thing(
            kind="forum.guide",
            model=Guide,
            visible_to=Guide.objects.visible_to,
            url=lambda row: row.path,
            label=lambda row: row.title,
            participants=lambda row: [row.author] if row.author else [],
            author_ids=_named_author,
            text=lambda row: f"{row.title}\n\n{row.summary}\n\n{row.source}",
            purge_url=lambda row: f"/guides/{row.pk}/purge",
            export=_export(Guide, "title", "summary", "source", "language"),
            erase=_dismiss,
        )
    )
    declare(
        Thing(
            kind="forum.rendition",
            model=Rendition,
            held_by=_question_of(Rendition.objects),
            visible_to=lambda person: Rendition.objects.visible_to(person).select_related(
                "question", "answer"
            ),
            url=lambda row: row.path,
            label=lambda row: row.title or row.question.title,
            participants=lambda row: [row.author] if row.author else [],
            author_ids=_named_author,
            text=_text,
            purge_url=_purge_url,
            export=_export(Rendition, "question_id", "answer_id", "language", "title", "source"),
        )
    )
    declare(
        Thing(
            kind="forum.suggestion",
            model=Suggestion,
            visible_to=lambda person: Suggestion.objects.visible_to(person).select_related(
                "question", "answer__question"
            ),
            url=lambda row: row.path,
            label=_title_of_post,
            named_for=lambda person, row, actor: _named_for(person, row.post, actor),
            participants=lambda row: [row.author],
            author_ids=_named_author,
            text=_text,
            export=_export_suggestions,
            erase=_erase_suggestions,
        )
    )
    things_of_platforms.declare_all()


def _export_drafts(person: Person) -> list[dict[str, Any]]:
    return [
        {"kind": row.kind, "thing_id": row.thing_id, "saved_at": row.saved_at.isoformat()}
        | row.fields
        for row in Draft.objects.visible_to(person).order_by("pk")
    ]


def _erase_drafts(person: Person) -> None:
    """Forget what was not posted, what one was on, and who stood behind pseudonyms."""
    Draft.objects.filter(person=person).delete()
    Lease.objects.filter(person=person).delete()
    Pseudonym.objects.filter(person=person).update(person=None)


def declare_tags() -> None:
    """Declare tags, which everyone sees; what is one's own of them is what one chose."""
    declare(
        Thing(
            kind="forum.tag",
            model=Tag,
            visible_to=lambda person: Tag.objects.all(),
            url=lambda row: row.path,
            label=lambda row: row.label,
        )
    )


def _dismiss(person: Person) -> None:
    """Let who leaves edit no guide any more."""
    GuideEditor.objects.filter(person=person).delete()


def _title_of_post(row: Suggestion) -> str:
    question: Any = row.question or (row.answer and row.answer.question)
    return str(question.title)


def _export_suggestions(person: Person) -> list[dict[str, Any]]:
    names = ("question_id", "answer_id", "title", "source", "tags", "why", "state", "reason")
    return [
        {"id": row.pk, "at": row.at.isoformat(), **{name: getattr(row, name) for name in names}}
        for row in Suggestion.objects.filter(author=person).order_by("pk")
    ]


def _erase_suggestions(person: Person) -> None:
    """Keep what was taken, as the revisions are kept; forget what was not, and what of its words
    looked like spam."""
    rows = Suggestion.objects.filter(author=person)
    rows.exclude(state=Suggestion.State.ACCEPTED).delete()
    rows.update(reasons=[])


def _export_asks(person: Person) -> list[dict[str, Any]]:
    return [
        {
            "question_id": row.question_id,
            "at": row.at.isoformat(),
            "rung": row.rung,
            "why": row.why,
            "outcome": row.outcome,
        }
        for row in Ask.objects.filter(helper=person).order_by("pk")
    ]


def _erase_asks(person: Person) -> None:
    """Forget what the person was asked, and how they wanted it."""
    Ask.objects.filter(helper=person).delete()
    AskChoice.objects.filter(person=person).delete()
