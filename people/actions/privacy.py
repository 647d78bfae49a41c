"""Taking one's data away, and leaving for good."""

from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core import journal, things
from core.errors import InvalidInput, NotAllowed, WrongMoment, locked
from core.mail import forget_mails_to, mails_to
from core.models import JournalLine, KeptAnswer, StoredFile, WaitingFile
from core.waiting import forget_files
from people.handles import ERASED
from people.models import (
    AboutText,
    ApiToken,
    Appeal,
    Block,
    Flag,
    Follow,
    Hold,
    HostedSite,
    MailChoice,
    Membership,
    Mute,
    Notice,
    NoticeChoice,
    Person,
    PostedLink,
    PushSubscription,
    Sanction,
    Trust,
)
from people.models.person import folded


def export_person(*, actor: Person) -> dict[str, Any]:
    """Return everything kept about oneself, as JSON-able data. Raises NotAllowed.

    Suspended people may take their data too. What others wrote is theirs and not in it.
    """
    if not (isinstance(actor, Person) and actor.is_active):
        raise NotAllowed
    return {
        "exported_at": timezone.now().isoformat(),
        "things": {
            thing.kind: rows for thing in things.all_things() if (rows := thing.export(actor))
        },
        "addresses": list(
            EmailAddress.objects.filter(user=actor).values("email", "verified", "primary")
        ),
        "second_factors": list(Authenticator.objects.filter(user=actor).values("type")),
        "tokens": [
            {"name": token.name, "scopes": token.scopes, "created": token.created.isoformat()}
            for token in ApiToken.objects.filter(user=actor)
        ],
        "blocked": list(
            Block.objects.filter(person=actor).values_list("blocked__handle", flat=True)
        ),
        "mails": list(
            mails_to(_addresses_of(actor)).values("to", "subject", "created_at", "sent_at")
        ),
        "notices": list(
            Notice.objects.filter(person=actor)
            .order_by("pk")
            .values("verb", "thing_kind", "thing_id", "at", "read_at")
        ),
        "notice_choices": list(NoticeChoice.objects.filter(person=actor).values("digest")),
        "mail_choices": list(MailChoice.objects.filter(person=actor).values("kind", "way")),
        "follows": list(
            Follow.objects.filter(person=actor)
            .order_by("pk")
            .values("kind", "object_id", "reason", "at", "stopped_at")
        ),
        "mutes": list(
            Mute.objects.filter(person=actor).order_by("pk").values("kind", "object_id", "at")
        ),
        "browsers": list(
            PushSubscription.objects.filter(person=actor)
            .order_by("pk")
            .values("label", "endpoint", "created_at", "last_failed_at")
        ),
        "files": list(
            StoredFile.objects.filter(owner=actor)
            .order_by("pk")
            .values("name", "size", "content_type", "thing_kind", "thing_id", "created_at")
        ),
        "acts": [
            {
                "at": line.at.isoformat(),
                "verb": line.verb,
                "thing": f"{line.thing_kind}:{line.thing_id}",
                "face": line.face,
            }
            for line in JournalLine.objects.filter(actor=actor).order_by("pk").iterator()
        ],
    }


@transaction.atomic
def erase_person(*, actor: Person, handle: str, password: str = "") -> Person:
    """Erase oneself: nothing that says who one was is left, nobody can sign in as one any more.

    The row stays under a number, so that answers and figures stand. What was written stays without
    a name where others need it; each room decides in its things.py. handle, and the password where
    there is one, prove that it is meant.
    Raises NotAllowed, InvalidInput, WrongMoment while others depend on one's organisation.
    """
    if not (isinstance(actor, Person) and actor.is_active):
        raise NotAllowed
    person = locked(Person.objects.all(), pk=actor.pk)
    if folded(handle.strip().removeprefix("@")) != person.handle_folded:
        raise InvalidInput.of("handle", "different", _("Write your handle exactly to confirm."))
    if person.has_usable_password() and not person.check_password(password):
        raise InvalidInput.of("password", "incorrect", _("This is not your password."))
    _leave_organisations(person)
    journal.record("people.person_erased", actor=person, thing=person, audience=journal.SYSTEM)
    for thing in things.all_things():
        thing.erase(person)
    return person


def _leave_organisations(person: Person) -> None:
    for membership in Membership.objects.filter(person=person, role=Membership.Role.OWNER):
        others = Membership.objects.filter(organisation=membership.organisation_id).exclude(
            pk=membership.pk
        )
        if others.exists() and not others.filter(role=Membership.Role.OWNER).exists():
            raise WrongMoment(
                _("Your organisation has other people: make one of them an owner first."),
                code="last_owner",
            )
    Membership.objects.filter(person=person).delete()


def erase_facts(person: Person) -> None:
    """Take out of a person's own rows what says who it was (the erasure of `people.person`)."""
    AboutText.objects.filter(person=person).delete()
    forget_files(WaitingFile.objects.filter(owner=person))
    person.languages.all().delete()
    person.skills.all().delete()
    person.role_grants.current().update(until=timezone.now())
    Sanction.objects.filter(person=person).update(reason="")
    Hold.objects.filter(person=person).update(reasons=[])
    PostedLink.objects.filter(person=person).delete()
    Trust.objects.filter(person=person).delete()
    Notice.objects.filter(person=person).delete()
    NoticeChoice.objects.filter(person=person).delete()
    MailChoice.objects.filter(person=person).delete()
    for pointers in (Follow, Mute):  # what they pointed at, and who pointed at them
        pointers.objects.filter(person=person).delete()
        pointers.objects.filter(kind="people.person", object_id=person.pk).delete()
    PushSubscription.objects.filter(person=person).delete()
    Block.objects.filter(person=person).delete()
    Block.objects.filter(blocked=person).delete()
    forget_mails_to(_addresses_of(person))
    EmailAddress.objects.filter(user=person).delete()
    KeptAnswer.objects.filter(person=person).exclude(status=None).delete()
    Authenticator.objects.filter(user=person).delete()
    ApiToken.objects.filter(user=person).delete()
    person.handle = f"{ERASED}{person.pk}"
    person.handle_folded = folded(person.handle)
    person.display_name = ""
    person.place = person.external_id = person.last_login = None
    person.state = Person.State.ERASED
    person.is_superuser = False
    person.groups.clear()
    person.user_permissions.clear()
    person.set_unusable_password()  # ends every session: its hash is in each
    person.save()


def _addresses_of(person: Person) -> list[str]:
    return list(EmailAddress.objects.filter(user=person).values_list("email", flat=True))


def erase_sites(person: Person) -> None:
    """Make the hosted sites of a person nameless; tickets about them keep their row."""
    for site in HostedSite.objects.filter(owner=person):
        site.domain, site.platform = f"erased-{site.pk}.invalid", {}
        site.external_id = f"erased:{site.pk}"
        site.save(update_fields=["domain", "platform", "external_id"])


def erase_appeals(person: Person) -> None:
    """Take out what a person wrote in their appeals."""
    Appeal.objects.filter(person=person).update(text="")


def erase_flags(person: Person) -> None:
    """Take out what a person wrote to the moderators; that they flagged stays counted."""
    Flag.objects.filter(person=person).update(text="")
    Flag.objects.filter(author=person).update(to_author="")
