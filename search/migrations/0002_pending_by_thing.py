from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("search", "0001_pending")]

    operations = [
        migrations.AddIndex(
            model_name="pending",
            index=models.Index(fields=["kind", "object_id"], name="pending_thing"),
        ),
    ]
