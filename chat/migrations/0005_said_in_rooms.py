from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("chat", "0004_rules_of_closures")]

    operations = [
        migrations.AddField(
            model_name="room",
            name="said",
            field=models.PositiveBigIntegerField(db_default=0, default=0),
        ),
    ]
