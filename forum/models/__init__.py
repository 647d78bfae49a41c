"""Questions, answers, comments, votes, revisions, tags, guides and renditions."""

from forum.models.answers import (
    LONGEST_COMMENT,
    Answer,
    AnswerQuerySet,
    Comment,
    CommentQuerySet,
)
from forum.models.asks import Ask, AskChoice, AskQuerySet, Ladder
from forum.models.closures import Closure, Lock
from forum.models.drafts import DRAFT_KEPT, Draft, DraftQuerySet
from forum.models.guides import LONGEST_GUIDE, Guide, GuideEditor, GuideQuerySet, GuideRevision
from forum.models.leases import Lease
from forum.models.marks import ListMark, QuestionMark
from forum.models.origins import ExternalId
from forum.models.packs import Pack, PackQuerySet
from forum.models.platforms import (
    Attestation,
    AttestationQuerySet,
    Platform,
    PlatformVersion,
    PlatformVersionQuerySet,
    Recheck,
    RecheckQuerySet,
    Traffic,
)
from forum.models.posts import LONGEST_TEXT, Post, seen_by, written_by
from forum.models.pseudonyms import Pseudonym
from forum.models.questions import (
    ANSWERS_A_PAGE,
    RESERVED_SLUGS,
    Acceptance,
    Question,
    QuestionQuerySet,
    TaggedQuestion,
    closed_for,
    needs_recheck,
)
from forum.models.relocations import MovedPost, Relocation, RelocationQuerySet
from forum.models.renditions import Rendition, RenditionQuerySet
from forum.models.revisions import CommentRevision, Revision
from forum.models.suggestions import Suggestion, SuggestionQuerySet
from forum.models.tags import Tag, TagMerge, TagName
from forum.models.votes import Vote

__all__ = [
    "ANSWERS_A_PAGE",
    "DRAFT_KEPT",
    "LONGEST_COMMENT",
    "LONGEST_GUIDE",
    "LONGEST_TEXT",
    "RESERVED_SLUGS",
    "Acceptance",
    "Answer",
    "AnswerQuerySet",
    "Ask",
    "AskChoice",
    "AskQuerySet",
    "Attestation",
    "AttestationQuerySet",
    "Closure",
    "Comment",
    "CommentQuerySet",
    "CommentRevision",
    "Draft",
    "DraftQuerySet",
    "ExternalId",
    "Guide",
    "GuideEditor",
    "GuideQuerySet",
    "GuideRevision",
    "Ladder",
    "Lease",
    "ListMark",
    "Lock",
    "MovedPost",
    "Pack",
    "PackQuerySet",
    "Platform",
    "PlatformVersion",
    "PlatformVersionQuerySet",
    "Post",
    "Pseudonym",
    "Question",
    "QuestionMark",
    "QuestionQuerySet",
    "Recheck",
    "RecheckQuerySet",
    "Relocation",
    "RelocationQuerySet",
    "Rendition",
    "RenditionQuerySet",
    "Revision",
    "Suggestion",
    "SuggestionQuerySet",
    "Tag",
    "TagMerge",
    "TagName",
    "TaggedQuestion",
    "Traffic",
    "Vote",
    "closed_for",
    "needs_recheck",
    "seen_by",
    "written_by",
]
