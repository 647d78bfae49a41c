from typing import Any

import django.utils.timezone
from django.db import migrations, models


def drop_undone(apps: Any, _editor: Any) -> None:
    """A following not done is one that nobody began: its task makes it anew."""
    apps.get_model("core", "Following").objects.filter(done_at=None).delete()


class Migration(migrations.Migration):
    dependencies = [("core", "0004_kept_headers")]

    operations = [
        migrations.RunPython(drop_undone, migrations.RunPython.noop),
        migrations.AlterField(
            model_name="following",
            name="done_at",
            field=models.DateTimeField(default=django.utils.timezone.now),
        ),
    ]
