"""The forum by keyboard alone: a secret, curating, guides, translations, changes, tags."""

import secrets
from dataclasses import dataclass

import pytest
from playwright.sync_api import expect

from tests.journeys.keyboard import Keyboard

pytestmark = pytest.mark.journey
ASKER, HELPER, READER = "peter-hall", "bao", "marta-ruiz"
ASK = """
from forum import actions
from people.models import Person

asker, helper = (Person.objects.get(handle=one) for one in ("{asker}", "{helper}"))
rows = [
    actions.ask(actor=asker, title=f"{{word}} does menu {mark} open twice?", language="en",
                source="Since noon.", tag_names=["tag-{mark}"])
    for word in ("Why", "When")
]
for word in ("First", "Second"):
    actions.answer(actor=helper, question_id=rows[0].pk, language="en",
                   source=f"{{word}} answer {mark}.")
print(*(row.path_here for row in rows))
"""


@dataclass(frozen=True)
class Asked:
    """Two questions that nobody else has to do with: two answers to the first, one tag."""

    mark: str
    why: str
    when: str

    @property
    def tag(self) -> str:
        return f"/tags/tag-{self.mark}"


@pytest.fixture
def asked(site) -> Asked:
    mark = secrets.token_hex(3)
    paths = site.does(ASK.format(mark=mark, asker=ASKER, helper=HELPER)).split()
    return Asked(mark, *paths)


@pytest.fixture
def person(arrive):
    """Return a function that brings a person who has no mouse."""
    return lambda handle: Keyboard(arrive(handle))


def test_asker_takes_a_password_out_before_it_is_posted(person):
    mark = secrets.token_hex(3)
    asker = person(ASKER)
    asker.goes_to("/questions/ask")
    asker.writes("Your question in one sentence", f"Zebra {mark} cannot log in?")
    asker.writes("The details", "It says no. password: Tr0ub4dor-and-3")
    asker.writes("Tags", f"zebra-{mark}")
    asker.presses_button("ost my question", most=20)

    asker.visitor.sees("Send all the same")
    expect(asker.page.locator(":focus")).to_contain_text("secret")
    asker.tabs_to("Send all the same", most=2)
    asker.writes("The details", "It says no, whatever the password.")
    asker.presses_button("ost my question", most=20)

    asker.visitor.sees("whatever the password.")
    asker.visitor.does_not_see("Tr0ub4dor")


def test_moderator_curates(person, asked):
    moderator = person("moira")
    tools = f"{asked.when}/curating"
    moderator.goes_to(asked.when)
    moderator.presses_button("Close, merge")
    moderator.chooses("Why close it?", "It was asked")
    moderator.writes("Where it was asked before", asked.why)
    moderator.presses_button("Close the question", most=3)
    moderator.visitor.sees("It was asked before")

    moderator.goes_to(tools)
    moderator.presses_button("Open it again")
    moderator.goes_to(tools)
    moderator.chooses("Why lock it?", "The talk")
    moderator.presses_button("Lock the question", most=3)
    moderator.visitor.sees("The talk became a dispute")
    moderator.goes_to(tools)
    moderator.presses_button("Take the lock off")

    tools = f"{asked.why}/curating"
    moderator.goes_to(tools)
    moderator.tabs_to(f"Second answer {asked.mark}")
    moderator.presses("Space")
    moderator.writes("The new question in one sentence", f"What of the second, {asked.mark}?")
    moderator.writes("The details", "It came up beside the other.")
    moderator.presses_button("Make a new question of them", most=3)
    moderator.visitor.sees(f"Second answer {asked.mark}")
    moderator.visitor.does_not_see(f"First answer {asked.mark}")
    moderator.presses_button("Close, merge")
    moderator.presses_button("Make one of the two again")
    moderator.visitor.sees(f"First answer {asked.mark}")
    moderator.visitor.sees(f"Second answer {asked.mark}")

    moderator.goes_to(tools)
    moderator.writes("The question that stays", asked.when)
    moderator.presses_button("Merge into it", most=3)
    moderator.visitor.sees(f"Second answer {asked.mark}")
    moderator.goes_to(tools)
    moderator.presses_button("Bring them back")
    moderator.visitor.sees(f"Second answer {asked.mark}")


def test_helper_writes_a_guide_and_translates_it(person):
    mark = secrets.token_hex(3)
    helper = person(HELPER)
    helper.goes_to("/guides")
    helper.presses_button("Write a guide")
    helper.chooses("Language", "English", most=80)
    helper.writes("Title", f"Move a site {mark}")
    helper.writes("The guide", "## Before\n\nCopy it.\n\n## After\n\nLook at it.")
    helper.presses_button("Publish", most=5)
    helper.visitor.sees("Copy it.")
    guide = helper.page.url

    helper.presses_button("Edit")
    helper.writes("The guide", "## Before\n\nCopy all of it.\n\n## After\n\nLook at it.")
    helper.presses_button("Save", most=5)
    helper.visitor.sees("Copy all of it.")
    helper.presses_button("Translate")
    helper.chooses("Language", "Fr", most=80)
    helper.writes("Title", f"Déménager un site {mark}")
    helper.writes("The guide", "## Avant\n\nCopiez tout.\n\n## Après\n\nRegardez.")
    helper.presses_button("Publish", most=5)
    helper.visitor.sees("Copiez tout.")
    assert helper.page.url != guide


def test_reader_translates_and_suggests_and_the_asker_decides(person, asked):
    reader, asker = person(READER), person(ASKER)
    reader.goes_to(asked.why)
    reader.presses_button("Translate")
    reader.chooses("Into", "Es", most=80)
    reader.writes("in one sentence", f"¿Por qué se abre el menú {asked.mark}?")
    reader.writes("The translation", "Desde el mediodía.")
    reader.presses_button("Publish the translation", most=5)
    reader.visitor.sees("Desde el mediodía.")

    reader.goes_to(f"{asked.why}?read=")
    reader.presses_button("Suggest a change")
    reader.writes("The details", "Since noon, on every page.")
    reader.writes("Why", "It says where.")
    reader.presses_button("Suggest it", most=3)
    reader.visitor.sees("What would change")

    asker.goes_to("/suggestions")
    asker.presses_button(f"menu {asked.mark}")
    asker.presses_button("Accept it")
    asker.visitor.sees("Since noon, on every page.")


def test_reader_follows_a_tag_and_leaves_it_out(person, asked):
    reader = person(READER)
    reader.goes_to(asked.tag)
    reader.presses_button("Follow")
    if reader.visitor.javascript:  # one part of the page is new: one goes on from there
        expect(reader.page.locator(":focus")).to_contain_text("Follow no more")
        reader.presses("Shift+Tab")
    reader.tabs_to("Follow no more")
    reader.uses()
    reader.tabs_to("Leave out of my lists")
    reader.uses()
    reader.tabs_to("Show it in lists again")
    reader.goes_to("/tags")
    reader.writes("A word, in any language", f"tag-{asked.mark}", most=80)
    reader.presses_button("Show", most=2)
    reader.presses_button(f"tag-{asked.mark}", most=40)
    reader.presses_button("Show it in lists again")
    reader.tabs_to("Leave out of my lists")
