"""Who may what, in the forum."""

from typing import Any

from core.models import StoredFile, Visibility
from forum.models import (
    Answer,
    Ask,
    Closure,
    Comment,
    Guide,
    GuideEditor,
    Post,
    Question,
    Rendition,
    Suggestion,
)
from people.models import Person
from people.rules import can_act, has_right, has_role, is_unjudged
from people.trust import Right


def can_ask(person: Any) -> bool:
    """Anyone active; so is answering and commenting."""
    return can_act(person)


def wrote(person: Any, post: Post) -> bool:
    """Whether someone wrote a post, with or without their name."""
    return bool(person.is_authenticated and post.writer_id == person.pk)


def can_edit(person: Any, post: Post) -> bool:
    """The author, moderators and the trusted, a wiki anyone active; others suggest. A comment its
    author and moderators alone.

    Nobody what stands as agreed to. What is not there for all to see is its author's and the
    moderators' alone.
    """
    return _may_change(person, post, Right.EDIT)


def can_take_away(person: Any, post: Post, file: StoredFile) -> bool:
    """A file that goes with a post one may edit: its author, who sent the file, moderators; the
    trusted too what others than its author sent."""
    if not can_edit(person, post):
        return False
    if wrote(person, post) or file.owner_id == person.pk or has_role(person, "moderator"):
        return True
    return file.owner_id not in (None, post.writer_id) and has_right(person, Right.EDIT)


def can_add_files(person: Any, post: Post) -> bool:
    """To a post one may edit: its author; to what others wrote who is not judged, for a picture
    advertises as links do, and nothing reads it."""
    return can_edit(person, post) and (wrote(person, post) or is_unjudged(person))


def can_tag(person: Any, question: Question) -> bool:
    """Who may edit a question, and who is trusted with tags."""
    return _may_change(person, question, Right.TAGS)


def _may_change(person: Any, post: Post, right: Right) -> bool:
    """right: what others need for it."""
    if post.is_agreed or not can_act(person):
        return False
    if wrote(person, post) or has_role(person, "moderator"):
        return True
    if isinstance(post, Comment):  # its writer's words, under their name
        return False
    is_wiki = isinstance(post, Answer) and post.wiki_since is not None
    return post.visibility == Visibility.VISIBLE and (is_wiki or has_right(person, right))


def can_suggest(person: Any, post: Post) -> bool:
    """Anyone active who may not edit it, of what may change at all."""
    return can_act(person) and not post.is_agreed and not can_edit(person, post)


def can_decide(person: Any, suggestion: Suggestion) -> bool:
    """The author, moderators, who is trusted with it; never the one who suggests."""
    is_own = suggestion.author_id == person.pk
    return not is_own and _may_change(person, suggestion.post, Right.REVIEW)


def can_withdraw(person: Any, suggestion: Suggestion) -> bool:
    """Who made it."""
    return can_act(person) and suggestion.author_id == person.pk


def can_make_wiki(person: Any, answer: Answer) -> bool:
    """Its author and moderators; so is taking it back."""
    if answer.is_agreed or not can_act(person):
        return False
    return wrote(person, answer) or has_role(person, "moderator")


def can_vote(person: Any, post: Post) -> bool:
    """Anyone active, not on own posts."""
    return can_act(person) and not wrote(person, post)


def is_trusted(person: Any) -> bool:
    """Moderators, helpers and agents: who keeps what all read, such as guides and names of tags."""
    return any(has_role(person, role, anywhere=True) for role in ("moderator", "helper", "agent"))


def can_name_tags(person: Any) -> bool:
    """Who is trusted, by a role or by the help they gave: what tags are called and about."""
    return is_trusted(person) or has_right(person, Right.TAGS)


def can_merge_tags(person: Any) -> bool:
    """Moderators."""
    return has_role(person, "moderator")


def can_edit_guide(person: Any, guide: Guide) -> bool:
    """Who is trusted, and whom its editors named, in all its languages."""
    if is_trusted(person):
        return True
    home = guide.home_id
    return can_act(person) and GuideEditor.objects.filter(guide=home, person=person).exists()


def can_write_guide(person: Any, guide: Guide | None) -> bool:
    """Who may edit it or put it into a language; None, a new one: who is trusted."""
    return is_trusted(person) if guide is None else can_edit_guide(person, guide)


def can_edit_rendition(person: Any, row: Rendition) -> bool:
    """Who translated it, and moderators."""
    return can_act(person) and (row.author_id == person.pk or has_role(person, "moderator"))


def can_accept(person: Any, question: Question) -> bool:
    """The asker; a moderator for imported or erased askers."""
    if not can_act(person):
        return False
    if wrote(person, question):
        return True
    return has_role(person, "moderator") and is_without_asker(question)


def is_without_asker(question: Question) -> bool:
    """Whether nobody is there any more who could accept."""
    gone = (Person.State.IMPORTED, Person.State.ERASED, Person.State.STUB)
    asker = question.writer
    return asker is None or asker.state in gone


def is_own_answer(question: Question, answer: Answer) -> bool:
    """Whether asker and answerer are one: it may be accepted, without aid or reputation."""
    return question.writer_id is not None and question.writer_id == answer.writer_id


def can_settle(person: Any, ask: Ask) -> bool:
    """Who was asked."""
    return can_act(person) and ask.helper_id == person.pk


def reasons_to_close(person: Any, question: Question) -> list[str]:
    """Moderators and the asker for any reason, who is trusted with it a duplicate; else none."""
    if not can_act(person):
        return []
    if wrote(person, question) or has_role(person, "moderator"):
        return list(Closure.Reason.values)
    return [Closure.Reason.DUPLICATE] if has_right(person, Right.DUPLICATES) else []


def can_reopen(person: Any, question: Question, closure: Closure) -> bool:
    """Moderators; the asker what the asker closed."""
    if not can_act(person):
        return False
    own = closure.by_asker and wrote(person, question)
    return own or has_role(person, "moderator")


def can_curate(person: Any) -> bool:
    """Merge, split, lock, and take that back: moderators."""
    return can_act(person) and has_role(person, "moderator")


def can_learn_asker(person: Any, question: Question) -> bool:
    """Who asked under a pseudonym: moderators, who say why; never of themselves."""
    is_open_to = can_act(person) and has_role(person, "moderator")
    return is_open_to and question.pseudonym_id is not None and not wrote(person, question)


def can_lease(person: Any, question: Question) -> bool:
    """Anyone active says "I am on it", but of one's own question."""
    return can_act(person) and not wrote(person, question)


def can_enter_room(person: Any, question: Question) -> bool:
    """Who sees it, but not who asked it without a name: there all speak under theirs."""
    return question.pseudonym_id is None or not wrote(person, question)


def can_attest(person: Any) -> bool:
    """Anyone active; of the answer's own author it is a claim, no confirmation."""
    return can_act(person)


def can_recheck(person: Any, answer: Answer) -> bool:
    """Anyone active but its author."""
    return can_act(person) and not wrote(person, answer)


def can_change_platforms(person: Any) -> bool:
    """Coordinators, and who may enter the back office."""
    return has_role(person, "coordinator") or (can_act(person) and person.is_staff)


def can_make_packs(person: Any) -> bool:
    """Trainers and coordinators."""
    return has_role(person, "trainer") or has_role(person, "coordinator")
