"""The tags of every page: moments, people, fields, pagers; each small and cheap."""

import unicodedata
import uuid
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any
from urllib.parse import quote

from django import template
from django.forms import BoundField, CheckboxInput, CheckboxSelectMultiple, Field, RadioSelect
from django.template.base import Parser, TextNode, Token
from django.template.context import Context
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from chat import queries
from core import unsent
from core.markup import data_block, filled, written_html
from core.models import WrittenText
from core.pages import secrets_in
from core.pagination import Page
from frontend import icons, platforms, plots
from people import moments, typed

register = template.Library()


@register.filter
def written(row: WrittenText) -> SafeString:
    """Show what someone wrote: {{ post|written }}."""
    return written_html(row)


@register.filter
@lru_cache(maxsize=4096)
def tag_link(name: str) -> SafeString:
    """Show a tag, linked to its page; kept, since lists show the same few again and again."""
    return filled('<a class="tag" href="/tags/{}">{}</a>', quote(name), name)


@register.filter
def platform_words(platform: dict[str, str]) -> list[tuple[str, str]]:
    """Write the facts of a platform: {% for name, value in site.platform|platform_words %}."""
    return platforms.platform_words(platform)


@register.filter
def answers(count: int) -> str:
    """Show how many answers there are."""
    return _answers(count, moments.reader_language())


@lru_cache(maxsize=1024)
def _answers(count: int, _language: str) -> str:
    return ngettext("%(n)s answer", "%(n)s answers", count) % {"n": count}


def _time(moment: datetime, words: str, title: str = "") -> SafeString:
    stamp = moment.astimezone(UTC).isoformat()[:16]
    if not title:
        return filled('<time datetime="{}Z">{}</time>', stamp, words)
    return filled('<time datetime="{}Z" title="{}">{}</time>', stamp, title, words)


@register.simple_tag
def rooms_unread(reader: Any) -> int:
    """Count the conversations with something unread: {% rooms_unread user as count %}."""
    return queries.rooms_unread(reader)


@register.simple_tag
def when(moment: datetime | None, is_listed: bool = False) -> str:
    """Show a moment relative to now, with the exact one as its title.

    is_listed: without the title, which is a tenth of a long list's weight.
    """
    if moment is None:
        return ""
    zone = timezone.get_current_timezone()
    local, now = moment.astimezone(zone), datetime.now(zone)
    title = "" if is_listed else moments.title_words(local)
    return _time(moment, moments.in_words(local, now), title)


@register.simple_tag
def since(moment: datetime) -> SafeString:
    """Show how long something has lasted, with the exact moment as its title."""
    local = timezone.localtime(moment)
    return _time(moment, moments.lasting_words(local, timezone.now()), moments.title_words(local))


@register.simple_tag
def by_when(moment: datetime) -> SafeString:
    """Show by when something is promised: the near day or the day of the week, and the hour."""
    zone = timezone.get_current_timezone()
    return _time(moment, moments.due_words(moment.astimezone(zone), datetime.now(zone)))


@register.simple_tag
def exact(moment: datetime | None, part: str = "") -> str:
    """Show a moment's day and hour in the reader's zone; part: "day", "full" (with the day of
    the week) or "time" alone."""
    if moment is None:
        return ""
    local = timezone.localtime(moment)
    return _time(moment, exact_plain(local, part), moments.title_words(local))


@register.filter("exact", expects_localtime=True)
def exact_plain(moment: datetime, part: str = "") -> str:
    """Write a moment as the tag of this name shows it, for mails: {{ until|exact }}."""
    if part == "day":
        return moments.day_words(moment.date(), moments.reader_language())
    if part == "full":
        return moments.full_day_words(moment.date(), moments.reader_language())
    return f"{moment:%H:%M}" if part == "time" else moments.exact_words(moment)


@register.filter
def day_and_month(day: date) -> str:
    """Write a day of the present months: "24 November"."""
    return moments.day_words(day, moments.reader_language(), with_year=False)


@register.filter
def day_and_year(day: date) -> str:
    """Write a day: "24 November 2026"."""
    return moments.day_words(day, moments.reader_language())


@register.simple_tag
def minutes(number: int | None, exactly: bool = False) -> str:
    """Show minutes as hours and minutes; exactly: of many hours too, so that a sum is right."""
    return "" if number is None else moments.minutes_words(number, exactly=exactly)


@register.simple_tag
def language_name(code: str) -> str:
    """Show a language by its own name."""
    return moments.language_words(code)


@register.filter
def language_word(code: str) -> str:
    """Write a language in the reader's own: {{ code|language_word }}."""
    return moments.language_in(code, moments.reader_language())


@register.simple_tag(takes_context=True)
def once(context: Context) -> SafeString:
    """Carry a token that makes a form count once, however often it is sent, and, signed, for whom
    the page was made: who is signed out meanwhile is offered it again (core.unsent)."""
    request = context.get("request")
    writer = unsent.signed_writer(request) if request else ""
    token = f"{uuid.uuid4().hex}:{writer}".rstrip(":")
    return filled('<input type="hidden" name="once" value="{}">', token)


@register.simple_tag(takes_context=True)
def shown(context: Context) -> SafeString:
    """Carry when a form was first shown: who posts faster than anyone types is looked at."""
    request = context["request"]
    return filled('<input type="hidden" name="shown" value="{}">', typed.token_of(request))


@register.tag
def icon(parser: Parser, token: Token) -> TextNode:
    """Draw an icon: {% icon "name" %}; the words stand beside it."""
    return TextNode(icons.icon(token.split_contents()[1].strip('"')))


@register.filter("icon")
def icon_of(name: str) -> SafeString:
    """Draw the icon of a name that is not written in the template."""
    return icons.icon(name)


@register.simple_tag
def avatar(person: Any) -> SafeString:
    """Show a person's initials, as an ornament beside the name."""
    words = [word for word in str(person or "?").replace("-", " ").split() if word[0].isalnum()]
    # Letters of Arabic or Hebrew would join or stand apart wrongly: there the first one alone.
    count = 1 if words and unicodedata.bidirectional(words[0][0]) in ("AL", "R") else 2
    initials = "".join(word[0] for word in words[:count]).upper() or "?"
    return filled('<span class="avatar" aria-hidden="true">{}</span>', initials)


@register.simple_tag
def person_link(person: Any) -> SafeString:
    """Show a person's name, linked to the public profile where there is one."""
    if person is None or person.state == "erased":
        return filled('<span class="person muted">{}</span>', _("a former member"))
    if person.state in ("imported", "stub"):
        return filled('<bdi class="person">{}</bdi>', person)
    return filled('<a class="person" href="/people/{}"><bdi>{}</bdi></a>', person.handle, person)


@register.simple_tag
def field(bound: BoundField, label: str = "", **attrs: Any) -> SafeString:
    """Show a form's field with its label, hint, control and errors, wired for screen readers.

    label="hidden" keeps the label for screen readers alone; other words become attributes of the
    control (rows=10; `_` stands for `-`).
    """
    widget = bound.field.widget
    if bound.is_hidden:
        return bound.as_widget()
    many = isinstance(widget, RadioSelect | CheckboxSelectMultiple)
    wired: dict[str, Any] = {name.replace("_", "-"): value for name, value in attrs.items()}
    described = [f"{bound.auto_id}_hint"] if bound.help_text else []
    if bound.errors:
        described.insert(0, f"{bound.auto_id}_error")
        wired["aria-invalid"] = "true"
    if described:
        wired["aria-describedby"] = " ".join(described)
    facts = {
        "field": bound,
        "control": None if many else bound.as_widget(attrs=wired),
        "described": wired.get("aria-describedby", ""),
        "many": many,
        "single_choice": isinstance(widget, CheckboxInput),
        "label_hidden": label == "hidden",
        "remark": _remark(bound.field),
    }
    return render_to_string("components/field.html", facts)


def _remark(field: Field) -> Any:
    """Return what stands after a label: whether, or when, the field may be left out."""
    return getattr(field, "needed_when", "") or ("" if field.required else _("optional"))


@register.simple_tag
def options(choices: Iterable[tuple[Any, Any]], chosen: Any) -> SafeString:
    """Draw the options of a select, (value, words) each, the chosen one selected."""
    return _options(tuple((value, str(words)) for value, words in choices), chosen)


@lru_cache(maxsize=512)
def _options(choices: tuple[tuple[Any, str], ...], chosen: Any) -> SafeString:
    """Draw options, kept: a list's filters are the same for everyone and on each page."""
    plain, selected = '<option value="{}">{}</option>', '<option value="{}" selected>{}</option>'
    drawn = (
        filled(selected if value == chosen else plain, value, words) for value, words in choices
    )
    return format_html_join("", "{}", ((option,) for option in drawn))


@register.inclusion_tag("components/form_errors.html")
def form_errors(form: Any) -> dict[str, Any]:
    """Say at the top of a refused form what is to be corrected, with links to the fields.

    Secrets that were found are pointed out there too, with a button to send all the same.
    """
    wrong = [bound for bound in form if bound.errors]
    return {
        "form": form,
        "wrong": wrong,
        # A single wrong field says it beside itself; above, only screen readers are told.
        "beside": len(wrong) == 1 and not form.non_field_errors(),
        "secrets": secrets_in(form),
        "send_secrets": form.is_bound and form.data.get("send_secrets"),
    }


@register.inclusion_tag("components/plot_months.html")
def plot_months(series: Iterable[Any]) -> dict[str, Any]:
    """Draw minutes by month in two stacked kinds, with a table for those who do not see it."""
    return {"plot": plots.months_plot(series)}


@register.inclusion_tag("components/plot_kinds.html")
def plot_kinds(months: Sequence[Any], kinds: Iterable[tuple[str, Sequence[int]]]) -> dict[str, Any]:
    """Show minutes of each kind over the same months, (name, minutes of each month)."""
    return {"plot": plots.kinds_plot(months, kinds)}


@register.inclusion_tag("components/plot_bars.html")
def plot_bars(rows: Iterable[Any], title: str) -> dict[str, Any]:
    """Draw how many tickets each row has (`name`, `tickets`); a table stands beside it."""
    return {"plot": plots.bars_plot((row.name, row.tickets) for row in rows), "title": title}


@register.inclusion_tag("components/pager.html", takes_context=True)
def pager(context: Any, page: Page[Any]) -> dict[str, Any]:
    """Link to the next and the previous page of a list, keeping the filters."""
    return {
        "next": _with_cursor(context["request"], page.next),
        "previous": _with_cursor(context["request"], page.previous),
    }


def _with_cursor(request: Any, cursor: str | None) -> str:
    if cursor is None:
        return ""
    query = request.GET.copy()
    query["cursor"] = cursor
    return f"?{query.urlencode()}"


@register.filter
def linked_data(facts: dict[str, Any]) -> SafeString:
    """Show facts for search engines as JSON-LD: a block of data, which no policy hinders."""
    return data_block(facts, "application/ld+json")
