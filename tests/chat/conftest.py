"""A room on something two people see and others do not: a claim of help."""

import pytest
from django.utils import timezone

from aid.actions import claim_help
from aid.models import Kind
from chat import rooms
from chat.actions import open_room


@pytest.fixture
def claim(cast, monkeypatch):
    monkeypatch.setitem(rooms._rules, "aid.claim", lambda person, thing: True)
    return claim_help(
        actor=cast.bao,
        givers=[cast.bao],
        receivers=[cast.aminata],
        minutes=10,
        kind=Kind.OTHER,
        happened_at=timezone.now(),
    )


@pytest.fixture
def room(cast, claim):
    return open_room(actor=cast.bao, kind="aid.claim", object_id=claim.pk)
