"""Writing guides, keeping them up together, and putting them into other languages."""

from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core.confided import point_out_secrets
from core.errors import InvalidInput, NotAllowed, NotSeen, WrongMoment, check_revision, locked
from core.journal import PUBLIC, record
from core.markup import write_text
from core.models import Visibility
from forum import rules
from forum.actions.drafting import spend_draft
from forum.actions.steps import followed_text
from forum.models import Draft, Guide, GuideEditor, GuideRevision
from people.models import Person

LONGEST_TITLE = 120
LONGEST_SUMMARY = 300


@transaction.atomic
def write_guide(
    *,
    actor: Person,
    title: str,
    source: str,
    language: str,
    summary: str = "",
    send_secrets: bool = True,
    draft: UUID | None = None,
) -> Guide:
    """Write a guide; return it. send_secrets: False where the writer can be asked.

    draft: the token of the draft that is posted.
    Raises NotAllowed, SecretsFound, InvalidInput.
    """
    if not rules.is_trusted(actor):
        raise NotAllowed
    _point_out(title, summary, source, send_secrets)
    _check_language(language)
    guide = Guide(author=actor, language=language)
    _write(guide, title, summary, source)
    spend_draft(actor, Draft.Kind.GUIDE, 0, draft)
    guide.save()
    keep_guide_text(guide, actor)
    record("forum.guide_written", actor=actor, thing=guide, audience=PUBLIC)
    return guide


@transaction.atomic
def translate_guide(
    *,
    actor: Person,
    guide_id: int,
    language: str,
    from_revision: int,
    title: str,
    source: str,
    summary: str = "",
    send_secrets: bool = True,
    draft: UUID | None = None,
) -> Guide:
    """Put a guide into a language, from its original as it stood at `from_revision`.

    guide_id: the original or any of its translations. draft: as write_guide() says.
    Raises NotSeen, NotAllowed, InvalidInput, SecretsFound, WrongMoment where there is one in this
    language.
    """
    original = _locked_original(actor, guide_id)
    if not rules.can_edit_guide(actor, original):
        raise NotAllowed
    _check_there(original)
    _check_language(language)
    from_revision = followed_text(original, from_revision)
    if language == original.language or original.translations.filter(language=language).exists():
        raise WrongMoment(_("This guide is there in this language already."), code="translated")
    _point_out(title, summary, source, send_secrets)
    guide = Guide(author=actor, original=original, language=language, from_revision=from_revision)
    _write(guide, title, summary, source)
    spend_draft(actor, Draft.Kind.GUIDE_INTO, original.pk, draft)
    guide.save()
    keep_guide_text(guide, actor)
    facts = {"language": language, "from": from_revision}
    record(
        "forum.guide_translated",
        actor=actor,
        thing=guide,
        parent=original,
        audience=PUBLIC,
        changes=facts,
    )
    return guide


@transaction.atomic
def edit_guide(
    *,
    actor: Person,
    guide_id: int,
    revision: int,
    title: str,
    source: str,
    summary: str = "",
    from_revision: int | None = None,
    send_secrets: bool = True,
    draft: UUID | None = None,
) -> Guide:
    """Change a guide that stood at `revision` when the writer began.

    from_revision: of a translation, the text of the original that it follows from now on; left
    out, it stays as stale as it was. All translations of a changed original are stale with it.
    draft: as write_guide() says.
    Raises NotSeen, NotAllowed, StaleRevision, SecretsFound, InvalidInput, WrongMoment (taken away).
    """
    guide = locked(Guide.objects.visible_to(actor), pk=guide_id)
    if not rules.can_edit_guide(actor, guide):
        raise NotAllowed(_("Who is trusted, and whom they named, changes this guide."))
    _check_there(guide)
    check_revision(guide, revision)
    _point_out(title, summary, source, send_secrets)
    if guide.original is not None and from_revision is not None:
        guide.from_revision = followed_text(guide.original, from_revision)
    _write(guide, title, summary, source)
    spend_draft(actor, Draft.Kind.GUIDE_EDIT, guide.pk, draft)
    guide.revision += 1
    guide.edited_at = timezone.now()
    guide.save()
    keep_guide_text(guide, actor)
    facts = {"revision": guide.revision, "from": guide.from_revision}
    record("forum.guide_edited", actor=actor, thing=guide, audience=PUBLIC, changes=facts)
    return guide


@transaction.atomic
def name_editor(*, actor: Person, guide_id: int, person: Person) -> GuideEditor:
    """Let someone edit a guide in all its languages; the same again changes nothing.

    Raises NotSeen, NotAllowed.
    """
    original = _locked_original(actor, guide_id)
    if not rules.is_trusted(actor):
        raise NotAllowed
    row, is_new = GuideEditor.objects.get_or_create(
        guide=original, person=person, defaults={"by": actor}
    )
    if is_new:
        facts = {"person": person.pk}
        record(
            "forum.guide_editor_named", actor=actor, thing=original, audience=PUBLIC, changes=facts
        )
    return row


@transaction.atomic
def dismiss_editor(*, actor: Person, guide_id: int, person: Person) -> Guide:
    """Let someone edit a guide no more; anyone may step down. Raises NotSeen, NotAllowed."""
    original = _locked_original(actor, guide_id)
    if not (rules.is_trusted(actor) or (rules.can_ask(actor) and actor.pk == person.pk)):
        raise NotAllowed
    count, _rows = GuideEditor.objects.filter(guide=original, person=person).delete()
    if count:
        facts = {"person": person.pk}
        record(
            "forum.guide_editor_dismissed",
            actor=actor,
            thing=original,
            audience=PUBLIC,
            changes=facts,
        )
    return original


def _locked_original(actor: Person, guide_id: int) -> Guide:
    row = Guide.objects.visible_to(actor).filter(pk=guide_id).first()
    if row is None:
        raise NotSeen
    return locked(Guide.objects.visible_to(actor), pk=row.home_id)


def _check_there(guide: Guide) -> None:
    if guide.visibility != Visibility.VISIBLE:
        raise WrongMoment(_("This guide was taken away."), code="removed")


def _check_language(language: str) -> None:
    if language not in dict(settings.SPOKEN_LANGUAGES):
        raise InvalidInput.of("language", "invalid_choice", _("Choose a language of this site."))


def _point_out(title: str, summary: str, source: str, send_secrets: bool) -> None:
    texts = {"title": title, "summary": summary, "source": source}
    point_out_secrets(texts, send_secrets=send_secrets)


def _write(guide: Guide, title: str, summary: str, source: str) -> None:
    guide.title, guide.summary = " ".join(title.split()), " ".join(summary.split())
    if not 5 <= len(guide.title) <= LONGEST_TITLE:
        raise InvalidInput.of("title", "length", _("A title has 5 to 120 characters."))
    if len(guide.summary) > LONGEST_SUMMARY:
        raise InvalidInput.of("summary", "too_long", _("At most 300 characters."))
    if not source.strip():
        raise InvalidInput.of("source", "required", _("Write something first."))
    write_text(guide, source, language=guide.language)


def keep_guide_text(guide: Guide, actor: Person | None) -> None:
    """Keep a guide's present text as its newest revision."""
    GuideRevision.objects.create(
        guide=guide,
        number=guide.revision,
        title=guide.title,
        summary=guide.summary,
        source=guide.source,
        from_revision=guide.from_revision,
        author=actor,
    )
