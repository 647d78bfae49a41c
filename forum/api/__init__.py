"""The forum for programs."""

from typing import Any

from django.urls import path
from rest_framework.parsers import MultiPartParser

from core.api import JsonParser
from forum.api import revising
from forum.api.answers import AnswerViews, CommentViews
from forum.api.curating import CuratingViews, PlacesViews
from forum.api.drafting import DraftViews, PreviewView
from forum.api.guides import GuideRevisionViews, GuideViews
from forum.api.helping import AskChoiceView, AskViews, ForMeViews
from forum.api.packs import PackViews
from forum.api.questions import MyQuestionViews, QuestionViews
from forum.api.reading import ListReadingView, QuestionReadingView
from forum.api.renditions import RenditionViews
from forum.api.secrets import PurgeView
from forum.api.setups import PlatformViews, RecheckViews, SetupViews
from forum.api.tags import MergeViews, MyTagsView, TagViews

_q, _a = "questions/<int:question_id>", "answers/<int:answer_id>"
_g = "guides/<int:guide_id>"
_t = "tags/<str:tag_name>"
_with_files: Any = {"parser_classes": [JsonParser, MultiPartParser]}

urlpatterns = [
    path("questions", QuestionViews.as_view({"get": "list", "post": "create"}, **_with_files)),
    path("questions/for-me", ForMeViews.as_view({"get": "list"})),
    path("questions/mine", MyQuestionViews.as_view({"get": "list"})),
    path("drafts", DraftViews.as_view({"get": "list"})),
    path("drafts/<uuid:token>", DraftViews.as_view({"put": "keep", "delete": "throw_away"})),
    path("previews", PreviewView.as_view()),
    path(f"{_q}/closure", CuratingViews.as_view({"put": "close", "delete": "reopen"})),
    path(f"{_q}/lock", CuratingViews.as_view({"put": "lock", "delete": "unlock"})),
    path(f"{_q}/merger", CuratingViews.as_view({"put": "merge", "delete": "undo_merge"})),
    path(f"{_q}/splits", CuratingViews.as_view({"post": "split"})),
    path(f"{_q}/split", CuratingViews.as_view({"delete": "undo_split"})),
    path(f"{_q}/asker", CuratingViews.as_view({"post": "asker"})),
    path(f"{_q}/lease", CuratingViews.as_view({"put": "take_lease", "delete": "release_lease"})),
    path(f"{_q}/ranking", PlacesViews.as_view({"get": "retrieve"})),
    path("asks", AskViews.as_view({"get": "list"})),
    path("asks/choice", AskChoiceView.as_view()),
    path("asks/<int:ask_id>/outcome", AskViews.as_view({"put": "settle"})),
    path("questions/reading", ListReadingView.as_view()),
    path(f"{_q}/reading", QuestionReadingView.as_view()),
    path("questions/<int:object_id>/purges", PurgeView.as_view(), {"kind": "forum.question"}),
    path("guides/<int:object_id>/purges", PurgeView.as_view(), {"kind": "forum.guide"}),
    path(_q, QuestionViews.as_view({"get": "retrieve", "put": "update"}, **_with_files)),
    path(f"{_q}/tags", QuestionViews.as_view({"put": "tag"})),
    path(
        f"{_q}/answers",
        AnswerViews.as_view({"get": "answers", "post": "answer"}, **_with_files),
    ),
    path(f"{_q}/comments", QuestionViews.as_view({"post": "comment"})),
    path(f"{_q}/acceptance", QuestionViews.as_view({"put": "accept", "delete": "undo_acceptance"})),
    path(f"{_q}/vote", QuestionViews.as_view({"put": "vote", "delete": "unvote"})),
    path(
        f"{_q}/renditions",
        RenditionViews.as_view({"get": "list", "post": "render_question"}),
    ),
    path(f"{_a}/renditions", RenditionViews.as_view({"post": "render_answer"})),
    path(
        "renditions/<int:rendition_id>",
        RenditionViews.as_view({"get": "retrieve", "put": "update", "delete": "remove"}),
    ),
    path("guides", GuideViews.as_view({"get": "list", "post": "create"})),
    path(_g, GuideViews.as_view({"get": "retrieve", "put": "update"})),
    path(f"{_g}/translations", GuideViews.as_view({"post": "translate"})),
    path(f"{_g}/changes", GuideViews.as_view({"get": "changes"})),
    path(f"{_g}/revisions", GuideRevisionViews.as_view({"get": "list"})),
    path(
        f"{_g}/editors/<str:handle>",
        GuideViews.as_view({"put": "name_editor", "delete": "dismiss_editor"}),
    ),
    path("tags", TagViews.as_view({"get": "list"})),
    path(_t, TagViews.as_view({"get": "retrieve"})),
    path(f"{_t}/languages/<str:language>", TagViews.as_view({"put": "describe"})),
    path(f"{_t}/synonyms", TagViews.as_view({"post": "add_synonym"})),
    path(f"{_t}/synonyms/<int:word_id>", TagViews.as_view({"delete": "remove_synonym"})),
    path(f"{_t}/choice", TagViews.as_view({"put": "choose", "delete": "unchoose"})),
    path("my-tags", MyTagsView.as_view({"get": "retrieve"})),
    path("tag-merges", MergeViews.as_view({"post": "create"})),
    path("tag-merges/<int:merge_id>", MergeViews.as_view({"delete": "undo"})),
    path(f"{_q}/setup", SetupViews.as_view({"put": "change"})),
    path("platforms", PlatformViews.as_view({"get": "list", "post": "create"})),
    path("platforms/<int:platform_id>/versions", PlatformViews.as_view({"post": "add_version"})),
    path("platform-versions/<int:version_id>", PlatformViews.as_view({"put": "change_version"})),
    path("rechecks", RecheckViews.as_view({"get": "list"})),
    path("rechecks/<int:recheck_id>/outcome", RecheckViews.as_view({"put": "settle"})),
    path("packs", PackViews.as_view({"get": "list", "post": "create"})),
    path(
        f"{_a}/attestation",
        SetupViews.as_view({"put": "attest", "delete": "undo_attestation"}),
    ),
    path(f"{_a}/attestations", SetupViews.as_view({"get": "attestations"})),
    path(
        _a,
        AnswerViews.as_view({"get": "retrieve_answer", "put": "update_answer"}, **_with_files),
    ),
    path(f"{_a}/comments", AnswerViews.as_view({"post": "comment_answer"})),
    path(f"{_a}/vote", AnswerViews.as_view({"put": "vote_answer", "delete": "unvote_answer"})),
    path("comments/<int:comment_id>", CommentViews.as_view({"get": "retrieve", "put": "update"})),
    *revising.urlpatterns,
]
