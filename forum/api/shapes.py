"""What programs get from the forum."""

from typing import Any

from django.utils.http import urlencode
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from core.api import FileOutput
from core.files import files_of
from core.models import Visibility, WrittenText
from core.pagination import cursor_at
from forum import queries, reasons
from forum.api.shapes_of_setups import FactOutput, WaitsOutput, WorksOnOutput
from forum.models import (
    ANSWERS_A_PAGE,
    Acceptance,
    Answer,
    Ask,
    AskChoice,
    Closure,
    Comment,
    Draft,
    Lease,
    Lock,
    Question,
    Relocation,
)


class AuthorField(serializers.CharField):
    """The author's handle; none for imported posts without an owner, and under a pseudonym."""

    def __init__(self) -> None:
        super().__init__(source="author.handle", default=None, read_only=True, allow_null=True)


class TagsOutput(serializers.ListField):
    child = serializers.CharField()

    def __init__(self, source: str = "tag_rows") -> None:
        super().__init__(source=source, read_only=True)

    def to_representation(self, data: Any) -> list[str]:
        return [row.tag.name for row in data]


class QuestionListOutput(serializers.ModelSerializer[Question]):
    author = AuthorField()
    under_pseudonym = serializers.BooleanField(source="is_under_pseudonym")
    tags = TagsOutput()
    is_solved = serializers.BooleanField()
    needs_recheck = serializers.BooleanField(
        help_text="whether the platform moved away from what solved it"
    )
    closed_for = serializers.ChoiceField(Closure.Reason.choices, allow_null=True)
    score = serializers.IntegerField()
    url = serializers.CharField(source="path")
    is_unread = serializers.BooleanField(
        default=None,
        allow_null=True,
        read_only=True,
        help_text="whether something moved since the caller was there; null signed out",
    )
    why = serializers.SerializerMethodField(
        help_text="why it stands there, in words, hours in UTC; null unless `why` was asked"
    )

    class Meta:
        model = Question
        fields = [
            "id",
            "title",
            "language",
            "author",
            "under_pseudonym",
            "tags",
            "score",
            "answer_count",
            "is_solved",
            "needs_recheck",
            "closed_for",
            "created_at",
            "active_at",
            "url",
            "is_unread",
            "why",
        ]

    def get_why(self, row: Question) -> str | None:
        order = self.context.get("explained")  # the list's, where the view was asked to say why
        return reasons.of_row(order, row) if order else None


class CommentOutput(serializers.ModelSerializer[Comment]):
    author = AuthorField()
    under_pseudonym = serializers.BooleanField(source="is_under_pseudonym")

    class Meta:
        model = Comment
        fields = [
            "id",
            "author",
            "under_pseudonym",
            "source",
            "html",
            "revision",
            "visibility",
            "created_at",
            "edited_at",
        ]


class AnswerOutput(serializers.ModelSerializer[Answer]):
    author = AuthorField()
    under_pseudonym = serializers.BooleanField(source="is_under_pseudonym")
    score = serializers.IntegerField()
    question = serializers.IntegerField(source="question_id")
    attachments = serializers.SerializerMethodField()

    class Meta:
        model = Answer
        fields = [
            "id",
            "question",
            "author",
            "under_pseudonym",
            "language",
            "source",
            "source_format",
            "html",
            "attachments",
            "revision",
            "score",
            "visibility",
            "created_at",
            "edited_at",
            "wording",
            "votes_before",
            "wiki_since",
            "writer_count",
        ]

    @extend_schema_field(FileOutput(many=True))
    def get_attachments(self, row: Answer) -> list[dict[str, Any]]:
        files = row.files if hasattr(row, "files") else files_of(row)  # of many, read with them
        return [dict(file) for file in FileOutput(files, many=True).data]


class PostFactsOutput(serializers.Serializer[Any]):
    """An answer on its question's page."""

    answer = AnswerOutput(source="post")
    comments = CommentOutput(many=True)
    my_vote = serializers.IntegerField()
    voted_before = serializers.BooleanField(help_text="my vote is for another wording")
    works_on = WorksOnOutput(source="post.works_on", many=True)
    rechecks = WaitsOutput(source="post.rechecks", many=True)
    fits = serializers.ListField(
        source="post.fits",
        child=serializers.CharField(),
        help_text="labels of what others confirmed it for and the reader's site has",
    )
    is_accepted = serializers.BooleanField()


class QuestionClosureOutput(serializers.ModelSerializer[Closure]):
    """Why a question takes no more answers; of a duplicate, its original."""

    original = serializers.IntegerField(source="original_id", allow_null=True)
    by = serializers.CharField(source="by.handle", default=None, allow_null=True)

    class Meta:
        model = Closure
        fields = ["reason", "original", "by", "by_asker", "at"]


class QuestionLockOutput(serializers.ModelSerializer[Lock]):
    class Meta:
        model = Lock
        fields = ["reason", "at"]


class LeaseOutput(serializers.ModelSerializer[Lease]):
    person = serializers.CharField(source="person.handle")

    class Meta:
        model = Lease
        fields = ["person", "until"]


class DuplicateOutput(serializers.ModelSerializer[Question]):
    url = serializers.CharField(source="path")

    class Meta:
        model = Question
        fields = ["id", "title", "url"]


class RelocationOutput(serializers.ModelSerializer[Relocation]):
    question = serializers.IntegerField(source="question_id")
    into = serializers.IntegerField(source="into_id")

    class Meta:
        model = Relocation
        fields = ["kind", "question", "into", "reason", "at"]


class AskerOutput(serializers.Serializer[Any]):
    handle = serializers.CharField(allow_null=True, help_text="none: erased since")


class AnswerPlaceOutput(serializers.Serializer[Any]):
    place = serializers.IntegerField(source="number")
    answer = serializers.IntegerField(source="answer.pk")
    up = serializers.IntegerField(source="answer.up")
    down = serializers.IntegerField(source="answer.down")
    share = serializers.FloatField(help_text="(up + 1) / (up + down + 2)")
    is_accepted = serializers.BooleanField()
    outscores = serializers.BooleanField(help_text="far ahead of the accepted one")
    rule = serializers.ChoiceField(
        choices=["accepted", "outscores", "share", "fits", "waits"],
        help_text="what put it there; fits: the caller's site, waits: to be confirmed again",
    )


class ListPlaceOutput(serializers.Serializer[Any]):
    list = serializers.ChoiceField(choices=["newest", "unanswered", "active"])
    place = serializers.IntegerField(
        source="number", allow_null=True, help_text="none: not there, or beyond what is counted"
    )
    is_beyond = serializers.BooleanField(
        help_text=f"it stands there, after the first {queries.MOST_COUNTED}"
    )


class FitOutput(serializers.Serializer[Any]):
    """How well a question fits the caller; the score is the product."""

    skill = serializers.FloatField()
    language = serializers.FloatField()
    availability = serializers.FloatField()
    load = serializers.FloatField(help_text="the score counts 1 - load")
    score = serializers.FloatField()


class PlacesOutput(serializers.Serializer[Any]):
    """Why a question and its answers stand where they stand."""

    question = serializers.IntegerField(source="question.pk")
    answers = AnswerPlaceOutput(many=True)
    lists = ListPlaceOutput(many=True)
    fit = FitOutput(allow_null=True, help_text="of the caller; none signed out")
    is_for_me = serializers.BooleanField()


class DraftOutput(serializers.ModelSerializer[Draft]):
    thing = serializers.IntegerField(source="thing_id")
    fields = serializers.DictField(child=serializers.CharField())  # type: ignore[assignment]

    class Meta:
        model = Draft
        fields = ["token", "kind", "thing", "fields", "saved_at"]


class PreviewOutput(serializers.Serializer[Any]):
    html = serializers.CharField(allow_blank=True)


class QuestionReadingOutput(serializers.Serializer[Any]):
    """How far the caller has read; as the page marks what is new."""

    seen_at = serializers.DateTimeField(allow_null=True, help_text="none: not yet")
    new_answers = serializers.ListField(
        child=serializers.IntegerField(), help_text="ids of what others wrote since"
    )
    new_comments = serializers.ListField(
        child=serializers.IntegerField(), help_text="the same of comments, also under answers"
    )


class QuestionOutput(serializers.Serializer[Any]):
    id = serializers.IntegerField(source="question.pk")
    title = serializers.CharField(source="question.title")
    language = serializers.CharField(source="question.language")
    author = serializers.CharField(source="question.author.handle", default=None, allow_null=True)
    under_pseudonym = serializers.BooleanField(source="question.is_under_pseudonym")
    source = serializers.CharField(source="question.source")  # type: ignore[assignment]
    source_format = serializers.ChoiceField(
        source="question.source_format",
        choices=WrittenText.Format.choices,
        help_text="html: it was imported so, and stays so when it is changed",
    )
    html = serializers.CharField(source="question.html")
    attachments = FileOutput(source="question.files", many=True)
    revision = serializers.IntegerField(source="question.revision")
    score = serializers.IntegerField(source="question.score")
    my_vote = serializers.IntegerField(source="asked.my_vote")
    visibility = serializers.ChoiceField(
        source="question.visibility",
        choices=Visibility.choices,
        help_text="pending: its author and moderators alone see it, until one of them has looked",
    )
    wording = serializers.IntegerField(source="question.wording")
    votes_before = serializers.IntegerField(source="question.votes_before")
    voted_before = serializers.BooleanField(source="asked.voted_before")
    created_at = serializers.DateTimeField(source="question.created_at")
    edited_at = serializers.DateTimeField(source="question.edited_at", allow_null=True)
    url = serializers.CharField(source="question.path")
    tags = TagsOutput("question.tag_rows")
    rendered_in = serializers.SerializerMethodField(
        help_text="languages of its translations and of those of its answers"
    )
    facts = FactOutput(source="question.facts", many=True)
    site_domain = serializers.CharField(source="question.site_domain")
    accepted_answer = serializers.IntegerField(
        source="acceptance.answer_id", default=None, allow_null=True
    )
    comments = CommentOutput(many=True, source="asked.comments")
    answer_count = serializers.IntegerField()
    answers = PostFactsOutput(
        many=True, help_text=f"the first {ANSWERS_A_PAGE}, in the order of their places"
    )
    further_answers = serializers.SerializerMethodField(help_text="where the rest are listed")
    closure = QuestionClosureOutput(source="standing.closure", allow_null=True)
    lock = QuestionLockOutput(source="standing.lock", allow_null=True)
    lease = LeaseOutput(source="standing.lease", allow_null=True, help_text="who is on it now")
    duplicates = DuplicateOutput(many=True, source="standing.duplicates")
    reading = serializers.SerializerMethodField(help_text="none signed out")

    @extend_schema_field(QuestionReadingOutput(allow_null=True))
    def get_reading(self, facts: Any) -> dict[str, Any] | None:
        mine = queries.mine(self.context["request"].user, facts)
        return None if mine is None else dict(QuestionReadingOutput(mine).data)

    def get_rendered_in(self, facts: Any) -> list[str]:
        return list(facts.question.rendered_in.split())

    @extend_schema_field(serializers.URLField(allow_null=True))
    def get_further_answers(self, facts: Any) -> str | None:
        if not facts.pages:
            return None
        request = self.context["request"]
        asked = {**request.query_params.dict(), "cursor": cursor_at(len(facts.answers))}
        path = f"/api/v1/questions/{facts.question.pk}/answers?{urlencode(asked)}"
        return str(request.build_absolute_uri(path))


class AcceptanceOutput(serializers.ModelSerializer[Acceptance]):
    question = serializers.IntegerField(source="question_id")
    answer = serializers.IntegerField(source="answer_id")

    class Meta:
        model = Acceptance
        fields = ["question", "answer", "at"]


class ScoreOutput(serializers.Serializer[Any]):
    id = serializers.IntegerField(source="pk")
    up = serializers.IntegerField()
    down = serializers.IntegerField()
    score = serializers.IntegerField()
    votes_before = serializers.IntegerField(help_text="of them, how many are for another wording")


class ForMeOutput(QuestionListOutput):
    """A question that fits the caller; its context has `helper` and `now`."""

    why = serializers.SerializerMethodField(help_text="why it fits, in the caller's language")

    def get_why(self, row: Question) -> str:
        return queries.why_of(self.context["helper"], row, self.context["now"])


class AskOutput(serializers.ModelSerializer[Ask]):
    question = serializers.IntegerField(source="question_id")
    title = serializers.CharField(source="question.title")
    url = serializers.CharField(source="question.path")
    why = serializers.SerializerMethodField()

    class Meta:
        model = Ask
        fields = ["id", "question", "title", "url", "at", "rung", "why", "outcome", "outcome_at"]

    def get_why(self, row: Ask) -> list[str]:
        return reasons.words_of(row.why)


class AskChoiceOutput(serializers.ModelSerializer[AskChoice]):
    class Meta:
        model = AskChoice
        fields = ["most_asks", "by_mail", "quiet_until"]
