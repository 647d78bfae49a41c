"""The tags of every page."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
import time_machine
from django import forms
from django.template import Context, Template
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils import timezone, translation

from core.pagination import Page
from frontend import plots
from frontend.components import Someone


def shown(source: str, **context) -> str:
    return Template("{% load entraide %}" + source).render(Context(context))


@time_machine.travel(datetime(2026, 11, 24, 8, 42, tzinfo=UTC), tick=False)
def test_when_shows_words_and_keeps_the_exact_moment():
    moment = datetime(2026, 11, 24, 6, 42, tzinfo=UTC)

    with timezone.override("Europe/Paris"):
        html = shown("{% when moment %}", moment=moment)

    assert html == (
        '<time datetime="2026-11-24T06:42Z" '
        'title="Tuesday, 24 November 2026 at 07:42 (CET)">2 hours ago</time>'
    )


def test_when_shows_nothing_for_no_moment():
    assert shown("{% when moment %}{% exact moment %}{% minutes moment %}", moment=None) == ""


@pytest.mark.parametrize(
    ("part", "words"),
    [
        ("", "25 November 2026 at 00:30"),
        ("day", "25 November 2026"),
        ("time", "00:30"),
        ("full", "Wednesday, 25 November 2026"),
    ],
)
def test_exact_shows_the_zone_of_the_reader(part, words):
    with timezone.override("Europe/Paris"):
        html = shown(
            "{% exact moment part %}",
            moment=datetime(2026, 11, 24, 23, 30, tzinfo=UTC),
            part=part,
        )

    assert f">{words}</time>" in html


FIRST = datetime(2027, 5, 1, 7, 5, tzinfo=UTC)
LEVEL_FREE = {"number": "4H7-291-K", "subject": "?", "first_response_due_at": FIRST}


@pytest.mark.parametrize(
    ("template", "context", "words"),
    [
        (
            "mail/people/sanctioned.txt",
            {"until": FIRST, "kind": "suspension"},
            "1er mai 2027 à 09:05 (CEST)",
        ),
        ("mail/helpdesk/ticket_opened.txt", {"ticket": LEVEL_FREE}, "1er mai 2027 à 09:05 (CEST)"),
        (
            "mail/workshops/_facts.txt",
            {"sessions": [{"start_at": FIRST, "end_at": FIRST, "zone": "Africa/Dakar"}]},
            "samedi 1er mai 2027, 07:05–07:05 (Africa/Dakar)",
        ),
        ("workshops/_conflicts.html", {"conflicts": [{"day": FIRST.date()}]}, ">1er mai</time>"),
    ],
)
def test_first_of_the_month_is_written_as_french_counts_it(template, context, words):
    with translation.override("fr"), timezone.override("Europe/Paris"):
        text = render_to_string(template, context)

    assert words in text


@pytest.mark.parametrize(
    ("name", "initials"),
    [
        ("Bảo Trần", "BT"),
        ("atelier-velo", "AV"),
        ("clara", "C"),
        ("Jean Paul Marie", "JP"),
        ("ليلى نصّار", "ل"),
        ("<script>", "?"),
        ("", "?"),
        (" - ", "?"),
    ],
)
def test_avatar_shows_initials(name, initials):
    html = shown("{% avatar person %}", person=Someone(name, "x"))

    assert html == f'<span class="avatar" aria-hidden="true">{initials}</span>'


def test_person_link_escapes_what_people_call_themselves():
    html = shown("{% person_link person %}", person=Someone("<b>Bao</b>", "bao"))

    assert html == ('<a class="person" href="/people/bao"><bdi>&lt;b&gt;Bao&lt;/b&gt;</bdi></a>')


@pytest.mark.parametrize("state", ["erased", "stub", "imported"])
def test_person_link_leads_nowhere_without_a_profile(state):
    html = shown("{% person_link person %}", person=Someone("Secret Name", "secret", state))

    assert "href" not in html
    assert ("Secret Name" in html) == (state != "erased")


def test_each_form_has_a_token_of_its_own():
    assert shown("{% once %}") != shown("{% once %}")


class Sample(forms.Form):
    title = forms.CharField(help_text="One sentence.")
    note = forms.CharField(required=False, widget=forms.Textarea)
    hidden = forms.CharField(widget=forms.HiddenInput)
    agree = forms.BooleanField(label="I agree")
    who = forms.ChoiceField(choices=[("a", "Ann"), ("b", "Bob")], widget=forms.RadioSelect)


def test_field_wires_label_hint_error_and_control():
    html = shown("{% field form.title %}", form=Sample(data={"title": ""}))

    assert '<label for="id_title">Title</label>' in html
    assert '<div class="hint" id="id_title_hint">One sentence.</div>' in html
    assert '<div id="id_title_error"><p class="error">' in html
    assert 'aria-invalid="true"' in html
    assert 'aria-describedby="id_title_error id_title_hint"' in html


def test_field_without_errors_is_not_called_invalid():
    html = shown("{% field form.title %}", form=Sample())

    assert "aria-invalid" not in html
    assert 'aria-describedby="id_title_hint"' in html


def test_field_keeps_and_escapes_what_was_typed():
    html = shown("{% field form.note rows=3 %}", form=Sample(data={"note": "<i>mine"}))

    assert "&lt;i&gt;mine</textarea>" in html
    assert 'rows="3"' in html
    assert "(optional)" in html


def test_field_hides_a_label_from_sight_alone():
    html = shown('{% field form.title label="hidden" %}', form=Sample())

    assert '<label for="id_title" class="hidden-label">Title</label>' in html


def test_field_shows_hidden_choices_and_groups_in_their_own_ways():
    form = Sample(data={})

    assert shown("{% field form.hidden %}", form=form).startswith('<input type="hidden"')
    assert '<label class="choice" for="id_agree"><input type="checkbox"' in shown(
        "{% field form.agree %}", form=form
    )
    assert '<fieldset class="field choices" id="id_who" aria-describedby="id_who_error">' in shown(
        "{% field form.who %}", form=form
    )


def test_form_errors_lead_to_the_fields():
    html = shown("{% form_errors form %}", form=Sample(data={}))

    assert 'role="alert"' in html
    assert '<a href="#id_title">Title</a> · This field is required.' in html
    assert shown("{% form_errors form %}", form=Sample()).strip() == ""


def test_a_single_error_stands_beside_its_field_alone():
    form = Sample(data={"hidden": "x", "agree": "on", "who": "a"})

    html = shown("{% form_errors form %}", form=form)

    assert '<div class="hidden-label" role="alert">' in html
    assert "notice" not in html


def test_pager_keeps_the_filters():
    request = RequestFactory().get("/questions?tag=php&cursor=old")

    html = shown(
        "{% pager page %}", request=request, page=Page(results=[], next="abc", previous=None)
    )

    assert 'rel="next" href="?tag=php&amp;cursor=abc"' in html
    assert 'rel="prev"' not in html


def test_pager_is_not_there_for_a_single_page():
    page: Page[Any] = Page(results=[], next=None, previous=None)

    assert shown("{% pager page %}", request=RequestFactory().get("/"), page=page).strip() == ""


def test_plot_stands_on_its_base_and_fits():
    series = [
        {"month": date(2026, 10, 1), "local": 30, "across": 10},
        {"month": date(2026, 11, 1), "local": 0, "across": 0},
    ]

    plot = plots.months_plot(series)
    first, second = plot.bars

    assert first.y_local + first.height_local == plot.base
    assert first.y_across + first.height_across == pytest.approx(first.y_local)
    assert first.y_across == 8.0
    assert first.height_local == pytest.approx(3 * first.height_across)
    assert (second.height_local, second.height_across) == (0, 0)
    assert (first.label, first.month) == ("O", "October 2026")


def test_plot_gives_its_figures_as_a_table():
    html = shown("{% plot_months series %}", series=[])
    assert "<table" in html

    html = shown(
        "{% plot_months series %}",
        series=[{"month": date(2026, 11, 1), "local": 77055, "across": 3}],
    )

    assert '<th scope="row">November 2026</th><td class="number">1,284 h 15 min</td>' in (
        html.replace("\N{NO-BREAK SPACE}", " ")
    )
