"""Files that came with what an agent wrote down are data of who said it, as the words are."""

from django.db import migrations
from django.db.models import Exists, F, OuterRef, Subquery

AT_ONCE = 1000


def give(apps, schema_editor):
    """Give them to whom the ticket was opened for, in batches."""
    lines = apps.get_model("core", "JournalLine").objects
    messages = apps.get_model("helpdesk", "Message").objects
    files = apps.get_model("core", "StoredFile").objects
    opened = lines.filter(
        verb="helpdesk.ticket_opened",
        thing_kind="helpdesk.ticket",
        thing_id=OuterRef("origin_ticket"),
        actor=OuterRef("author"),
        on_behalf_of=OuterRef("origin_ticket__requester"),
    )
    down = messages.filter(Exists(opened), number=1, internal=False)
    down = down.exclude(author=F("origin_ticket__requester")).order_by("pk")
    ids = list(down.values_list("pk", flat=True))
    requester = messages.filter(pk=OuterRef("thing_id")).values("origin_ticket__requester")
    for start in range(0, len(ids), AT_ONCE):
        some = files.filter(
            thing_kind="helpdesk.message", thing_id__in=ids[start : start + AT_ONCE]
        )
        some.update(owner=Subquery(requester[:1]))


class Migration(migrations.Migration):
    dependencies = [
        ("helpdesk", "0020_clocks_that_were_late"),
        ("core", "0010_mails_that_tell"),
    ]

    operations = [migrations.RunPython(give, migrations.RunPython.noop)]
