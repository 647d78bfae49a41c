"""What questions, answers and comments have in common."""

from typing import Any, Final

from django.db import models
from django.db.models import Q
from django.utils import timezone

from core.models import Visibility, WrittenText
from forum.models.pseudonyms import Pseudonym
from people.models import Person
from people.rules import has_role

LONGEST_TEXT: Final = 30_000  # characters; a comment is shorter, a guide may be longer


class Post(WrittenText):
    """What questions, answers and comments have in common.

    `up` and `down` are kept under the row's lock by the action that votes. is_agreed: published
    word for word as someone agreed to it, without an author; nobody changes it. pseudonym: of who
    asked without a name, and then there is no author; `writer` is for rules, never for pages.
    wording: the revision that the present wording began with (forum.wordings); votes_before: of
    `up` and `down`, how many are for another wording. Both are kept under the row's lock too.
    """

    author = models.ForeignKey(Person, models.PROTECT, null=True, related_name="%(class)ss")
    created_at = models.DateTimeField(default=timezone.now)
    edited_at = models.DateTimeField(null=True)
    up = models.PositiveIntegerField(default=0, editable=False)
    down = models.PositiveIntegerField(default=0, editable=False)
    visibility = models.CharField(
        max_length=8, choices=Visibility, default=Visibility.VISIBLE, db_index=True
    )
    is_agreed = models.BooleanField(default=False, editable=False)
    pseudonym = models.ForeignKey(
        Pseudonym, models.PROTECT, null=True, related_name="%(class)ss", editable=False
    )
    wording = models.PositiveIntegerField(default=1, editable=False)
    votes_before = models.PositiveIntegerField(default=0, editable=False)

    class Meta:
        abstract = True

    @property
    def is_under_pseudonym(self) -> bool:
        return self.pseudonym_id is not None

    @property
    def writer(self) -> Person | None:
        """Who wrote it, also without a name: for rules and for what goes to them alone."""
        return self.pseudonym.person if self.pseudonym is not None else self.author

    @property
    def writer_id(self) -> int | None:
        return self.pseudonym.person_id if self.pseudonym is not None else self.author_id

    @property
    def score(self) -> int:
        return self.up - self.down


def seen_by(person: Any, *, is_post: bool = True) -> Q:
    """Return the condition on a text's own visibility: visible, or one's own, or to moderators.

    is_post: False for texts that always bear a name.
    """
    visible = Q(visibility__walked=Visibility.VISIBLE)
    if not person.is_authenticated:
        return visible
    if has_role(person, "moderator"):
        return Q()
    return visible | (written_by(person) if is_post else Q(author=person))


def written_by(person: Any) -> Q:
    """Return the condition on posts that someone wrote, with or without their name."""
    return Q(author=person) | Q(pseudonym__in=Pseudonym.objects.filter(person=person))
