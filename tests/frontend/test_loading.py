from collections import Counter

import pytest
from django.template import Context, Engine, Library
from django.template.base import TextNode
from django.template.defaulttags import IfNode
from django.utils.safestring import mark_safe
from django.utils.translation import override

from frontend.loading import shorten
from frontend.parts import Part

PARTS = """{% load phrases static %}<a href="{% url 'queue' %}">{% translate "Queue" %}</a>
{% if shown %}
<p>{{ name }} {{ trusted }} {{ number }} {{ missing }} {{ name|upper }}{% translate "Save" %}</p>
{% elif other %}{{ other.deep }}{% else %}
{% for one in many %}<b>{{ one }}</b>{% empty %}none{% endfor %}{% endif %}
{% autoescape off %}{{ name }}{% endautoescape %}{{ "literal <b>" }}{{ call }}
{{ thing.name }} {{ thing.call }} {{ thing.missing }} {{ thing.deep.key }} {{ thing.deep.items }}
{{ thing.made.name }} {{ call.name }} {{ thing.deep.missing.more }} {{ nothing.at.all }}
{{ empty.x }}{% if thing.missing %}a{% endif %}{% if not thing.deep.missing %}b{% endif %}
{% if call.name %}c{% endif %}
{% if missing == empty %}d{% endif %}{% for one in thing.missing %}{% empty %}e{% endfor %}
{% with inner=thing.deep.missing %}{{ inner.more }}{% endwith %}{{ negative }}{{ flag }}
{{ letters.1 }} {{ errors.items }} {{ errors.other }} {{ counted.items }}
{% if thing.number > 2 and not thing.missing or other.deep == "x" %}yes{% endif %}
{% for key, value in thing.deep.items %}{{ forloop.counter }}{{ key }}{{ value }}{% endfor %}"""


class Thing:
    name, number, deep = "<thing>", 3, {"key": "<k>"}

    def call(self):
        return "<called>"

    def made(self):
        return Thing()

    def __str__(self):
        return "thing"


class Broken:
    @property
    def fails(self):
        raise KeyError("within")


class Errors(dict):
    other = "attribute"


@pytest.fixture
def engine():
    return Engine(
        libraries={
            "phrases": "frontend.templatetags.phrases",
            "static": "django.templatetags.static",
        }
    )


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize(
    "facts",
    [
        {"shown": True, "name": '<Zoé & "co">', "trusted": mark_safe("<i>x</i>"), "number": 1234.5},
        {"shown": True, "name": None, "trusted": "", "number": True, "call": lambda: "<called>"},
        {"other": {"deep": "<d>"}},
        {"many": ["<1>", 2]},
        {"thing": Thing(), "call": Thing, "empty": "", "negative": -1234567, "flag": False},
        {"empty": None, "nothing": {}},
        {"thing": Thing(), "letters": "abc", "errors": Errors(items="item", other="item")},
        {"counted": Counter(items=3), "errors": {"items": 1}, "thing": {"name": "n", "deep": {}}},
        {},
    ],
)
def test_shortened_template_draws_what_the_long_one_draws(engine, language, facts):
    with override(language):
        long, short = engine.from_string(PARTS), engine.from_string(PARTS)
        shorten(short.nodelist)

        assert short.render(Context(facts)) == long.render(Context(facts))


def test_what_a_property_raises_is_raised_as_by_django(engine):
    long, short = engine.from_string("{{ it.fails }}"), engine.from_string("{{ it.fails }}")
    shorten(short.nodelist)

    for template in (long, short):
        with pytest.raises(KeyError):
            template.render(Context({"it": Broken()}))


register = Library()


@register.simple_tag
def echo(value, end="&"):
    return f"{value}{end}"


FILES = {
    "base.html": "<h1>{% block title %}none{% endblock %}</h1>{% block main %}{% endblock %}|",
    "page.html": """{% extends "base.html" %}
{% block title %}{{ block.super }} {{ name }}{% endblock %}
{% block main %}{% for row in rows reversed %}{% include "row.html" with own=row.name only_here=1 %}
{% include "row.html" with own="a" only %}{% include row.template %}
{% for at, cell in row.cells %}{{ forloop.parentloop.counter }}.{{ forloop.revcounter0 }}{{ at }}
{{ cell }}{% if forloop.last %}!{% endif %}{% endfor %}
{% empty %}nothing{% endfor %}{{ only_here }}{{ own }}{% endblock %}""",
    "row.html": "{% load phrases i18n %}{% csrf_token %}{% now 'Y' as year %}"
    "{% blocktranslate with n=row.name %}Other pages in {{ n }}: {{ own }} {{ no }}"
    "{% endblocktranslate %}{% blocktranslate count n=rows|length %}one{% plural %}{{ n }}"
    "{% endblocktranslate %}{% echo row.name %}{% echo own end='<' %}"
    "{% echo nothing as kept %}{{ kept }}"
    "[{{ own }}{% with deep=name %}{{ deep }}{% endwith %}{{ row.name }}]",
    "other.html": "{% if row.cells|length == 2 and row in rows %}two{% else %}other{% endif %}",
}


@pytest.mark.parametrize(
    "facts",
    [
        {},
        {"rows": [], "name": "<n>"},
        {
            "name": "<n>",
            "rows": [
                {"name": "<r1>", "cells": [(1, "a"), (2, "<b>")], "template": "other.html"},
                {"name": None, "cells": [], "template": "row.html"},
                {"template": "row.html"},
            ],
        },
    ],
)
def test_pages_that_extend_and_include_draw_what_django_draws(facts):
    loaders = [("django.template.loaders.locmem.Loader", FILES)]
    libraries = {
        "phrases": "frontend.templatetags.phrases",
        "i18n": "django.templatetags.i18n",
    }
    given = {"libraries": libraries, "builtins": [__name__]}
    ours = Engine(loaders=[("frontend.loading.Loader", loaders)], **given)
    plain = Engine(loaders=loaders, **given).get_template("page.html")

    for token in ("", "<token>"):
        drawn = ours.get_template("page.html").render(Context({**facts, "csrf_token": token}))
        assert drawn == plain.render(Context({**facts, "csrf_token": token}))


def test_each_language_includes_templates_of_its_own():
    files = {
        "page.html": "{% include 'word.html' %}",
        "word.html": "{% load phrases %}{% translate 'Save' %}",
    }
    engine = Engine(
        libraries={"phrases": "frontend.templatetags.phrases"},
        loaders=[("frontend.loading.Loader", [("django.template.loaders.locmem.Loader", files)])],
    )
    for language, words in [("en", "Save"), ("fr", "Enregistrer"), ("en", "Save")]:
        with override(language):
            assert engine.get_template("page.html").render(Context()) == words


def test_debug_keeps_the_nodes_that_tell_where_an_error_is(engine):
    loaders = [
        ("django.template.loaders.locmem.Loader", {"a.html": "{% if a %}{{ a }}{% endif %}"})
    ]

    def kinds(debug):
        made = Engine(debug=debug, loaders=[("frontend.loading.Loader", loaders)])
        return [type(node) for node in made.get_template("a.html").nodelist]

    assert (kinds(debug=True), kinds(debug=False)) == ([IfNode], [Part])


def test_constant_parts_become_one_text(engine):
    template = engine.from_string(
        "{% load phrases %}a {% translate 'Save' %} b {# no #}{% url 'queue' %}"
    )

    with override("en"):
        shorten(template.nodelist)

    assert [type(node) for node in template.nodelist] == [TextNode]
    assert template.render(Context()) == "a Save b /queue"
