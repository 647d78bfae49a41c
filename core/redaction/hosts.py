"""Mail addresses, machines and domains, and paths that name a user."""

import ipaddress
import re
from collections.abc import Iterator
from typing import Final

from core.redaction.known import (
    FILE_ENDINGS,
    FILES_END_SO,
    HOSTS_OF_PEOPLE,
    NOBODY,
    PUBLIC_ADDRESSES,
    PUBLIC_DOMAINS,
    SERVICES,
    SURE_ENDINGS,
)
from core.redaction.spans import DOMAIN, IP, MAIL, PATH, Span

# Sources: RFC 5321 (64 before the @), RFC 1035 (63 a label), RFC 6530 (letters of any script).
LONGEST_LOCAL: Final = 64
LOCAL: Final = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]{1,64}\Z")
HOST: Final = re.compile(r"(?:[^\W_](?:[\w-]{0,62})\.){1,9}(?:[^\W\d_]{2,24}|xn--[a-z0-9-]{1,59})")
AT: Final = r"[(\[{<]\s{0,3}(?:at|arobase|arroba|ät|chez|@|ad|a(?=\)))\s{0,3}[)\]}>]"
DOT: Final = r"\s{0,3}(?:[(\[{<]\s{0,3}(?:dot|point|punkt|punto|\.)\s{0,3}[)\]}>]|\.)\s{0,3}"
SPELT: Final = re.compile(
    rf"(?<![\w.+-])[\w.+-]{{1,64}}\s{{0,3}}{AT}\s{{0,3}}[\w-]{{1,63}}(?:{DOT}[\w-]{{2,63}}){{1,4}}",
    re.IGNORECASE,
)
SPOKEN: Final = re.compile(
    r"(?<![\w.+-])[\w.+-]{1,64} (?:(?:AT|at) [\w-]{1,63}(?: (?:DOT|dot) [\w-]{2,63}){1,4}|"
    r"(?:arobase|arroba) [\w-]{1,63}(?:(?: (?:point|punto|dot) |\.)[\w-]{2,63}){1,4})(?![\w-])"
)
SPOKEN_AT: Final = (" at ", " AT ", " arobase ", " arroba ")
IN_BRACKETS: Final = re.compile(AT, re.IGNORECASE)
RUN: Final = re.compile(r"[^\W_][\w.-]*")
QUAD: Final = re.compile(r"(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?![\w]|\.\d)")
SIXES: Final = re.compile(
    r"(?<![\w:.])[0-9A-Fa-f:]{3,39}(?:(?<=:)\d{1,3}(?:\.\d{1,3}){3})?(?![\w:])"
)
VERSION_BEFORE: Final = re.compile(
    r"(?:\bv(?:er(?:sion|sión|sione)?s?)?\.?:?|\brelease|\bbuild|\bupdate|\bإصدار|الإصدار|[A-Za-z]/|"
    r"\b(?:php|mysql|mariadb|apache|nginx|wordpress|drupal|joomla|python|node|chrome|firefox|"
    r"safari|edge|windows|android|ios|openssl|plugin|extension|theme|module|driver|firmware|"
    r"kernel|spip|prestashop)(?: version)?)[ \t]{0,2}\Z",
    re.IGNORECASE,
)
ADDRESS_BEFORE: Final = re.compile(
    r"(?:\bips?\b|\bipv4|adress|address|direcci|server|serveur|servidor|host|\bfrom\b|\bping|"
    r"\bdns\b|gateway|passerelle|connect|connex|\bremote|\bclient\b|عنوان|خادم|://|@)",
    re.IGNORECASE,
)
SMALL: Final = 30  # no octet above it: 8.4.1.2 is a version, unless more tells of an address
HOME: Final = re.compile(
    r"""(?<![\w.])(?:/home\d?/(?:www/)?|/homez?\.\d+/|(?:/mnt/[a-z])?/Users/|/export/home/|/usr/home/|
    /var/www/(?:vhosts/|clients/|sites/)?|/srv/(?:users|www|http|sites)/|/data/(?:www|sites|home)/|
    /kunden/(?:homepages/)?|/var/(?:spool/)?(?:mail|cron/crontabs)/|~(?=[^\W\d_]))([^\s/\\"'<>|:;,()`\]]{1,64})[^\s"'<>|;,)`\]]*""",
    re.VERBOSE,
)
WINDOWS: Final = re.compile(
    r"\b[A-Za-z]:[\\/]{1,2}(?:Users|Utilisateurs|Benutzer|Usuarios|Documents and Settings)"
    r"[\\/]{1,2}"
    r"([^\\/:*?\"<>|\r\n]{1,64}(?=[\\/])|[^\s\\/:*?\"'<>|;,)`]{1,64})(?:[\\/][^\s\"'<>|;,)`]*)?",
    re.IGNORECASE,
)
SHARE: Final = re.compile(r"(?<![\w\\])\\\\[\w.-]{1,64}\\[^\s\"'<>|;,)`]{1,200}")


# As people write what nobody must click on.
DEFUSED: Final = re.compile(
    r"(?<![\w.-])[\w-]{1,63}(?:(?:\[\.\]|\(\.\)|\[dot\]|\.)[\w-]{1,63}){1,8}(?![\w-])"
)
DEFUSED_BY: Final = ("[.]", "(.)", "[dot]")


def find_mails(text: str) -> Iterator[Span]:
    """Yield mail addresses, also those spelt out (jean [at] site [dot] fr)."""
    text = text.replace("＠", "@")
    at = text.find("@")
    while at >= 0:
        local = LOCAL.search(text[max(0, at - LONGEST_LOCAL) : at])
        host = HOST.match(text, at + 1)
        if local and host:
            found = host.group().lower()
            name = local.group().lstrip(".!#$%&'*+/=?^`{|}~-")
            if name and not _is_no_mailbox(name, found):
                yield Span(at - len(name), host.end(), MAIL)
        at = text.find("@", at + 1)
    for spelt in SPELT.finditer(text) if IN_BRACKETS.search(text) else ():
        yield Span(spelt.start(), spelt.end(), MAIL)
    for spoken in SPOKEN.finditer(text) if any(word in text for word in SPOKEN_AT) else ():
        yield Span(spoken.start(), spoken.end(), MAIL)


def _is_no_mailbox(name: str, host: str) -> bool:
    """Whether it is how a repository is fetched, or a package of a version."""
    return (name == "git" and _is_public(host)) or host.rpartition(".")[2] in FILE_ENDINGS


def find_addresses(text: str) -> Iterator[Span]:
    """Yield IP addresses; not those of nobody (loopback, masks, public resolvers) nor versions."""
    for quad in QUAD.finditer(text):
        if _is_machine(text, quad):
            yield Span(quad.start(), quad.end(), IP)
    for run in SIXES.finditer(text) if text.count(":") >= 2 else ():
        found = run.group().rstrip(":") if not run.group().endswith("::") else run.group()
        if found.count(":") >= 2 and _is_sixes(found):
            yield Span(run.start(), run.start() + len(found), IP)


def _is_machine(text: str, quad: re.Match[str]) -> bool:
    numbers = [int(part) for part in quad.group().split(".")]
    if max(numbers) > 255 or quad.group() in PUBLIC_ADDRESSES:
        return False
    if any(len(part) > 1 and part.startswith("0") for part in quad.group().split(".")):
        return False
    if numbers[0] in (0, 127, 255) or numbers[0] >= 224:
        return False
    before = text[max(0, quad.start() - 40) : quad.start()]
    if VERSION_BEFORE.search(before):
        return False
    if max(numbers) > SMALL or numbers[0] == 10:
        return True
    return bool(ADDRESS_BEFORE.search(before) or re.match(r"[:/]\d{1,5}\b", text[quad.end() :][:8]))


def _is_sixes(found: str) -> bool:
    try:
        address = ipaddress.IPv6Address(found)
    except ValueError:
        return False
    if address.is_loopback or address.is_unspecified or str(address) in PUBLIC_ADDRESSES:
        return False
    groups = [group for group in found.split(":") if group]
    has_digit = any(char.isdigit() for char in found)
    return has_digit and (len(groups) >= 4 or any(len(group) >= 3 for group in groups))


def find_domains(text: str) -> Iterator[Span]:
    """Yield domains of someone: not files, parts of programs, versions or what everyone knows."""
    for run in RUN.finditer(text):
        host = run.group().rstrip(".-_")
        if "." not in host or len(host) > 253:
            continue
        before = text[max(0, run.start() - 3) : run.start()]
        is_named = before.endswith("//") or host.lower().startswith(("www.", "ftp.", "mail."))
        if _is_domain(host, before, text[run.start() + len(host) :][:1], is_named=is_named):
            yield Span(run.start(), run.start() + len(host), DOMAIN)
    if any(sign in text for sign in DEFUSED_BY):
        yield from _defused(text)


def _defused(text: str) -> Iterator[Span]:
    for found in DEFUSED.finditer(text):
        labels = re.split(r"\[\.\]|\(\.\)|\[dot\]|\.", found.group().lower())
        if not any(sign in found.group() for sign in DEFUSED_BY):
            continue
        if len(labels) == 4 and all(label.isdigit() for label in labels):
            yield Span(found.start(), found.end(), IP)
        elif _is_sure(labels[-1]) and _is_host(labels):
            yield Span(found.start(), found.end(), DOMAIN)


def _is_sure(ending: str) -> bool:
    return ending in SURE_ENDINGS or ending.startswith("xn--")


def _is_domain(host: str, before: str, after: str, *, is_named: bool) -> bool:
    folded = host.lower()
    labels = folded.split(".")
    ending = labels[-1]
    if not _is_host(labels) or _is_public(folded):
        return False
    if host.rpartition(".")[2].isupper() and not host.isupper():
        return False  # History.SE, ASP.NET: a name, whose second part is one too
    if labels[0] in ("com", "org", "net", "io") and len(labels) > 2:
        return False  # com.example.app: a package
    if is_named or ".".join(labels[-2:]) in HOSTS_OF_PEOPLE:
        return True
    if not _is_sure(ending) or (before[-1:] and before[-1:] in "$.>@#/\\-:_%'\"["):
        return _is_quoted_domain(host, ending, before)
    is_called = bool(after) and after in "(=[$\\"
    return not is_called and (ending not in FILES_END_SO or _looks_like_a_site(host, ending))


def _is_host(labels: list[str]) -> bool:
    """Whether the parts of a name are those of a host: not empty, and letters at the end."""
    if not all(labels) or labels[-2:-1] == ["www"]:
        return False
    if any(label.startswith("-") or "_" in label for label in labels[-2:]):
        return False
    return labels[-1].startswith("xn--") or (labels[-1].isalpha() and len(labels[-1]) >= 2)


def _is_quoted_domain(host: str, ending: str, before: str) -> bool:
    """Whether what stands behind a quote, a slash or a dash is a domain all the same."""
    if not _is_sure(ending) or before[-1:] not in ("'", '"', "/", ":", "[", "-"):
        return False
    return host == host.lower() and (ending not in FILES_END_SO or "-" in host)


def _looks_like_a_site(host: str, ending: str) -> bool:
    """Whether a name with an ending that files and programs have too is a site's, by its look."""
    if host != host.lower():
        return False
    labels = host.split(".")
    if ending in ("net", "info", "us", "at", "be", "it", "ml", "example"):
        return len(labels[-2]) >= 3
    return "-" in host or (len(labels) >= 3 and len(labels[-2]) >= 2 and ending in ("co", "be"))


def _is_public(host: str) -> bool:
    labels = host.removeprefix("www.").split(".")
    if ".".join(labels) in HOSTS_OF_PEOPLE:
        return True
    if (
        len(labels) == 3
        and labels[0].rstrip("0123456789") in SERVICES
        and ".".join(labels[1:]) in HOSTS_OF_PEOPLE
    ):
        return True
    return any(".".join(labels[index:]) in PUBLIC_DOMAINS for index in range(len(labels) - 1))


def find_paths(text: str) -> Iterator[Span]:
    """Yield paths in which someone's account is named, to their end."""
    for pattern in (HOME, WINDOWS):
        for found in pattern.finditer(text):
            if not _is_nobody(found.group(1)):
                end = found.start() + len(found.group().rstrip(".:!?"))
                yield Span(found.start(), end, PATH)
    for found in SHARE.finditer(text):
        yield Span(found.start(), found.end(), PATH)


def _is_nobody(user: str) -> bool:
    """Whether what stands for the user is a placeholder, or an account that is nobody's."""
    folded = user.strip("<>[]{}%").rstrip(".:!?").lower()  # it may end a sentence
    return not user.strip(".*~-") or folded in NOBODY or user[0] in "<[{$%*"
