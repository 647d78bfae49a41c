"""What follows the forum's lines for who follows questions, tags and people: notices and mail."""

from django.utils.translation import gettext_lazy as _

from core.journal import follows
from core.mail import take_back
from core.models import JournalLine, Visibility
from forum import tasks
from forum.actions import telling
from forum.models import Answer, Comment, Guide
from forum.queries import following
from people import notices
from people.actions import notify
from people.models import Mute, Person

AT_ONCE = 50  # more are told by tasks of so many: a follower holds SQLite's one write lock

notices.declare("forum.question_asked", _("%(who)s asked: %(what)s"))
notices.declare("forum.answer_posted", _("%(who)s answered: %(what)s"))
notices.declare("forum.comment_posted", _("%(who)s commented: %(what)s"))
notices.declare("forum.answer_accepted", _("%(who)s accepted your answer: %(what)s"))
notices.declare(telling.SOLVED, _("%(who)s says what solved it: %(what)s"))
notices.declare(telling.FOLLOWED_GUIDE, _("%(who)s changed a guide you follow: %(what)s"))
notices.declare(following.NAMED, _("%(who)s mentioned you: %(what)s"))


@follows(following.ASKED, following.ANSWERED, following.COMMENTED, following.ACCEPTED)
def tell_who_follows(line: JournalLine) -> None:
    """Tell who follows the question, one of its tags, or who wrote; each once, and by mail too."""
    post = following.post_of(line)
    if post is None:
        return
    ids = sorted(following.told_of(line, post))
    _tell_all(line, ids)
    if line.verb != following.ACCEPTED:
        telling.tell_named(line=line, post=post, others=ids)


def _tell_all(line: JournalLine, ids: list[int]) -> None:
    """Tell people of a line: here, or by tasks where they are many."""
    if len(ids) <= AT_ONCE:
        telling.tell_of(line, ids)
        return
    for start in range(0, len(ids), AT_ONCE):
        tasks.tell.enqueue(line_id=line.pk, person_ids=ids[start : start + AT_ONCE])


@follows("forum.guide_edited")
def tell_of_changed_guide(line: JournalLine) -> None:
    """Tell who translated a guide that its original has changed, and who follows it."""
    readers = following.readers_of(line)
    rows = Guide.objects.filter(original=line.thing_id, visibility=Visibility.VISIBLE)
    muted = Mute.objects.filter(kind=following.GUIDE, object_id=line.thing_id)
    told = Person.objects.filter(pk__in=rows.values("author")).exclude(pk__in=readers)
    for person in told.exclude(pk__in=muted.values("person")).order_by("pk"):
        notify(person=person, line=line)
    _tell_all(line, readers)  # as each chose, translators too


@follows(*following.EDITED)
def tell_who_is_named_now(line: JournalLine) -> None:
    """Tell whom a post names since it was changed."""
    post = following.post_of(line)
    if post is not None:
        telling.tell_named(line=line, post=post)


@follows(following.COMMENTED)
def tell_the_page(line: JournalLine) -> None:
    """Tell who has the question's page open."""
    post = following.post_of(line)
    if post is not None:
        telling.tell_page(line=line, question_id=post.question_id)


@follows("people.post_held", "people.post_removed", "forum.split_undone")
def take_mails_back(line: JournalLine) -> None:
    """Take back the mails that still wait to be sent of a post that was taken away, or is held."""
    kind, pk = line.thing_kind, line.thing_id
    if line.verb == "forum.split_undone":
        pk = line.changes["into"]  # the question that the split had made
    if kind not in ("forum.question", "forum.answer", "forum.comment", following.GUIDE):
        return
    gone = {kind: [pk]}
    if kind == "forum.question":
        gone["forum.answer"] = list(Answer.objects.filter(question=pk).values_list("pk", flat=True))
        comments = Comment.objects.filter(question=pk)
        gone["forum.comment"] = list(comments.values_list("pk", flat=True))
    elif kind == "forum.answer":
        comments = Comment.objects.filter(answer=pk)
        gone["forum.comment"] = list(comments.values_list("pk", flat=True))
    for one, ids in gone.items():
        take_back(one, ids, before=line.at)
