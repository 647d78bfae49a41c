"""What programs get of platforms, and of what works on them."""

from typing import Any

from rest_framework import serializers

from forum.models import Answer, Attestation, PlatformVersion, Recheck


class FactOutput(serializers.Serializer[Any]):
    """A platform's key with a version's value, and what people call it."""

    fact = serializers.CharField(help_text="php=8.4")
    label = serializers.CharField()  # type: ignore[assignment]


class WorksOnOutput(FactOutput):
    confirmed = serializers.IntegerField(help_text="by so many others; 0: its author says so")
    last = serializers.DateField(allow_null=True)


class WaitsOutput(FactOutput):
    why = serializers.ChoiceField(choices=Recheck.Why.values)
    failed = serializers.BooleanField(help_text="someone found that it does not work")


class AnswerWorksOnOutput(serializers.ModelSerializer[Answer]):
    """On what an answer works, and on what it waits to be confirmed."""

    works_on = WorksOnOutput(many=True)
    rechecks = WaitsOutput(many=True)

    class Meta:
        model = Answer
        fields = ["id", "works_on", "rechecks"]


class AttestationOutput(serializers.ModelSerializer[Attestation]):
    person = serializers.CharField(source="person.handle")
    fact = serializers.CharField(source="version.fact")
    label = serializers.CharField(source="version.label")  # type: ignore[assignment]

    class Meta:
        model = Attestation
        fields = ["id", "person", "fact", "label", "is_claim", "at"]


class PlatformVersionOutput(serializers.ModelSerializer[PlatformVersion]):
    platform = serializers.CharField(source="platform.key")
    label = serializers.CharField()  # type: ignore[assignment]

    class Meta:
        model = PlatformVersion
        fields = ["id", "platform", "value", "label", "since", "until", "default_since"]


class ShownVersionOutput(serializers.Serializer[Any]):
    version = PlatformVersionOutput(source="row")
    state = serializers.ChoiceField(choices=["default", "offered", "coming", "retired"])


class PlatformOutput(serializers.Serializer[Any]):
    id = serializers.IntegerField(source="row.pk")
    key = serializers.CharField(source="row.key")
    name = serializers.CharField(source="row.name")
    versions = ShownVersionOutput(many=True)


class RecheckOutput(serializers.ModelSerializer[Recheck]):
    answer = serializers.IntegerField(source="answer_id")
    title = serializers.CharField(source="answer.question.title")
    url = serializers.CharField(source="answer.path")
    waits_for = serializers.CharField(source="version.fact")
    views = serializers.FloatField(help_text="visits of its question, those of before less")

    class Meta:
        model = Recheck
        fields = ["id", "answer", "title", "url", "waits_for", "why", "since", "views"]
