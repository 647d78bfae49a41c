"""What only the kernel's own tests need."""

import pytest

from core import things
from people.models import Organisation, Place


@pytest.fixture
def declared(monkeypatch):
    """Let the journal and files point at towns, which all see, and associations of members."""
    for thing in (
        things.Thing(
            kind="test.town",
            model=Place,
            visible_to=lambda person: Place.objects.all(),
            url=lambda row: "/",
            label=str,
        ),
        things.Thing(
            kind="test.association",
            model=Organisation,
            visible_to=lambda person: Organisation.objects.all().visible_to(person),
            url=lambda row: "/",
            label=str,
        ),
    ):
        monkeypatch.setitem(things._things, thing.kind, thing)
        monkeypatch.setitem(things._kinds, thing.model, thing.kind)


@pytest.fixture
def town(declared, db):
    return Place.objects.create(name="Dakar", country="SN")
