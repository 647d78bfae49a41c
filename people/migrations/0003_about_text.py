import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

BATCH = 1000


def copy_texts(apps, schema_editor):
    """Copy what people wrote about themselves, as no renderer's: it is rendered anew."""
    person, about_text = apps.get_model("people", "Person"), apps.get_model("people", "AboutText")
    rows = person.objects.exclude(about="").order_by("pk").values_list("pk", "about")
    last = 0
    while page := list(rows.filter(pk__gt=last)[:BATCH]):
        about_text.objects.bulk_create(
            about_text(person_id=pk, source=source) for pk, source in page
        )
        last = page[-1][0]


def copy_back(apps, schema_editor):
    person, about_text = apps.get_model("people", "Person"), apps.get_model("people", "AboutText")
    for row in about_text.objects.iterator():
        person.objects.filter(pk=row.pk).update(about=row.source, about_html=row.html)


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0002_tokens_and_states"),
    ]

    operations = [
        migrations.CreateModel(
            name="AboutText",
            fields=[
                ("language", models.CharField(default="und", max_length=20)),
                ("source", models.TextField()),
                (
                    "source_format",
                    models.CharField(
                        choices=[("commonmark", "Commonmark"), ("html", "Html")],
                        default="commonmark",
                        max_length=12,
                    ),
                ),
                ("html", models.TextField(editable=False)),
                ("renderer_version", models.PositiveSmallIntegerField(default=0, editable=False)),
                ("revision", models.PositiveIntegerField(default=1)),
                (
                    "person",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="about_text",
                        serialize=False,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={"abstract": False},
        ),
        migrations.RunPython(copy_texts, copy_back),
    ]
