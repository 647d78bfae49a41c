"""Posts, guides and imported HTML become safe HTML."""

import pytest

from core import markup
from core.errors import InvalidInput


def test_a_post_gets_links_code_and_directions():
    html = markup.render_post("مرحبا https://example.org/a_b_c\n\n```php\necho 1;\n```\n")

    assert html == (
        '<p dir="auto">مرحبا <a href="https://example.org/a_b_c" rel="ugc nofollow noopener">'
        "https://example.org/a_b_c</a></p>\n"
        '<pre class="code" dir="ltr"><code class="language-php">'
        '<span class="k">echo </span><span class="m">1</span>;\n</code></pre>\n'
    )


def test_a_mention_is_linked_only_of_a_known_person_outside_code_and_links():
    source = "@Zoé, `@zoé` [@zoé](/x) \\@zoé @zoé@example.org @nobody"

    html = markup.render_post(source, mentions={"zoé": "/people/7"})

    assert html.count("/people/7") == 1
    assert '<a href="/people/7" class="mention" rel="ugc nofollow noopener">@Zoé</a>,' in html
    assert markup.find_mentions(source) == ["zoé", "nobody"]


@pytest.mark.parametrize("render", [markup.render_post, markup.render_guide, markup.find_mentions])
def test_a_source_above_64_kib_is_refused(render):
    with pytest.raises(InvalidInput) as refusal:
        render("é" * 32_769)

    assert [(error.field, error.code) for error in refusal.value.errors] == [("source", "too_long")]
    assert render("é" * 32_768) is not None
