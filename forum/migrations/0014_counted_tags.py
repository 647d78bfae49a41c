from django.db import migrations, models
from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce


def count(apps, schema_editor):
    tagged = apps.get_model("forum", "TaggedQuestion").objects.filter(
        tag=OuterRef("pk"), content_object__visibility="visible"
    )
    counted = Subquery(tagged.order_by().values("tag").annotate(n=Count("pk")).values("n"))
    apps.get_model("forum", "Tag").objects.update(question_count=Coalesce(counted, 0))


class Migration(migrations.Migration):
    dependencies = [
        ("forum", "0013_rewritten_revisions"),
    ]

    operations = [
        migrations.AddField(
            model_name="tag",
            name="question_count",
            field=models.PositiveIntegerField(db_default=0, default=0, editable=False),
        ),
        migrations.AddIndex(
            model_name="tag",
            index=models.Index(fields=["-question_count", "id"], name="tag_most_used"),
        ),
        migrations.RunPython(count, migrations.RunPython.noop),
    ]
