"""Which site of its requester a ticket is about."""

import re

from allauth.account.models import EmailAddress
from django.utils.translation import gettext as _

from core.errors import InvalidInput
from helpdesk.models import Ticket
from people.models import HostedSite, Membership, Person
from people.queries import own_sites

OWNER = Membership.Role.OWNER
MOST_SITES = 100
MOST_NAMED = 10
MOST_HOSTS = 500
_NO_HOST = re.compile(r"[^\w.-]+")


def site_meant(person: Person, text: str) -> HostedSite | None:
    """Return the site a person writes about where nobody can ask them which: by mail, by telephone.

    It is the one of their own that the text names by its domain, else the only one they have, as
    far as it is theirs or an organisation's they own: its other owners read the ticket. None where
    that leaves a choice. Their own address, which stands below whatever they write, names none.
    """
    sites = own_sites(person).select_related("organisation").order_by("pk")
    hosts = _hosts_in(_without_addresses_of(person, text))
    named = list(sites.filter(domain__in=hosts)[:2])
    found = named or list(sites[:2])
    if len(found) != 1:
        return None
    return found[0] if named or _is_owned(found[0], person) else None


def site_named(person: Person, named: str) -> HostedSite:
    """Return the site of a person that its domain, or its address in the web, names.

    Raises InvalidInput (site), which says which sites they have: for who may know them.
    """
    sites = own_sites(person).select_related("organisation").order_by("domain", "pk")
    found = sites.filter(domain__in=_hosts_in(named))[:1]
    if found:
        return found[0]
    domains = list(sites.values_list("domain", flat=True)[:MOST_NAMED])
    if not domains:
        raise InvalidInput.of("site", "not_theirs", _("They have no site here: leave this empty."))
    detail = _("This is none of their sites, such as: %(sites)s") % {"sites": ", ".join(domains)}
    raise InvalidInput.of("site", "not_theirs", detail)


def site_gone_on_about(person: Person, ticket: Ticket) -> HostedSite | None:
    """Return the site of an ended ticket that goes on in a new one, as far as it is still one of
    who had asked, or of the person who writes now."""
    if ticket.site_id is None:
        return None
    rows = (own_sites(one).filter(pk=ticket.site_id) for one in (ticket.requester, person))
    found = (row.select_related("organisation").first() for row in rows)
    return next((site for site in found if site is not None), None)


def site_choices(ticket: Ticket) -> list[tuple[int, str]]:
    """Return (id, domain) of the sites an agent may say a ticket is about.

    The one it is about is always among them: a ticket that goes on may have kept another person's.
    """
    rows = own_sites(ticket.requester).order_by("domain", "pk")
    choices = list(rows.values_list("pk", "domain")[:MOST_SITES])
    if ticket.site_id not in dict(choices) and ticket.site is not None:
        choices.insert(0, (ticket.site.pk, ticket.site.domain))
    return choices


def _without_addresses_of(person: Person, text: str) -> str:
    rows = EmailAddress.objects.filter(user=person)
    own = [re.escape(address) for address in rows.values_list("email", flat=True)]
    if not own:
        return text
    return re.sub(rf"(?<![\w.+-])(?:{'|'.join(own)})(?![\w-]|\.\w)", " ", text, flags=re.IGNORECASE)


def _hosts_in(text: str) -> list[str]:
    """Return what may be a domain in a text: also that of a mail address or of a link."""
    words = (word.strip(".-").removeprefix("www.") for word in _NO_HOST.split(text.casefold()))
    return list(dict.fromkeys(word for word in words if "." in word))[:MOST_HOSTS]


def _is_owned(site: HostedSite, person: Person) -> bool:
    if site.organisation is None:
        return site.owner_id == person.pk
    return site.organisation.memberships.filter(person=person, role=OWNER).exists()
