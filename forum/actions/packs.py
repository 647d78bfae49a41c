"""Packs for workshops: asked for by trainers, made by the worker."""

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from core.errors import InvalidInput, NotAllowed
from core.files import files_of, forget_file, store_upload
from core.journal import STAFF, record
from forum import rules
from forum.models import Pack, Question, Tag, TaggedQuestion
from forum.tags import folded, tags_known
from people.models import Person

if TYPE_CHECKING:
    from forum.pack import Built


@transaction.atomic
def ask_for_pack(*, actor: Person, tag: str, language: str) -> Pack:
    """Ask for a pack of a tag (empty: all) and language; one that is asked for already is returned.

    Raises NotAllowed, InvalidInput (tag, language).
    """
    if not rules.can_make_packs(actor):
        raise NotAllowed(_("Trainers and coordinators make packs."))
    if language not in dict(settings.SPOKEN_LANGUAGES):
        raise InvalidInput.of("language", "invalid_choice", _("Choose one of the languages."))
    row = _tag_of(tag)
    questions = Question.objects.visible_to(AnonymousUser()).filter(language=language)
    if row is not None:
        tagged = TaggedQuestion.objects.filter(tag=row)
        questions = questions.filter(pk__in=tagged.values("content_object"))
    if not questions.exists():
        raise InvalidInput.of("tag", "empty", _("No question has this tag and language."))
    asked: dict[str, Any] = {
        "tag": row,
        "language": language,
        "made_at": None,
        "defaults": {"asked_by": actor},
    }
    try:
        pack, is_new = Pack.objects.get_or_create(**asked)
    except IntegrityError:  # the one asked for already was made between the two looks for it
        pack, is_new = Pack.objects.get_or_create(**asked)
    if is_new:
        record(
            "forum.pack_asked",
            actor=actor,
            thing=pack,
            audience=STAFF,
            changes={"tag": row.pk if row else None, "language": language},
        )
    return pack


def _tag_of(name: str) -> Tag | None:
    """Return the tag of a name, none for no name. Raises InvalidInput (tag)."""
    if not name.strip():
        return None
    row = tags_known([folded(name)]).get(folded(name))
    if row is None:
        raise InvalidInput.of("tag", "invalid_choice", _("There is no such tag."))
    return row


def make_pack(*, pack_id: int) -> Pack | None:
    """Make a pack that was asked for; it takes the place of older ones of its tag and language.

    Built outside of the transaction, which takes seconds; anew when something was taken away
    meanwhile. None: gone, or made already.
    """
    from forum.pack import build_pack  # draws pages, which most processes need not

    waiting = Pack.objects.filter(pk=pack_id, made_at=None)
    while (asked := waiting.select_related("tag").first()) is not None:
        built = build_pack(tag=asked.tag.name if asked.tag else "", language=asked.language)
        with transaction.atomic():
            pack = waiting.select_for_update(of=("self",)).first()
            if pack is not None and pack.asked_at == asked.asked_at:
                _store(pack, built)
                return pack
    return None


def _store(pack: Pack, built: "Built") -> None:
    tag = pack.tag.name if pack.tag else "entraide"
    name = f"{tag}-{pack.language}-{timezone.localdate().isoformat()}.zip"
    upload = SimpleUploadedFile(name, built.data, content_type="application/zip")
    store_upload(actor=pack.asked_by, upload=upload, thing=pack)
    pack.made_at, pack.questions = timezone.now(), built.questions
    pack.save(update_fields=["made_at", "questions"])
    _forget_older(pack)


@transaction.atomic
def reopen_packs(*, question: Question) -> list[int]:
    """Take back the packs that may hold a question, since something of it was taken away.

    All of its language, and of questions its posts came from or went to: its tags may be others by
    now. Their files go; they wait to be made anew, and are returned by id. Those that wait already
    are asked for anew, since they may be about to be stored.
    """
    moved = Q(relocations__into=question) | Q(relocations_in__question=question)
    questions = Question.objects.filter(Q(pk=question.pk) | moved)
    rows = Pack.objects.filter(language__in=questions.values("language"))
    now = timezone.now()
    rows.filter(made_at=None).update(asked_at=now)
    reopened = []
    for pack in rows.exclude(made_at=None).select_for_update(of=("self",)).order_by("pk"):
        for file in files_of(pack):
            forget_file(file)
        pack.asked_at, pack.made_at, pack.questions = now, None, 0
        try:
            with transaction.atomic():
                pack.save(update_fields=["asked_at", "made_at", "questions"])
        except IntegrityError:  # one is asked for already, and stands for both
            pack.delete()
        else:
            reopened.append(pack.pk)
    return reopened


def _forget_older(pack: Pack) -> None:
    older = Pack.objects.filter(tag=pack.tag_id, language=pack.language, pk__lt=pack.pk)
    for row in older.exclude(made_at=None):
        for file in files_of(row):
            forget_file(file)
        row.delete()
