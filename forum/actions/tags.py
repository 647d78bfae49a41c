"""Naming tags in every language, describing, merging, following and muting them."""

from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from core.confided import point_out_secrets
from core.errors import InvalidInput, NotAllowed, NotSeen, WrongMoment, locked
from core.journal import PUBLIC, record
from forum import rules
from forum.actions.counting import recount_tags
from forum.models import Question, Tag, TaggedQuestion, TagMerge, TagName
from forum.queries.tags import CHOICES, FOLLOW, MUTE, TAG_KIND, chosen
from forum.tags import check_word, folded, plain, stem
from people.actions import follow, mute, unfollow, unmute
from people.models import Person

LONGEST_DESCRIPTION = 500
MOST_WORDS = 40


@transaction.atomic
def describe_tag(
    *,
    actor: Person,
    tag_id: int,
    language: str,
    name: str,
    description: str,
    send_secrets: bool = True,
) -> Tag:
    """Set a tag's name and description for readers of a language; empty takes them away.

    What was its name there stays a synonym. send_secrets: False where the writer can be asked.
    Raises NotSeen, NotAllowed, WrongMoment (merged), SecretsFound, InvalidInput (language, name,
    description).
    """
    tag = _lock_to_name(actor, tag_id, language)
    point_out_secrets({"name": name, "description": description}, send_secrets=send_secrets)
    description = " ".join(description.split())
    if len(description) > LONGEST_DESCRIPTION:
        raise InvalidInput.of("description", "too_long", _("At most 500 characters."))
    shown = "-".join(name.split())
    if shown:
        _keep_word(tag, language, shown, "name")
    _set(tag.names, language, shown)
    _set(tag.descriptions, language, description)
    tag.save(update_fields=["names", "descriptions"])
    _told("forum.tag_described", actor, tag, language)
    return tag


@transaction.atomic
def add_synonym(*, actor: Person, tag_id: int, language: str, name: str) -> TagName:
    """Let a word of a language lead to a tag; the same again changes nothing.

    Raises NotSeen, NotAllowed, WrongMoment (merged), InvalidInput (language, name).
    """
    tag = _lock_to_name(actor, tag_id, language)
    if not name.strip():
        raise InvalidInput.of("name", "required", _("Write a word first."))
    word = _keep_word(tag, language, "-".join(name.split()), "name")
    if word is None:
        raise InvalidInput.of("name", "same", _("This word leads here already."))
    _told("forum.tag_synonym_added", actor, tag, language)
    return word


@transaction.atomic
def remove_synonym(*, actor: Person, tag_id: int, word_id: int) -> Tag:
    """Let a word lead to a tag no more; its name in that language goes too, where it was this.

    Raises NotSeen, NotAllowed.
    """
    tag: Tag = locked(Tag.objects.all(), pk=tag_id)
    if not rules.can_name_tags(actor):
        raise NotAllowed
    word = locked(tag.words.all(), pk=word_id)
    if folded(tag.names.get(word.language, "")) == word.name_folded:
        del tag.names[word.language]
        tag.save(update_fields=["names"])
    word.delete()
    _told("forum.tag_synonym_removed", actor, tag, word.language)
    return tag


@transaction.atomic
def merge_tags(*, actor: Person, tag_id: int, into_id: int) -> TagMerge:
    """Make a tag part of another: its questions, words and followers count there from now on.

    Raises NotSeen, NotAllowed, InvalidInput (into: itself), WrongMoment (one is merged already).
    """
    pair = Tag.objects.select_for_update().filter(pk__in=[tag_id, into_id]).order_by("pk")
    rows = {row.pk: row for row in pair}
    if not rules.can_merge_tags(actor):
        raise NotAllowed
    if tag_id not in rows or into_id not in rows:
        raise NotSeen
    tag, into = rows[tag_id], rows[into_id]
    if tag == into:
        raise InvalidInput.of("into", "same", _("Choose another tag."))
    if tag.merged_into_id or into.merged_into_id:
        raise WrongMoment(_("One of these is part of another tag already."), code="merged")
    merge = TagMerge(tag=tag, into=into, by=actor)
    _move_questions(merge)
    merge.save()
    recount_tags([tag.pk, into.pk])
    Tag.objects.filter(Q(pk=tag.pk) | Q(merged_into=tag)).update(merged_into=into)
    facts = {"merge": merge.pk, "into": into.pk}
    record("forum.tags_merged", actor=actor, thing=tag, audience=PUBLIC, changes=facts)
    return merge


def _move_questions(merge: TagMerge) -> None:
    mine = TaggedQuestion.objects.filter(tag=merge.tag)
    there = TaggedQuestion.objects.filter(tag=merge.into).values("content_object")
    double = mine.filter(content_object__in=there).order_by("pk")
    merge.dropped = [list(pair) for pair in double.values_list("content_object_id", "pk")]
    TaggedQuestion.objects.filter(pk__in=[row for _question, row in merge.dropped]).delete()
    merge.moved = list(mine.order_by("pk").values_list("content_object_id", flat=True))
    mine.update(tag=merge.into)


@transaction.atomic
def undo_tag_merge(*, actor: Person, merge_id: int) -> TagMerge:
    """Make two tags of one again, as they were; what was tagged meanwhile stays where it stands.

    Undone already: nothing more is done. Raises NotSeen, NotAllowed, WrongMoment while what it
    was merged into is itself part of another: undo that first.
    """
    merge = locked(TagMerge.objects.all(), pk=merge_id)
    if not rules.can_merge_tags(actor):
        raise NotAllowed
    if merge.undone_at is not None:
        return merge
    # Those that stand under both again, before the tags: see forum.actions.counting.
    both = [question for question, _row in merge.dropped]
    list(Question.objects.select_for_update(no_key=True).filter(pk__in=both).order_by("pk"))
    list(
        Tag.objects.select_for_update().filter(pk__in=[merge.tag_id, merge.into_id]).order_by("pk")
    )
    if merge.into.merged_into_id is not None:
        raise WrongMoment(
            _("The tag it went into is part of another now: undo that first."), code="merged"
        )
    _move_back(merge)
    recount_tags([merge.tag_id, merge.into_id])
    merge.undone_at, merge.undone_by = timezone.now(), actor
    merge.save(update_fields=["undone_at", "undone_by"])
    _point_again(merge.into)
    _forget_lost_names(merge.into)
    facts = {"merge": merge.pk, "into": merge.into_id}
    record("forum.tag_merge_undone", actor=actor, thing=merge.tag, audience=PUBLIC, changes=facts)
    return merge


def _move_back(merge: TagMerge) -> None:
    there = TaggedQuestion.objects.filter(tag=merge.into)
    there.filter(content_object__in=merge.moved).update(tag=merge.tag)
    rows = dict(merge.dropped)
    still = there.filter(content_object__in=rows).values_list("content_object_id", flat=True)
    TaggedQuestion.objects.bulk_create(
        TaggedQuestion(pk=rows[question], tag=merge.tag, content_object_id=question)
        for question in still
    )


def _point_again(into: Tag) -> None:
    """Let the tags below one that was given back point to it, and those that stay to `into`."""
    merges = TagMerge.objects.filter(undone_at=None).values_list("tag_id", "into_id")
    above = dict(merges)
    for tag in Tag.objects.filter(merged_into=into):
        root = tag.pk
        while root in above:
            root = above[root]
        tag.merged_into_id = root if root != tag.pk else None
        tag.save(update_fields=["merged_into"])


def _forget_lost_names(into: Tag) -> None:
    """Take away names that the tag bore by words of the one that was given back."""
    family = Tag.objects.filter(Q(pk=into.pk) | Q(merged_into=into))
    words = set(TagName.objects.filter(tag__in=family).values_list("name_folded", flat=True))
    words |= set(family.values_list("name_folded", flat=True))
    kept = {language: name for language, name in into.names.items() if folded(name) in words}
    Tag.objects.filter(pk=into.pk).update(names=kept)


@transaction.atomic
def choose_tag(*, actor: Person, tag_id: int, kind: str) -> Tag:
    """Follow a tag, mute it, or neither (no kind); return it.

    What follows and mutes are is people's (people.actions.follow). Raises NotSeen, NotAllowed,
    InvalidInput.
    """
    tag: Tag = locked(Tag.objects.all(), pk=tag_id)
    if not rules.can_ask(actor):
        raise NotAllowed
    if kind not in ("", *CHOICES):
        raise InvalidInput.of("kind", "invalid_choice", _("Follow, mute, or neither."))
    root = tag.merged_into_id or tag.pk
    undo = {FOLLOW: unfollow, MUTE: unmute}
    for one in CHOICES:
        mine = chosen(one).filter(person=actor, root=root)
        for object_id in list(mine.values_list("object_id", flat=True)):
            if (one, object_id) != (kind, tag.pk):
                undo[one](actor=actor, kind=TAG_KIND, object_id=object_id)
    if kind:
        do = follow if kind == FOLLOW else mute
        do(actor=actor, kind=TAG_KIND, object_id=tag.pk)
    return tag


def _lock_to_name(actor: Person, tag_id: int, language: str) -> Tag:
    tag: Tag = locked(Tag.objects.all(), pk=tag_id)
    if not rules.can_name_tags(actor):
        raise NotAllowed
    if tag.merged_into_id is not None:
        raise WrongMoment(_("This tag is part of another now."), code="merged")
    if language not in dict(settings.SPOKEN_LANGUAGES):
        raise InvalidInput.of("language", "invalid_choice", _("Choose a language of this site."))
    return tag


def _keep_word(tag: Tag, language: str, name: str, field: str) -> TagName | None:
    """Return the word that leads to this tag, made where missing; None: its own name does.

    Raises InvalidInput when it names another tag, in this language or as that one's own name.
    """
    key = folded(name)
    check_word(key, field)
    family = {tag.pk, *Tag.objects.filter(merged_into=tag).values_list("pk", flat=True)}
    bearer = Tag.objects.filter(name_folded=key).values_list("pk", flat=True).first()
    word = TagName.objects.filter(language=language, name_folded=key).first()
    if (bearer or tag.pk) not in family or (word is not None and word.tag_id not in family):
        raise InvalidInput.of(field, "taken", _("This word names another tag. Merge the two."))
    if word is not None or bearer is not None:
        return word
    if tag.words.count() >= MOST_WORDS:
        raise InvalidInput.of(field, "too_many", _("This tag has forty words already."))
    return TagName.objects.create(
        tag=tag,
        language=language,
        name=name,
        name_folded=key,
        name_plain=plain(name),
        name_stem=stem(name, language),
    )


def _set(words: dict[str, Any], language: str, text: str) -> None:
    if text:
        words[language] = text
    else:
        words.pop(language, None)


def _told(verb: str, actor: Person, tag: Tag, language: str) -> None:
    record(verb, actor=actor, thing=tag, audience=PUBLIC, changes={"language": language})
