"""Journey 3: next, who else is there, a macro, a note that asks a colleague, a merger undone."""

import re
import secrets

import pytest
from playwright.sync_api import expect

from tests.journeys.desk import make_desk
from tests.journeys.post import text_of
from tests.journeys.visitor import Visitor

pytestmark = pytest.mark.journey
AGENT, COLLEAGUE = "sam-lee", "nadia"
INSERT = "Insert : Mend the SPF record"  # what is hidden stands apart, as a screen reader has it
PAID_ADDRESS = "mjc-vallon@people.example"


@pytest.fixture
def mark():
    return f"plum{secrets.token_hex(3)}"


@pytest.fixture
def desk(site, mark):
    return make_desk(site, AGENT, mark)


def takes_next(agent: Visitor) -> str:
    """Take the next ticket; return its subject."""
    agent.go("/queue")
    agent.press("Next ticket")
    agent.comes_to(lambda url: "/tickets/" in url)
    return agent.page.get_by_role("heading", level=1).inner_text()


def opened_merger(agent: Visitor):
    """Unfold what merges a ticket: it is fetched as it is opened, or stands on its own page."""
    agent.page.locator("summary", has_text="Link, merge, split").click()
    if not agent.javascript:
        agent.follow("Show it : Link, merge, split")
    summary = agent.page.locator("summary", has_text="Merge into another ticket")
    summary.click()
    return agent.page.locator("details").filter(has=summary).last


def test_agent_takes_what_is_next_with_the_share_of_the_free(arrive, desk):
    agent = arrive(AGENT)

    taken = []
    for _pick in range(5):
        taken.append(takes_next(agent))
        is_free = taken[-1] in desk.free
        agent.sees("Free ticket, waiting" if is_free else "The promise falls due: ")

    # Promises are hours away: the free have their share of two in five at least, each kind in turn.
    free, paid = ([one for one in taken if one in kind] for kind in (desk.free, desk.paid))
    assert (free, paid) == (desk.free[: len(free)], desk.paid[: len(paid)])
    assert len(free) >= 2
    assert len(free) + len(paid) == 5


def test_agent_sees_who_is_there_uses_a_macro_and_asks_a_colleague(
    arrive, desk, mark, post, javascript
):
    agent = arrive(AGENT)
    while (subject := takes_next(agent)) not in desk.paid:
        assert subject in desk.free  # whose turn it was
    path = desk.paths[subject]
    colleague = arrive(COLLEAGUE)
    colleague.go(path)
    if javascript:
        sees_the_colleague(agent, colleague)

    notes_for_a_colleague(agent, mark)
    hears_of_it(colleague, post, subject, mark)
    uses_the_macro(agent)
    agent.sees("Waiting for the requester")
    agent.sees("v=spf1 include:_spf.entraide.example")
    mail = post.brings(PAID_ADDRESS, subject, "v=spf1")
    assert mark + " odd" not in text_of(mail)
    agent.go(f"{path}/desk")
    agent.sees("spf")
    agent.sees("Zone DNS corrigée")

    member = arrive("mjc-vallon")
    member.go(path)
    member.sees("v=spf1")
    member.does_not_see("This is odd")


def test_a_volunteer_and_a_colleague_see_each_other_and_no_more(arrive, site, mark, javascript):
    if not javascript:
        pytest.skip("who is there now is told by JavaScript alone")
    desk = make_desk(site, AGENT, mark, each=1, volunteer=True)
    (path, *_others) = desk.paths.values()
    volunteer, colleague = arrive(AGENT), arrive(COLLEAGUE)
    volunteer.go("/queue")
    volunteer.sees_after_reload(desk.paid[0])  # the queue's room is there with its first news
    colleague.go(path)
    volunteer.go(path)
    volunteer.sees("Requester ")
    assert volunteer.page.locator("[data-room]").count() == 0

    sees_the_colleague(volunteer, colleague)
    place = colleague.page.locator("[data-colleagues]").first
    expect(place).to_contain_text("Sam Lee is here")
    volunteer.page.get_by_label("Your reply").press_sequentially("So am I")
    expect(place).to_contain_text("Sam Lee is writing")
    member = arrive("mjc-vallon")
    member.go(path)
    expect(member.page.locator("[data-presence]")).to_contain_text("Nadia Khelil")
    member.does_not_see("Sam Lee")

    volunteer.page.close()
    expect(place).not_to_contain_text("Sam Lee", timeout=40_000)


def sees_the_colleague(agent, colleague):
    place = agent.page.locator("[data-colleagues]").first
    expect(place).to_contain_text("Nadia Khelil is here")
    colleague.page.get_by_label("Your reply").press_sequentially("I am")
    expect(place).to_contain_text("Nadia Khelil is writing")
    colleague.page.get_by_label("Your reply").fill("")


def notes_for_a_colleague(agent, mark):
    composer = agent.page.get_by_role("form", name="Public reply")
    composer.get_by_role("link", name="Internal note").click()
    note = agent.page.get_by_role("form", name="Internal note")
    note.get_by_label("Internal note").fill(f"@{COLLEAGUE} have you seen this before? {mark} odd")
    agent.press("Keep the internal note", note)
    agent.sees(f"{mark} odd")


def hears_of_it(colleague, post, subject, mark):
    """The colleague who was named gets a notice that leads to the note, and a mail."""
    colleague.go("/me/notices")
    colleague.sees_after_reload(subject)
    told = re.compile(rf"wrote an internal note: .*{re.escape(subject)}")
    colleague.page.get_by_role("link", name=told).first.click()
    colleague.comes_to(lambda url: "/tickets/" in url)
    colleague.sees(f"{mark} odd")
    assert f"{mark} odd" in text_of(post.brings(f"{COLLEAGUE}@people.example", mark))


def uses_the_macro(agent):
    """Take a macro's text into the reply, read it, then send it and do all it says."""
    agent.press("Use a macro")
    agent.press(INSERT)
    text = agent.page.get_by_label("Your reply")
    expect(text).to_have_value(re.compile("the SPF record of mjc-vallon.example"))
    agent.press("Send it and do all this")


def test_agent_merges_a_duplicate_and_undoes_it(arrive, desk, post):
    agent = arrive(AGENT)
    twin, kept = desk.paid[:2]
    number = desk.paths[kept].rpartition("/")[2]
    agent.go(desk.paths[twin])
    merger = opened_merger(agent)
    merger.get_by_label("The other ticket's number").fill(number)
    agent.press("Merge", merger)
    assert agent.page.url.endswith(desk.paths[kept])
    agent.sees("Another ticket about this was merged into it")
    twin_number = desk.paths[twin].rpartition("/")[2]
    agent.sees(twin_number)
    post.brings(PAID_ADDRESS, number, twin_number)
    member = arrive("mjc-vallon")
    member.go(desk.paths[kept])
    expect(member.page.get_by_text("The page stays white since noon.")).to_have_count(2)

    agent.press("Make two of them again")
    agent.go(desk.paths[kept])
    agent.does_not_see("was merged into it")
    agent.go(desk.paths[twin])
    expect(agent.page.get_by_text("The page stays white since noon.")).to_have_count(1)
    member.go(desk.paths[twin])
    member.sees(twin)
    member.does_not_see("goes on in another one")
