"""Apart from 0003: PostgreSQL alters no table in the transaction that wrote rows pointing at it."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0003_about_text"),
    ]

    operations = [
        migrations.RemoveField(model_name="person", name="about"),
        migrations.RemoveField(model_name="person", name="about_html"),
    ]
