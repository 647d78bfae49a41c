"""What the API takes and gives."""

from typing import Any

from django.conf import settings
from rest_framework import serializers

from core.api import SendSecrets
from workshops import queries
from workshops.clock import Slot
from workshops.models import Registration, Venue, Workshop, WorkshopSession
from workshops.plans import MAX_SEATS, MAX_SESSIONS, MAX_TRAINERS, Plan

BIGGEST = 2**63 - 1


class SlotInput(serializers.Serializer[Any]):
    id = serializers.IntegerField(
        min_value=1, max_value=BIGGEST, required=False, help_text="of the session it changes"
    )
    day = serializers.DateField()
    starts = serializers.TimeField(help_text="by the clock of the place")
    ends = serializers.TimeField(help_text="the next day when not after `starts`")


class PlanInput(serializers.Serializer[Any]):
    title = serializers.CharField(min_length=3, max_length=150)
    source = serializers.CharField(max_length=20000, help_text="CommonMark")  # type: ignore[assignment]
    language = serializers.ChoiceField(choices=settings.SPOKEN_LANGUAGES)
    skills = serializers.ListField(
        child=serializers.CharField(max_length=80), max_length=10, required=False, default=list
    )
    venue = serializers.IntegerField(
        min_value=1, max_value=BIGGEST, allow_null=True, required=False, default=None
    )
    online_url = serializers.URLField(
        max_length=300, required=False, allow_blank=True, default="", help_text="for who has a seat"
    )
    zone = serializers.CharField(
        max_length=60,
        required=False,
        allow_blank=True,
        default="",
        help_text="IANA name; needed without a venue, whose own zone counts",
    )
    seats = serializers.IntegerField(min_value=1, max_value=MAX_SEATS)
    trainers = serializers.ListField(
        child=serializers.CharField(max_length=40),
        min_length=1,
        max_length=MAX_TRAINERS,
        help_text="handles",
    )
    sessions = SlotInput(many=True, min_length=1, max_length=MAX_SESSIONS)  # type: ignore[call-arg]
    send_secrets = SendSecrets()


class PlanChangeInput(PlanInput):
    revision = serializers.IntegerField(min_value=1, help_text="the one you changed")


def plan_of(data: dict[str, Any]) -> Plan:
    """Return checked input as the actions take it."""
    return Plan(
        title=data["title"],
        source=data["source"],
        language=data["language"],
        skills=data["skills"],
        venue_id=data["venue"],
        online_url=data["online_url"],
        zone=data["zone"],
        seats=data["seats"],
        trainers=data["trainers"],
        slots=[slot_of(session) for session in data["sessions"]],
    )


def slot_of(data: dict[str, Any]) -> Slot:
    """Return one session of the input."""
    return Slot(data["day"], data["starts"], data["ends"], data.get("id"))


class ConflictInput(serializers.Serializer[Any]):
    day = serializers.DateField()
    starts = serializers.TimeField()
    ends = serializers.TimeField()
    venue = serializers.IntegerField(min_value=1, max_value=BIGGEST, required=False)
    zone = serializers.CharField(max_length=60, required=False, help_text="without a venue")
    trainers = serializers.CharField(
        max_length=400, required=False, default="", help_text="handles, between commas"
    )
    language = serializers.ChoiceField(
        choices=settings.SPOKEN_LANGUAGES, required=False, help_text="also of the audience"
    )
    but = serializers.IntegerField(
        min_value=1, max_value=BIGGEST, required=False, default=0, help_text="a workshop left out"
    )


class RegistrationInput(serializers.Serializer[Any]):
    access_needs = serializers.CharField(
        max_length=500,
        required=False,
        allow_blank=True,
        default="",
        help_text="read by its trainers and coordinators alone",
    )


class CancellationInput(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=300, required=False, allow_blank=True, default="")
    send_secrets = SendSecrets()


class SeatsInput(serializers.Serializer[Any]):
    seats = serializers.IntegerField(min_value=1, max_value=MAX_SEATS)


class VenueInput(serializers.ModelSerializer[Venue]):
    class Meta:
        model = Venue
        fields = ["name", "address", "zone", "access", "map_url"]
        validators: list[Any] = []  # the same venue again is the same venue


class VenueOutput(serializers.ModelSerializer[Venue]):
    place = serializers.CharField(source="place.name", default=None, allow_null=True)

    class Meta:
        model = Venue
        fields = ["id", "name", "address", "place", "zone", "access", "map_url"]


class WorkshopSessionOutput(serializers.ModelSerializer[WorkshopSession]):
    class Meta:
        model = WorkshopSession
        fields = ["id", "day", "starts", "ends", "zone", "start_at", "end_at"]


class WorkshopOutput(serializers.ModelSerializer[Workshop]):
    state = serializers.ChoiceField(choices=Workshop.State.choices)
    venue = VenueOutput(allow_null=True)
    is_online = serializers.SerializerMethodField()
    sessions = WorkshopSessionOutput(many=True)
    trainers = serializers.SerializerMethodField()
    skills = serializers.SerializerMethodField()
    taken = serializers.IntegerField()
    waiting = serializers.IntegerField()
    url = serializers.CharField(source="path")

    class Meta:
        model = Workshop
        fields = [
            "id",
            "title",
            "source",
            "html",
            "language",
            "revision",
            "state",
            "venue",
            "is_online",
            "zone",
            "seats",
            "taken",
            "waiting",
            "trainers",
            "skills",
            "sessions",
            "starts_at",
            "ends_at",
            "published_at",
            "cancelled_at",
            "cancel_reason",
            "held_at",
            "url",
        ]

    def get_is_online(self, row: Workshop) -> bool:
        return bool(row.online_url)

    def get_trainers(self, row: Workshop) -> list[str]:
        return [trainer.person.handle for trainer in row.trainers.all()]

    def get_skills(self, row: Workshop) -> list[str]:
        return queries.skill_names_of(row)


class MyRegistrationOutput(serializers.ModelSerializer[Registration]):
    """My seat, or my place on the waiting list (1 moves up next)."""

    workshop = serializers.IntegerField(source="workshop_id")
    place_in_line = serializers.SerializerMethodField()

    class Meta:
        model = Registration
        fields = ["id", "workshop", "state", "registered_at", "access_needs", "place_in_line"]

    def get_place_in_line(self, row: Registration) -> int:
        return queries.place_in_line(row)


class WorkshopPageOutput(serializers.Serializer[Any]):
    """A workshop as one person sees it; online_url: only for who has a seat or leads it."""

    workshop = WorkshopOutput()
    online_url = serializers.SerializerMethodField()
    my_registration = MyRegistrationOutput(source="mine", allow_null=True)
    can_manage = serializers.BooleanField()
    can_register = serializers.BooleanField()

    def get_online_url(self, page: queries.WorkshopPage) -> str | None:
        return page.workshop.online_url if page.sees_room else None


class RegistrationOutput(serializers.ModelSerializer[Registration]):
    """Someone registered, for who leads the workshop; sessions: where they were."""

    handle = serializers.CharField(source="person.handle")
    display_name = serializers.CharField(source="person.display_name")
    sessions = serializers.SerializerMethodField()

    class Meta:
        model = Registration
        fields = [
            "id",
            "handle",
            "display_name",
            "state",
            "registered_at",
            "access_needs",
            "sessions",
        ]

    def get_sessions(self, row: Registration) -> list[int]:
        return [came.session_id for came in row.attendances.all()]


class ConflictOutput(serializers.Serializer[Any]):
    """refuses: the workshop cannot be planned so; url: empty for what you may not see."""

    day = serializers.DateField()
    words = serializers.CharField()
    url = serializers.CharField()
    refuses = serializers.BooleanField()
