"""What the API of mentoring takes and shows."""

from typing import Any

from django.conf import settings
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from core.api import SendSecrets
from mentoring import rules
from mentoring.models import (
    MatchRun,
    MentoringRequest,
    MentoringSession,
    MentorOffer,
    Mentorship,
    Proposal,
)
from mentoring.terms import MOST_LANGUAGES, MOST_SKILLS, MOST_SLOTS

BIGGEST = 2**63 - 1


class SlotField(serializers.Serializer[Any]):
    """Hours of every week; weekday 0 is Monday; an end at 00:00 is midnight."""

    weekday = serializers.IntegerField(min_value=0, max_value=6)
    start = serializers.TimeField(format="%H:%M")
    end = serializers.TimeField(format="%H:%M")


class TermsInput(serializers.Serializer[Any]):
    skills = serializers.ListField(
        child=serializers.CharField(max_length=80),
        min_length=1,
        max_length=MOST_SKILLS,
        help_text="names in any language, or slugs",
    )
    languages = serializers.ListField(
        child=serializers.ChoiceField(choices=settings.SPOKEN_LANGUAGES),
        min_length=1,
        max_length=MOST_LANGUAGES,
        help_text="best first",
    )
    slots = SlotField(many=True, allow_empty=False, max_length=MOST_SLOTS)  # type: ignore[call-arg]
    time_zone = serializers.CharField(
        max_length=60, required=False, help_text="of the slots; by default your own"
    )
    source = serializers.CharField(  # type: ignore[assignment]  # a field of the document
        max_length=4000, required=False, allow_blank=True, default="", help_text="CommonMark"
    )
    send_secrets = SendSecrets()


class OriginInput(serializers.Serializer[Any]):
    kind = serializers.CharField(max_length=40)
    id = serializers.IntegerField(min_value=1, max_value=2**63 - 1)


class RequestInput(TermsInput):
    origin = OriginInput(
        required=False, default=None, allow_null=True, help_text="what it came of, such as a ticket"
    )


class OfferInput(TermsInput):
    capacity = serializers.IntegerField(min_value=1, max_value=20, help_text="people at a time")


class RefusalInput(serializers.Serializer[Any]):
    why = serializers.ChoiceField(
        choices=Proposal.Why.choices, required=False, allow_blank=True, default=""
    )


class SessionInput(serializers.Serializer[Any]):
    day = serializers.DateField()
    start = serializers.TimeField(format="%H:%M")
    minutes = serializers.IntegerField(min_value=5, max_value=480)
    note = serializers.CharField(max_length=300, required=False, allow_blank=True, default="")
    send_secrets = SendSecrets()
    time_zone = serializers.CharField(
        max_length=60, required=False, help_text="of day and start; by default your own"
    )


class ConfirmationInput(serializers.Serializer[Any]):
    minutes = serializers.IntegerField(min_value=5, max_value=480, required=False)


class RunInput(serializers.Serializer[Any]):
    request = serializers.IntegerField(min_value=1, max_value=BIGGEST, required=False)


class SkillsOutput(serializers.ListField):
    """The slugs of the skills."""

    child = serializers.CharField()

    def __init__(self) -> None:
        super().__init__(source="skills.all", read_only=True)

    def to_representation(self, data: Any) -> list[str]:
        return [skill.slug for skill in data]


ASKED = ["id", "skills", "languages", "slots", "time_zone", "language", "source", "html"]


class OfferOutput(serializers.ModelSerializer[MentorOffer]):
    mentor = serializers.CharField(source="mentor.handle")
    skills = SkillsOutput()
    languages = serializers.ListField(child=serializers.CharField())
    slots = SlotField(many=True)
    taken = serializers.IntegerField(help_text="people mentored now")
    url = serializers.CharField(source="path")

    class Meta:
        model = MentorOffer
        fields = [*ASKED, "mentor", "capacity", "taken", "paused_at", "created_at", "url"]


class RequestOutput(serializers.ModelSerializer[MentoringRequest]):
    learner = serializers.CharField(source="learner.handle")
    skills = SkillsOutput()
    languages = serializers.ListField(child=serializers.CharField())
    slots = SlotField(many=True)
    url = serializers.CharField(source="path")

    class Meta:
        model = MentoringRequest
        fields = [*ASKED, "learner", "state", "created_at", "url"]


class ProposalOutput(serializers.ModelSerializer[Proposal]):
    request = serializers.IntegerField(source="request_id")
    offer = serializers.IntegerField(source="offer_id")
    learner = serializers.CharField(source="request.learner.handle")
    mentor = serializers.CharField(source="offer.mentor.handle")
    state = serializers.ChoiceField(choices=["waiting", "agreed", "declined", "lapsed", "expired"])
    reasons = serializers.ListField(child=serializers.DictField())
    words = serializers.SerializerMethodField()
    declined_why = serializers.SerializerMethodField()

    class Meta:
        model = Proposal
        fields = [
            "id",
            "request",
            "offer",
            "learner",
            "mentor",
            "score",
            "reasons",
            "words",
            "state",
            "accepted_by_mentor_at",
            "accepted_by_learner_at",
            "declined_at",
            "declined_why",
            "created_at",
            "expires_at",
        ]

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_words(self, row: Proposal) -> list[str]:
        """Return the reasons in the reader's language, hours in the reader's zone."""
        found: list[str] = self.context["words"][row.pk]
        return found

    @extend_schema_field(serializers.CharField())
    def get_declined_why(self, row: Proposal) -> str:
        """Return why it was declined, to coordinators and to who said so."""
        person = self.context["request"].user
        if row.declined_by_id == person.pk or rules.can_run_matcher(person):
            return row.declined_why
        return ""


class MentorshipOutput(serializers.ModelSerializer[Mentorship]):
    mentor = serializers.CharField(source="mentor.handle")
    learner = serializers.CharField(source="learner.handle")
    request = serializers.IntegerField(source="request_id", allow_null=True)
    proposal = serializers.IntegerField(source="proposal_id", allow_null=True)
    url = serializers.CharField(source="path")

    class Meta:
        model = Mentorship
        fields = ["id", "mentor", "learner", "request", "proposal", "since", "ended_at", "url"]


class SessionOutput(serializers.ModelSerializer[MentoringSession]):
    mentorship = serializers.IntegerField(source="mentorship_id")
    start = serializers.TimeField(format="%H:%M")
    state = serializers.ChoiceField(choices=["planned", "to_confirm", "confirmed", "cancelled"])

    class Meta:
        model = MentoringSession
        fields = [
            "id",
            "mentorship",
            "day",
            "start",
            "time_zone",
            "starts_at",
            "minutes",
            "note",
            "state",
            "confirmed_by_mentor_at",
            "confirmed_by_learner_at",
            "cancelled_at",
        ]


class AloneOutput(serializers.Serializer[Any]):
    request = serializers.IntegerField()
    why = serializers.CharField()


class FiguresOutput(serializers.Serializer[Any]):
    """What a run counted; a figure is there once it is known."""

    requests = serializers.IntegerField(required=False)
    offers = serializers.IntegerField(required=False)
    places = serializers.IntegerField(required=False)
    compared = serializers.IntegerField(required=False, help_text="requests, while it runs")
    possible = serializers.IntegerField(required=False, help_text="pairs that would fit")
    proposed = serializers.IntegerField(required=False)
    alone = AloneOutput(many=True, required=False)


class RunOutput(serializers.ModelSerializer[MatchRun]):
    asked_by = serializers.CharField(source="asked_by.handle")
    request = serializers.IntegerField(source="request_id", allow_null=True)
    state = serializers.ChoiceField(choices=["waiting", "running", "done"])
    figures = FiguresOutput()

    class Meta:
        model = MatchRun
        fields = [
            "id",
            "asked_by",
            "asked_at",
            "request",
            "state",
            "started_at",
            "finished_at",
            "figures",
        ]
