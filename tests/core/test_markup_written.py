"""Stored texts: written, shown, and rendered again when the renderer changes."""

import io
import re

import pytest
from django.core.management import call_command
from django.db import connection
from django.template import Context, Template
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.safestring import SafeString

from core import markup, tasks
from core.errors import InvalidInput
from core.markup import RENDERER_VERSION
from core.models import WrittenText
from helpdesk.models import Message, Queue, Ticket


@pytest.fixture
def make_message(cast):
    """Return a function that stores a message of a ticket, rendered by no one yet."""
    now = timezone.now()
    ticket = Ticket.objects.create(
        requester=cast.aminata,
        queue=Queue.objects.get_or_create(slug="general")[0],
        subject="My site is down",
        language="en",
        turn_at=now,
    )

    def make(source, **fields):
        number = Message.objects.count() + 1
        return Message.objects.create(
            ticket=ticket,
            origin_ticket=ticket,
            number=number,
            author=cast.aminata,
            side="requester",
            source=source,
            **fields,
        )

    return make


def test_writing_sets_source_language_html_and_version():
    row = Message()

    markup.write_text(row, "# Hi\r\n@Zoé\x00\ud800", language="fr", mentions={"zoé": "/people/7"})

    assert row.source == "# Hi\n@Zoé\ufffd"
    assert row.language == "fr"
    assert row.html == (
        '<h2 dir="auto">Hi</h2>\n<p dir="auto"><a href="/people/7" class="mention"'
        ' rel="ugc nofollow noopener">@Zoé</a>\ufffd</p>\n'
    )
    assert row.html == markup.preview(row.source, mentions={"zoé": "/people/7"})
    assert row.renderer_version == RENDERER_VERSION
    assert row.pk is None


def test_writing_html_passes_the_allow_list():
    row = Message(source_format=WrittenText.Format.HTML)

    markup.write_text(row, "<h1>a</h1><p onclick=x>b<script>c</script>", language="en")

    assert row.html == '<h2 dir="auto">a</h2><p dir="auto">b</p>'


def test_writing_too_much_is_refused_and_changes_nothing():
    row = Message(source="before", html="<p>before</p>")

    with pytest.raises(InvalidInput) as refusal:
        markup.write_text(row, "a" * 65_537, language="en", field="text")

    assert [(error.field, error.code) for error in refusal.value.errors] == [("text", "too_long")]
    assert (row.source, row.html) == ("before", "<p>before</p>")


def test_filter_shows_the_stored_html_and_declares_it_safe():
    row = Message(source="*a*", html="<p>stored</p>", renderer_version=1)

    assert Template("{% load entraide %}{{ row|written }}").render(Context({"row": row})) == (
        "<p>stored</p>"
    )
    assert isinstance(markup.written_html(row), SafeString)


def test_html_no_renderer_made_is_never_declared_safe():
    row = Message(source="*a*", html="<script>alert(1)</script>", renderer_version=0)

    assert markup.written_html(row) == '<p dir="auto"><em>a</em></p>\n'


def test_older_texts_are_rendered_again_in_batches(make_message):
    old = [make_message(f"*{number}*", html="old", renderer_version=1) for number in range(5)]
    new = make_message("*new*", html="as it is", renderer_version=RENDERER_VERSION)

    with CaptureQueriesContext(connection) as queries:
        assert markup.rerender(batch=3) == 5

    reads = [row["sql"] for row in queries if re.match("SELECT.*helpdesk_message", row["sql"])]
    assert len(reads) == len(["three", "two", "none"])
    for number, row in enumerate(old):
        row.refresh_from_db()
        assert row.html == f'<p dir="auto"><em>{number}</em></p>\n'
        assert row.renderer_version == RENDERER_VERSION
    new.refresh_from_db()
    assert new.html == "as it is"
    assert markup.rerender() == 0


def test_mentions_stay_those_of_the_older_html(make_message):
    row = make_message("@Zoé @nobody <a>")
    markup.write_text(row, row.source, language="fr", mentions={"zoé": "/people/7?a=b&c"})
    before, row.renderer_version = row.html, 1
    row.save()

    assert markup.rerender() == 1

    row.refresh_from_db()
    assert row.html == before
    assert row.html.count("<a ") == 1


def test_text_edited_meanwhile_is_left_as_its_editor_made_it(make_message, monkeypatch):
    row = make_message("*old*", html="old", renderer_version=1)
    found = markup.written.mentions_in

    def edit_meanwhile(html):
        Message.objects.filter(pk=row.pk).update(
            source="*edited*", html="edited", revision=2, renderer_version=RENDERER_VERSION
        )
        return found(html)

    monkeypatch.setattr(markup.written, "mentions_in", edit_meanwhile)

    assert markup.rerender() == 0

    row.refresh_from_db()
    assert row.html == "edited"


def test_text_stored_too_long_does_not_stop_the_others(make_message):
    long = make_message("a" * 70_000, renderer_version=1)
    other = make_message("b", renderer_version=1)

    assert markup.rerender() == 2

    long.refresh_from_db()
    other.refresh_from_db()
    assert long.html == '<p dir="auto">' + "a" * 70_000 + "</p>"
    assert other.html == '<p dir="auto">b</p>\n'


def test_command_and_task_render_again(make_message):
    said = io.StringIO()
    make_message("a", renderer_version=1)

    call_command("rerender", stdout=said)
    row = make_message("b", renderer_version=1)
    tasks.rerender.call()

    assert said.getvalue() == "1 texts rendered again.\n"
    row.refresh_from_db()
    assert row.renderer_version == RENDERER_VERSION
