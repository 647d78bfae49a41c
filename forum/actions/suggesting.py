"""Suggesting a change to what others wrote, and deciding on it."""

from collections.abc import Iterable

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core.confided import point_out_secrets
from core.errors import InvalidInput, NotAllowed, WrongMoment, locked
from core.journal import record
from forum import pseudonyms, rules
from forum.actions.attaching import FIELD
from forum.actions.judging import count_change, judge_change, refuse_to_pass_on
from forum.actions.revising import (
    brought_up,
    content_of,
    locked_post,
    marks_of_suggestion,
    merged_with,
    record_edit,
    revision_at,
    take,
    wanted_of,
)
from forum.actions.steps import check_unlocked, check_unlocked_to, checked_why, question_id_of
from forum.contents import Content
from forum.merging import MergedContent
from forum.models import Answer, Question, Suggestion
from people.models import Person
from people.spam import Verdict

LONGEST_REASON = 500


@transaction.atomic
def suggest(
    *,
    actor: Person,
    kind: str,
    object_id: int,
    revision: int,
    why: str,
    source: str,
    title: str = "",
    tag_names: Iterable[str] = (),
    send_secrets: bool = True,
) -> Suggestion:
    """Suggest a change to a post, written on `revision`; `why` says what for.

    A second one by the same person waits until the first is decided or withdrawn. send_secrets:
    False where the writer can be asked.
    Raises NotSeen, NotAllowed (who may edit it does), WrongMoment, SecretsFound, InvalidInput.
    """
    post: Question | Answer = locked_post(actor, kind, object_id)
    _check_may_suggest(actor, post)
    base = revision_at(post, revision)
    if base is None or base.is_rewritten:
        raise InvalidInput.of("revision", "unknown", _("There is no such earlier text."))
    texts = {"title": title, "source": source, "why": why}
    point_out_secrets(texts, send_secrets=send_secrets)
    wanted = wanted_of(post, title, source, tag_names)
    why = checked_why(why)
    if not why:
        raise InvalidInput.of("why", "required", _("Say what your change is for."))
    if not wanted.source.strip():
        raise InvalidInput.of("source", "required", _("Write something first."))
    if wanted in (Content.kept(base), content_of(post)):
        raise InvalidInput.of("source", "unchanged", _("Change something first."))
    return _keep_suggestion(actor, post, _suggestion(post, wanted, revision, why))


def _keep_suggestion(actor: Person, post: Question | Answer, new: Suggestion) -> Suggestion:
    """Let a change of a locked post wait for who decides on it.

    Raises WrongMoment where one of this person's waits there already.
    """
    new.author = actor
    try:
        with transaction.atomic():
            new.save()
    except IntegrityError:
        raise WrongMoment(
            _("A change you suggested here is still waiting. Withdraw it to suggest another."),
            code="suggested_already",
        ) from None
    _record("forum.suggestion_made", actor, new, post)
    return new


def _suggestion(post: Question | Answer, wanted: Content, revision: int, why: str) -> Suggestion:
    """Return a change as it is kept, of one of the post's revisions."""
    return Suggestion(
        question=post if isinstance(post, Question) else None,
        answer=post if isinstance(post, Answer) else None,
        revision=revision,
        title=wanted.title,
        source=wanted.source,
        tags=list(wanted.tags),
        why=why,
    )


def suggest_instead(
    actor: Person,
    post: Question | Answer,
    wanted: Content,
    why: str,
    looks: Verdict,
    *,
    has_files: bool,
) -> Suggestion:
    """Let a change that looks like spam wait as a suggestion, for nobody else's words to be hidden.

    wanted: brought up to the post's present text. looks: why it waits in the moderators' queue
    too. Who asked under a pseudonym is refused: a suggestion names who made it.
    Raises WrongMoment, InvalidInput (source, attachments, why).
    """
    if pseudonyms.actor_on(actor, post) is None:
        reason = _("Others have answered here, and your change looks like spam to the site.")
        raise InvalidInput.of("source", "looks_like_spam", reason)
    if has_files:
        reason = _("Your change has to wait as a suggestion, which takes no files.")
        raise InvalidInput.of(FIELD, "not_in_suggestions", reason)
    new = _suggestion(post, wanted, post.revision, checked_why(why))
    new.score, new.reasons = round(looks.score, 3), looks.kept
    return _keep_suggestion(actor, post, new)


@transaction.atomic
def accept_suggestion(
    *,
    actor: Person,
    suggestion_id: int,
    final: Content | None = None,
    revision: int | None = None,
    send_secrets: bool = True,
) -> Suggestion:
    """Take a suggestion: it becomes a revision credited to who suggested it.

    final: what to take in its place, written on `revision`, where the two changes touch or the
    reviewer mends something. send_secrets: False where the reviewer can be asked, also about what
    was suggested. The same again changes nothing. What it adds to the
    reviewer's own post is judged as an edit of theirs.
    Raises NotSeen, NotAllowed, WrongMoment (decided otherwise, locked), StaleRevision,
    SecretsFound, InvalidInput, TooMany.
    """
    row, post = _locked(actor, suggestion_id)
    _check_may_decide(actor, row)
    if row.state == Suggestion.State.ACCEPTED:
        return row
    _check_waiting(row)
    check_unlocked_to(actor, question_id_of(post))
    wanted, written_on = Content.kept(row), row.revision
    taken = final or wanted
    texts = {"title": taken.title, "source": taken.source}
    point_out_secrets(texts, send_secrets=send_secrets)
    if final is not None:
        wanted = wanted_of(post, final.title, final.source, final.tags)
        written_on = post.revision if revision is None else revision
    wanted = brought_up(post, wanted, written_on)
    looks = judge_change(actor, post, wanted)
    refuse_to_pass_on(actor, post, looks)
    count_change(actor, post, wanted)
    if take(post, wanted, author=row.author, written_on=written_on, why=row.why):
        record_edit(actor, post, looks)
    row.became = post.revision
    _settle(actor, row, Suggestion.State.ACCEPTED)
    _record("forum.suggestion_accepted", actor, row, post)
    return row


@transaction.atomic
def decline_suggestion(
    *, actor: Person, suggestion_id: int, reason: str, send_secrets: bool = True
) -> Suggestion:
    """Do not take a suggestion, and say why; declined already, it stays so.

    send_secrets: False where the writer can be asked. Raises NotSeen, NotAllowed, WrongMoment,
    SecretsFound, InvalidInput (reason).
    """
    row, post = _locked(actor, suggestion_id)
    _check_may_decide(actor, row)
    if row.state == Suggestion.State.DECLINED:
        return row
    _check_waiting(row)
    point_out_secrets({"reason": reason}, send_secrets=send_secrets)
    reason = reason.strip()
    if not reason:
        raise InvalidInput.of("reason", "required", _("Say why, so that it can be understood."))
    if len(reason) > LONGEST_REASON:
        raise InvalidInput.of("reason", "too_long", _("Say why in at most 500 characters."))
    row.reason = reason
    _settle(actor, row, Suggestion.State.DECLINED)
    _record("forum.suggestion_declined", actor, row, post)
    return row


@transaction.atomic
def withdraw_suggestion(*, actor: Person, suggestion_id: int) -> Suggestion:
    """Take one's own suggestion back. Raises NotSeen, NotAllowed, WrongMoment."""
    row, post = _locked(actor, suggestion_id)
    if not rules.can_withdraw(actor, row):
        raise NotAllowed(_("Only who suggested it withdraws it."))
    if row.state == Suggestion.State.WITHDRAWN:
        return row
    _check_waiting(row)
    _settle(actor, row, Suggestion.State.WITHDRAWN)
    _record("forum.suggestion_withdrawn", actor, row, post)
    return row


def draft_of(row: Suggestion) -> MergedContent | None:
    """Return a suggestion brought together with what its post says now; None without its base."""
    wanted = Content.kept(row)
    if row.revision == row.post.revision:
        return MergedContent(wanted, 0)
    return merged_with(row.post, wanted, content_of(row.post), row.revision, marks_of_suggestion())


def _check_may_suggest(actor: Person, post: Question | Answer) -> None:
    if rules.can_edit(actor, post):
        raise NotAllowed(_("You may change it yourself: edit it."), code="may_edit")
    if not rules.can_suggest(actor, post):
        raise NotAllowed
    check_unlocked(question_id_of(post))


def _check_may_decide(actor: Person, row: Suggestion) -> None:
    if not rules.can_decide(actor, row):
        raise NotAllowed(_("Who may edit the post decides on this."))


def _check_waiting(row: Suggestion) -> None:
    if row.state != Suggestion.State.WAITING:
        raise WrongMoment(_("This is decided already."), code="decided")


def _locked(actor: Person, suggestion_id: int) -> tuple[Suggestion, Question | Answer]:
    """Return a suggestion and its post, both locked: first the post, as whoever edits it does."""
    rows = Suggestion.objects.visible_to(actor)
    found = rows.filter(pk=suggestion_id).values("question_id", "answer_id").first()
    kind = "forum.answer" if found and found["answer_id"] else "forum.question"
    object_id = (found["answer_id"] or found["question_id"]) if found else 0
    post: Question | Answer = locked_post(actor, kind, object_id)
    row = locked(Suggestion.objects.visible_to(actor).select_related("author"), pk=suggestion_id)
    if isinstance(post, Answer):
        row.answer = post
    else:
        row.question = post
    return row, post


def _settle(actor: Person, row: Suggestion, state: str) -> None:
    row.state = state
    row.decided_by, row.decided_at = pseudonyms.actor_on(actor, row.post), timezone.now()
    row.save(update_fields=["state", "decided_by", "decided_at", "reason", "became"])


def _record(verb: str, actor: Person, row: Suggestion, post: Question | Answer) -> None:
    facts = {"became": row.became} if row.became else {}
    by = pseudonyms.actor_on(actor, post)
    record(verb, actor=by, thing=row, parent=post, changes=facts)
