"""Journey 6, with files: what was chosen and not sent survives a reload, and is sent once."""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.test_live import at_a_ticket, is_live, say, shows

pytestmark = pytest.mark.journey
NOTES = {"name": "notes.txt", "mimeType": "text/plain", "buffer": b"Some notes.\n"}
LOG = {"name": "server.log", "mimeType": "text/plain", "buffer": b"One line.\n"}
BAD = {"name": "x.exe", "mimeType": "application/octet-stream", "buffer": b"MZ\x00\x01"}
CHOSEN = "field => [...field.files].map(({ name }) => name)"


@pytest.fixture
def javascript() -> bool:
    return True


def choose(visitor, *files) -> None:
    visitor.page.locator("#say details summary").click()
    visitor.page.locator("#say [name=attachments]").set_input_files(list(files))
    expect(visitor.page.locator("[data-files] span")).to_contain_text(files[0]["name"])


def chosen(visitor) -> list[str]:
    return list(visitor.page.locator("#say [name=attachments]").evaluate(CHOSEN))


def files_of(visitor):
    return visitor.page.locator(".chat > li[data-number] .files a")


def test_files_chosen_and_not_sent_survive_a_reload_and_are_sent_once(arrive):
    member, agent = at_a_ticket(arrive)
    member.page.locator("#chat textarea").fill("See here")
    choose(member, NOTES, LOG)
    said = "Not sent yet, and kept in this browser: notes.txt and server.log"
    expect(member.page.locator("[data-files] span")).to_have_text(said)
    member.look()
    member.page.wait_for_timeout(1_000)  # drafts are kept when one pauses

    member.reload()

    expect(member.page.locator("[data-files] span")).to_have_text(said)
    assert chosen(member) == ["notes.txt", "server.log"]
    member.page.locator("#chat textarea").press("Control+Enter")
    shows(agent, "See here")
    expect(files_of(agent)).to_have_text(["notes.txt", "server.log"])
    expect(member.page.locator("[data-files]")).to_be_hidden()
    member.reload()
    is_live(member)
    assert chosen(member) == []
    shows(member, "See here")


def test_files_sent_off_without_a_server_survive_a_reload_and_arrive_once(arrive, site):
    member, agent = at_a_ticket(arrive)
    choose(member, NOTES)
    site.kill()
    say(member, "With a file, without a server")
    waiting = member.page.locator(".chat > .waiting")
    expect(waiting).to_contain_text("notes.txt")
    expect(member.page.locator(".chat-state")).to_contain_text("Not sent yet")
    member.page.wait_for_timeout(500)  # written by the browser

    site.start()
    member.reload()

    shows(agent, "With a file, without a server")
    shows(member, "With a file, without a server")
    expect(files_of(member)).to_have_text(["notes.txt"], timeout=20_000)
    expect(waiting).to_have_count(0)
    assert chosen(member) == []


def test_refused_file_stands_in_the_field_with_the_words_and_can_be_taken_out(arrive):
    member, agent = at_a_ticket(arrive)
    choose(member, BAD)

    say(member, "Look at this")

    expect(member.page.locator("[data-refusal]")).not_to_be_empty()
    expect(member.page.locator("#chat textarea")).to_have_value("Look at this")
    assert chosen(member) == ["x.exe"]
    member.press("Take the files out", member.page.locator("#say"))
    assert chosen(member) == []
    member.page.locator("#chat textarea").press("Control+Enter")
    shows(agent, "Look at this")


def test_who_signs_out_leaves_no_files_behind(arrive):
    member, _agent = at_a_ticket(arrive)
    choose(member, NOTES)
    member.reload()
    expect(member.page.locator("[data-files] span")).to_contain_text("notes.txt")
    address = member.page.url

    member.page.locator("form[action='/accounts/logout/'] button").first.evaluate(
        "button => button.form.requestSubmit(button)"
    )
    member.comes_to(re.compile("(?!.*tickets)"))
    member.page.wait_for_function("indexedDB.databases().then(all => all.length === 0)")
    member.sign_in("aminata")
    member.goto(address)
    is_live(member)
    assert chosen(member) == []
