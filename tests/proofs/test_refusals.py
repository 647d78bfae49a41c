"""Something invalid is typed into every field of every page's form of the table of acts: the page
that answers says what is wrong beside the field, and what was typed still stands there.
"""

from typing import Any

from django.core.cache import cache
from django.db import transaction

from tests.proofs.acts import Look
from tests.proofs.refusing import WRONG, Answer
from tests.proofs.rights import TABLE
from tests.proofs.test_rights import thing_of

# Put into a form by its page, a button or a module: nobody can type it wrong.
UNSEEN = {
    "absent", "address", "agrees", "answer", "asked", "auth", "client_id", "draft", "emoji",
    "endpoint", "fact", "from_revision", "id", "insert", "List-Unsubscribe", "looked", "macro",
    "number", "outcome", "p256dh", "present", "revision", "session", "sessions.0.id", "state",
    "subject", "tag", "text_hash", "thing", "value", "view",
}  # fmt: skip
# The same where other forms have a field of this name: chosen from a list, or hidden.
UNSEEN_IN = {
    "switch a rule on": {"trial"},  # what the dry run gave the form
    "take one's own secret out": {"text"},
    "link": {"kind"},
    "end a link": {"kind", "other"},
    "end a share": {"person"},
    "hand over to another queue": {"queue"},
    "say about which site it is": {"site"},
    "give another level": {"level"},
    "skip": {"reason"},
    "name a tag": {"language"},
    "add a word for a tag": {"language"},
    "follow a tag": {"kind"},
    "neither follow nor mute a tag": {"kind"},
    "decline a proposal": {"why"},
    "open a ticket's room": {"kind"},
    "open a pair's room": {"kind"},
    "flag": {"kind"},
    "take a post away": {"kind"},
    "take away what is said": {"rule"},
    "follow a thing": {"kind"},
    "follow a thing no more": {"kind"},
    "mute a thing": {"kind"},
    "hear of a thing again": {"kind"},
    "keep a draft": {"kind", "source"},
}
# What the acts of the table leave out of their forms.
MORE = {
    "do with many": {"into": ""},
    "confirm aid": {"minutes": ""},
    "confirm a session": {"minutes": ""},
    "write time down": {"day": ""},
    "edit an answer": {"why": ""},
    "close a question": {"original": ""},
}
# Rows of mentoring's form without a word before them move up, so the page calls them so.
ROWS = {"skills.2": "skills.1", **{f"slots.1.{one}": f"slots.0.{one}" for one in ("start", "end")}}
MOVED = {**ROWS, "slots.1.weekday": "slots.0.weekday"}
# Empty, these leave nothing that the whole would do: the form says so, not one of its fields.
OF_ALL = {
    ("prepare a macro", "text_en"),
    ("change a macro", "text_en"),
    ("write a rule", "tags"),
    ("change a rule", "tags"),
}
# Whatever is typed here is taken, or shown to be corrected.
TAKEN = {
    ("fill the composer", "source"),
    ("preview a text", "source"),
    ("translate an answer", "title"),  # answers have none
    ("grant a role everywhere", "volunteer"),  # ticked or not
    ("decide a flag", "remove"),
}
CASES = [
    name
    for name, right in TABLE.items()
    if not isinstance(right.act, Look) and "page" in right.faces and right.doers()
]


def typed_form(name: str, thing: Any) -> tuple[str, dict[str, Any], list[str]]:
    """Return an act's address, its form, and which fields of it people fill in."""
    act: Any = TABLE[name].act
    path, sent = act.page(thing)
    form = {**MORE.get(name, {}), **sent}
    return path, form, sorted(form.keys() - UNSEEN - UNSEEN_IN.get(name, set()))


def refused(client: Any, path: str, form: dict[str, Any], field: str) -> list[tuple[str, str]]:
    """Return (what was typed, the page) of what is refused, and take back what was done."""
    found: list[tuple[str, str]] = []
    for value in WRONG:
        cache.clear()  # who did so much in a minute that they wait
        if value == WRONG[-1] and found:
            break
        with transaction.atomic():
            answer = client.post(path, {**form, field: value})
            transaction.set_rollback(True)
        if answer.status_code == 422:
            found.append((value, answer.content.decode()))
    return found


def test_who_types_something_invalid_reads_why_beside_it_and_can_correct_it(world, browse):
    wrong, taken = [], set()
    for name in CASES:
        person = world.people[TABLE[name].doers()[0]]
        path, form, fields = typed_form(name, thing_of(world, TABLE[name], person))
        for field in fields:
            pages = refused(browse(person), path, form, field)
            taken |= set() if pages else {(name, field)}
            for value, page in () if (name, field) in OF_ALL else pages:
                why = Answer(page).wrong_with(MOVED.get(field, field), value)
                wrong += [(name, field, value[:9], why)] if why else []

    assert wrong == []
    assert taken == TAKEN
