"""The unproven address of who asked to which a ticket's mails go: they named it themselves.

Of tickets there are, none is filled in: an agent who opened one was not asked which it was.
"""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("account", "0009_emailaddress_unique_primary_email"),
        ("helpdesk", "0021_files_of_who_said_it"),
    ]

    operations = [
        migrations.AddField(
            model_name="ticket",
            name="named_address",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="account.emailaddress",
            ),
        ),
        migrations.AddIndex(
            model_name="ticket",
            index=models.Index(
                condition=models.Q(("named_address__isnull", False)),
                fields=["named_address"],
                name="ticket_named_address",
            ),
        ),
    ]
