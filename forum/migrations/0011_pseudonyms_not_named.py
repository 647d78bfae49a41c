"""Say of what waits or waited for moderators whether it is about a post under a pseudonym."""

from typing import Any

from django.db import migrations


def hide(apps: Any, schema_editor: Any) -> None:
    models = {name: apps.get_model("people", name) for name in ("Hold", "Removal", "Appeal")}
    for name in ("Question", "Answer", "Comment"):
        hidden = apps.get_model("forum", name).objects.exclude(pseudonym=None).values("pk")
        about = {"thing_kind": f"forum.{name.lower()}", "thing_id__in": hidden}
        models["Hold"].objects.filter(**about).update(is_named=False)
        removals = models["Removal"].objects.filter(**about).values("pk")
        appeals = models["Appeal"].objects.filter(subject="removal", subject_id__in=removals)
        appeals.update(is_named=False)


class Migration(migrations.Migration):
    dependencies = [
        ("forum", "0010_marks"),
        ("people", "0011_holds_and_appeals_named"),
    ]

    operations = [migrations.RunPython(hide, migrations.RunPython.noop)]
