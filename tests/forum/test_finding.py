"""What feeds, sitemaps and search engines see: what every visitor sees, and no more."""

import json
import re
from datetime import timedelta
from xml.etree import ElementTree

import pytest
from django.conf import settings
from django.utils import timezone

from forum import actions
from forum.models import Answer, Question
from forum.tags import resolve
from frontend.storage import SOURCES
from people.actions import remove_post
from people.models import Person
from tests.cast import SECRET, make_person

ATOM = "{http://www.w3.org/2005/Atom}"
MAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
FEEDS = [
    "/questions.atom",
    "/questions/unanswered.atom",
    "/questions/active.atom",
    "/questions/tagged/php.atom",
]
GUIDE_FEEDS = ["/guides.atom", "/guides/in/en.atom"]
SITE = settings.PUBLIC_URL  # not the name that a request came by


def alternates(html: str) -> dict[str, str]:
    """Return the page in each language, as its head names them."""
    return dict(re.findall(r'rel="alternate" hreflang="([^"]*)" href="([^"]*)"', html))


def canonical(html: str) -> str:
    return re.findall(r'rel="canonical" href="([^"]*)"', html)[0]


def rendered(person, post, language, **facts):
    kind = "forum.question" if isinstance(post, Question) else "forum.answer"
    return actions.render_post(
        actor=person,
        kind=kind,
        object_id=post.pk,
        language=language,
        source=f"In {language}",
        from_revision=1,
        **facts,
    )


def guide_of(person, title="Move a site here", **facts):
    return actions.write_guide(
        actor=person, **{"title": title, "source": "## One", "language": "en", **facts}
    )


def guide_in(person, guide, language, title, source="## One"):
    return actions.translate_guide(
        actor=person,
        guide_id=guide.pk,
        language=language,
        from_revision=1,
        title=title,
        source=source,
    )


def entries(answer) -> list[ElementTree.Element]:
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("application/atom+xml")
    return ElementTree.fromstring(answer.content).findall(f"{ATOM}entry")


def titles(answer) -> list[str | None]:
    return [entry.findtext(f"{ATOM}title") for entry in entries(answer)]


def locations(answer) -> list[str | None]:
    assert answer.status_code == 200
    return [one.text for one in ElementTree.fromstring(answer.content).iter(f"{MAP}loc")]


@pytest.mark.parametrize("path", FEEDS)
def test_feeds_hold_the_questions_of_their_list(path, browse, cast, question):
    actions.ask(
        actor=cast.omar, title="Another thing entirely", source="x", language="en", tag_names=[]
    )

    found = titles(browse().get(path))

    both = ["Another thing entirely", question.title]
    assert found == ([question.title] if "tagged" in path else both)


def test_entry_has_a_lasting_id_whatever_becomes_of_its_title(browse, cast, question):
    (entry,) = entries(browse().get("/questions.atom"))
    assert entry.findtext(f"{ATOM}id") == f"tag:localhost,2026:question/{question.pk}"
    assert entry.find(f"{ATOM}author/{ATOM}name").text == "Aminata"
    assert "<strong>last night</strong>" in entry.findtext(f"{ATOM}summary")

    actions.edit_question(
        actor=cast.aminata,
        question_id=question.pk,
        revision=1,
        title="White page after updating it",
        source="x",
        tag_names=["php"],
    )

    (again,) = entries(browse().get("/questions.atom"))
    assert again.findtext(f"{ATOM}id") == entry.findtext(f"{ATOM}id")
    assert again.findtext(f"{ATOM}title") == "White page after updating it"


def test_feed_of_a_question_holds_its_answers(browse, cast, question, answer):
    path = f"/questions/{question.pk}.atom"
    (entry,) = entries(browse().get(path))

    assert entry.find(f"{ATOM}link").get("href").endswith(f"#answer-{answer.pk}")
    assert (
        f'type="application/atom+xml" href="{path}"' in browse().get(question.path).content.decode()
    )
    assert browse().get("/questions/999.atom").status_code == 404


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("who", [None, "aminata"])
def test_feed_is_sent_once(who, browse, cast, question, answer, kept_pages):
    client = browse(getattr(cast, who) if who else None)
    for path in [*FEEDS, f"/questions/{question.pk}.atom"]:
        first = client.get(path)
        again = client.get(path, headers={"If-None-Match": first["ETag"]})
        assert (again.status_code, again.content) == (304, b""), path

    actions.answer(actor=cast.omar, question_id=question.pk, source="More", language="en")
    first_etag = first["ETag"]
    assert client.get(path, headers={"If-None-Match": first_etag}).status_code == 200


@pytest.mark.parametrize("state", ["removed", "pending"])
def test_hidden_posts_are_nowhere_even_for_who_sees_them(state, browse, cast, question, answer):
    hidden = actions.ask(
        actor=cast.aminata,
        title=f"Hidden {SECRET} question",
        source=SECRET,
        language="en",
        tag_names=["php"],
    )
    Question.objects.filter(pk=hidden.pk).update(visibility=state)
    type(answer).objects.filter(pk=answer.pk).update(visibility=state, html=f"<p>{SECRET}</p>")

    for client in (browse(), browse(cast.aminata), browse(cast.moira)):
        for path in [*FEEDS, f"/questions/{question.pk}.atom", "/sitemap-0.xml"]:
            got = client.get(path)
            assert got.status_code == 200
            assert SECRET.lower() not in got.content.decode().lower(), path
        assert client.get(f"/questions/{hidden.pk}.atom").status_code == 404
    assert SECRET not in browse().get(question.path).content.decode()


def test_sitemaps_name_what_may_be_found(browse, cast, question, answer, monkeypatch):
    old = actions.ask(
        actor=cast.omar, title="An old one nobody answered", source="x", language="en", tag_names=[]
    )
    Question.objects.filter(pk=old.pk).update(created_at=timezone.now() - timedelta(days=31))
    site = "http://localhost:8000"
    names = [f"{site}/sitemap-0.xml", f"{site}/sitemap-guides.xml"]
    assert locations(browse().get("/sitemap.xml")) == names
    found = locations(browse().get("/sitemap-0.xml"))
    assert site + question.path in found
    assert site + old.path not in found
    assert 'content="noindex"' in browse().get(old.path).content.decode()
    assert 'content="noindex"' not in browse().get(question.path).content.decode()

    monkeypatch.setattr("forum.queries.finding.IN_A_SITEMAP", question.pk)

    assert len(locations(browse().get("/sitemap.xml"))) == 3 + (old.pk - question.pk) // question.pk
    assert site + question.path in locations(browse().get("/sitemap-1.xml"))
    assert browse().get("/sitemap-99.xml").status_code == 404


def test_sitemap_and_feeds_cost_the_same_for_few_and_many(browse, cast, question, assert_asks):
    for number in range(12):
        actions.ask(
            actor=cast.omar,
            title=f"One of many {number}",
            source="x",
            language="en",
            tag_names=["php"],
        )

    client = browse()
    for path, statements in (("/sitemap-0.xml", 2), ("/questions.atom", 2), ("/sitemap.xml", 1)):
        with assert_asks(statements):
            assert client.get(path).status_code == 200


def test_robots_are_told_where_to_look(browse, db):
    text = browse().get("/robots.txt").content.decode()

    assert "Disallow: /accounts/" in text
    assert "Sitemap: http://localhost:8000/sitemap.xml" in text


def data_of(html: str) -> dict:
    (found,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', html, re.DOTALL)
    return json.loads(found)


def test_page_says_what_it_is_to_search_engines(browse, cast, question, answer):
    actions.accept_answer(actor=cast.aminata, question_id=question.pk, answer_id=answer.pk)

    html = browse().get(question.path).content.decode()

    entity = data_of(html)["mainEntity"]
    asked, said = (f"{row.created_at:%Y-%m-%dT%H:%MZ}" for row in (question, answer))
    assert entity == {
        "@type": "Question",
        "name": question.title,
        "text": "Since last night every page is white.",
        "answerCount": 1,
        "upvoteCount": 0,
        "datePublished": asked,
        "author": {"@type": "Person", "name": "Aminata"},
        "acceptedAnswer": {
            "@type": "Answer",
            "text": "Rename the plugins folder.",
            "upvoteCount": 0,
            "datePublished": said,
            "url": f"http://localhost:8000{question.path}#answer-{answer.pk}",
            "author": {"@type": "Person", "name": "Bao"},
        },
    }
    assert f'<meta property="og:title" content="{question.title}">' in html
    said = 'name="description" property="og:description"'
    assert f'<meta {said} content="Since last night every page is white.">' in html
    assert '<meta property="og:site_name" content="Entraide">' in html
    assert "ld+json" not in browse(cast.omar).get(question.path).content.decode()


def test_page_names_what_was_accepted_though_another_stands_before_it(
    browse, cast, question, answer
):
    actions.accept_answer(actor=cast.aminata, question_id=question.pk, answer_id=answer.pk)
    better = actions.answer(
        actor=cast.omar, question_id=question.pk, source="Switch them off.", language="en"
    )
    Answer.objects.filter(pk=better.pk).update(up=20)

    def urls():
        entity = data_of(browse().get(question.path).content.decode())["mainEntity"]
        accepted = entity.get("acceptedAnswer", {}).get("url")
        return accepted, [one["url"] for one in entity["suggestedAnswer"]]

    base = f"http://localhost:8000{question.path}#answer-"
    assert urls() == (f"{base}{answer.pk}", [f"{base}{better.pk}"])

    actions.undo_acceptance(actor=cast.aminata, question_id=question.pk)
    assert urls() == (None, [f"{base}{better.pk}", f"{base}{answer.pk}"])


def test_search_engines_are_told_a_few_answers_shortened_and_no_hidden_names(browse, cast, hidden):
    rows = [
        actions.answer(actor=who, question_id=hidden.pk, source="word " * 200, language="en")
        for who in (cast.aminata, cast.bao, cast.omar, cast.clara, cast.nadia)
    ]
    actions.make_wiki(actor=cast.bao, answer_id=rows[1].pk)
    for up, row in enumerate(reversed(rows)):
        Answer.objects.filter(pk=row.pk).update(up=up * 3, down=1)

    entity = data_of(browse().get(hidden.path).content.decode())["mainEntity"]

    told = entity["suggestedAnswer"]
    assert entity["answerCount"] == 5
    assert [one["upvoteCount"] for one in told] == [11, 8, 5]
    assert max(len(one["text"]) for one in told) <= 300
    nobody = {"@type": "Person", "name": "the asker, under a pseudonym"}
    assert entity["author"] == nobody
    names = [one.get("author") for one in told]
    assert names == [nobody, None, {"@type": "Person", "name": "Omar"}]


def test_shared_pages_have_a_picture(browse, cast, question):
    guide = guide_of(cast.bao)
    for path in (question.path, guide.path):
        html = browse().get(path).content.decode()
        (address,) = re.findall(r'<meta property="og:image" content="([^"]*)">', html)
        base, _static, name = address.partition("/static/")
        assert base.startswith("http://")
        assert (SOURCES / name).stat().st_size < 10_000


def test_tag_says_what_it_is_about_to_who_shares_it(browse, cast, question):
    Person.objects.update(interface_language="en")
    facts = {"language": "en", "name": "", "description": "The language of many sites."}
    actions.describe_tag(actor=cast.moira, tag_id=resolve(["php"])[0].pk, **facts)

    html = browse().get("/tags/php").content.decode()

    assert 'property="og:description" content="The language of many sites.">' in html


@pytest.mark.parametrize(
    ("path", "title", "said"),
    [
        ("/tags/php", "php", "Questions and answers about php."),
        ("/tags/php?order=active", "php", "Questions and answers about php."),
        ("/questions", "Questions", "Questions and answers about web sites"),
        ("/questions/unanswered", "Questions", "Questions and answers about web sites"),
    ],
)
def test_lists_say_what_they_are_to_who_shares_them(path, title, said, browse, cast, question):
    html = browse().get(path).content.decode()

    assert html.count(f'<meta property="og:title" content="{title}">') == 1
    assert f'property="og:description" content="{said}' in html


def test_guide_says_what_it_is_to_who_shares_it(browse, cast):
    guide = guide_of(cast.bao, summary="In an hour.")

    html = browse().get(guide.path).content.decode()

    assert f'<meta property="og:title" content="{guide.title}">' in html
    assert '<meta property="og:type" content="article">' in html
    assert f'<meta property="og:url" content="{SITE}{guide.path}">' in html
    assert f'property="og:description" content="{guide.summary}">' in html


def test_nothing_written_ends_the_block_of_data(browse, cast, question):
    actions.answer(
        actor=cast.bao,
        question_id=question.pk,
        source="Write `</script><script>alert(1)</script>` & so",
        language="en",
    )

    html = browse().get(question.path).content.decode()

    assert "<script>alert" not in html
    assert "</script><script>alert(1)" in data_of(html)["mainEntity"]["suggestedAnswer"][0]["text"]


def test_question_without_answers_has_no_block(browse, question):
    assert "ld+json" not in browse().get(question.path).content.decode()


def test_lists_name_their_feeds(browse, cast, question):
    Person.objects.update(interface_language="en")
    resolve(["c++"])
    for page, feed in (
        ("/questions", "/questions.atom"),
        ("/questions/active", "/questions/active.atom"),
        ("/tags/C%2B%2B", "/questions/tagged/c++.atom"),
    ):
        html = browse().get(page).content.decode()
        (found,) = re.findall(r'type="application/atom\+xml" href="([^"]*)"', html)
        assert found == feed
        assert browse().get(found).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_removal_takes_it_out_of_kept_feeds(browse, cast, question, kept_pages):
    assert titles(browse().get("/questions.atom")) == [question.title]

    remove_post(
        actor=cast.moira, kind="forum.question", object_id=question.pk, rule="spam", reason="Spam."
    )

    assert titles(browse().get("/questions.atom")) == []


def test_page_names_itself_in_the_languages_it_is_translated_into(browse, cast, question, answer):
    rendered(cast.omar, question, "fr", title="Page blanche")
    rendered(cast.omar, answer, "de")
    client = browse()

    html = client.get(question.path).content.decode()
    french = client.get(f"{question.path}?read=fr").content.decode()
    german = client.get(f"{question.path}?read=de").content.decode()

    here = SITE + question.path
    assert alternates(html) == {"en": here, "fr": f"{here}?read=fr"}
    assert alternates(french) == alternates(german) == alternates(html)
    assert canonical(html) == canonical(german) == here  # of an answer alone: the same page
    assert canonical(french) == f"{here}?read=fr"
    assert (
        "hreflang" not in browse(cast.bao).get(question.path).content.decode().partition("<body")[0]
    )


@pytest.mark.parametrize("state", ["removed", "pending"])
def test_hidden_renditions_are_not_linked(state, browse, cast, question):
    rendered(cast.omar, question, "fr", title="Page blanche")
    hidden = rendered(cast.omar, question, "es", title="Página blanca")
    type(hidden).objects.filter(pk=hidden.pk).update(visibility=state)

    for person in (None, cast.omar, cast.moira):
        html = browse(person).get(question.path).content.decode()
        assert "es" not in alternates(html)
        assert "es" not in alternates(browse().get(f"{question.path}?read=es").content.decode())
    remove_post(
        actor=cast.moira,
        kind="forum.rendition",
        object_id=question.renditions.get(language="fr").pk,
        rule="spam",
        reason="x",
    )
    assert alternates(browse().get(question.path).content.decode()) == {}


def test_question_in_no_known_language_is_the_default_of_its_translations(browse, cast, question):
    Question.objects.filter(pk=question.pk).update(language="und")
    rendered(cast.omar, question, "fr", title="Page blanche")

    assert set(alternates(browse().get(question.path).content.decode())) == {"x-default", "fr"}


def test_guide_names_its_visible_translations_alone(browse, cast, db):
    guide = guide_of(cast.bao)
    french = guide_in(cast.moira, guide, "fr", "Déménager")
    hidden = guide_in(cast.moira, guide, "es", "Mudarse")
    alone = guide_of(cast.bao, "Another")
    moderator = make_person("miro", role="moderator")
    remove_post(actor=moderator, kind="forum.guide", object_id=hidden.pk, rule="spam", reason="x")

    for one in (guide, french):
        found = alternates(browse().get(one.path).content.decode())
        assert found == {"en": SITE + guide.path, "fr": SITE + french.path}
    assert alternates(browse().get(alone.path).content.decode()) == {}


@pytest.mark.parametrize("path", GUIDE_FEEDS)
def test_feed_of_guides_holds_them_by_their_last_change(path, browse, cast, db):
    first = guide_of(cast.bao)
    second = guide_of(cast.bao, "Another guide")
    french = guide_in(cast.moira, first, "fr", "Déménager")

    expected = [second.title, first.title]
    assert titles(browse().get(path)) == (expected if "/in/" in path else [french.title, *expected])

    actions.edit_guide(
        actor=cast.bao, guide_id=first.pk, title=first.title, source="## Two", revision=1
    )
    entry = entries(browse().get(path))[0]
    assert entry.findtext(f"{ATOM}id") == f"tag:localhost,2026:guide/{first.pk}"
    assert "Two" in entry.findtext(f"{ATOM}summary")
    assert browse().get("/guides/in/xx.atom").status_code == 404
    page = "/guides?language=en" if "/in/" in path else first.path
    assert 'type="application/atom+xml" href="/guides/in/en.atom"' in (
        browse().get(page).content.decode()
    )


def test_hidden_guides_are_in_no_feed_and_no_sitemap(browse, cast, db):
    shown = guide_of(cast.bao)
    hidden = guide_of(cast.bao, f"Away {SECRET}")
    guide_in(cast.moira, hidden, "fr", f"Parti {SECRET}", source=SECRET)
    remove_post(actor=cast.moira, kind="forum.guide", object_id=hidden.pk, rule="spam", reason="x")

    for client in (browse(), browse(cast.bao), browse(cast.moira)):
        for path in (*GUIDE_FEEDS, "/guides/in/fr.atom", "/sitemap-guides.xml"):
            assert SECRET.lower() not in client.get(path).content.decode().lower(), path
    found = locations(browse().get("/sitemap-guides.xml"))
    assert found == [f"http://localhost:8000{shown.path}"]


def test_guides_are_in_the_masthead(browse, cast, db):
    for person in (None, cast.omar):
        assert '<a href="/guides">' in browse(person).get("/questions").content.decode()
        html = browse(person).get("/guides").content.decode()
        assert '<a href="/guides" aria-current="true">' in html


@pytest.mark.parametrize(
    ("path", "feed"),
    [
        ("/questions", "/questions.atom"),
        ("/questions/active", "/questions/active.atom"),
        ("/questions/unanswered", "/questions/unanswered.atom"),
        ("/tags/php", "/questions/tagged/php.atom"),
        ("/guides?language=en", "/guides/in/en.atom"),
    ],
)
def test_page_of_a_list_has_a_visible_link_to_its_feed(path, feed, browse, cast, question):
    for client in (browse(), browse(cast.omar)):
        text = client.get(path).content.decode()
        assert f'<a href="{feed}">Atom feed</a>' in text
        assert f'type="application/atom+xml" href="{feed}">' in text
    assert browse().get(feed).status_code == 200


def test_page_of_a_question_has_one_while_all_may_read_it(browse, cast, question):
    link = f'<a href="/questions/{question.pk}.atom">Atom feed</a>'
    assert link in browse().get(question.path).content.decode()

    remove_post(
        actor=cast.moira, kind="forum.question", object_id=question.pk, rule="spam", reason="x"
    )
    assert link not in browse(cast.aminata).get(question.path).content.decode()
