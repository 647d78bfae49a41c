from django.db import migrations
from django.db.models import F


def fill(apps, schema_editor):
    """Name the deadline of tickets that wait for us: until now it was their turn.

    Clocks come with each ticket's next happening, or at once by `manage.py recompute_clocks
    --repair`.
    """
    tickets = apps.get_model("helpdesk", "Ticket").objects
    waiting = tickets.filter(state__in=("new", "open", "waiting_us"))
    promised = waiting.filter(level_version__first_response_minutes__isnull=False)
    promised.update(answer_due_at=F("turn_at"))


class Migration(migrations.Migration):
    dependencies = [("helpdesk", "0004_clocks_and_named_states")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
