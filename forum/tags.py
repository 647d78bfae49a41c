"""Tags from what people type. Only Tag objects go to `tags.set()`: strings bypass folding."""

import re
import unicodedata
from collections.abc import Iterable

from django.utils.text import slugify
from django.utils.translation import gettext as _

from core.errors import InvalidInput
from forum.models import Tag

MOST = 5
LONGEST = 40
_allowed = re.compile(r"[\w.+#-]+")


def folded(name: str) -> str:
    """Return a tag's name as it is compared: spaces become dashes, case and form fold."""
    text = unicodedata.normalize("NFC", "-".join(name.split()))
    return unicodedata.normalize("NFC", text.casefold())


def split(text: str) -> list[str]:
    """Return the tags in a line, separated by commas or spaces."""
    return [part for part in re.split(r"[,\s]+", text.strip()) if part]


def resolve(names: Iterable[str], language: str = "und") -> list[Tag]:
    """Return the tags of these names, made where missing; two queries, however many.

    Raises InvalidInput on field `tags`: too many, too long, or with signs not allowed.
    """
    wanted = {folded(name): name.strip() for name in names if name.strip()}
    if len(wanted) > MOST:
        raise InvalidInput.of("tags", "too_many", _("At most five tags."))
    for key in wanted:
        if len(key) > LONGEST or not _allowed.fullmatch(key):
            raise InvalidInput.of(
                "tags", "invalid", _("A tag is one word of letters, digits and dashes.")
            )
    found = {tag.name_folded: tag for tag in Tag.objects.filter(name_folded__in=wanted)}
    missing = [key for key in wanted if key not in found]
    if missing:
        Tag.objects.bulk_create(
            [Tag(name=key, name_folded=key, slug=slug_of(key)) for key in missing],
            ignore_conflicts=True,
        )
        found = {tag.name_folded: tag for tag in Tag.objects.filter(name_folded__in=wanted)}
    return [found[key] for key in wanted]


def slug_of(key: str) -> str:
    """Return a tag's slug, one to one with its folded name: `c++` and `c#` stay apart."""
    spelled = key.replace("+", "-plus").replace("#", "-sharp").replace(".", "-dot-")
    return slugify(spelled, allow_unicode=True)[:100] or "tag"
