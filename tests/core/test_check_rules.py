import io

import pytest
from django.core.management import call_command

from core.management.commands.check_rules import (
    EVERYWHERE_RULES,
    complaints,
    complaints_about,
    complaints_about_the_kernel,
)
from core.redaction.known import REGISTRIES


def lines_complained_of(tmp_path, name, text):
    path = tmp_path / name.replace("/", "_")
    path.write_text(text, encoding="utf-8")
    return [line for line, _why in complaints_about(path, name)]


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<script\n  type='module'>import 'x'</script>",
        "<style>p { color: red }</style>",
        '<p style="color: red">',
        "<p class='a'style = 'color: red'>",
        '<button onclick="go()">',
        "<img src='x' OnError = 'go()'>",
        '<a href="javascript:go()">',
        '<div hx-on:click="go()">',
        "<div hx-vals='js:{a: go()}'>",
        '<div hx-headers="javascript:{a: 1}">',
        '<div hx-trigger="click[ctrlKey]">',
        "<div hx-trigger='keyup[key==\"a\"] delay:1s'>",
        "{{ body|safe }}",
        "{{ body | safe }}",
        "{% autoescape off %}",
        "{% load i18n partials %}",
    ],
)
def test_template_that_breaks_a_rule_is_named_with_its_line(tmp_path, text):
    name = "frontend/templates/a.html"

    assert lines_complained_of(tmp_path, name, f"<p>fine</p>\n{text}") == [2]


@pytest.mark.parametrize(
    "text",
    [
        '<script src="{% static \'site.js\' %}" type="module"></script>',
        '<script type="application/json" id="facts">{}</script>',
        "{# never write <script>inline</script> #}",
        "{% comment %}<p style='x'>{% endcomment %}",
        '<link rel="stylesheet" href="/static/site.css">',
        '<div hx-trigger="keyup changed delay:300ms" data-style="calm" class="button one">',
        "<p>Carry on = go on. The style = calm, and safe|sound.</p>",
        "{% load i18n static %}",
    ],
)
def test_template_that_keeps_the_rules_passes(tmp_path, text):
    assert lines_complained_of(tmp_path, "frontend/templates/a.html", text) == []


@pytest.mark.parametrize(
    "text",
    [
        "from django.utils.safestring import mark_safe",
        "SafeString(text)",
        "@html_safe",
        "def __html__(self):",
    ],
)
def test_html_is_declared_safe_in_one_place_alone(tmp_path, text):
    assert lines_complained_of(tmp_path, "forum/views.py", f"\n{text}") == [2]


def test_gettext_has_no_name_that_gathering_texts_does_not_know(tmp_path):
    text = "from django.utils.translation import gettext as _\n"
    lost = "from django.utils.translation import gettext_lazy as _lazy\n"

    assert lines_complained_of(tmp_path, "forum/views.py", text + lost) == [2]
    assert lines_complained_of(tmp_path, "core/markup/safe.py", text) == []


def test_function_may_say_that_it_returns_safe_html(tmp_path):
    text = "def icon(name: str) -> SafeString: ..."

    assert lines_complained_of(tmp_path, "frontend/icons.py", text) == []


@pytest.mark.parametrize("host", sorted(REGISTRIES))
def test_no_file_names_a_package_registrys_host(host):
    text = f"fine\n--index-url https://files.{host.upper()}/simple\n"
    alike = f"my{host} {host}munity"

    assert [line for line, _why in complaints(text, EVERYWHERE_RULES)] == [2]
    assert not list(complaints(alike, EVERYWHERE_RULES))


def test_kernel_module_that_the_contract_forgets_is_named():
    contract = {"id": "frame", "source_modules": ["people", "core.errors", "core.gone"]}
    configured = {"tool": {"importlinter": {"contracts": [contract]}}}

    assert list(complaints_about_the_kernel(configured, {"errors", "files", "urls"})) == [
        "core.files is not in `frame`",
        "core.gone is no kernel module, but in `frame`",
    ]


def test_project_keeps_its_own_rules():
    said = io.StringIO()

    call_command("check_rules", stdout=said)

    assert "keep our own rules" in said.getvalue()
