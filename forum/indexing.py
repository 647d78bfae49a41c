"""What search engines may keep of the forum: one rule, for pages, sitemaps and feeds."""

from datetime import datetime, timedelta

from django.db.models import Q

from core.models import Visibility
from forum.models import Question

WITHOUT_ANSWER_FOR = timedelta(days=30)


def is_indexed(question: Question, answer_count: int, now: datetime) -> bool:
    """Whether a question may be found from elsewhere: not what nobody answered in a month."""
    if question.visibility != Visibility.VISIBLE:
        return False
    return answer_count > 0 or question.created_at > now - WITHOUT_ANSWER_FOR


def indexed(now: datetime) -> Q:
    """Return the condition of is_indexed, for the database."""
    fresh = Q(created_at__gt=now - WITHOUT_ANSWER_FOR)
    return Q(visibility=Visibility.VISIBLE) & (Q(answer_count__gt=0) | fresh)
