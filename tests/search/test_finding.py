"""What is found, by the page, while one types, by suggestions and by the API."""

import re

import pytest

from forum import actions
from people.actions import remove_post, restore_post
from tests.cast import SECRET

# By language: a question in it, and words of it as others write them.
ASKED = {
    "fr": ("Le certificat expiré du cadenas", ["certificat", "CERTIFICATS", "expire", "cadenas"]),
    "en": ("The padlock warns of an outdated licence", ["padlocks", "LICENCES", "warning"]),
    "es": ("La contraseña caducó en la migración", ["contrasena", "contraseñas", "migracion"]),
    "de": ("Zertifikate für Häuser erneuern", ["Zertifikat", "hauser", "Haus", "HÄUSERN"]),
    "ar": ("تجديد الشهادة في الموقع", ["الشهادة", "شهاده", "الْمَوْقِع"]),
}
WORDS = [(language, word) for language, (_title, words) in ASKED.items() for word in words]


@pytest.fixture
def asked(cast, run_tasks):
    """One question in each language; each says in its text that it was tried at Brème."""
    found = {
        language: actions.ask(
            actor=cast.clara,
            title=title,
            source="Brème.",
            language=language,
            tag_names=["sécurité"] if language == "fr" else [],
        )
        for language, (title, _words) in ASKED.items()
    }
    run_tasks()
    return found


@pytest.mark.parametrize(("language", "word"), WORDS)
def test_one_word_finds_what_has_its_stem_in_the_language_of_the_post(
    browse, call, asked, language, word
):
    row = asked[language]
    program, reader = call(None), browse()

    found = program.get("/api/v1/search", {"q": word}).json()["results"]
    like = program.get("/api/v1/search/similar", {"title": word}).json()

    assert [hit["id"] for hit in found] == [row.pk]
    assert [hit["id"] for hit in like] == [row.pk]
    for path, name in (("/search", "q"), ("/search/now", "q"), ("/questions/similar", "title")):
        assert row.path in reader.get(path, {name: word}).content.decode(), path


def test_accents_are_folded_in_titles_texts_and_tags(call, asked):
    program = call(None)

    def found(word):
        return {hit["id"] for hit in program.get("/api/v1/search", {"q": word}).json()["results"]}

    assert found("breme") == found("BRÈME") == {row.pk for row in asked.values()}
    assert found("securite") == found("Sécurités") == {asked["fr"].pk}


def test_control_signs_are_not_searched_for_nor_shown(browse, asked):
    page = browse().get("/search?q=cadenas%00%1b&tag=x%00").content.decode()

    assert 'value="cadenas"' in page
    assert not any(sign in page for sign in "\x00\x1b")
    for path in ("/search/now?q=cadenas%00", "/questions/similar?title=cadenas%00"):
        assert asked["fr"].path in browse().get(path).content.decode()


@pytest.fixture
def solved(cast, asked, run_tasks):
    """The English question, solved by words that are taken away, or are a secret."""
    row = asked["en"]
    said = actions.answer(
        actor=cast.bao, question_id=row.pk, source=f"A padlock {SECRET}.", language="en"
    )
    actions.accept_answer(actor=cast.clara, question_id=row.pk, answer_id=said.pk)
    run_tasks()
    return said


@pytest.mark.parametrize(
    ("chosen", "left"),
    [
        ({}, set(ASKED)),
        ({"language": "fr"}, {"fr"}),
        ({"tag": "Sécurité"}, {"fr"}),
        ({"tag": "sécurité", "language": "de"}, set()),
        ({"solved": "yes"}, {"en"}),
        ({"solved": "no"}, set(ASKED) - {"en"}),
        ({"solved": "no", "language": "ar"}, {"ar"}),
    ],
)
def test_filters_leave_what_they_name_and_stay_chosen(browse, call, asked, solved, chosen, left):
    page = browse().get("/search", {"q": "breme", **chosen}).content.decode()
    sent = {**chosen, **({"solved": chosen["solved"] == "yes"} if "solved" in chosen else {})}
    told = call(None).get("/api/v1/search", {"q": "breme", **sent}).json()

    assert {name for name, row in asked.items() if f'href="{row.path}"' in page} == left
    assert {hit["id"] for hit in told["results"]} == {asked[name].pk for name in left}
    assert told["total"] == len(left)
    for name in ("language", "solved"):
        options = re.search(rf'<select id="f-{name}".*?</select>', page, re.S)[0]
        assert re.findall(r'value="(\w*)" selected', options) == [chosen.get(name)] * (
            name in chosen
        )
    assert f'name="tag" value="{chosen.get("tag", "").casefold()}"' in page


def take_away(cast, answer):
    remove_post(
        actor=cast.moira, kind="forum.answer", object_id=answer.pk, rule="unkind", reason="Rude."
    )


def purge(cast, answer):
    actions.purge_secret(
        actor=cast.moira, kind="forum.question", object_id=answer.question_id, texts=[SECRET]
    )


@pytest.mark.parametrize(("act", "is_solved"), [(take_away, False), (purge, True)])
def test_what_was_taken_away_is_read_no_more_before_the_worker_comes(
    act, is_solved, browse, call, cast, solved, run_tasks
):
    row = solved.question
    paths = [("/search", "q"), ("/search/now", "q"), ("/questions/similar", "title")]
    readers = [None, cast.omar]

    def told():
        """Return what each face says, without the words it was asked for."""
        for person in readers:
            for path, name in paths:
                yield browse(person).get(path, {name: "padlock"}).content.decode()
            for path, name in (("/api/v1/search", "q"), ("/api/v1/search/similar", "title")):
                found = call(person).get(path, {name: "padlock"}).content.decode()
                assert f'"solved":{str(is_solved).lower()}' in found.replace(": ", ":")
                yield found

    with_secret = [
        SECRET in browse(person).get(path, {name: "padlock"}).content.decode()
        for person in readers
        for path, name in paths
    ]
    assert any(with_secret)

    act(cast, solved)

    before = list(told())
    run_tasks()
    after = list(told())
    for page in (*before, *after):
        assert row.path in page
        assert SECRET not in page


def test_what_was_given_back_is_found_with_its_words(browse, call, cast, solved, run_tasks):
    take_away(cast, solved)
    run_tasks()

    restore_post(actor=cast.moira, kind="forum.answer", object_id=solved.pk)

    hit = call(None).get("/api/v1/search", {"q": "padlock"}).json()["results"][0]
    assert SECRET in hit["snippet_html"]
    assert hit["solved"]
    run_tasks()
    assert call(None).get("/api/v1/search", {"q": SECRET}).json()["total"] == 1
