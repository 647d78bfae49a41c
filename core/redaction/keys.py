"""Keys and tokens: by their form, their maker's prefix, or because chance alone makes them."""

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from core.redaction.spans import KEY, Span

# A block whose end was cut off goes as far as its lines go on.
PEM: Final = re.compile(
    r"-----BEGIN ([A-Z0-9 ]{1,40})-----(?:[A-Za-z0-9+/=\s\\]|[A-Za-z-]{1,20}: [^\n]{0,80}\n|"
    r"(?<=\n)(?:Comment|Version|Hash)[^\n]{0,80}|-(?!----))*(?:-----END [A-Z0-9 ]{1,40}-----)?"
)
PUTTY: Final = re.compile(r"PuTTY-User-Key-File-\d:[^\n]*(?:\n[^\n]{1,200}){1,80}")
SSH: Final = re.compile(
    r"(?:ssh-(?:rsa|dss|ed25519)|ecdsa-sha2-nistp\d{3}|sk-ssh-ed25519@openssh\.com)\s{1,3}"
    r"AAAA[A-Za-z0-9+/=]{40,}"
)
MADE_BY: Final = re.compile(
    r"""(?<![A-Za-z0-9])(?:
    (?:AKIA|ASIA|ABIA|ACCA|AROA|AIDA)[0-9A-Z]{16}
    |gh[pousr]_[A-Za-z0-9]{20,255}|github_pat_\w{22,255}|gl(?:pat|ptt|rt|dt)-[\w-]{20,64}
    |(?:sk|pk|rk)_(?:live|test)_[0-9A-Za-z]{10,247}|whsec_[A-Za-z0-9+/=]{20,100}
    |xox[abeoprs]-[\w-]{10,250}|xapp-\d-[\w-]{20,250}|AIza[\w-]{35}|ya29\.[\w-]{20,400}|GOCSPX-[\w-]{20,40}
    |SG\.[\w-]{16,40}\.[\w-]{20,60}|key-[0-9a-f]{32}|xkeysib-[\w-]{20,100}|xsmtpsib-[\w-]{20,100}
    |sk-(?:proj-|ant-|or-)?(?=\D{0,60}\d)[\w-]{20,250}|npm_[A-Za-z0-9]{30,60}|pypi-[\w-]{40,300}|hf_[A-Za-z0-9]{30,60}
    |dop_v1_[0-9a-f]{40,80}|shp(?:at|ca|pa|ss)_[0-9a-fA-F]{32}|EAA[A-Za-z0-9]{60,300}
    |(?:AC|SK)[0-9a-f]{32}|AGE-SECRET-KEY-1[0-9A-Z]{50,70}|\d{8,10}:[\w-]{35}
    |[MNO][A-Za-z\d_-]{23,27}\.[\w-]{6}\.[\w-]{27,40}|eyJ[\w-]{8,4000}\.[\w-]{8,8000}\.?[\w-]{0,2000}
    |lin_api_\w{30,60}|rubygems_[0-9a-f]{48}|CFPAT-[\w-]{30,60}|PMAK-[0-9a-f]{24}-[0-9a-f]{32,40}
    |tskey-[a-z]{2,12}-[\w-]{16,80}|NRAK-[A-Z0-9]{20,40}|sntry[sua]_[\w+/=.-]{30,300}|hv[sbr]\.[\w-]{24,300}
    |gsk_[A-Za-z0-9]{40,70}|do[or]_v1_[0-9a-f]{40,80}|gl(?:sa|c)_[\w+/=]{30,200}|figd_[\w-]{30,60}
    |dapi[0-9a-f]{32}|ntn_[A-Za-z0-9]{30,60}|r8_[A-Za-z0-9]{30,50}|pul-[0-9a-f]{40}|sbp_[0-9a-f]{40}
    |AT[AC]TT3[\w+/=-]{60,300}|nfp_[A-Za-z0-9]{30,60}|dckr_pat_[\w-]{20,60}|oy2[a-z0-9]{43}|fm\d_[\w+/=-]{60,900}
    |sq0(?:atp|csp|idp)-[\w-]{20,60}|(?:live|test)_(?=[A-Za-z]*\d)(?=[a-z0-9]*[A-Z])[A-Za-z0-9]{30,60}|rzp_(?:live|test)_\w{14,40}|xai-\w{40,120}
    |pplx-\w{30,80}|re_\w{8}_\w{20,40}|pat[A-Za-z0-9]{14}\.[0-9a-f]{64}|[pst]k\.eyJ[\w-]{20,300}\.[\w-]{10,60}
    |AccountKey=[A-Za-z0-9+/=]{40,100}|SharedAccessKey=[A-Za-z0-9+/=]{30,100}|PRIVATE-TOKEN:\s[\w-]{10,80}|v1\.0-[0-9a-f]{24}-[0-9a-f]{40,200}|LTAI[A-Za-z0-9]{12,30}
    )(?![A-Za-z0-9])""",
    re.VERBOSE,
)
HOOK: Final = re.compile(
    r"(?<=hooks\.slack\.com/services/)[\w/]{20,100}|"
    r"(?<=discord\.com/api/webhooks/)\d{10,25}/[\w-]{40,100}"
)
HOOKED: Final = ("/services/", "/webhooks/")
CRYPTED: Final = re.compile(
    r"\$(?:2[abxy]|apr1|argon2id?|argon2d|1|5|6|y|P|H)\$[./A-Za-z0-9$=,+-]{8,200}"
)
LONG: Final = re.compile(r"[\w.+/=-]{13}")  # stands in every key of a known maker
PART: Final = re.compile(r"[A-Za-z0-9+_=-]+")
PIECE: Final = re.compile(r"[A-Za-z0-9]+")
SHORTEST: Final = 20
RUN: Final = re.compile(rf"[A-Za-z0-9+/_=-]{{{SHORTEST},}}")
UUID: Final = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\Z")
HEX: Final = re.compile(r"[0-9a-f]+\Z|[0-9A-F]+\Z")
SUMS: Final = re.compile(
    r"(?:sha-?\d*|md5|checksum|hash|digest|commit|revision|\brev\b|etag|integrity|fingerprint|"
    r"empreinte|prüfsumme|somme|blob|tree|parent|docker|image|layer|@)[\w\s\"':=@/(.-]{0,24}\Z",
    re.IGNORECASE,
)


def find_keys(text: str) -> Iterator[Span]:
    """Yield private and public keys, tokens, and hashes of passwords."""
    patterns = [PEM, PUTTY, SSH, CRYPTED]
    if LONG.search(text):
        patterns.append(MADE_BY)
    if any(path in text for path in HOOKED):
        patterns.append(HOOK)
    for pattern in patterns:
        for found in pattern.finditer(text):
            yield Span(found.start(), found.start() + len(found.group().rstrip()), KEY)
    for run in RUN.finditer(text):
        if span := _random_in(text, run):
            yield span


def is_public_key(found: str) -> bool:
    """Whether what was found may be known: the public half of a key, or a certificate."""
    return found.startswith(("ssh-", "ecdsa-", "sk-ssh-", "pk_")) or bool(
        re.match(r"-----BEGIN [A-Z0-9 ]*(?:PUBLIC KEY|CERTIFICATE|PARAMETERS)", found)
    )


def _random_in(text: str, run: re.Match[str]) -> Span | None:
    """Return the parts of a run, between slashes, that only chance makes: first to last."""
    before = text[max(0, run.start() - 40) : run.start()]
    if before.endswith(("base64,", "data:")) or re.match(r"sha\d{3}-", run.group()):
        return None
    found = [
        part
        for part in PART.finditer(text, run.start(), run.end())
        if part.end() - part.start() >= SHORTEST and _is_random(text, part)
    ]
    return Span(found[0].start(), found[-1].end(), KEY) if found else None


def _is_random(text: str, part: re.Match[str]) -> bool:
    word = part.group().strip("=_-+")
    if UUID.match(word):
        return False
    if HEX.match(word):
        return _is_hex_key(text, part.start(), word)
    if SUMS.search(text[max(0, part.start() - 40) : part.start()]):
        return False
    # Words joined by dashes are a slug; of a token at least one stretch is long enough to judge.
    return any(_changes(piece) for piece in PIECE.findall(word) if len(piece) >= SHORTEST - 4)


def _is_hex_key(text: str, start: int, word: str) -> bool:
    """Whether hexadecimal digits are a key: as long as keys are, and no sum or commit."""
    if len(word) not in (32, 48, 64, 96, 128) or len(set(word)) < 8:
        return False
    if SUMS.search(text[max(0, start - 40) : start]):
        return False
    return not re.match(r" [ *][\w./-]+", text[start + len(word) :][:20])  # as sha256sum prints


def _changes(piece: str) -> bool:
    """Whether its characters change between small, capital and digit as only chance makes them.

    Of random letters and digits six in ten neighbours differ in sort; of names in programs, where
    each word has one capital, about three in ten, and few have digits within.
    """
    sorts = ["d" if char.isdigit() else "u" if char.isupper() else "l" for char in piece]
    digits = sorts.count("d")
    changes = sum(a != b for a, b in pairwise(sorts))
    if digits == len(sorts) or len(set(piece)) < 10:
        return False
    share = changes / (len(sorts) - 1)
    if len(set(sorts)) == 3:
        return digits >= 2 and share >= (0.4 if len(piece) < 32 else 0.33)
    return digits >= 4 and digits < len(sorts) * 0.7 and share >= 0.4 and len(piece) >= 20
