"""What was said in rooms before the last number said was kept, and the marks of who said it."""

from django.db import migrations
from django.db.models import Max, OuterRef, Subquery
from django.db.models.functions import Coalesce

TOGETHER = 1000


def keep_what_was_said(apps, schema_editor):
    """Number the last that was said in each room; who spoke in one has a mark there.

    Room by room and in batches: nobody waits for the whole.
    """
    Room, RoomMark = apps.get_model("chat", "Room"), apps.get_model("chat", "RoomMark")
    said = apps.get_model("chat", "ChatMessage").objects.filter(kind="message")
    last = said.filter(room=OuterRef("pk")).order_by("-number").values("number")[:1]
    spoke = said.exclude(author__state="erased").order_by().values_list("room", "author").distinct()
    most = Room.objects.aggregate(most=Max("pk"))["most"] or 0
    for first in range(1, most + 1, TOGETHER):
        some = range(first, first + TOGETHER)
        rooms = Room.objects.filter(pk__gte=some.start, pk__lt=some.stop)
        rooms.update(said=Coalesce(Subquery(last), 0))
        pairs = spoke.filter(room__gte=some.start, room__lt=some.stop)
        marks = [RoomMark(room_id=room_id, person_id=person_id) for room_id, person_id in pairs]
        RoomMark.objects.bulk_create(marks, TOGETHER, ignore_conflicts=True)


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("chat", "0005_said_in_rooms")]
    operations = [migrations.RunPython(keep_what_was_said, migrations.RunPython.noop)]
