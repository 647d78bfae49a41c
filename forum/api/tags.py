"""Tags for programs: a name in any language leads to the tag."""

from typing import Any

import django_filters
from django.conf import settings
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.api import ApiViewSet, SendSecrets
from forum import actions, queries, tags
from forum.models import Tag, TagMerge, TagName
from forum.queries.tags import CHOICES
from people.present import me


class TagWordsInput(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=tags.LONGEST, allow_blank=True)
    description = serializers.CharField(max_length=500, allow_blank=True)
    send_secrets = SendSecrets()


class SynonymInput(serializers.Serializer[Any]):
    language = serializers.ChoiceField(choices=settings.SPOKEN_LANGUAGES)
    name = serializers.CharField(max_length=tags.LONGEST)


class TagMergeInput(serializers.Serializer[Any]):
    tag = serializers.CharField(max_length=tags.LONGEST)
    into = serializers.CharField(max_length=tags.LONGEST)


class TagChoiceInput(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(choices=CHOICES)


class WordOutput(serializers.ModelSerializer[TagName]):
    class Meta:
        model = TagName
        fields = ["id", "language", "name"]


class ForumTagListOutput(serializers.ModelSerializer[Tag]):
    names = serializers.DictField(child=serializers.CharField())
    questions = serializers.IntegerField(source="question_count")
    url = serializers.CharField(source="path")

    class Meta:
        model = Tag
        fields = ["id", "name", "names", "questions", "url"]


class ForumTagOutput(serializers.ModelSerializer[Tag]):
    names = serializers.DictField(child=serializers.CharField())
    descriptions = serializers.DictField(child=serializers.CharField())
    synonyms = serializers.SerializerMethodField()
    url = serializers.CharField(source="path")

    class Meta:
        model = Tag
        fields = ["id", "name", "names", "descriptions", "synonyms", "url"]

    @extend_schema_field(WordOutput(many=True))
    def get_synonyms(self, tag: Tag) -> Any:
        words = [word for one in queries.words_of(tag) for word in one.synonyms]
        return WordOutput(words, many=True).data


class TagMergeOutput(serializers.ModelSerializer[TagMerge]):
    tag = serializers.CharField(source="tag.name")
    into = serializers.CharField(source="into.name")

    class Meta:
        model = TagMerge
        fields = ["id", "tag", "into", "at", "undone_at"]


class MyTagsOutput(serializers.Serializer[Any]):
    followed = serializers.ListField(child=serializers.CharField())
    muted = serializers.ListField(child=serializers.CharField())


class TagFilter(django_filters.FilterSet):  # type: ignore[misc]
    q = django_filters.CharFilter(method="by_word", max_length=tags.LONGEST)

    class Meta:
        model = Tag
        fields: list[str] = []

    def by_word(self, rows: Any, name: str, value: str) -> Any:
        return queries.all_tags(value)


class TagViews(ApiViewSet):
    """Tags."""

    queryset: Any = Tag.objects.none()
    filterset_class = TagFilter
    sign_in_to_read = False
    keyset = ("id",)

    @extend_schema(responses=ForumTagListOutput(many=True))
    def list(self, request: Request) -> Response:
        """List tags; `q`: what one of their words begins with."""
        return self.listed(queries.all_tags(), ForumTagListOutput)

    @extend_schema(responses=ForumTagOutput)
    def retrieve(self, request: Request, tag_name: str) -> Response:
        """Return the tag of a name or synonym, in any language."""
        return self.shown(tags.find(tag_name), ForumTagOutput)

    @extend_schema(request=TagWordsInput, responses=ForumTagOutput)
    def describe(self, request: Request, tag_name: str, language: str) -> Response:
        """Set its name and description in a language; empty takes them away."""
        tag = tags.find(tag_name)
        data = self.valid(TagWordsInput)
        row = actions.describe_tag(actor=me(request), tag_id=tag.pk, language=language, **data)
        return self.shown(row, ForumTagOutput)

    @extend_schema(request=SynonymInput, responses={201: WordOutput})
    def add_synonym(self, request: Request, tag_name: str) -> Response:
        """Let a word lead to it."""
        tag = tags.find(tag_name)
        row = actions.add_synonym(actor=me(request), tag_id=tag.pk, **self.valid(SynonymInput))
        return self.shown(row, WordOutput, 201)

    @extend_schema(request=None, responses={204: None})
    def remove_synonym(self, request: Request, tag_name: str, word_id: int) -> Response:
        """Let a word lead to it no more."""
        tag = tags.find(tag_name)
        actions.remove_synonym(actor=me(request), tag_id=tag.pk, word_id=word_id)
        return Response(status=204)

    @extend_schema(request=TagChoiceInput, responses={204: None})
    def choose(self, request: Request, tag_name: str) -> Response:
        """Follow it, or mute it: left out of my lists."""
        tag = tags.find(tag_name)
        actions.choose_tag(actor=me(request), tag_id=tag.pk, **self.valid(TagChoiceInput))
        return Response(status=204)

    @extend_schema(request=None, responses={204: None})
    def unchoose(self, request: Request, tag_name: str) -> Response:
        """Neither follow nor mute it."""
        actions.choose_tag(actor=me(request), tag_id=tags.find(tag_name).pk, kind="")
        return Response(status=204)


class MyTagsView(ApiViewSet):
    """What I chose of tags."""

    queryset: Any = Tag.objects.none()
    filter_backends: list[Any] = []

    @extend_schema(responses=MyTagsOutput)
    def retrieve(self, request: Request) -> Response:
        """Return the names of the tags I follow and of those I muted."""
        chosen = queries.chosen_tags(me(request))
        found = {
            "followed": [tag.name for tag in chosen.followed],
            "muted": [tag.name for tag in chosen.muted],
        }
        return Response(MyTagsOutput(found).data)


class MergeViews(ApiViewSet):
    """Merges of tags, which moderators make and undo."""

    queryset: Any = TagMerge.objects.none()
    filter_backends: list[Any] = []

    @extend_schema(request=TagMergeInput, responses={201: TagMergeOutput})
    def create(self, request: Request) -> Response:
        """Make a tag part of another."""
        data = self.valid(TagMergeInput)
        pair = {f"{name}_id": tags.find(data[name]).pk for name in ("tag", "into")}
        return self.shown(actions.merge_tags(actor=me(request), **pair), TagMergeOutput, 201)

    @extend_schema(request=None, responses=TagMergeOutput)
    def undo(self, request: Request, merge_id: int) -> Response:
        """Make two tags of one again, as they were."""
        return self.shown(
            actions.undo_tag_merge(actor=me(request), merge_id=merge_id), TagMergeOutput
        )
