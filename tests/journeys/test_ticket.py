"""Journey 1: a member gets help: past answers while typing, a ticket, an answer, solved."""

import secrets

import pytest

pytestmark = pytest.mark.journey
SECRET = "SECRETPLUM"


def open_ticket(member, subject: str) -> None:
    """Open a ticket, past the answers that are shown first."""
    member.go("/tickets/new")
    member.fill("What is it about?", subject)
    member.page.locator("main select[name=site]").select_option(index=1)
    member.fill("What happened?", "Since **this morning** I only see `Error 500`.")
    member.page.locator("main input[type=file]").set_input_files(
        {"name": "log.txt", "mimeType": "text/plain", "buffer": b"PHP Fatal error: memory\n"}
    )
    member.press("open my ticket")
    if "/tickets/new" in member.page.url:  # the file waits for the second sending
        member.sees("log.txt")
        member.press("open my ticket")
    member.comes_to(lambda url: "/tickets/new" not in url)


def test_member_gets_help_from_an_agent(arrive, address, javascript):
    mark = secrets.token_hex(3)
    subject = f"Error 500 on my site {mark}"
    member = arrive("aminata")
    open_ticket(member, subject)
    member.sees(subject)
    member.sees("log.txt")
    ticket = member.page.url
    member.go("/dev/outbox")
    member.sees_after_reload(mark)

    agent = arrive("nadia")
    agent.go("/queue?sort=newest")
    agent.follow(subject)
    agent.page.locator("#composer").get_by_role("link", name="Internal note").click()
    agent.page.locator("#note textarea").fill(f"{SECRET}-{mark}: seen before")
    agent.press("Keep the internal note")
    agent.sees(f"{SECRET}-{mark}")
    agent.goto(ticket)
    agent.page.locator("#composer textarea").fill(f"Raise the memory limit to `256M` ({mark}).")
    agent.press("Send, wait for them")
    agent.sees("Waiting for the requester")

    member.go("/me/notices")
    member.sees_after_reload(subject)
    member.goto(ticket)
    member.sees("256M")
    member.does_not_see(SECRET)
    if javascript:
        member.page.locator("#chat textarea").fill("Are you there?")
        member.press("Send", member.page.locator("#chat"))
        agent.goto(ticket)
        agent.sees("Are you there?")
        agent.page.locator("#chat textarea").fill("Yes, live!")
        agent.press("Send", agent.page.locator("#chat"))
        member.sees("Yes, live!")
    member.page.locator("#composer textarea").fill("Thank you, it works.")
    member.press("Send: it is solved")
    member.sees("Solved")

    outsider = arrive("peter-hall")
    outsider.goto(ticket)
    outsider.does_not_see(mark)
    outsider.sees("There is nothing here")


def test_browsers_refuse_nothing_on_the_agents_page(arrive, javascript):
    if not javascript:
        pytest.skip("what scripts would do")
    agent = arrive("nadia")
    said: list[str] = []
    agent.page.on("console", lambda line: said.append(line.text) if line.type == "error" else None)
    agent.page.on("pageerror", lambda error: said.append(str(error)))
    agent.go("/queue?sort=newest")
    agent.page.locator("main a[href^='/tickets/']").first.click()
    agent.page.locator("#composer textarea").wait_for()
    for fold in agent.page.locator("details.fold > summary").all():
        fold.click()
    agent.page.locator("#composer textarea").fill("One *moment*.")
    agent.page.keyboard.press("Escape")
    agent.page.wait_for_timeout(1_500)

    assert said == []


def test_past_answer_ends_it_without_a_ticket(arrive, javascript):
    member = arrive("chorale-du-lac")
    member.go("/tickets/new")
    field = member.page.locator("main input[name=subject]")
    field.press_sequentially("white page after a WordPress update", delay=15)
    if not javascript:
        member.fill("What happened?", "Everything is white.")
        member.press("Open my ticket")
    member.sees("Does one of these solve it?")
    member.sees("White page after a WordPress update")

    member.press("This solved it", member.page.locator("#similar"))

    member.comes_to(lambda url: "/tickets/new" not in url)


def test_a_reply_sent_at_once_leaves_no_draft(arrive, javascript):
    if not javascript:
        pytest.skip("drafts need JavaScript")
    member = arrive("aminata")
    open_ticket(member, f"No draft left {secrets.token_hex(3)}")
    member.page.locator("#composer textarea").press_sequentially("Sent at once")

    member.press("Send", member.page.locator("#composer"))
    member.sees("Sent at once")
    member.page.wait_for_timeout(1_000)

    drafts = "Object.keys(localStorage).filter((name) => /^draft:.*:ticket-/.test(name))"
    assert member.page.evaluate(drafts) == []
    assert member.page.locator("#composer textarea").input_value() == ""


def test_next_person_at_a_shared_computer_finds_no_draft_of_another(arrive, javascript):
    """Where someone did not sign out; who comes back finds their own again."""
    if not javascript:
        pytest.skip("drafts need JavaScript")
    visitor = arrive("aminata")
    open_ticket(visitor, f"One computer for all {secrets.token_hex(3)}")
    page, path = visitor.page, visitor.page.url

    def sit_down(handle):
        page.context.clear_cookies(name="sessionid")
        visitor.sign_in(handle)
        page.goto(path)
        fields = [page.locator(f"#{form} textarea") for form in ("composer", "chat", "note")]
        return [field.input_value() for field in fields if field.count()]

    for form in ("composer", "chat"):
        page.locator(f"#{form} textarea").fill(f"Aminata to the {form}")
    page.wait_for_timeout(1_000)  # drafts are kept when one pauses

    assert sit_down("nadia") == ["", "", ""]
    page.goto(f"{path}#note")
    page.locator("#note textarea").fill("Between agents")
    page.wait_for_timeout(1_000)
    assert sit_down("aminata") == ["Aminata to the composer", "Aminata to the chat"]
    assert sit_down("nadia") == ["", "", "Between agents"]
