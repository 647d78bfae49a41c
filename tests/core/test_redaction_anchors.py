"""What spares a pattern most of its work changes nothing of what it finds."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from core.redaction import hosts, keys, numbers, passwords
from core.redaction.anchors import Anchored, folded

WORDS = [
    *("Passwort", "PASSWORD", "mot de passe", "Clé API", "cle secrète", "clave de acceso", "pın"),
    *("DB_PASSWORD", "token", "secret_access_key", "paſſword", "api_Key", "login", "İdentifiants"),
    *("mysql -u root -p", "mysqldump", "sshpass -p ", "--user=a:", " -u ", "curl", "Authorization"),
    *("identified by", "new mysqli(", "new PDO(", "pg_connect(", "h, u, ", "bearer ", "كلمة السر"),
    *("localhost:5432:db:me:", "is", "est", "ist", "->", ":", "=", "'", '"', " ", "\n", "(", ")"),
    *("hunter2", "x9!kLm", "s3cret", "aaaa", "0", "06", "+33", "12", "345", "6789", ".", "-", "/"),
    *("tel", "phone", "[at]", "(dot)", " at ", " dot ", "arobase", "jean", "@", "site", "fr"),
    *("sk_live_", "AKIA", "ABCDEFGH", "12345678", "ghp_", "a1B2c3D4e5", "key-", "PRIVATE-TOKEN: "),
]
TEXTS = st.lists(st.sampled_from(WORDS), max_size=24).map("".join) | st.text(max_size=60)
ANCHORED = [
    passwords.SAID,
    passwords.SET_TO,
    passwords.BESIDE,
    passwords.PHRASE,
    passwords.AS_ONE,
    passwords.DIGITS,
    passwords.ASSIGNED,
    *passwords.TO_COMMANDS,
]


@pytest.mark.parametrize("anchored", ANCHORED, ids=lambda anchored: anchored.pattern.pattern[:40])
@given(text=TEXTS)
@example(text="mot de passe: hunter2")
def test_anchored_pattern_finds_what_the_pattern_finds(anchored, text):
    found = [found.span() for found in anchored.finditer(text, folded(text))]

    assert found == [found.span() for found in anchored.pattern.finditer(text)]


@given(text=st.text(max_size=200))
@example(text="İıſK ΑΣ ß ﬁ")
def test_folded_text_keeps_its_length(text):
    assert len(folded(text)) == len(text)


def unguarded(monkeypatch):
    """Let nothing be spared."""
    always = re.compile("")
    monkeypatch.setattr(numbers, "SIX_DIGITS", always)
    monkeypatch.setattr(keys, "LONG", always)
    monkeypatch.setattr(keys, "HOOKED", ("",))
    monkeypatch.setattr(passwords, "PORT", always)
    monkeypatch.setattr(hosts, "IN_BRACKETS", always)
    monkeypatch.setattr(hosts, "SPOKEN_AT", ("",))


@given(text=TEXTS)
@example(text="call me 06 12 34 56 78, PRIVATE-TOKEN: a1B2c3D4e5")
def test_text_that_is_looked_at_in_short_holds_what_it_holds(text):
    finders = [keys.find_keys, numbers.find_phones, passwords.find_passwords, hosts.find_mails]

    short = [list(find(text)) for find in finders]
    with pytest.MonkeyPatch.context() as monkeypatch:
        unguarded(monkeypatch)
        whole = [list(find(text)) for find in finders]

    assert short == whole


def test_anchored_pattern_may_begin_before_its_word():
    spaced = Anchored(re.compile(r"\s-u (\w+)"), "-u", back=1)

    assert [found.group(1) for found in spaced.finditer("-u no -u yes", "-u no -u yes")] == ["yes"]
