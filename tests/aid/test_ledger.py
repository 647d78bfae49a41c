from typing import Any

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from aid.models import AidEntry, AidLine, Posting
from core import triggers
from core.models import JournalLine
from tests.aid.test_claims import claim_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def entry(cast):
    claim = claim_of(cast.bao, [cast.aminata], confirmed_by=cast.aminata)
    return claim.entries.get()


def refused(act) -> bool:
    try:
        with transaction.atomic():
            act()
    except IntegrityError:
        return True
    return False


def test_nobody_changes_or_deletes_an_entry(entry):
    line = entry.lines.first()

    assert refused(lambda: AidLine.objects.filter(pk=line.pk).update(minutes=99))
    assert refused(lambda: AidLine.objects.filter(pk=line.pk)._raw_delete("default"))
    assert refused(lambda: AidEntry.objects.filter(pk=entry.pk).update(kind="other"))
    assert refused(lambda: Posting.objects.filter(entry=entry)._raw_delete("default"))
    assert sorted(entry.lines.values_list("minutes", flat=True)) == [-30, 30]


def test_posted_entry_takes_no_more_lines(cast, entry):
    assert refused(lambda: AidLine.objects.create(entry=entry, person=cast.omar, minutes=5))


@pytest.mark.parametrize("minutes", [(30, -29), (30,), ()])
def test_unbalanced_entry_is_not_posted(minutes, cast, entry):
    new = AidEntry(
        claim=entry.claim, kind="other", reach="local", happened_at=timezone.now(), reverses=entry
    )

    def post():
        new.save()
        for person, value in zip((cast.bao, cast.aminata), minutes, strict=False):
            AidLine.objects.create(entry=new, person=person, minutes=value)
        Posting.objects.create(entry=new)

    assert refused(post)


def test_journal_is_never_rewritten(entry):
    assert refused(lambda: JournalLine.objects.update(verb="x"))
    assert refused(lambda: JournalLine.objects.all()._raw_delete("default"))


@pytest.mark.django_db(transaction=True)
def test_triggers_survive_a_table_that_is_remade(cast):
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL alters tables in place")
    entry = claim_of(cast.bao, [cast.aminata], confirmed_by=cast.aminata).entries.get()

    triggers.before_migrate(using="default")
    with connection.constraint_checks_disabled(), connection.schema_editor() as editor:
        remake: Any = editor
        remake._remake_table(AidLine)
    call_command("migrate", verbosity=0)

    assert refused(lambda: AidLine.objects.filter(entry=entry).update(minutes=1))


@pytest.mark.django_db(transaction=True)
def test_postgresql_commits_no_entry_without_its_seal(cast):
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has no deferred triggers")
    entry = claim_of(cast.bao, [cast.aminata], confirmed_by=cast.aminata).entries.get()

    assert refused(
        lambda: AidEntry.objects.create(
            claim=entry.claim,
            kind="other",
            reach="local",
            happened_at=timezone.now(),
            reverses=entry,
        )
    )
