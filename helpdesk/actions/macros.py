"""Keeping macros: their changes, and what they say in each language."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core.errors import FieldError, InvalidInput, NotAllowed, StaleRevision, locked
from core.journal import STAFF, record
from helpdesk import rules
from helpdesk.models import Macro, MacroText, Queue
from helpdesk.placeholders import unknown_in
from helpdesk.prepared import ME, NOBODY, Steps
from people.models import Person
from people.queries import people_called

LONGEST_NAME, LONGEST_TEXT = 80, 20000


@dataclass(frozen=True)
class MacroPlan:
    """What a macro shall be.

    queue: a slug; empty: all queues. names, texts: by BCP 47 language; empty ones are left out.
    language: the one its texts are translated from. checked: languages whose text still says the
    same as the source's, though it was not changed.
    """

    names: Mapping[str, str]
    texts: Mapping[str, str]
    language: str
    queue: str = ""
    steps: Steps = field(default_factory=Steps)
    checked: Collection[str] = ()


@transaction.atomic
def make_macro(*, actor: Person, plan: MacroPlan) -> Macro:
    """Prepare a new macro.

    Raises NotAllowed, InvalidInput (names, texts, language, queue, or the name of a step).
    """
    queue = _queue(plan.queue)
    _check_may(actor, queue)
    names, texts = _checked(plan)
    macro = Macro.objects.create(
        queue=queue,
        names=names,
        steps=plan.steps.as_json(),
        language=plan.language,
        made_by=actor,
        changed_at=timezone.now(),
    )
    _write_texts(macro, texts, plan.checked)
    record("helpdesk.macro_made", actor=actor, thing=macro, audience=STAFF)
    return macro


@transaction.atomic
def change_macro(*, actor: Person, macro_id: int, revision: int, plan: MacroPlan) -> Macro:
    """Change a macro as a whole; a language that is left out loses its text.

    A translation that is not changed remembers the source's revision it was made from.
    Raises NotSeen, NotAllowed, StaleRevision, InvalidInput.
    """
    macro = locked(Macro.objects.visible_to(actor).filter(retired=False), pk=macro_id)
    queue = _queue(plan.queue)
    _check_may(actor, macro.queue)
    _check_may(actor, queue)
    names, texts = _checked(plan)
    if revision != macro.revision:
        source = macro.texts.filter(language=macro.language).first()
        raise StaleRevision(revision=macro.revision, source=source.source if source else "")
    macro.queue, macro.names, macro.language = queue, names, plan.language
    macro.steps = plan.steps.as_json()
    macro.revision += 1
    macro.changed_at = timezone.now()
    macro.save()
    _write_texts(macro, texts, plan.checked)
    record("helpdesk.macro_changed", actor=actor, thing=macro, audience=STAFF)
    return macro


@transaction.atomic
def retire_macro(*, actor: Person, macro_id: int) -> Macro:
    """Offer a macro no more; one that is retired already is no change.

    What rules send of it is refused from then on. Raises NotSeen, NotAllowed.
    """
    macro = locked(Macro.objects.visible_to(actor), pk=macro_id)
    _check_may(actor, macro.queue)
    if not macro.retired:
        macro.retired = True
        macro.save(update_fields=["retired"])
        record("helpdesk.macro_retired", actor=actor, thing=macro, audience=STAFF)
    return macro


def _queue(slug: str) -> Queue | None:
    if not slug:
        return None
    queue = Queue.objects.filter(slug=slug).first()
    if queue is None:
        raise InvalidInput.of("queue", "invalid_choice", _("Choose one of the queues."))
    return queue


def _check_may(actor: Person, queue: Queue | None) -> None:
    if not rules.can_keep_macro(actor, queue.pk if queue else None):
        raise NotAllowed(_("Macros are kept by the agents and coordinators of their queue."))


def _checked(plan: MacroPlan) -> tuple[dict[str, str], dict[str, str]]:
    """Return names and texts as they are kept. Raises InvalidInput with all that is wrong."""
    spoken = dict(settings.SPOKEN_LANGUAGES)
    names = {code: " ".join(name.split()) for code, name in plan.names.items() if name.strip()}
    texts = {code: text.strip() for code, text in plan.texts.items() if text.strip()}
    wrong = []
    if plan.language not in spoken or {*names, *texts} - set(spoken):
        wrong.append(FieldError("language", "invalid_choice", _("Choose one of the languages.")))
    if plan.language not in names or any(len(name) > LONGEST_NAME for name in names.values()):
        detail = _("Name it in its own language, in at most 80 characters.")
        wrong.append(FieldError("names", "required", detail))
    if texts and plan.language not in texts:
        detail = _("Write the text that the others are translated from.")
        wrong.append(FieldError("texts", "required", detail))
    for code, text in texts.items():
        if len(text) > LONGEST_TEXT:
            wrong.append(FieldError(f"texts.{code}", "too_long", _("This text is too long.")))
        if unknown := unknown_in(text):
            detail = _("Known are {requester}, {number}, {site} and {agent}; not: %(words)s")
            words = ", ".join(f"{{{word}}}" for word in unknown)
            wrong.append(FieldError(f"texts.{code}", "placeholder", detail % {"words": words}))
    if plan.steps.is_empty and not texts:
        wrong.append(FieldError("steps", "required", _("Say what it changes, or what it says.")))
    wrong += wrong_steps(plan.steps)
    if wrong:
        raise InvalidInput(errors=wrong)
    return names, texts


def wrong_steps(steps: Steps) -> list[FieldError]:
    """Return what is wrong with steps: a queue that is none, people who are none."""
    wrong = []
    if steps.queue and not Queue.objects.filter(slug=steps.queue).exists():
        wrong.append(FieldError("queue_to", "invalid_choice", _("Choose one of the queues.")))
    handles = {*steps.notify, steps.assign} - {"", ME, NOBODY}
    known = {person.handle for person in people_called(handles)}
    unknown = {handle for handle in handles if handle not in known}
    if unknown:
        detail = _("Nobody here is called %(name)s.") % {"name": ", ".join(sorted(unknown))}
        name = "assign" if steps.assign in unknown else "notify"
        wrong.append(FieldError(name, "unknown_person", detail))
    return wrong


def _write_texts(macro: Macro, texts: Mapping[str, str], checked: Collection[str]) -> None:
    """Keep the texts, the source's first: its revision is what translations are made from."""
    had = {row.language: row for row in macro.texts.all()}
    for code in set(had) - set(texts):
        had.pop(code).delete()
    source = _write(macro, macro.language, texts, had) if macro.language in texts else None
    if source is not None and source.made_from is not None:  # it was a translation before
        source.made_from = None
        source.save(update_fields=["made_from"])
    for code in sorted(set(texts) - {macro.language}):
        before = had[code].revision if code in had else 0
        row = _write(macro, code, texts, had)
        if source is not None and (row.revision != before or code in checked):
            row.made_from = source.revision
            row.save(update_fields=["made_from"])


def _write(
    macro: Macro, code: str, texts: Mapping[str, str], had: Mapping[str, MacroText]
) -> MacroText:
    row = had.get(code)
    if row is None:
        return MacroText.objects.create(macro=macro, language=code, source=texts[code])
    if row.source != texts[code]:
        row.source = texts[code]
        row.revision += 1
        row.save(update_fields=["source", "revision"])
    return row
