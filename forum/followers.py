"""What happens after a line of the forum's journal is committed: notices and the index."""

from typing import Any

from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from core import things
from core.journal import follows
from core.models import JournalLine, Visibility
from forum import actions, moderated, reasons, tasks
from forum.actions import telling
from forum.actions.steps import question_id_of
from forum.ask_links import ASK_MAILS
from forum.helps import accepted_authors
from forum.models import Answer, Ask, Guide, Question, Rendition, Suggestion, TagMerge
from forum.queries.secrets import writer_id_of
from people import notices
from people.actions import notify, reckon_trust
from people.models import Flag, Person
from search.actions import index_thing, index_things

notices.declare("forum.helpers_asked", _("Could you help with this? %(what)s"))
notices.declare(
    "forum.question_closed", _("Your question was closed: %(what)s"), rules=moderated.WHY_CLOSED
)
notices.declare("forum.question_reopened", _("Your question is open again: %(what)s"))
notices.declare(
    "forum.question_locked",
    _("The moderators locked your question for now: %(what)s"),
    rules=moderated.WHY_LOCKED,
)
notices.declare(
    "forum.questions_merged",
    _("The moderators put the answers of your question with another: %(what)s"),
    rules=moderated.WHY_MOVED,
)
notices.declare(
    "forum.question_split",
    _("The moderators made two questions of yours: %(what)s"),
    rules=moderated.WHY_MOVED,
)

notices.declare("forum.guide_edited", _("A guide you translated has changed: %(what)s"))
notices.declare("forum.rendition_written", _("%(who)s translated what you wrote: %(what)s"))
notices.declare("forum.suggestion_made", _("%(who)s suggests a change to what you wrote: %(what)s"))
notices.declare(
    "forum.suggestion_waits", _("A change that %(who)s suggests waits for you: %(what)s")
)
notices.declare(
    "forum.suggestion_accepted", _("%(who)s accepted the change you suggested: %(what)s")
)
notices.declare(
    "forum.suggestion_declined", _("%(who)s declined the change you suggested: %(what)s")
)

notices.declare(
    "forum.words_purged", _("A secret was taken out of what you wrote, for good: %(what)s")
)

POSTS = ("forum.question", "forum.answer", "forum.comment")
WRITERS = (
    "question__author",
    "question__pseudonym__person",
    "answer__author",
    "answer__pseudonym__person",
)


@follows("forum.suggestion_made")
def tell_who_may_accept(line: JournalLine) -> None:
    """Tell the post's author and the moderators of a change that waits for one of them."""
    row = _suggestion(line)
    if row is None:
        return
    if row.post.writer is not None:
        notify(person=row.post.writer, line=line)
    for person in Person.objects.with_role("moderator").order_by("pk"):
        notify(person=person, line=line, verb="forum.suggestion_waits")


@follows("forum.suggestion_accepted", "forum.suggestion_declined")
def tell_who_suggested(line: JournalLine) -> None:
    row = _suggestion(line)
    if row is not None:
        notify(person=row.author, line=line)


def _suggestion(line: JournalLine) -> Suggestion | None:
    rows = Suggestion.objects.select_related("author", *WRITERS)
    return rows.filter(pk=line.thing_id).first()


# Those who take words away, or give them back, have the index written in their own transaction.
INDEXED_AT_ONCE = (
    "people.post_held",
    "people.post_removed",
    "people.post_restored",
    "people.post_published",
    "forum.words_purged",
)


@follows(
    *INDEXED_AT_ONCE,
    "forum.question_asked",
    "forum.question_edited",
    "forum.answer_posted",
    "forum.answer_edited",
    "forum.comment_edited",
    "forum.answer_accepted",
    "forum.acceptance_undone",
)
def keep_index(line: JournalLine) -> None:
    """Keep the question's search document true, and tell who has its page open."""
    if line.thing_kind not in POSTS:
        return
    model = things.thing_of(line.thing_kind).model
    row: Any = model._default_manager.filter(pk=line.thing_id).first()
    if row is None:
        return
    question_id = question_id_of(row)
    if line.verb not in INDEXED_AT_ONCE:
        index_thing("forum.question", question_id)
    # What was seen and is not any more is news too; what was never seen is not.
    if row.visibility == Visibility.VISIBLE or _is_hidden_by(line):
        telling.tell_page(line=line, question_id=question_id)


def _is_hidden_by(line: JournalLine) -> bool:
    """Whether a line hides what was seen: taken away, or held for what an edit added."""
    is_held = line.verb == "people.post_held" and bool(line.changes.get("is_edit"))
    return is_held or line.verb == "people.post_removed"


RENDITIONS = ("forum.rendition_written", "forum.rendition_edited")


@follows(
    *RENDITIONS,
    "forum.question_edited",
    "forum.answer_edited",
    "forum.answer_accepted",
    "forum.acceptance_undone",
    "people.post_held",
    "people.post_removed",
    "people.post_restored",
    "people.post_published",
)
def keep_renditions(line: JournalLine) -> None:
    """Keep true which languages a question can be read in, and what is found of them."""
    if line.thing_kind not in (*POSTS, "forum.rendition"):
        return
    model = things.thing_of(line.thing_kind).model
    row: Any = model._default_manager.filter(pk=line.thing_id).first()
    if row is None:
        return
    question = row if isinstance(row, Question) else row.question
    if line.thing_kind == "forum.rendition":
        actions.keep_rendered_in(question)
    ids = list(question.renditions.values_list("pk", flat=True))
    index_things("forum.rendition", ids)


@follows("forum.rendition_written")
def tell_author_of_rendition(line: JournalLine) -> None:
    """Tell who wrote a post that it can be read in another language now."""
    rows = Rendition.objects.select_related(*WRITERS)
    row = rows.get(pk=line.thing_id)
    if row.post.writer is not None and row.visibility == Visibility.VISIBLE:
        notify(person=row.post.writer, line=line)


@follows(
    "forum.guide_written",
    "forum.guide_translated",
    "forum.guide_edited",
    "people.post_removed",
    "people.post_restored",
)
def keep_guides_in_index(line: JournalLine) -> None:
    """Keep a guide's search document true, and those of its translations."""
    if line.thing_kind == "forum.guide":
        rows = Guide.objects.filter(Q(pk=line.thing_id) | Q(original=line.thing_id))
        index_things("forum.guide", list(rows.values_list("pk", flat=True)))


@follows("forum.tags_merged", "forum.tag_merge_undone")
def keep_tags_in_index(line: JournalLine) -> None:
    """Keep the tags of a merge's questions true in the index."""
    merge = TagMerge.objects.get(pk=line.changes["merge"])
    index_things("forum.question", [*merge.moved, *dict(merge.dropped)])


@follows("people.post_held", "people.post_removed", "people.post_restored", "people.post_published")
def keep_count(line: JournalLine) -> None:
    """Keep the number of visible answers true."""
    if line.thing_kind != "forum.answer":
        return
    row = Answer.objects.get(pk=line.thing_id)
    question = Question.objects.select_for_update().get(pk=row.question_id)
    question.answer_count = question.answers.filter(visibility=Visibility.VISIBLE).count()
    if line.verb == "people.post_published":
        question.active_at = max(question.active_at, line.at)
    question.save(update_fields=["answer_count", "active_at"])


@follows("forum.question_asked")
def let_it_climb(line: JournalLine) -> None:
    """Bring a new question to those who may answer it: see forum.ladder."""
    actions.start_ladder(line.thing_id)


@follows("forum.answer_posted")
def settle_what_was_asked(line: JournalLine) -> None:
    """Keep that who was asked has answered; the question climbs no more."""
    row = Answer.objects.select_related("question").get(pk=line.thing_id)
    if row.author_id is not None and row.author_id != row.question.author_id:
        actions.mark_answered(
            question_id=row.question_id, helper_id=row.author_id, at=row.created_at
        )


@follows("people.post_held", "people.post_removed", "people.post_restored", "people.post_published")
def climb_again(line: JournalLine) -> None:
    """Let a question climb again that has lost its answer, or was given back."""
    if line.thing_kind == "forum.answer":
        row = Answer.objects.get(pk=line.thing_id)
        actions.resume_ladder(row.question_id)
    elif line.thing_kind == "forum.question":
        actions.resume_ladder(line.thing_id)


@follows("forum.platform_changed")
def let_answers_wait(line: JournalLine) -> None:
    """Look which answers the platform moved away from: a task of its own, in batches."""
    tasks.move_answers.enqueue()


@follows("forum.pack_asked")
def let_it_be_made(line: JournalLine) -> None:
    """Make a pack: a task of its own, since it takes seconds."""
    tasks.make_pack.enqueue(pack_id=line.thing_id)


@follows("people.post_held", "people.post_removed", "forum.words_purged", "forum.split_undone")
def take_packs_back(line: JournalLine) -> None:
    """Make the packs anew that may hold what was taken away, or is held after an edit."""
    was_never_seen = line.verb == "people.post_held" and not _is_hidden_by(line)
    if line.thing_kind not in POSTS or was_never_seen:
        return
    # An undone split takes away the question it had made.
    gone = line.changes["into"] if line.verb == "forum.split_undone" else line.thing_id
    row: Any = things.thing_of(line.thing_kind).model._default_manager.get(pk=gone)
    question = row if isinstance(row, Question) else row.question
    for pack_id in actions.reopen_packs(question=question):
        tasks.make_pack.enqueue(pack_id=pack_id)


@follows("forum.answer_accepted")
def confirm_what_was_accepted(line: JournalLine) -> None:
    """Keep that it worked on what the asker asked about; undone, they may still have tried it."""
    if line.actor is not None:
        actions.attest_accepted(answer_id=line.thing_id, person=line.actor)


@follows("forum.helpers_asked")
def tell_helpers(line: JournalLine) -> None:
    """Tell each who was asked, with the reason; by mail too where they want it."""
    rows = Ask.objects.waiting().filter(pk__in=line.changes["asks"]).order_by("pk")
    for ask in rows.select_related("question__author", "helper__ask_choice"):
        person = ask.helper
        choice = getattr(person, "ask_choice", None)
        wants_mail = choice is None or choice.by_mail
        with translation.override(person.interface_language):
            why = reasons.words_of(ask.why)
        notify(
            person=person,
            line=line,
            mail="helper_asked" if wants_mail else "",
            context={"question": ask.question, "why": why, "stop_url": ASK_MAILS.url(person)},
            headers=ASK_MAILS.headers(person),
        )


@follows(
    "forum.question_closed",
    "forum.question_reopened",
    "forum.question_locked",
    "forum.questions_merged",
    "forum.question_split",
)
def tell_asker_of_curating(line: JournalLine) -> None:
    """Tell the asker what became of the question, unless it was the asker."""
    row = Question.objects.select_related("author", "pseudonym__person").get(pk=line.thing_id)
    by_hidden_asker = line.actor_id is None
    if row.writer is not None and not by_hidden_asker and row.visibility == Visibility.VISIBLE:
        notify(person=row.writer, line=line)


@follows(
    "forum.question_closed",
    "forum.question_reopened",
    "forum.question_locked",
    "forum.question_unlocked",
    "forum.questions_merged",
    "forum.merger_undone",
    "forum.question_split",
    "forum.split_undone",
)
def keep_index_of_curated(line: JournalLine) -> None:
    """Keep the search documents of both questions true, and tell who has their pages open."""
    ids = {line.thing_id, line.changes.get("into"), line.changes.get("original")} - {None}
    for question_id in ids:
        index_thing("forum.question", question_id)
        telling.tell_page(line=line, question_id=question_id)
    renditions = Rendition.objects.filter(question__in=ids)
    index_things("forum.rendition", list(renditions.values_list("pk", flat=True)))


@follows(
    "forum.answer_accepted",
    "forum.acceptance_undone",
    "people.post_held",
    "people.post_removed",
    "people.post_restored",
    "people.post_published",
)
def reckon_helpers(line: JournalLine) -> None:
    """Reckon anew how far who answered is trusted."""
    if line.thing_kind == "forum.answer":
        row = Answer.objects.filter(pk=line.thing_id).first()
        reckon_trust([row.author_id] if row else [])
    elif line.thing_kind == "forum.question":
        reckon_trust(accepted_authors(line.thing_id))


@follows("forum.words_purged")
def tell_whose_words_went(line: JournalLine) -> None:
    """Tell who wrote what words were taken out of: the rule, not by whom, nor the words."""
    ids = {writer_id_of(*post) for post in line.changes.get("posts", ())}
    for person in Person.objects.filter(pk__in=ids).order_by("pk"):
        with translation.override(person.interface_language):
            rule = str(Flag.Reason.SECRET.label)
        notify(
            person=person,
            line=line,
            mail="forum/words_purged",
            topic="forum.question",
            context={"rule": rule},
        )
