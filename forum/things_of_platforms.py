"""What the forum declares of platforms, of who said what works on them, and of packs."""

from typing import Any

from core.things import Thing, declare
from forum.models import Attestation, Pack, Platform, PlatformVersion, Question, written_by
from people.models import Person


def declare_all() -> None:
    """Declare them. Erasing a person keeps what they found to work, under no name."""
    declare(
        Thing(
            kind="forum.platform",
            model=Platform,
            visible_to=lambda person: Platform.objects.all(),
            url=lambda row: "/platforms",
            label=lambda row: row.name,
        )
    )
    declare(
        Thing(
            kind="forum.platform_version",
            model=PlatformVersion,
            visible_to=lambda person: PlatformVersion.objects.visible_to(person).select_related(
                "platform"
            ),
            url=lambda row: "/platforms",
            label=lambda row: row.label,
        )
    )
    declare(
        Thing(
            kind="forum.attestation",
            model=Attestation,
            visible_to=lambda person: Attestation.objects.visible_to(person).select_related(
                "answer__question", "version__platform"
            ),
            url=lambda row: row.answer.path,
            label=lambda row: row.version.label,
            author_ids=lambda row: {row.person_id},
            export=_export_attestations,
        )
    )
    declare(
        Thing(
            kind="forum.pack",
            model=Pack,
            visible_to=lambda person: Pack.objects.visible_to(person).select_related("tag"),
            url=lambda row: row.path,
            label=str,
            export=_export_packs,
        )
    )


def forget_domains(person: Person) -> None:
    """Take the addresses of someone's sites off their questions."""
    Question.objects.filter(written_by(person)).exclude(site_domain="").update(site_domain="")


def _export_attestations(person: Person) -> list[dict[str, Any]]:
    rows = Attestation.objects.filter(person=person).select_related("version__platform")
    return [
        {"answer_id": row.answer_id, "works_on": row.version.fact, "at": row.at.isoformat()}
        for row in rows.order_by("pk")
    ]


def _export_packs(person: Person) -> list[dict[str, Any]]:
    rows = Pack.objects.filter(asked_by=person).order_by("pk")
    return [{"language": row.language, "asked_at": row.asked_at.isoformat()} for row in rows]
