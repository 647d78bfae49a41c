"""When a message came into the ticket it stands in, where it was moved there.

Of those moved before, nothing is filled in: it tells only what is new to a page open this moment.
"""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("helpdesk", "0018_apologies_for_each_turn")]

    operations = [
        migrations.AddField(
            model_name="message", name="moved_at", field=models.DateTimeField(null=True)
        ),
    ]
