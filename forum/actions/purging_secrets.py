"""Taking a secret out of a question or a guide for good, asked for by who may."""

from functools import partial
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from core.errors import InvalidInput, NotAllowed, WrongMoment, seen
from core.journal import record
from core.purging import Clean, purge_kept, without
from forum import pseudonyms, queries, rules
from forum.actions.purging import purge_guide_words, purge_words
from forum.models import Answer, Guide, Question
from people.models import Person

KINDS: dict[str, Any] = {"forum.question": Question.objects, "forum.guide": Guide.objects}
SHORTEST_SECRET, LONGEST_SECRET = 3, 2000


@transaction.atomic
def purge_secret(*, actor: Person, kind: str, object_id: int, text: str) -> Question | Guide:
    """Take a secret out of a question and all under it, or out of a guide, for good; return it.

    kind: `forum.question` or `forum.guide`. text: the exact characters, replaced by a mark wherever
    they stand or stood (purge_words), in mails and answers that are kept, and in what flags say.
    Moderators take out any words, which the public log tells; others what looks like a secret in
    texts of their own (queries.leaked_secrets). What was sent by mail is in someone's mailbox and
    stays there. The journal line holds no words.
    Raises NotSeen, NotAllowed, WrongMoment (agreed), InvalidInput (kind, text).
    """
    if kind not in KINDS:
        raise InvalidInput.of("kind", "invalid", ", ".join(KINDS))
    row: Question | Guide = seen(KINDS[kind].visible_to(actor), pk=object_id)
    text = text.strip()
    _check(actor, row, text)
    clean = partial(without, secret=text, mark=_mark(row.language))
    if isinstance(row, Question):
        _check_not_agreed(row, clean)
        paths = purge_words(question_id=row.pk, clean=clean)
    else:
        paths = purge_guide_words(guide_id=row.pk, clean=clean)
    if not paths:
        raise InvalidInput.of("text", "not_found", _("These words stand nowhere in it."))
    purge_kept(text, _mark(row.language), paths)
    row.refresh_from_db()
    by = pseudonyms.actor_on(actor, row) if isinstance(row, Question) else actor
    facts = {"by_moderator": rules.can_curate(actor)}
    record("forum.secret_purged", actor=by, thing=row, changes=facts)
    return row


def _check(actor: Person, row: Question | Guide, text: str) -> None:
    """Refuse who may take nothing out, and words that are not theirs to take."""
    if rules.can_curate(actor):
        if not text:
            raise InvalidInput.of("text", "required", _("Say which words."))
        if not SHORTEST_SECRET <= len(text) <= LONGEST_SECRET:
            raise InvalidInput.of("text", "length", _("From 3 to 2,000 characters."))
        return
    found = queries.leaked_secrets(actor, row) if rules.can_ask(actor) else []
    if not found:
        raise NotAllowed(_("Moderators take secrets out, and who wrote them here."))
    if text not in {one.text for one in found}:
        raise InvalidInput.of(
            "text", "not_found", _("Choose what looks like a secret in a text of yours.")
        )


def _mark(language: str) -> str:
    known = language if language in dict(settings.LANGUAGES) else translation.get_language()
    with translation.override(known):
        return _("[a secret was taken out]")


def _check_not_agreed(question: Question, clean: Clean) -> None:
    """Refuse to change what is public word for word as a requester agreed to it."""
    posts = [question, *Answer.objects.filter(question=question, is_agreed=True)]
    for post in posts:
        said = f"{getattr(post, 'title', '')}\n{post.source}"
        if post.is_agreed and clean(said) != said:
            raise WrongMoment(
                _(
                    "This was published word for word as someone agreed to it: an agent takes the "
                    "secret out of its ticket. Take the post away until then."
                ),
                code="agreed",
            )
