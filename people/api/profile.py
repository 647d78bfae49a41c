"""Profiles, skills and blocks for programs."""

from dataclasses import replace
from typing import Any

from django.conf import settings
from django.utils.translation import get_language
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.api import ApiView, ApiViewSet, SendSecrets
from core.errors import NotAllowed, NotSeen
from people import actions, queries
from people.models import Block, Person, Skill
from people.present import me
from people.profiles import STANDINGS, SkillStanding, profile_of, spoken_languages

STANDING_HELP = "0: wants to learn it; 1 to 3: knows it, 3 could teach it."


class SkillStandingField(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=80)
    standing = serializers.ChoiceField(choices=STANDINGS, help_text=STANDING_HELP)


class PersonOutput(serializers.Serializer[Any]):
    """What everyone may know of a person."""

    id = serializers.IntegerField()
    handle = serializers.CharField()
    display_name = serializers.CharField()
    about_html = serializers.CharField()
    place = serializers.CharField()
    country = serializers.CharField()
    languages = serializers.ListField(child=serializers.CharField())
    skills = SkillStandingField(many=True)
    roles = serializers.ListField(child=serializers.CharField())
    joined_at = serializers.DateTimeField()


class MeOutput(PersonOutput):
    """What one alone knows of oneself."""

    state = serializers.ChoiceField(choices=Person.State.choices)
    about = serializers.CharField()
    interface_language = serializers.CharField()
    time_zone = serializers.CharField()
    email = serializers.EmailField(allow_null=True)


class MeInput(serializers.Serializer[Any]):
    """Only what is sent is changed; lists are replaced whole."""

    handle = serializers.CharField(max_length=40, required=False)
    display_name = serializers.CharField(max_length=100, required=False)
    interface_language = serializers.ChoiceField(choices=settings.LANGUAGES, required=False)
    time_zone = serializers.CharField(max_length=60, required=False)
    about = serializers.CharField(max_length=4000, required=False, allow_blank=True)
    place = serializers.CharField(max_length=100, required=False, allow_blank=True)
    country = serializers.CharField(max_length=2, required=False, allow_blank=True)
    languages = serializers.ListField(
        child=serializers.ChoiceField(choices=list(spoken_languages().items())), required=False
    )
    skills = SkillStandingField(many=True, required=False)
    send_secrets = SendSecrets()


class ErasureInput(serializers.Serializer[Any]):
    handle = serializers.CharField(max_length=41)
    password = serializers.CharField(
        max_length=200, required=False, default="", allow_blank=True, trim_whitespace=False
    )


class SkillOutput(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    slug = serializers.CharField()
    name = serializers.CharField()


class HandleOutput(serializers.Serializer[Any]):
    handle = serializers.CharField()


def facts_of(person: Person) -> dict[str, Any]:
    """Return a person as PersonOutput and MeOutput show it."""
    profile = profile_of(person, queries.skill_names(get_language() or "en"))
    return {
        "id": person.pk,
        "state": person.state_now,
        "about_html": queries.about_html(person),
        "joined_at": person.joined_at,
        "roles": sorted(person.roles),
        **{name: getattr(profile, name) for name in profile.__dataclass_fields__},
    }


class MeView(ApiView):
    @extend_schema(responses=MeOutput)
    def get(self, request: Request) -> Response:
        """Return one's own profile."""
        return self.answer(me(request))

    @extend_schema(request=MeInput, responses=MeOutput)
    def patch(self, request: Request) -> Response:
        """Change one's own profile."""
        changes = self.valid(MeInput)
        if "languages" in changes:
            changes["languages"] = tuple(changes["languages"])
        if "skills" in changes:
            changes["skills"] = tuple(SkillStanding(**row) for row in changes["skills"])
        send_secrets = changes.pop("send_secrets")
        person = me(request)
        current = profile_of(person, queries.skill_names(get_language() or "en"))
        edited = actions.edit_profile(
            actor=person, profile=replace(current, **changes), send_secrets=send_secrets
        )
        return self.answer(edited)

    def answer(self, person: Person) -> Response:
        facts = {**facts_of(person), "email": queries.email_of(person)}
        return Response(MeOutput(facts).data)


class PersonView(ApiView):
    sign_in_to_read = False

    @extend_schema(responses=PersonOutput)
    def get(self, request: Request, handle: str) -> Response:
        """Return what everyone may know of a person."""
        person = queries.person_by_handle(request.user, handle)
        if person.state == Person.State.ERASED:
            raise NotSeen
        return Response(PersonOutput(facts_of(person)).data)


class MyDataView(ApiView):
    @extend_schema(responses={200: dict})
    def get(self, request: Request) -> Response:
        """Return everything kept about oneself."""
        return Response(actions.export_person(actor=me(request)))


class ErasureView(ApiView):
    @extend_schema(request=ErasureInput, responses={204: None})
    def post(self, request: Request) -> Response:
        """Erase oneself for good; by a session alone, never by a token."""
        if request.auth is not None:
            raise NotAllowed(code="session_needed")
        actions.erase_person(actor=me(request), **self.valid(ErasureInput))
        request.session.flush()
        return Response(status=204)

    def _run_once(self, request: Request, key: str) -> None:
        """Keep no answer: it would outlive the person."""


class BlockView(ApiView):
    @extend_schema(request=None, responses=HandleOutput)
    def put(self, request: Request, handle: str) -> Response:
        """Keep away from someone: never matched together. They are not told."""
        row = actions.block(actor=me(request), handle=handle)
        return Response({"handle": row.blocked.handle})

    @extend_schema(responses={204: None})
    def delete(self, request: Request, handle: str) -> Response:
        """Take it back."""
        actions.unblock(actor=me(request), handle=handle)
        return Response(status=204)


class BlockViewSet(ApiViewSet):
    queryset = Block.objects.none()

    @extend_schema(responses=HandleOutput(many=True))
    def list(self, request: Request) -> Response:
        """Return those one keeps away from."""
        rows = Block.objects.filter(person=me(request)).select_related("blocked")
        page = self.paginate_queryset(rows) or []
        return self.get_paginated_response([{"handle": row.blocked.handle} for row in page])


class SkillViewSet(ApiViewSet):
    sign_in_to_read = False
    keyset = ("id",)
    queryset = Skill.objects.none()

    @extend_schema(
        responses=SkillOutput(many=True),
        parameters=[OpenApiParameter("q", str, description="Part of a name, for type-ahead.")],
    )
    def list(self, request: Request) -> Response:
        """Return the vocabulary of skills, named in the language asked for."""
        names = queries.skill_names(get_language() or "en")
        wanted = queries.plain(request.query_params.get("q", "")[:80])
        ids = [pk for pk, name in names.items() if wanted in queries.plain(name)]
        page = self.paginate_queryset(Skill.objects.filter(pk__in=ids)) or []
        found = [{"id": row.pk, "slug": row.slug, "name": names[row.pk]} for row in page]
        return self.get_paginated_response(SkillOutput(found, many=True).data)
