"""Each further answer is a promise of its own; what was said so far was of first ones alone."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("helpdesk", "0017_newest_words")]

    operations = [
        migrations.RemoveConstraint(model_name="apology", name="apology_once"),
        migrations.AddField(
            model_name="apology",
            name="turn",
            field=models.PositiveIntegerField(default=1),
            preserve_default=False,
        ),
        migrations.AddConstraint(
            model_name="apology",
            constraint=models.UniqueConstraint(
                fields=("ticket", "kind", "turn"), name="apology_once"
            ),
        ),
    ]
