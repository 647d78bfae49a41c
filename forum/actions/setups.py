"""Saying on what a question is asked: facts of the platform, never whose site, unless they want."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core.errors import InvalidInput, WrongMoment, locked
from core.journal import PUBLIC, record
from forum import pseudonyms
from forum.actions.steps import check_may_edit
from forum.models import PlatformVersion, Question
from forum.setups import Setup
from people.models import HostedSite, Person
from people.queries import own_sites


@transaction.atomic
def change_setup(*, actor: Person, question_id: int, setup: Setup) -> Question:
    """Say anew on what a question is asked.

    Raises NotSeen, NotAllowed, WrongMoment (locked), InvalidInput.
    """
    question = locked(Question.objects.visible_to(actor), pk=question_id)
    check_may_edit(actor, question)
    before = (question.facts, question.site_domain)
    versions = describe(question, actor, setup)
    if (question.facts, question.site_domain) == before:
        return question
    question.save(update_fields=["facts", "site_domain"])
    record(
        "forum.setup_changed",
        actor=pseudonyms.shown_actor(actor, question),
        thing=question,
        audience=PUBLIC,
        changes={"versions": [row.pk for row in versions]},
    )
    return question


def describe(question: Question, actor: Person, setup: Setup) -> list[PlatformVersion]:
    """Set what a question is asked on, and return the versions; saves nothing.

    Of a site only what the registry knows is taken: the panel may tell more than is for all.
    Raises InvalidInput (facts, site).
    """
    site = _site_of(actor, setup.site_id)
    known = {row.fact: row for row in versions_of({**(site.platform if site else {})})}
    given = versions_named(setup.facts)
    chosen = {row.platform.key: row for row in [*known.values(), *given]}
    rows = [chosen[key] for key in sorted(chosen)]
    question.facts = [{"fact": row.fact, "label": row.label} for row in rows]
    if not setup.shows_site or question.is_under_pseudonym:
        question.site_domain = ""
    elif site is not None:
        question.site_domain = site.domain
    return rows


def _site_of(actor: Person, site_id: int | None) -> HostedSite | None:
    if site_id is None:
        return None
    site = own_sites(actor).filter(pk=site_id).first()
    if site is None:
        raise InvalidInput.of("site", "invalid_choice", _("Choose one of your own sites."))
    return site


def versions_of(facts: Mapping[str, Any]) -> list[PlatformVersion]:
    """Return the versions the registry knows of these facts; one query, none for no facts."""
    if not facts:
        return []
    rows = PlatformVersion.objects.filter(
        platform__key__in=list(facts), value__in=[str(value) for value in facts.values()]
    ).select_related("platform")
    return [row for row in rows if str(facts[row.platform.key]) == row.value]


def versions_named(facts: Mapping[str, str]) -> list[PlatformVersion]:
    """Return the versions of these facts, each known. Raises InvalidInput (facts)."""
    rows = versions_of(facts)
    if len(rows) != len(facts):
        raise InvalidInput.of(
            "facts", "invalid_choice", _("Choose from what the host runs: see its platforms.")
        )
    return rows


def offered_now(rows: Iterable[PlatformVersion]) -> None:
    """Refuse versions that sites cannot run today. Raises WrongMoment."""
    today = timezone.localdate()
    for row in rows:
        if not row.is_offered(today):
            detail = _("%(version)s is not offered now.") % {"version": row.label}
            raise WrongMoment(detail, code="not_offered")
