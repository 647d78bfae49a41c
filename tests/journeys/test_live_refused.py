"""Journey 6 when it does not go smoothly: refused, closed, far behind, rights taken away."""

import re
import time

import pytest
from playwright.sync_api import expect

from tests.journeys.test_live import (
    SAID,
    at_a_ticket,
    is_live,
    said,
    say,
    shows,
    without_sockets,
)

pytestmark = pytest.mark.journey
FILL = """
from chat.models import ChatMessage, Room
from people.models import Person
room, author = Room.objects.get(pk={room}), Person.objects.get(handle="nadia")
ChatMessage.objects.bulk_create(
    ChatMessage(room=room, author=author, number=room.head + n, client_id=f"f{{n}}",
                source=f"said {{n}}", html=f"<p>said {{n}}</p>")
    for n in range(1, {count} + 1))
Room.objects.filter(pk=room.pk).update(head=room.head + {count})
"""
SHARING = """
from helpdesk import actions, numbers
from people.models import Person
me, friend = (Person.objects.get(handle=handle) for handle in ("aminata", "marta-ruiz"))
actions.ACT(actor=me, person=friend, ticket_id=numbers.id_of("NUMBER"))
"""


@pytest.fixture
def javascript() -> bool:
    return True


@pytest.fixture
def ticket(arrive):
    return at_a_ticket(arrive)


def room_of(visitor) -> str:
    return visitor.page.locator("#chat").get_attribute("data-room")


def codes_of(visitor) -> list[int]:
    """Return the codes by which the lines of pages loaded from now on are closed, as they come."""
    codes: list[int] = []

    def closed(code: int) -> None:
        codes.append(code)

    visitor.page.expose_function("toldCode", closed)
    visitor.page.add_init_script(WATCH)
    return codes


def on_its(line: str, visitor) -> None:
    """Wait until the page is live by a socket, or by asking."""
    is_live(visitor)
    if line == "poll":
        without_sockets(visitor)


def moderate(agent):
    agent.page.get_by_text("Moderate this conversation").click()
    return agent.page.locator("#chat details").filter(has_text="Moderate this conversation")


def test_message_too_soon_in_a_slow_room_is_said_to_wait_and_goes_out_by_itself(ticket):
    member, agent = ticket
    moderate(agent).get_by_label("Seconds between two messages").fill("6")
    agent.press("Set", agent.page.locator("#chat"))
    expect(member.page.locator("[data-terms]")).to_contain_text("every 6 seconds")

    say(member, "First")
    shows(member, "First")
    with member.page.expect_response(lambda answer: answer.status == 429):
        say(member, "Second")

    expect(member.page.locator(".chat-state")).to_contain_text("Not sent yet")
    expect(member.page.locator("[data-refusal]")).to_contain_text("one message every 6 seconds")
    shows(agent, "First", "Second")
    expect(member.page.locator(".chat > .waiting")).to_have_count(0)
    expect(member.page.locator("[data-refusal]")).to_be_empty()


def test_form_that_is_out_of_date_is_refused_once_and_sent_from_the_page_anew(ticket):
    """403: someone signed in again in another tab, say, and this page's token is an old one."""
    member, agent = ticket
    member.page.context.clear_cookies(name="csrftoken")

    with member.page.expect_response(lambda answer: answer.status == 403):
        say(member, "With an old token")

    shows(agent, "With an old token")
    is_live(member)
    shows(member, "With an old token")
    expect(member.page.locator(".chat > .waiting")).to_have_count(0)


def test_room_closed_and_opened_again_is_so_at_once_for_all(ticket):
    member, agent = ticket
    member.page.locator("#chat textarea").fill("Half a sent")
    moderate(agent).get_by_label("Why it is closed").fill("Go on in the ticket, please.")
    agent.press("Close it", agent.page.locator("#chat"))

    expect(member.page.locator("[data-terms]")).to_contain_text("Go on in the ticket, please.")
    expect(member.page.locator("#say")).to_have_count(0)
    member.look()

    moderate(agent)
    agent.press("Open it again", agent.page.locator("#chat"))
    expect(member.page.locator("#say")).to_have_count(1)
    expect(member.page.locator("[data-terms]")).to_be_empty()
    say(member, "Back again")
    shows(agent, "Back again")


def test_what_was_sent_off_into_a_closed_room_is_not_lost(ticket):
    member, agent = ticket
    member.page.context.set_offline(True)
    say(member, "Too late")
    moderate(agent).get_by_label("Why it is closed").fill("Enough.")
    agent.press("Close it", agent.page.locator("#chat"))

    member.page.context.set_offline(False)

    expect(member.page.locator("[data-refusal]")).to_contain_text("closed", timeout=40_000)
    expect(member.page.locator("[data-terms]")).to_contain_text("Enough.", timeout=40_000)
    expect(member.page.locator("#say")).to_have_count(0)
    moderate(agent)
    agent.press("Open it again", agent.page.locator("#chat"))

    # It goes by itself where the room was seen closed before the words were refused; else it stands
    # in the field again, to be sent.
    field = member.page.locator("#say textarea")
    expect(field).to_have_count(1)
    ended = time.monotonic() + 30
    while time.monotonic() < ended and field.input_value() != "Too late" and not said(member):
        member.page.wait_for_timeout(200)
    if not said(member):
        field.press("Control+Enter")
    shows(agent, "Too late")
    shows(member, "Too late")


def test_who_comes_back_far_behind_sees_the_newest_and_pages_the_rest(ticket, site):
    """By the link that stands above them: the page was made when there was nothing earlier."""
    member, agent = ticket
    earlier = member.page.locator("#chat").get_by_role("link", name="Earlier messages")
    say(member, "Before")
    shows(member, "Before")
    expect(earlier).to_have_count(0)
    member.page.context.set_offline(True)
    expect(member.page.locator(".chat-state")).to_contain_text("Reconnecting…")
    site.does(FILL.format(room=room_of(member), count=620))

    member.page.context.set_offline(False)

    expect(member.page.locator(SAID).last).to_have_text("said 620", timeout=40_000)
    expect(member.page.locator(SAID)).to_have_count(50)
    expect(member.page.locator(SAID).first).to_have_text("said 571")
    say(agent, "And on")
    expect(member.page.locator(SAID).last).to_have_text("And on")
    pages = [said(member)[:-1]]
    while earlier.count():
        address = member.page.url
        earlier.click()
        member.page.wait_for_url(lambda url, before=address: url != before)
        pages.append(said(member))
    whole = [text for page in reversed(pages) for text in page]
    assert whole == ["Before", *(f"said {number}" for number in range(1, 621))]


def test_half_written_edit_outlives_being_far_behind(ticket, site):
    member, _agent = ticket
    say(member, "Before")
    shows(member, "Before")
    message = member.page.locator(".chat > li[data-number]").first
    message.get_by_text("⋯").click()
    message.get_by_role("link", name="Edit").click()
    field = member.page.locator("form[data-edits] textarea")
    field.fill("Half an ed")
    member.page.context.set_offline(True)
    expect(member.page.locator(".chat-state")).to_contain_text("Reconnecting…")
    site.does(FILL.format(room=room_of(member), count=620))

    member.page.context.set_offline(False)

    expect(member.page.locator(SAID).last).to_have_text("said 620", timeout=40_000)
    expect(member.page.locator(".chat > li").first).to_contain_text("Leave it")
    member.page.keyboard.type("it")
    expect(field).to_have_value("Half an edit")
    member.press("Save", message)
    expect(member.page.locator(SAID).first).to_have_text("Half an edit")


def test_what_could_not_be_fetched_at_first_is_fetched_again(ticket):
    """The thread and a message, whose news the line tells once."""
    member, agent = ticket
    say(agent, "Not so")
    shows(member, "Not so")
    asked: list[str] = []

    def refuse_first(route):
        asked.append(route.request.url)
        return route.abort() if asked.count(asked[-1]) == 1 else route.continue_()

    member.page.route(re.compile(r"/thread$|/rooms/\d+/messages/\d+$"), refuse_first)
    agent.page.on("dialog", lambda dialog: dialog.accept())
    message = agent.page.locator(".chat > li[data-number]").first
    message.get_by_text("⋯").click()
    message.get_by_role("button", name="Remove").click()
    agent.page.locator("#composer textarea").fill("Raise the memory limit.")
    agent.press("Send, wait for them")

    seen = member.page.locator(".chat > li[data-number]").first
    expect(seen).to_contain_text("Message removed by its author.")
    expect(member.page.locator("#thread")).to_contain_text("Raise the memory limit.")
    assert len(set(asked)) == 2


@pytest.mark.parametrize("status", [403, 429, 503])
def test_refused_mark_is_sent_again_when_the_line_stands_anew(ticket, status):
    member, agent = ticket
    asked = []

    def refuse_first(route):
        asked.append(route)
        return route.fulfill(status=status) if len(asked) == 1 else route.continue_()

    def is_mark(answer):
        return answer.url.endswith("/mark")

    member.page.route(re.compile(r"/mark$"), refuse_first)
    member.page.locator("#chat textarea").scroll_into_view_if_needed()
    with member.page.expect_response(is_mark) as refused:
        say(agent, "Not so")
    assert refused.value.status == status

    member.page.context.set_offline(True)
    expect(member.page.locator(".chat-state")).to_contain_text("Reconnecting…")
    with member.page.expect_response(is_mark, timeout=40_000) as marked:
        member.page.context.set_offline(False)

    assert marked.value.status == 200
    member.reload()
    expect(member.page.locator("#chat")).to_have_attribute("data-seen", re.compile("[1-9]"))
    assert member.page.locator("#chat-new").count() == 0


def test_who_is_far_behind_has_what_came_while_the_page_was_asked_for(ticket, site):
    """And the page is asked for again, where it could not be had the first time."""
    member, agent = ticket
    asked = []

    def answer(route):
        asked.append(route)
        if len(asked) == 1:
            return route.abort()
        page = route.fetch()
        say(agent, "Meanwhile")
        expect(member.page.locator(SAID).last).to_have_text("Meanwhile", timeout=30_000)
        return route.fulfill(response=page)

    member.page.context.set_offline(True)
    expect(member.page.locator(".chat-state")).to_contain_text("Reconnecting…")
    site.does(FILL.format(room=room_of(member), count=620))
    member.page.route(member.page.url, answer)

    member.page.context.set_offline(False)

    expect(member.page.locator(SAID)).to_have_count(51, timeout=40_000)
    assert said(member) == [*(f"said {number}" for number in range(571, 621)), "Meanwhile"]


def test_ended_session_leads_to_signing_in_within_a_minute(ticket, site):
    """4401: the session is taken away elsewhere; the page is told, and nobody says anything.

    What was typed by then, and not sent, stands there after signing in again.
    """
    member, agent = ticket
    codes = codes_of(member)
    member.reload()
    is_live(member)
    member.page.locator("#chat textarea").fill("Typed, not sent")
    member.page.wait_for_timeout(1_000)  # drafts are kept when one pauses

    site.does(
        "from people.models import Session\n"
        "Session.objects.filter(person__handle='aminata').delete()"
    )

    member.comes_to("**/accounts/login/**", timeout=60_000)
    assert codes == [4401]
    member.page.locator("[name=login]").fill("aminata@people.example")
    member.page.locator("[name=password]").fill("entraide")
    member.page.locator("main form").first.locator("button.primary").click()
    expect(member.page.locator("#chat textarea")).to_have_value("Typed, not sent")
    assert agent.page.locator(SAID).count() == 0


@pytest.mark.parametrize("line", ["socket", "poll"])
def test_suspended_person_is_out_at_once(arrive, site, line):
    """4403, by a poll 403, and the page anew says what happened."""
    member = arrive("bao")
    codes = codes_of(member)
    member.go("/questions")
    member.page.locator("main .list a").first.click()
    member.comes_to(re.compile(r"/questions/\d+"))
    if member.page.locator("#chat[data-room]").count() == 0:
        member.press("Open the live conversation")
    on_its(line, member)
    state = "from people.models import Person; Person.objects.filter(handle='bao').update(state={})"

    site.does(state.format("'suspended'"))

    try:
        expect(member.page.locator("#say")).to_have_count(0, timeout=20_000)
        assert line == "poll" or set(codes) == {4403}  # the page anew tries once more
    finally:
        site.does(state.format("'active'"))


@pytest.mark.parametrize("line", ["socket", "poll"])
def test_who_may_see_a_ticket_no_more_is_shown_so(ticket, arrive, site, line):
    """4403 for the last room, by a poll 404: the page anew is not there."""
    member, _agent = ticket
    number = member.page.url.rsplit("/", 1)[1]
    act = SHARING.replace("NUMBER", number)
    site.does(act.replace("ACT", "share"))
    friend = arrive("marta-ruiz")
    codes = codes_of(friend)
    friend.goto(member.page.url)
    on_its(line, friend)

    site.does(act.replace("ACT", "unshare"))

    expect(friend.page.locator("#chat")).to_have_count(0, timeout=60_000)
    assert line == "poll" or 4403 in codes


WATCH = """
  const Socket = WebSocket;
  window.WebSocket = class extends Socket {
    constructor(...facts) {
      super(...facts);
      this.addEventListener("close", ({ code }) => code > 4000 && window.toldCode(code));
    }
  };
"""
