from django.db import migrations, models
from django.db.models import OuterRef, Subquery
from django.db.models.functions import Coalesce

TOGETHER = 1000


def keep_what_was_said(apps, schema_editor):
    """Number the last that was said in each room; who spoke in one has a mark there."""
    ChatMessage = apps.get_model("chat", "ChatMessage")
    said = ChatMessage.objects.filter(kind="message")
    last = said.filter(room=OuterRef("pk")).order_by("-number").values("number")[:1]
    apps.get_model("chat", "Room").objects.update(said=Coalesce(Subquery(last), 0))
    mark = apps.get_model("chat", "RoomMark")
    spoke = said.order_by().values_list("room", "author").distinct()
    waiting = []
    for room_id, person_id in spoke.iterator(chunk_size=TOGETHER):
        waiting.append(mark(room_id=room_id, person_id=person_id))
        if len(waiting) == TOGETHER:
            mark.objects.bulk_create(waiting, ignore_conflicts=True)
            waiting = []
    mark.objects.bulk_create(waiting, ignore_conflicts=True)


class Migration(migrations.Migration):
    dependencies = [("chat", "0004_rules_of_closures")]

    operations = [
        migrations.AddField(
            model_name="room",
            name="said",
            field=models.PositiveBigIntegerField(db_default=0, default=0),
        ),
        migrations.RunPython(keep_what_was_said, migrations.RunPython.noop),
    ]
