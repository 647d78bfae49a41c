"""Passwords: where they are said, set, given to a command or put into an address."""

import re
from collections.abc import Iterator
from typing import Final

from core.redaction.anchors import Anchored, folded
from core.redaction.known import NO_PASSWORD
from core.redaction.spans import PASSWORD, Span

# Five languages' words for it, and what people shorten them to.
WORD: Final = (
    r"(?:mots?[ \u00a0-]de[ \u00a0-]passe|mdp|m\.d\.p|"
    r"code (?:d[’']acc[èe]s|secret|pin|confidentiel)|"
    r"pass ?word|passwords?|passwd|pass ?phrase|passcode|pwd|psw|pw|pin(?: code)?|secret key|"
    r"api[ _-]?key|api[ _-]?token|access[ _-]?token|secret[ _-]?key|"
    r"cl[ée] (?:api|secr[èe]te|priv[ée]e)|"
    r"pass?wort|kennwort|zugangscode|geheimzahl|contrase[ñn]a|clave(?: secreta| de acceso)?|"
    r"palabra clave|credenciales|parola (?:d[’']ordine|chiave)|"
    r"senha|palavra[- ]passe|wachtwoord|hasło|"
    r"كلمة (?:المرور|السر|مرور|سر)(?: الخاصة بي)?|كلمه (?:المرور|السر)|"
    r"الرقم السري|رمز (?:الدخول|المرور)|الباسورد|باسورد|باسوورد)"
)
IS: Final = (
    r"(?:is (?:now|still|currently|just)|is|was|will be|should be|"
    r"est (?:maintenant|toujours|donc|bien|encore)|est|était|c[’']est|sera|serait|"
    r"lautet|ist (?:jetzt|noch)|ist|war|wäre|heißt|heisst|es ahora|es|era|sería|"
    r"è (?:ora|ancora)|è|هي|هو|كانت|→|->|=>|＝|：)"
)
# How one of these words begins.
BEGINNINGS: Final = (
    *("mot", "mdp", "m.d.p", "code", "pas", "pwd", "psw", "pw", "pin", "secret", "api", "access"),
    *("clé", "parola", "senha", "palavra", "wachtwoord", "hasło"),
    *("cle", "kennwort", "zugangscode", "geheimzahl", "contrase", "clave", "palabra", "credencial"),
    *("كلم", "الرقم", "رمز", "الباس", "باس"),
)
FEW: Final = r"(?:[ \t\u00a0]{1,2}[^\s:=：,;.!?\"'«»“”]{1,24}){0,6}?"
QUOTED: Final = r"[\"'`«“„‘][ \u00a0]?([^\"'`«»“”„‘’\n]{1,100}?)[ \u00a0]?[\"'`»”“’]"
SET_TO: Final = Anchored(
    re.compile(
        rf"(?<![^\W_]){WORD}(?![^\W_]){FEW}[ \t\u00a0]{{0,3}}[:=：]{{1,2}}>?[ \t\u00a0]{{0,3}}"
        rf"(?:\*\*|__)?(?:{QUOTED}|([^\s\"'`«»“”<>]{{3,100}}))",
        re.IGNORECASE,
    ),
    *BEGINNINGS,
)
SAID: Final = Anchored(
    re.compile(
        rf"(?<![^\W_]){WORD}(?![^\W_]){FEW}[ \t\u00a0]{{1,3}}{IS}[ \t\u00a0:]{{1,3}}"
        rf"(?:{QUOTED}|([^\s\"'`«»“”<>]{{3,100}}))",
        re.IGNORECASE,
    ),
    *BEGINNINGS,
)
# Said without a word between: believed if it looks like one (_is_mixed).
BESIDE: Final = Anchored(
    re.compile(
        rf"(?<![^\W_]){WORD}(?![^\W_])(?:[ \t\u00a0][^\W\d_]{{2,14}})?[ \t\u00a0]{{1,2}}"
        rf"(?:{QUOTED}|\(([^\s()]{{4,64}})\)|([^\s\"'`«»“”<>()]{{5,64}}))",
        re.IGNORECASE,
    ),
    *BEGINNINGS,
)
# And with the value in front: "I took X as password".
AS_ONE: Final = Anchored(
    re.compile(
        r" (?:comme|as|als|como|come) "
        rf"(?:(?:le|mon|the|my|a|das|mein|neues|la|mi|una|mia)[ \u00a0]){{0,2}}{WORD}(?![^\W_])",
        re.IGNORECASE,
    ),
    *(" comme ", " as ", " als ", " como ", " come "),
)
IN_FRONT: Final = re.compile(rf"(?<!\S)(?:{QUOTED}|([^\s\"'`«»“”<>()]{{5,64}}))\Z")
PHRASE: Final = Anchored(
    re.compile(
        r"\b(?:pass ?phrase|phrase (?:de passe|secrète)|seed phrase|recovery phrase|kennsatz|"
        r"frase (?:secreta|de contraseña))[ \t]{0,2}(?::|=|is|est|ist|es)[ \t]{1,2}([^\n]{6,200})",
        re.IGNORECASE,
    ),
    *("passphrase", "pass phrase", "phrase de", "phrase secr", "seed phrase", "recovery phrase"),
    *("kennsatz", "frase secreta", "frase de"),
)
DIGITS: Final = Anchored(
    re.compile(
        r"\b(?:code (?:pin|secret|confidentiel|d[’']acc[èe]s)|pin(?: code)?|geheimzahl|"
        r"c[óo]digo (?:pin|secreto)|codice (?:pin|segreto))[ \u00a0](\d{4,8})(?![\w.,:/-])",
        re.IGNORECASE,
    ),
    *("code ", "pin", "geheimzahl", "código ", "codigo ", "codice "),
)
IN_XML: Final = re.compile(
    r"<([\w:.-]{0,40}(?:password|passwd|pwd|secret|token|api-?key|motdepasse)[\w:.-]{0,20})>"
    r"([^<\s]{3,200})</",
    re.IGNORECASE,
)
# Names with a number, such as programs and offices have.
NAMED_SO: Final = re.compile(
    r"(?:php|mysql|mariadb|postgres\w*|sha|md|utf|http|ssl|tls|s?ftp|imap|smtp|pop|win|windows|"
    r"ipv|wp|wordpress|oauth|web|base|office|outlook|sql|html|css|java|python|argon|bcrypt|version|v)"
    r"[-_. ]?"
    r"\d[\w.]*\Z",
    re.IGNORECASE,
)
# In files of settings, in programs and on command lines: names that end with what it is.
NAMED: Final = (
    r"(?:(?:(?<![^\W_])|(?<=db)|(?<=sql)|(?<=ftp)|(?<=user)|(?<=root)|(?<=admin)|(?<=mail)|(?<=smtp)|"
    r"(?<=my))(?:pass|pwd|mdp|nonce[_-]key|app[_-]key)|password|passwd|passphrase|motdepasse|mot_de_passe|"
    r"secret(?:[_-]?access)?(?:[_-]?key)?|api[_-]?key|token|(?:auth|logged[_-]in|private|encryption)[_-]?key|"
    r"(?:auth|nonce|logged[_-]in)[_-]salt|phpsessid|sessionid)"
)
ASSIGNED: Final = Anchored(
    re.compile(
        rf"{NAMED}[\"'\]]{{0,3}}[ \t]{{0,12}}(?:=>|:=|=|:|,(?=[ \t]{{0,12}}[\"']))[ \t]{{0,12}}"
        rf"(?:\"([^\"\n]{{1,200}})\"|'([^'\n]{{1,200}})'|([^\s\"'`;,&)<>]{{3,200}}))",
        re.IGNORECASE,
    ),
    *("pass", "pwd", "mdp", "nonce", "app", "motdepasse", "mot_de_passe", "secret", "api", "token"),
    *("auth", "logged", "private", "encryption", "phpsessid", "sessionid"),
)
IN_ADDRESS: Final = re.compile(
    r"\b[a-z][a-z0-9+.-]{1,20}://([^\s/:@\"'<>]{0,100}:[^\s/@\"'<>]{1,100})@", re.IGNORECASE
)
TO_COMMANDS: Final = [
    Anchored(
        re.compile(
            r"\bmysql(?:dump|admin)?\b[^\n]{0,120}?\s-p(?:'([^'\n]+)'|\"([^\"\n]+)\"|([^\s'\"-][^\s'\"]{2,100}))"
        ),
        "mysql",
    ),
    Anchored(
        re.compile(r"\bsshpass\b[^\n]{0,40}?-p[ ]?['\"]?([^\s'\"]{2,100})"),
        "sshpass",
    ),
    Anchored(
        re.compile(r"\s(?:-u|--user)[ =]['\"]?[^\s:'\"]{1,64}:([^\s'\"]{2,100})"),
        "-u",
        "--user",
        back=1,
    ),
    Anchored(
        re.compile(
            r"\bauthorization\b['\"]?\s{0,3}[:=]\s{0,3}['\"]?(?:basic|bearer|token)\s{1,3}([\w.+/=~-]{8,4000})",
            re.IGNORECASE,
        ),
        "authorization",
    ),
    Anchored(
        re.compile(
            r"\bidentified\s{1,3}by\s{1,3}(?:password\s{1,3})?['\"]([^'\"\n]{1,100})['\"]",
            re.IGNORECASE,
        ),
        "identified",
    ),
    Anchored(
        re.compile(
            r"\b(?:mysqli?_connect|mysqli?_real_connect|new\s{1,3}mysqli|pg_connect|ftp_login|imap_open)\s{0,3}\("
            r"[^,()\n]{1,100},[^,()\n]{1,100},\s{0,3}['\"]([^'\"\n]{1,100})['\"]",
            re.IGNORECASE,
        ),
        *("mysql", "new", "pg_connect", "ftp_login", "imap_open"),
    ),
    Anchored(
        re.compile(
            r"\bnew\s{1,3}PDO\s{0,3}\([^()\n]{1,200}?,\s{0,3}['\"][^'\"\n]{1,64}['\"]\s{0,3},\s{0,3}['\"]([^'\"\n]{1,100})['\"]",
            re.IGNORECASE,
        ),
        "new",
    ),
    Anchored(
        re.compile(
            r"\b(?:identifiants?|login|logins|acc[èe]s|zugangsdaten|zugang|credentials?|"
            r"credenciales|usuario|بيانات الدخول)"
            r"\b[^\n:=]{0,30}[:=]\s{0,3}[\w.@+-]{2,64}\s{0,2}"
            r"(?:/|\||:| et | and | und | y )\s{0,2}(?!/)([^\s,;/|]{4,100})",
            re.IGNORECASE,
        ),
        *(
            "identifiant",
            "login",
            "acc",
            "zugang",
            "credential",
            "credenciales",
            "usuario",
            "بيانات",
        ),
    ),
]
PORT: Final = re.compile(r":\d{2,5}:")
IN_PGPASS: Final = re.compile(
    r"^[\w.*-]{1,100}:\d{2,5}:[\w*-]{1,64}:[\w-]{1,64}:(\S{1,100})$", re.MULTILINE
)
NO_VALUE: Final = re.compile(
    r"[*•x×X.…_#?-]+\Z|[<\[{$%(&].*|\S*(?:\(|\$_|\$\{|\{\{|process\.env|os\.environ|getenv)\S*|.*::.*"
    r"|\w+\.\w+\.\w+|(?:self|this|request|config|settings|env|os)\..*|//?.*",
    re.DOTALL,
)
FOLLOWS: Final = re.compile(
    r"[ \t\u00a0]*(?:$|[.,;!?)\]|*]|"
    r"(?:et|and|und|y|e|و|ou|or|oder|o|mais|but|aber|pero|pour|for|für|para|sur|on|auf)\b)",
    re.MULTILINE,
)
PLAIN: Final = re.compile(r"[^\W\d_]+\Z")


def find_passwords(text: str) -> Iterator[Span]:
    """Yield passwords: of the places where one stands, the value alone."""
    small = folded(text)
    for found in SAID.finditer(text, small):
        yield from _value(text, found, is_said=True)
    for found in SET_TO.finditer(text, small):
        yield from _value(text, found)
    for found in ASSIGNED.finditer(text, small):
        yield from _value(text, found, in_program=True)
    for found in IN_ADDRESS.finditer(text) if "://" in text and "@" in text else ():
        if not _is_placeholder(found.group(1).partition(":")[2]):
            yield Span(*found.span(1), PASSWORD)
    yield from _less_announced(text, small)
    for pattern in TO_COMMANDS:
        for found in pattern.finditer(text, small):
            yield from _value(text, found, in_program=True)
    for found in IN_PGPASS.finditer(text) if PORT.search(text) else ():
        yield from _value(text, found, in_program=True)


def _less_announced(text: str, small: str) -> Iterator[Span]:
    """Yield what stands beside the word for it, if it looks like one; and phrases, figures."""
    beside = [*BESIDE.finditer(text, small)]
    for found in AS_ONE.finditer(text, small):
        before = IN_FRONT.search(text, max(0, found.start() - 110), found.start())
        beside += [before] if before else []
    for found in beside:
        for group in range(1, found.re.groups + 1):
            value = _without_end(found.group(group) or "")
            if _is_mixed(value) and not _is_placeholder(value):
                yield Span(found.start(group), found.start(group) + len(value), PASSWORD)
    for found in (*PHRASE.finditer(text, small), *DIGITS.finditer(text, small)):
        value = found.group(1).rstrip(" .")
        if not _is_placeholder(value):
            yield Span(found.start(1), found.start(1) + len(value), PASSWORD)
    for found in IN_XML.finditer(text) if "</" in text else ():
        if not _is_placeholder(found.group(2)):
            yield Span(*found.span(2), PASSWORD)


def _is_mixed(value: str) -> bool:
    """Whether a word has letters of both sizes, digits and signs as words have not."""
    if NAMED_SO.match(value) or not re.search(r"\d", value) or not re.search(r"[^\W\d_]", value):
        return False
    if re.search(r"://|^[/~.]|\.\w{2,4}\Z", value):
        return False  # an address, a path, a file
    has_both = re.search(r"[a-z]", value) and re.search(r"[A-Z]", value)
    return bool(re.search(r"[!@#$%^&*+=?~|]", value) or (has_both and len(value) >= 8))


def _value(
    text: str, found: re.Match[str], *, is_said: bool = False, in_program: bool = False
) -> Iterator[Span]:
    group = next(number for number in range(1, (found.re.groups or 1) + 1) if found.group(number))
    start, value = found.start(group), found.group(group)
    is_bare = group == found.re.groups
    if is_bare and not in_program:
        value = _without_end(value)
    if len(value.strip()) < 3 or _is_placeholder(value):
        return
    if is_bare and not _is_chosen(text, value, start, is_said=is_said, in_program=in_program):
        return
    yield Span(start, start + len(value), PASSWORD)


def _without_end(value: str) -> str:
    """Return a value without what ends its sentence; a password may well end with "!"."""
    value = value.strip("*")
    while value and value[-1] in ".,;:)]…،؛":
        value = value[:-1]
    return value


def _is_chosen(text: str, value: str, start: int, *, is_said: bool, in_program: bool) -> bool:
    """Whether an unquoted value is a password, and not the next word of a sentence or program."""
    if not PLAIN.match(value):
        has_more = any(char.isdigit() for char in value) or any(
            char in "!@#$%^&*+=?~|" for char in value[:-1]
        )
        return has_more or (not is_said and not re.search(r"[./'’(]", value))
    if value.lower() != value and value[1:] != value[1:].lower() and not value.isupper():
        return True  # capitals within, as no word has them
    if in_program:
        return len(value) >= 6 and FOLLOWS.match(text, start + len(value)) is not None
    # A word is believed where a value was announced, and ends what is said.
    return not is_said and FOLLOWS.match(text, start + len(value)) is not None


def _is_placeholder(value: str) -> bool:
    folded = value.strip(" *_").lower()
    return folded in NO_PASSWORD or NO_VALUE.match(value) is not None
