from collections import Counter

import pytest
from django.template import Context, Engine
from django.template.base import TextNode
from django.utils.safestring import mark_safe
from django.utils.translation import override

from frontend.loading import shorten

PARTS = """{% load phrases static %}<a href="{% url 'queue' %}">{% translate "Queue" %}</a>
{% if shown %}
<p>{{ name }} {{ trusted }} {{ number }} {{ missing }} {{ name|upper }}{% translate "Save" %}</p>
{% elif other %}{{ other.deep }}{% else %}
{% for one in many %}<b>{{ one }}</b>{% empty %}none{% endfor %}{% endif %}
{% autoescape off %}{{ name }}{% endautoescape %}{{ "literal <b>" }}{{ call }}
{{ thing.name }} {{ thing.call }} {{ thing.missing }} {{ thing.deep.key }} {{ thing.deep.items }}
{{ letters.1 }} {{ errors.items }} {{ errors.other }} {{ counted.items }}
{% if thing.number > 2 and not thing.missing or other.deep == "x" %}yes{% endif %}
{% for key, value in thing.deep.items %}{{ forloop.counter }}{{ key }}{{ value }}{% endfor %}"""


class Thing:
    name, number, deep = "<thing>", 3, {"key": "<k>"}

    def call(self):
        return "<called>"


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


def test_constant_parts_become_one_text(engine):
    template = engine.from_string(
        "{% load phrases %}a {% translate 'Save' %} b {# no #}{% url 'queue' %}"
    )

    with override("en"):
        shorten(template.nodelist)

    assert [type(node) for node in template.nodelist] == [TextNode]
    assert template.render(Context()) == "a Save b /queue"
