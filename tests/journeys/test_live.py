"""Journey 6: what people say and do appears at others at once, and nothing is lost on the way."""

import re
import secrets
import time

import pytest
from playwright.sync_api import expect

from tests.journeys.test_ticket import open_ticket
from tests.journeys.visitor import LOOKED_OVER

pytestmark = pytest.mark.journey
LIVE = "Connected: new messages appear by themselves."
SAID = ".chat > li[data-number] .body"


@pytest.fixture
def javascript() -> bool:
    """With JavaScript, unless a journey says otherwise."""
    return True


def say(visitor, text: str) -> None:
    """Write in the room, and send by keyboard."""
    field = visitor.page.locator("#chat textarea")
    field.fill(text)
    field.press("Control+Enter")


def said(visitor) -> list[str]:
    """Return what stands in the room, in order."""
    return [text.strip() for text in visitor.page.locator(SAID).all_inner_texts()]


def shows(visitor, *texts: str, seconds: float = 30) -> None:
    """Expect exactly these messages in the room, in order."""
    expect(visitor.page.locator(SAID)).to_have_text(list(texts), timeout=seconds * 1000)


def is_live(visitor) -> None:
    """Expect the line to stand."""
    expect(visitor.page.locator(".chat-state")).to_have_text(LIVE, timeout=40_000)


@pytest.fixture
def ticket(arrive):
    """Two people at one ticket with a talk: who asked, and an agent."""
    return at_a_ticket(arrive)


def at_a_ticket(arrive):
    member = arrive("aminata")
    open_ticket(member, f"Live help {secrets.token_hex(3)}")
    agent = arrive("nadia")
    agent.goto(member.page.url)
    for visitor in (member, agent):
        is_live(visitor)
    return member, agent


def test_thread_talk_and_bell_of_a_tab_share_one_socket(ticket):
    member, agent = ticket
    member.page.wait_for_load_state("networkidle")
    sockets = []

    def note(socket) -> None:
        sockets.append(socket)

    member.page.on("websocket", note)
    member.reload()
    is_live(member)
    before = bell_of(member)

    say(agent, "In the talk")
    agent.page.locator("#composer textarea").fill("In the thread")
    agent.press("Send, wait for them")

    shows(member, "In the talk")
    expect(member.page.locator("#thread")).to_contain_text("In the thread")
    expect(member.page.locator("#bell .count")).to_have_text(str(before + 1), timeout=30_000)
    assert [socket.is_closed() for socket in sockets] == [False]


def test_nothing_is_lost_while_the_server_is_killed_and_a_line_cut(arrive, site):
    member, agent = at_a_ticket(arrive)
    say(member, "one")
    shows(agent, "one")

    agent.page.context.set_offline(True)
    expect(agent.page.locator(".chat-state")).to_contain_text("Reconnecting…")
    say(agent, "two, without a line")
    expect(agent.page.locator(".chat-state")).to_contain_text("Not sent yet")
    site.kill()
    expect(member.page.locator(".chat-state")).to_contain_text("Reconnecting…")
    say(member, "three, without a server")
    member.page.locator("#chat textarea").fill("four, not even sent off")
    expect(member.page.locator(".chat-state")).to_contain_text("Not sent yet")
    member.page.wait_for_timeout(1_000)  # drafts are kept when one pauses
    member.page.evaluate("window.stop()")
    site.start()
    member.reload()
    assert member.page.locator("#chat textarea").input_value() == "four, not even sent off"
    shows(member, "one", "three, without a server")
    member.page.wait_for_timeout(10_000)  # the length of the cut is what is asked
    agent.page.context.set_offline(False)

    thread = ("one", "three, without a server", "two, without a line")
    shows(agent, *thread)
    shows(member, *thread)
    site.kill()
    say(agent, "five")
    site.start()
    member.page.locator("#chat textarea").press("Control+Enter")

    for visitor in (member, agent):
        expect(visitor.page.locator(SAID)).to_have_count(5, timeout=40_000)
        expect(visitor.page.locator(".chat > .waiting")).to_have_count(0)
        is_live(visitor)
    assert said(member) == said(agent)
    assert sorted(said(member)[3:]) == ["five", "four, not even sent off"]
    for visitor in (member, agent):
        visitor.reload()
        assert sorted(said(visitor)) == sorted([*thread, "four, not even sent off", "five"])


def test_an_expired_session_keeps_what_was_said(ticket, address):
    member, agent = ticket
    member.page.context.clear_cookies(name="sessionid")

    say(member, "Said when signed out")
    member.comes_to("**/accounts/login/**")
    member.page.locator("[name=login]").fill("aminata@people.example")
    member.page.locator("[name=password]").fill("entraide")
    member.page.locator("main form").first.locator("button.primary").click()

    shows(member, "Said when signed out")
    shows(agent, "Said when signed out")


def test_head_of_the_ticket_says_what_is_new_in_a_room_below_it(ticket):
    member, agent = ticket
    above = agent.page.locator("[data-talk]")
    expect(above).to_be_hidden()
    say(member, "Are you there?")
    expect(above).to_have_text("1 new")
    say(member, "It is still white.")
    expect(above).to_have_text("2 new")

    above.click()

    expect(agent.page.locator("#chat .chat-log")).to_be_in_viewport()
    expect(above).to_be_hidden()
    agent.reload()
    expect(above).to_be_hidden()


def test_changes_reactions_and_typing_appear_at_the_other(ticket):
    member, agent = ticket
    agent.page.locator("#chat textarea").press_sequentially("Wait", delay=20)
    writing = member.page.locator("[data-typing]")
    expect(writing).to_have_text(re.compile("is writing…"))
    expect(member.page.locator("[data-presence]")).to_have_text(re.compile("is here"))
    expect(writing).to_have_text("", timeout=9_000)

    say(agent, "Try this")
    shows(member, "Try this")
    message = agent.page.locator(".chat > li[data-number]").first
    message.get_by_text("⋯").click()
    message.get_by_role("link", name="Edit").click()
    message.locator("textarea").fill("Try **that**")
    message.get_by_role("button", name="Save").click()
    shows(member, "Try that")
    seen = member.page.locator(".chat > li[data-number]").first
    seen.get_by_text("⋯").click()
    seen.get_by_role("button", name="👍").click()
    expect(message.locator(".reaction").first).to_contain_text("👍 1")
    seen.get_by_role("link", name="Reply").click()
    expect(member.page.locator("[data-replying]")).to_contain_text("In reply to Nadia")
    say(member, "It works")
    answer = agent.page.locator(".chat > li[data-number]").last
    expect(answer.locator(".body")).to_have_text("It works")
    expect(answer.locator(".chat-reply")).to_contain_text("Try that")
    expect(member.page.locator("[data-replying]")).to_be_hidden()

    agent.page.on("dialog", lambda dialog: dialog.accept())
    message.get_by_text("⋯").click()
    message.get_by_role("button", name="Remove").click()

    expect(seen).to_contain_text("Message removed by its author.")
    member.look()


def test_half_written_edit_outlives_what_others_do_to_the_message(ticket):
    """What they did stands there once the edit is left or saved."""
    member, agent = ticket
    say(agent, "Try this")
    shows(member, "Try this")
    message = agent.page.locator(".chat > li[data-number]").first
    message.get_by_text("⋯").click()
    message.get_by_role("link", name="Edit").click()
    message.locator("textarea").fill("Half an ed")
    seen = member.page.locator(".chat > li[data-number]").first
    seen.get_by_text("⋯").click()
    seen.get_by_role("button", name="👍").click()
    expect(seen.locator(".reaction").first).to_contain_text("👍 1")
    say(member, "After it")
    expect(agent.page.locator(SAID).last).to_have_text("After it")
    agent.page.wait_for_timeout(1_000)  # what is fetched again would be there

    agent.page.keyboard.type("it")
    assert message.locator("textarea").input_value() == "Half an edit"
    message.get_by_role("link", name="Leave it").click()
    expect(message.locator(".reaction").first).to_contain_text("👍 1")
    expect(message.locator(".body")).to_have_text("Try this")
    message.get_by_role("link", name="Edit").click()
    message.locator("textarea").fill("Try that")
    message.get_by_role("button", name="Save").click()
    shows(member, "Try that", "After it")


def test_agent_makes_a_reply_of_a_talk_that_began_on_the_open_page(ticket):
    """And keeps what of the reply was written before, and as a draft what is written after."""
    member, agent = ticket
    button = agent.page.get_by_role("button", name="Make a reply of the chosen messages")
    expect(button).to_be_hidden()
    agent.page.locator("#composer textarea").fill("Half a reply")
    say(member, "Which version?")
    shows(agent, "Which version?")
    say(agent, "The newest")
    shows(agent, "Which version?", "The newest")
    agent.page.get_by_role("link", name="Internal note").click()
    for choice in agent.page.get_by_label("Take this into a reply").all():
        choice.check()

    button.click()

    reply = agent.page.locator("#composer textarea")
    begun = "^Half a reply\n\n> Aminata.*:\n> Which version.*> The newest"
    expect(reply).to_be_focused()
    expect(reply).to_have_value(re.compile(begun, re.DOTALL))
    expect(agent.page.locator(".chat-choice input:checked")).to_have_count(0)
    reply.press("Control+End")
    agent.page.keyboard.type("It is 8.4.")
    agent.page.wait_for_timeout(1_000)  # drafts are kept when one pauses
    agent.reload()
    expect(reply).to_have_value(re.compile(f"{begun}.*\nIt is 8.4.$", re.DOTALL))


def test_who_reads_above_stays_there_and_is_told_of_what_is_new(ticket):
    member, agent = ticket
    for number in range(1, 13):
        say(agent, f"Line {number}\n\nand more\n\nof it")
    expect(member.page.locator(SAID)).to_have_count(12, timeout=30_000)
    with member.page.expect_response("**/mark"):
        member.page.locator(".chat-state").scroll_into_view_if_needed()
    expect(member.page.locator("[data-below]")).to_be_hidden()
    log = member.page.locator(".chat-log")
    log.evaluate("log => { log.scrollTop = -300; }")
    first = member.page.locator(SAID).nth(6)
    top = first.evaluate("item => item.getBoundingClientRect().top")

    say(agent, "The newest")
    expect(member.page.locator("[data-below] button")).to_have_text("1 new")

    assert abs(first.evaluate("item => item.getBoundingClientRect().top") - top) < 2
    member.page.locator("[data-below] button").click()
    expect(member.page.locator(SAID).last).to_be_in_viewport()
    expect(member.page.locator("[data-below]")).to_be_hidden()


def test_thread_queue_and_bell_follow_without_a_reload(arrive):
    lead = arrive("nadia")
    lead.go("/queue?sort=newest")
    member = arrive("aminata")
    subject = f"Seen at once {secrets.token_hex(3)}"
    open_ticket(member, subject)
    is_live(member)
    lead.sees(subject, 30)
    before = member.page.locator("#bell .count")
    count = int(before.inner_text()) if before.count() else 0

    bell = arrive("aminata")
    bell.go("/me/notices")
    told = bell.page.locator("#notices li.unread").first
    expect(bell.page.locator("h1")).to_have_text("Notices")

    state = member.page.locator("#ticket-state .state").first
    stood = state.inner_text()
    member.page.locator("#composer textarea").fill("Typed meanwhile")
    agent = arrive("nadia")
    agent.goto(member.page.url)
    agent.page.locator("#composer textarea").fill("Raise the memory limit.")
    agent.press("Send, wait for them")

    expect(member.page.locator("#thread")).to_contain_text("Raise the memory limit.")
    expect(state).not_to_have_text(stood)
    expect(member.page.locator("#ticket-clocks")).not_to_contain_text("our answer")
    assert member.page.locator("#composer textarea").input_value() == "Typed meanwhile"
    expect(member.page.locator("#bell .count")).to_have_text(str(count + 1), timeout=30_000)
    expect(told).to_contain_text(subject, timeout=30_000)
    bell.press("Mark all as read")
    expect(bell.page.locator("#notices li").first).to_contain_text(subject)
    expect(told).to_have_count(0)
    member.press("Send", member.page.locator("#composer"))
    member.sees("Something was said while you were writing.")


def test_what_one_wrote_stays_when_the_thread_was_asked_for_before(ticket):
    member, agent = ticket
    page, held = agent.page, []

    def hold_the_first(route) -> None:
        if held:
            route.continue_()
        else:
            held.append(route)
            held.append(route.fetch())

    page.route("**/thread*", hold_the_first)
    member.page.locator("#composer textarea").fill("It is white in the evening too.")
    member.press("Send", member.page.locator("#composer"))
    ended = time.monotonic() + 30
    while len(held) < 2:
        assert time.monotonic() < ended
        page.wait_for_timeout(50)
    page.get_by_role("link", name="Internal note").first.click()
    page.locator("#note-source").fill("The memory limit, I think.")
    agent.press("Keep the internal note")
    thread = page.locator("#thread")
    expect(thread).to_contain_text("The memory limit, I think.")

    route, answer = held
    with page.expect_response("**/thread*"):
        route.fulfill(response=answer)
    with page.expect_response("**/thread*"):  # asked for anew
        pass

    page.wait_for_timeout(300)
    expect(thread).to_contain_text("It is white in the evening too.")
    expect(thread).to_contain_text("The memory limit, I think.")


# The id of what stands at the top of the window, and where its upper edge is.
AT_THE_TOP = """() => {
  const found = [...document.querySelectorAll("article[id], section[id], form[id]")]
    .find((one) => one.getBoundingClientRect().bottom > 20);
  return [found.id, Math.round(found.getBoundingClientRect().top)];
}"""


def test_question_tells_of_new_answers_and_nothing_jumps(arrive):
    """Nobody opened the live conversation.

    One page is from before there was any news, and asks; one from after the first, and is told.
    """
    asker, reader = arrive("marta-ruiz"), arrive("clara")
    asker.page.clock.install()  # it asks twice a minute: nobody waits so long here
    asker.go("/questions/unanswered")
    asker.page.locator("main .list a").first.click()
    asker.comes_to(re.compile(r"/questions/\d+"))
    asker.page.wait_for_load_state("networkidle")
    asker.page.set_viewport_size({"width": 800, "height": 400})
    asker.page.evaluate("scrollTo(0, document.body.scrollHeight / 2)")
    before = asker.page.evaluate(AT_THE_TOP)
    bar, bar_of_reader = (one.page.locator("#newer-answers") for one in (asker, reader))

    def stays():
        """What is read stays where it is, but for what is rounded to a whole pixel."""
        (what, top), (what_before, top_before) = asker.page.evaluate(AT_THE_TOP), before
        assert what == what_before
        assert abs(top - top_before) <= 1

    def answered(name):
        helper = arrive(name)
        helper.goto(asker.page.url)
        helper.fill("Your answer", f"Another way: {secrets.token_hex(3)}, which takes two minutes.")
        helper.press("Post your answer")

    answered("bao")
    asker.page.clock.fast_forward(31_000)
    expect(bar).to_have_text("1 new answer")
    expect(asker.page.locator("#answer-count")).to_have_text("1 answer")
    expect(asker.page.locator("#question-state")).to_have_text("")
    stays()
    reader.page.goto(asker.page.url)
    ended = time.monotonic() + 60
    while not bar_of_reader.get_attribute("data-live-rooms"):  # the worker makes the room
        assert time.monotonic() < ended
        reader.page.wait_for_timeout(500)
        reader.page.reload()
    assert reader.page.locator("[data-room]").count() == 0
    reader.page.wait_for_load_state("networkidle")

    answered("nadia")
    expect(bar_of_reader).to_have_text("1 new answer", timeout=15_000)
    asker.page.clock.fast_forward(31_000)
    expect(bar).to_have_text("2 new answers")
    stays()

    path = bar.get_by_role("link").get_attribute("href") or ""
    assert "Another way" not in asker.page.locator("main").inner_text()
    bar.get_by_role("link").click()
    first = asker.page.locator(f"#answer-{path.rpartition('/')[2]}")
    expect(first).to_contain_text("Another way")


def test_without_sockets_the_room_is_polled(ticket):
    member, agent = ticket
    without_sockets(member)
    with member.page.expect_response("**/live/rooms/*/events**", timeout=30_000):
        say(agent, "Through the poll")

    shows(member, "Through the poll")
    say(member, "And back")
    shows(agent, "Through the poll", "And back")


def without_sockets(visitor) -> None:
    """Let sockets fail, as behind some proxies; the third failure begins the poll."""
    visitor.page.route_web_socket("**/ws/", lambda socket: socket.close(code=1011))
    visitor.reload()
    is_live(visitor)


def test_without_sockets_who_is_there_who_writes_and_the_bell_are_live(ticket):
    member, agent = ticket
    without_sockets(member)
    expect(member.page.locator("[data-presence]")).to_have_text(re.compile("is here"))
    expect(agent.page.locator("[data-presence]")).to_have_text(re.compile("is here"))

    agent.page.locator("#chat textarea").press_sequentially("Wait a moment", delay=60)
    expect(member.page.locator("[data-typing]")).to_have_text(re.compile("is writing…"))
    member.page.locator("#chat textarea").press_sequentially("I wait, as told", delay=60)
    expect(agent.page.locator("[data-typing]")).to_have_text(re.compile("is writing…"))

    before = bell_of(member)
    agent.page.locator("#chat textarea").fill("@aminata, look")
    agent.page.locator("#chat textarea").press("Control+Enter")
    shows(member, "@aminata, look")
    agent.page.locator("#composer textarea").fill("Raise the memory limit.")
    agent.page.get_by_role("button", name="Send, wait for them").click()
    expect(member.page.locator("#bell .count")).to_have_text(
        re.compile(f"^({before + 1}|{before + 2})$"), timeout=30_000
    )
    agent.page.close()
    expect(member.page.locator("[data-presence]")).to_have_text("", timeout=30_000)


def test_without_sockets_a_page_without_rooms_has_a_live_bell(arrive):
    member, agent = at_a_ticket(arrive)
    address = member.page.url
    member.page.route_web_socket("**/ws/", lambda socket: socket.close(code=1011))
    with member.page.expect_request("**/live/events?**", timeout=30_000):
        member.goto(f"{member.address}/commons")
    before = bell_of(member)

    agent.goto(address)
    agent.page.locator("#composer textarea").fill("Is it better now?")
    agent.press("Send, wait for them")

    expect(member.page.locator("#bell .count")).to_have_text(str(before + 1), timeout=30_000)


def bell_of(visitor) -> int:
    """Return the figure beside the bell."""
    count = visitor.page.locator("#bell .count")
    return int(count.inner_text()) if count.count() else 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_a_room_is_for_everyone(arrive, scheme, width):
    options = {"color_scheme": scheme, "viewport": {"width": width, "height": 800}}
    member = arrive("aminata", **options)
    open_ticket(member, f"For everyone {secrets.token_hex(3)}")
    is_live(member)
    say(member, "Hello")
    shows(member, "Hello")

    for path in (
        member.page.url,
        "/rooms",
        f"/rooms/{member.page.locator('#chat').get_attribute('data-room')}",
    ):
        member.goto(path if path.startswith("http") else member.address + path)
        LOOKED_OVER.clear()
        member.look()


class TestWithoutJavaScript:
    @pytest.fixture
    def javascript(self) -> bool:
        return False

    def test_the_room_works_by_form_and_reload(self, arrive):
        member, agent = arrive("aminata"), arrive("nadia")
        open_ticket(member, f"By form {secrets.token_hex(3)}")
        agent.goto(member.page.url)
        for visitor, text in ((member, "Are you there?"), (agent, "Yes, here.")):
            visitor.reload()
            visitor.page.locator("#chat textarea").fill(text)
            visitor.press("Send", visitor.page.locator("#say"))

        member.reload()

        assert said(member) == ["Are you there?", "Yes, here."]
        agent.page.locator("#composer textarea").fill("Half a reply")
        agent.page.get_by_label("Take this into a reply").first.check()
        agent.press("Make a reply of the chosen messages", agent.page.locator("body"))
        begun = re.compile(r"^Half a reply\n\n> Aminata.*:\n> Are you there\?")
        expect(agent.page.locator("#composer textarea")).to_have_value(begun)

    def test_what_is_done_with_a_message_has_a_page_of_its_own(self, arrive):
        member, agent = arrive("aminata"), arrive("nadia")
        open_ticket(member, f"All by form {secrets.token_hex(3)}")
        there = member.page.url
        agent.goto(there)
        agent.page.locator("#chat textarea").fill("Try this")
        agent.press("Send", agent.page.locator("#say"))

        def at_its_message(visitor):
            visitor.page.goto(there)
            visitor.page.locator(".chat > li[data-number] [data-more]").first.click()
            visitor.comes_to(re.compile(r"/rooms/\d+/messages/\d+$"))
            return visitor.page.locator("li[data-number]")

        member.press("👍", at_its_message(member))
        expect(member.page.locator(".reaction").first).to_contain_text("👍 1")
        at_its_message(member).get_by_role("link", name="Reply").click()
        expect(member.page.locator("[data-replying]")).to_contain_text("In reply to Nadia")
        member.page.locator("#chat textarea").fill("It works")
        member.press("Send", member.page.locator("#say"))
        expect(member.page.locator(".chat .chat-reply").last).to_contain_text("Try this")
        member.press("Mute", member.page.locator("#chat"))
        member.sees("Tell me of new messages again")

        at_its_message(agent).get_by_role("link", name="Edit").click()
        agent.page.locator("main textarea").fill("Try **that**")
        agent.press("Save", agent.page.locator("main"))
        expect(agent.page.locator(SAID).first).to_have_text("Try that")
        agent.press("Remove", at_its_message(agent))
        member.page.goto(there)
        expect(member.page.locator(".chat > li[data-number]").first).to_contain_text(
            "Message removed by its author."
        )
        agent.press("Bring it back", at_its_message(agent))
        member.reload()
        expect(member.page.locator(SAID).first).to_have_text("Try that")
