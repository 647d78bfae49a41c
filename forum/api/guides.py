"""Guides for programs."""

from typing import Any

import django_filters
from django.conf import settings
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.api import ApiViewSet, SendSecrets
from core.errors import seen
from core.filters import TrueOrFalse
from forum import actions, queries
from forum.api.inputs import DraftToken
from forum.api.revising import IsPurge, PieceOutput
from forum.api.shapes import AuthorField
from forum.models import LONGEST_GUIDE, Guide, GuideRevision
from people.present import me
from people.queries import person_by_handle


class GuideTextInput(serializers.Serializer[Any]):
    title = serializers.CharField(min_length=5, max_length=120)
    summary = serializers.CharField(max_length=300, required=False, default="", allow_blank=True)
    source = serializers.CharField(  # type: ignore[assignment]
        max_length=LONGEST_GUIDE, help_text="Python-Markdown with [TOC], footnotes and admonitions"
    )
    send_secrets = SendSecrets()
    draft = DraftToken()


class GuideInput(GuideTextInput):
    language = serializers.ChoiceField(choices=settings.SPOKEN_LANGUAGES)


class GuideTranslationInput(GuideInput):
    from_revision = serializers.IntegerField(min_value=1, help_text="of the original")


class GuideChangeInput(GuideTextInput):
    revision = serializers.IntegerField(min_value=1, help_text="the one you changed")
    from_revision = serializers.IntegerField(
        min_value=1,
        required=False,
        default=None,
        allow_null=True,
        help_text="of a translation: the original's it follows now",
    )


class GuideListOutput(serializers.ModelSerializer[Guide]):
    original = serializers.IntegerField(source="original_id", allow_null=True)
    is_stale = serializers.BooleanField(help_text="the original has changed since")
    url = serializers.CharField(source="path")

    class Meta:
        model = Guide
        fields = [
            "id",
            "title",
            "summary",
            "language",
            "original",
            "from_revision",
            "is_stale",
            "revision",
            "created_at",
            "edited_at",
            "url",
        ]


class GuideVersionOutput(serializers.ModelSerializer[Guide]):
    original = serializers.IntegerField(source="original_id", allow_null=True)
    is_stale = serializers.BooleanField(help_text="the original has changed since")
    url = serializers.CharField(source="path")

    class Meta:
        model = Guide
        fields = ["id", "language", "original", "is_stale", "url"]


class HeadingOutput(serializers.Serializer[Any]):
    level = serializers.IntegerField(help_text="2 for parts, 3 for parts of parts")
    anchor = serializers.CharField(help_text="its id in the html")
    text = serializers.CharField()


class GuideOutput(GuideListOutput):
    """A guide, as its page shows it."""

    author = AuthorField()
    editors = serializers.SerializerMethodField(
        help_text="handles of who may edit it beside moderators, helpers and agents"
    )
    languages = serializers.SerializerMethodField(help_text="its other versions")
    contents = serializers.SerializerMethodField()

    class Meta(GuideListOutput.Meta):
        fields = [
            *GuideListOutput.Meta.fields,
            "author",
            "source",
            "html",
            "editors",
            "languages",
            "contents",
        ]

    @property
    def facts(self) -> queries.GuidePage:  # given by the view, in the context
        facts: queries.GuidePage = self.context["facts"]
        return facts

    def get_editors(self, row: Guide) -> list[str]:
        return [one.person.handle for one in self.facts.editors]

    @extend_schema_field(GuideVersionOutput(many=True))
    def get_languages(self, row: Guide) -> list[Any]:
        return list(GuideVersionOutput(self.facts.languages, many=True).data)

    @extend_schema_field(HeadingOutput(many=True))
    def get_contents(self, row: Guide) -> list[Any]:
        return list(HeadingOutput(self.facts.contents, many=True).data)


class GuideRevisionOutput(serializers.ModelSerializer[GuideRevision]):
    author = AuthorField()
    is_purge = IsPurge()

    class Meta:
        model = GuideRevision
        fields = [
            "number",
            "title",
            "summary",
            "source",
            "from_revision",
            "author",
            "at",
            "is_purge",
        ]


class GuideChangesOutput(serializers.Serializer[Any]):
    pieces = PieceOutput(many=True)


class GuideFilter(django_filters.FilterSet):  # type: ignore[misc]
    language = django_filters.ChoiceFilter(choices=settings.SPOKEN_LANGUAGES)
    stale = TrueOrFalse(method="by_stale")

    class Meta:
        model = Guide
        fields: list[str] = []

    def by_stale(self, rows: Any, name: str, value: bool) -> Any:
        stale = queries.guides_in(self.request.user, stale=True).values("pk")
        return rows.filter(pk__in=stale) if value else rows.exclude(pk__in=stale)


class GuideViews(ApiViewSet):
    """Guides."""

    queryset: Any = Guide.objects.none()
    filterset_class = GuideFilter
    sign_in_to_read = False

    def _shown(self, request: Request, guide_id: int, status: int = 200) -> Response:
        facts = queries.guide_page(request.user, guide_id)
        context = {**self.get_serializer_context(), "facts": facts}
        return Response(GuideOutput(facts.guide, context=context).data, status=status)

    def _row(self, request: Request, guide_id: int) -> Guide:
        rows = Guide.objects.visible_to(request.user).select_related("original", "author")
        return seen(rows, pk=guide_id)

    @extend_schema(responses=GuideListOutput(many=True))
    def list(self, request: Request) -> Response:
        """List guides and their translations, newest first."""
        return self.listed(queries.guides_in(request.user), GuideListOutput)

    @extend_schema(request=GuideInput, responses={201: GuideOutput})
    def create(self, request: Request) -> Response:
        """Write a guide."""
        row = actions.write_guide(actor=me(request), **self.valid(GuideInput))
        return self._shown(request, row.pk, 201)

    @extend_schema(responses=GuideOutput)
    def retrieve(self, request: Request, guide_id: int) -> Response:
        """Return a guide, with its contents, its editors and its other languages."""
        return self._shown(request, guide_id)

    @extend_schema(request=GuideChangeInput, responses=GuideOutput)
    def update(self, request: Request, guide_id: int) -> Response:
        """Change a guide; a stale revision is refused with the newer text."""
        data = self.valid(GuideChangeInput)
        actions.edit_guide(actor=me(request), guide_id=guide_id, **data)
        return self._shown(request, guide_id)

    @extend_schema(request=GuideTranslationInput, responses={201: GuideOutput})
    def translate(self, request: Request, guide_id: int) -> Response:
        """Put a guide into another language."""
        data = self.valid(GuideTranslationInput)
        row = actions.translate_guide(actor=me(request), guide_id=guide_id, **data)
        response = self._shown(request, row.pk, 201)
        response["Location"] = f"/api/v1/guides/{row.pk}"
        return response

    @extend_schema(responses=GuideChangesOutput, filters=False)
    def changes(self, request: Request, guide_id: int) -> Response:
        """Return what changed in the original since this translation, word by word."""
        pieces = queries.changes_to_translate(self._row(request, guide_id))
        return self.shown({"pieces": pieces}, GuideChangesOutput)

    @extend_schema(request=None, responses={204: None})
    def name_editor(self, request: Request, guide_id: int, handle: str) -> Response:
        """Let someone edit it, in all its languages."""
        row = self._row(request, guide_id)
        person = person_by_handle(request.user, handle)
        actions.name_editor(actor=me(request), guide_id=row.pk, person=person)
        return Response(status=204)

    @extend_schema(request=None, responses={204: None})
    def dismiss_editor(self, request: Request, guide_id: int, handle: str) -> Response:
        """Let someone edit it no more."""
        row = self._row(request, guide_id)
        person = person_by_handle(request.user, handle)
        actions.dismiss_editor(actor=me(request), guide_id=row.pk, person=person)
        return Response(status=204)


class GuideRevisionViews(ApiViewSet):
    """How guides stood."""

    queryset: Any = GuideRevision.objects.none()
    filter_backends: list[Any] = []
    sign_in_to_read = False
    keyset = ("-number",)

    @extend_schema(responses=GuideRevisionOutput(many=True))
    def list(self, request: Request, guide_id: int) -> Response:
        """List the texts of a guide, newest first."""
        row = seen(Guide.objects.visible_to(request.user), pk=guide_id)
        return self.listed(queries.revisions_of(row), GuideRevisionOutput)
