"""Tags from what people type. Only Tag objects go to `tags.set()`: strings bypass folding."""

import re
import unicodedata
from collections.abc import Iterable
from typing import Any

from django.db.models import Q
from django.utils.text import slugify
from django.utils.translation import gettext as _

from core.errors import InvalidInput, NotSeen
from forum.models import Tag, TagName
from search import analysis

MOST = 5
LONGEST = 40
LONGEST_FORM = 200  # as kept: one letter may fold into eighteen
_allowed = re.compile(r"[\w.+#-]+")


def folded(name: str) -> str:
    """Return a tag's name as it is compared: spaces become dashes, case and form fold."""
    text = unicodedata.normalize("NFC", "-".join(name.split()))
    return unicodedata.normalize("NFC", text.casefold())


def plain(name: str) -> str:
    """Return a tag's name as people type it in haste: folded, without accents."""
    return analysis.folded(folded(name))[:LONGEST_FORM]


def stem(name: str, language: str) -> str:
    """Return what a word has in common with its plural in a language, such as `fr:certificat`."""
    code = analysis.base(language)
    return f"{code}:{min(analysis.stems(plain(name), code))}"[:LONGEST_FORM]


def split(text: str) -> list[str]:
    """Return the tags in a line, separated by commas or spaces."""
    return [part for part in re.split(r"[,\s]+", text.strip()) if part]


def resolve(names: Iterable[str], language: str = "und") -> list[Tag]:
    """Return the tags of these names or synonyms, in any language, made where nothing bears one.

    language: of the text; a word that two languages have for two tags is read in this one.
    The same few queries, however many. Two words for one tag give it once.
    Raises InvalidInput on field `tags`: too many, too long, or with signs not allowed.
    """
    wanted = {folded(name): name.strip() for name in names if name.strip()}
    if len(wanted) > MOST:
        raise InvalidInput.of("tags", "too_many", _("At most five tags."))
    for key in wanted:
        check_word(key, "tags")
    found = tags_for(wanted, language)
    return list({found[key].pk: found[key] for key in wanted}.values())


def check_word(key: str, field: str) -> None:
    """Refuse what is no tag, folded. Raises InvalidInput on this field."""
    if len(key) > LONGEST or not _allowed.fullmatch(key):
        raise InvalidInput.of(
            field, "invalid", _("A tag is one word of letters, digits and dashes.")
        )


def tags_for(keys: Iterable[str], language: str = "und") -> dict[str, Tag]:
    """Return the tag of each folded word, made where nothing bears it; of imports too."""
    wanted = list(keys)
    found = tags_known(wanted, language)
    missing = [key for key in wanted if key not in found]
    if missing:
        Tag.objects.bulk_create(
            # In one order for all: two that make the same tags do not wait for each other.
            [
                Tag(name=key, name_folded=key, name_plain=plain(key), slug=slug_of(key))
                for key in sorted(missing)
            ],
            ignore_conflicts=True,
        )
        found |= tags_known(missing, language)
    return found


def tags_known(keys: Iterable[str], language: str = "und") -> dict[str, Tag]:
    """Return the tag of each folded word that bears one: what it was merged into, where it was.

    A tag's own name first, then a word of this language, then of others. One query, or two.
    """
    wanted = set(keys)
    rows = Tag.objects.filter(name_folded__in=wanted).select_related("merged_into")
    found: dict[str, Tag] = {row.name_folded: row.merged_into or row for row in rows}
    words = TagName.objects.filter(name_folded__in=wanted - set(found))
    named = words.select_related("tag__merged_into") if wanted - set(found) else ()
    return _by_words(found, named, language)


def _by_words(found: dict[str, Tag], words: Iterable[TagName], language: str) -> dict[str, Tag]:
    """Add the tags of these words for what no tag is called itself; this language's first."""
    for word in sorted(words, key=lambda word: (word.language != language, word.tag_id)):
        found.setdefault(word.name_folded, word.tag.merged_into or word.tag)
    return found


def tags_understood(keys: Iterable[str], language: str = "und") -> dict[str, Tag]:
    """Return the tag of each word that names one, as tags_known() does; for others that of a word
    that it is but for its accents, or but for being its plural, this language's first. Two queries.
    """
    plains = {key: plain(key) for key in keys}
    codes = sorted(analysis.STEMMERS, key=lambda code: code != analysis.base(language))
    stems = {key: [stem(key, code) for code in codes] for key in plains}
    alike = {one for several in stems.values() for one in several}
    tags = Tag.objects.filter(Q(name_folded__in=plains) | Q(name_plain__in=set(plains.values())))
    names = TagName.objects.filter(Q(name_folded__in=plains) | Q(name_stem__in=alike))
    own = list(tags.select_related("merged_into").order_by("-pk"))
    words = list(names.select_related("tag__merged_into").order_by("-tag_id"))
    known = {row.name_folded: row.merged_into or row for row in own if row.name_folded in plains}
    found = _by_words(known, (word for word in words if word.name_folded in plains), language)
    by_plain = {row.name_plain: row.merged_into or row for row in own}
    by_stem = {word.name_stem: word.tag.merged_into or word.tag for word in words}
    for key in plains.keys() - found.keys():
        near = [by_plain.get(plains[key]), *(by_stem.get(one) for one in stems[key])]
        if tag := next(filter(None, near), None):
            found[key] = tag
    return found


def keep_forms(tags: Any = Tag.objects, words: Any = TagName.objects) -> None:
    """Give the words of tags that came without them their plain form and their stem."""
    for tag in tags.filter(name_plain=""):
        tags.filter(pk=tag.pk).update(name_plain=plain(tag.name))
    for word in words.filter(name_plain=""):
        forms = {"name_plain": plain(word.name), "name_stem": stem(word.name, word.language)}
        words.filter(pk=word.pk).update(**forms)


def find(name: str, language: str = "und") -> Tag:
    """Return the tag of a name or synonym. Raises NotSeen."""
    tag = tags_known([folded(name)], language).get(folded(name))
    if tag is None:
        raise NotSeen
    return tag


def slug_of(key: str) -> str:
    """Return a tag's slug, one to one with its folded name: `c++` and `c#` stay apart."""
    spelled = key.replace("+", "-plus").replace("#", "-sharp").replace(".", "-dot-")
    return slugify(spelled, allow_unicode=True)[:100] or "tag"


def from_words(words: str) -> str:
    """Return the tag that a name of several words makes; empty when nothing of it may stand."""
    kept = re.sub(r"[^\w.+#-]+", "-", words, flags=re.UNICODE)
    return re.sub(r"-{2,}", "-", kept).strip("-.")[:LONGEST].strip("-.")
