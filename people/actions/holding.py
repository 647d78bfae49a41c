"""Publishing a new post or an edit, or holding it for a moderator's look."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Count, Model
from django.utils import timezone

from core import journal, things
from core.faces import API, MAIL, PAGE, current_face
from core.limits import spend
from core.models import JournalLine, Visibility
from people import rules, spam
from people.models import Hold, Person, PostedLink, SpamWord
from people.trust import Right, posts_a_day

LINKS_KEPT = timedelta(days=30)
JUDGED_FACES = frozenset({PAGE, API, MAIL})  # what commands and the worker bring was chosen
MOST_COUNTED = 20  # of someone's posts
Unnamed = Callable[[Person, int], Iterable[tuple[str, int, datetime]]]
_posting_verbs: set[str] = set()
_unnamed: list[Unnamed] = []


def declare_posting(*verbs: str, unnamed: Unnamed) -> None:
    """Say which verbs of the journal announce a new post; called once, from an app's ready().

    unnamed: the person, how many → the newest of their posts that bear no name, of which the
    journal names no author: kind, id, when. For counting alone.
    """
    _posting_verbs.update(verbs)
    _unnamed.append(unnamed)


def publish_or_hold(
    *,
    actor: Person,
    row: Any,
    verb: str,
    parent: Model | None = None,
    changes: Mapping[str, Any] | None = None,
    typed_seconds: float | None = None,
) -> bool:
    """Announce a new post in the journal; or hold it, if it looks like spam. Return whether it
    is there for all to see.

    In the caller's transaction; the row is saved, and is someone's own. A held post is `pending`:
    its author and moderators see it, and it is announced when it is published. typed_seconds: see
    people.spam.Facts.
    Raises TooMany for beginners who write more than people.trust gives a day.
    """
    verdict = None
    if current_face() in JUDGED_FACES:
        _spend(actor)
        text = things.thing_of(things.kind_of(row)).text(row)
        links = spam.links_of(text)
        verdict = _judge(actor, row, text, links, stand=len(links), typed_seconds=typed_seconds)
    told = _line(verb, parent, changes)
    if verdict is None or not verdict.is_held:
        _tell(actor, row, told, parent)
        return True
    show_as(row, Visibility.PENDING)
    held = Hold(thing_kind=things.kind_of(row), thing_id=row.pk, told=told)
    _hold(held, actor, row, verdict, parent)
    return False


def judge_edit(*, actor: Person, row: Any, after: str, of_others: str = "") -> spam.Verdict | None:
    """Judge what an edit adds to a post as a new post is judged; None where there is nothing to.

    row: as it is before the edit; after: its whole text with it. of_others: what of it others
    wrote: where the edit adds a link, all that its writer put there count, or many small edits
    would be a way around.
    """
    before = things.thing_of(things.kind_of(row)).text(row)
    added = spam.added_to(before, after)
    if not added or current_face() not in JUDGED_FACES:
        return None
    links = spam.links_added(before, after)
    stand = len(spam.links_added(of_others, after))
    return _judge(actor, row, added, links, stand=stand)


def count_edit(*, actor: Person, row: Any, after: str) -> None:
    """Count an edit that adds a link as one of the day's posts; arguments of judge_edit.

    The count outlives a transaction that is rolled back: called last of what may refuse the edit.
    Raises TooMany, as publish_or_hold.
    """
    before = things.thing_of(things.kind_of(row)).text(row)
    if current_face() in JUDGED_FACES and spam.links_added(before, after):
        _spend(actor)


def hold_edit(
    *,
    actor: Person,
    row: Any,
    verdict: spam.Verdict,
    verb: str,
    parent: Model | None = None,
    changes: Mapping[str, Any] | None = None,
) -> Hold:
    """Hold a post for what its own author added; the journal tells of the edit once it is decided.

    In the caller's transaction; the row is locked, and saved with its new text. One that is away
    stays so; given back by its author, it waits.
    """
    kind, now = things.kind_of(row), timezone.now()
    held = Hold.objects.filter(thing_kind=kind, thing_id=row.pk).first()
    if held is None:
        held = Hold(thing_kind=kind, thing_id=row.pk)
    held.told = held.told or _line(verb, parent, changes)
    if row.visibility == Visibility.REMOVED:
        held.decision, held.decided_at = Hold.Decision.REMOVED, held.decided_at or now
    else:
        held.decision, held.decided_by, held.decided_at, held.at = "", None, None, now
        show_as(row, Visibility.PENDING)
    return _hold(held, actor, row, verdict, parent, is_edit=True)


def _line(verb: str, parent: Model | None, changes: Mapping[str, Any] | None) -> dict[str, Any]:
    return {
        "verb": verb,
        "parent_kind": things.kind_of(parent) if parent else "",
        "parent_id": parent.pk if parent else None,
        "changes": dict(changes or {}),
    }


def _hold(
    held: Hold,
    actor: Person,
    row: Any,
    verdict: spam.Verdict,
    parent: Model | None,
    **more: bool,
) -> Hold:
    """more: what else the journal keeps of it."""
    held.person, held.is_named = actor, things.names_author(row)
    held.score = round(verdict.score, 3)
    held.reasons = verdict.kept
    held.save()
    if row.visibility == Visibility.PENDING:
        journal.record(
            "people.post_held",
            actor=held.named,
            thing=row,
            parent=parent,
            changes={"hold": held.pk, **more},
        )
    return held


def _spend(actor: Person) -> None:
    limit = None if actor.grants else posts_a_day(rules.trust_of(actor))
    if limit is not None:
        spend(f"person:{actor.pk}", "post", limit, 24 * 3600)


def _judge(
    actor: Person,
    row: Any,
    text: str,
    links: list[str],
    *,
    stand: int,
    typed_seconds: float | None = None,
) -> spam.Verdict | None:
    """links: that are new; stand: how many of their writer's there are with them."""
    verdict = None
    if not rules.is_unjudged(actor):
        facts = _facts(actor, row, text, links, typed_seconds)
        verdict = spam.judge(replace(facts, links=stand if links else 0))
    _keep_links(actor, links)
    return verdict


def show_as(row: Any, visibility: str) -> None:
    """Say who sees a (locked) post. Nothing else writes a row's `visibility`."""
    was, row.visibility = row.visibility, visibility
    row.save(update_fields=["visibility"])
    things.thing_of(things.kind_of(row)).shown_as(row, was)


def announce(held: Hold, row: Any) -> None:
    """Tell the journal that a held post is there, as if it had just been written; once."""
    if held.told:
        _tell(held.person, row, held.told, _parent_of(held.told))
        held.told = {}
        held.save(update_fields=["told"])


def close_hold(kind: str, object_id: int, *, decision: str, actor: Person | None) -> None:
    """Keep that a held post was decided on otherwise: taken away, by whomever."""
    waiting = Hold.objects.waiting().filter(thing_kind=kind, thing_id=object_id)
    waiting.update(decision=decision, decided_by=actor, decided_at=timezone.now())


@transaction.atomic
def learn(text: str, *, is_spam: bool, was: bool | None = None) -> None:
    """Count the words of a post that a moderator decided on; was: how it was counted before."""
    digests = ["", *(spam.digest(word) for word in spam.words_of(text))]
    known = {row.pk: row for row in SpamWord.objects.select_for_update().filter(pk__in=digests)}
    rows = [known.get(one) or SpamWord(digest=one) for one in digests]
    for row in rows:
        row.spam = max(0, row.spam + is_spam - (was is True))
        row.fine = max(0, row.fine + (not is_spam) - (was is False))
    SpamWord.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["digest"],
        update_fields=["spam", "fine"],
    )


def forget_links() -> int:
    """Delete the links that were seen long ago; return how many."""
    return PostedLink.objects.filter(at__lt=timezone.now() - LINKS_KEPT).delete()[0]


def _facts(
    actor: Person, row: Any, text: str, links: list[str], typed_seconds: float | None
) -> spam.Facts:
    now = timezone.now()
    times = _posted_at(actor, row)
    digests = {spam.digest(word): word for word in spam.words_of(text)}
    counted = SpamWord.objects.filter(pk__in=["", *digests])
    counts = {row.digest: (row.spam, row.fine) for row in counted}
    decided = counts.pop("", (0, 0))
    return spam.Facts(
        signs=len(text),
        posts_before=len(times),
        posts_lately=sum(at > now - timedelta(minutes=spam.LATELY_MINUTES) for at in times),
        typed_seconds=typed_seconds,
        links=len(links),
        repeats=_repeats(links),
        may_link=rules.has_right(actor, Right.LINKS),
        words={digests[one]: found for one, found in counts.items()},
        decided=decided,
    )


def _posted_at(actor: Person, row: Any) -> list[datetime]:
    """Return when someone wrote what they wrote before this row, of the newest of it.

    Not by the journal alone: it does not tell what they wrote under a pseudonym.
    """
    verbs = [*_posting_verbs, "people.post_held"]
    lately = JournalLine.objects.filter(actor=actor, verb__in=verbs).order_by("-pk")
    times = list(lately.values_list("at", flat=True)[:MOST_COUNTED])
    this = (things.kind_of(row), row.pk)
    for unnamed in _unnamed:
        found = unnamed(actor, MOST_COUNTED + 1)
        times += [at for kind, object_id, at in found if (kind, object_id) != this]
    return sorted(times, reverse=True)[:MOST_COUNTED]


def _repeats(links: list[str]) -> int:
    """Return in how many posts of the last month the most frequent of these links stands."""
    if not links:
        return 0
    rows = PostedLink.objects.filter(
        digest__in=[spam.digest(link) for link in links], at__gt=timezone.now() - LINKS_KEPT
    )
    counts = rows.values("digest").annotate(n=Count("pk")).values_list("n", flat=True)
    return 1 + max(counts, default=0)


def _keep_links(actor: Person, links: list[str]) -> None:
    if links:
        PostedLink.objects.bulk_create(
            PostedLink(digest=spam.digest(link), person=actor) for link in links
        )


def _parent_of(told: Mapping[str, Any]) -> Model | None:
    if not told["parent_kind"]:
        return None
    rows = things.thing_of(told["parent_kind"]).model._default_manager
    return rows.filter(pk=told["parent_id"]).first()


def _tell(actor: Person, row: Any, told: Mapping[str, Any], parent: Model | None) -> None:
    journal.record(
        told["verb"],
        actor=actor if things.names_author(row) else None,
        thing=row,
        parent=parent,
        audience=journal.PUBLIC,
        changes=told["changes"],
    )
