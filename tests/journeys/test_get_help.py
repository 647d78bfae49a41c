"""Journey 1 whole, its mail through real servers: asked, promised, answered, rated, published."""

import re
import secrets
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import expect

from tests.helpdesk.mails import answering
from tests.journeys.post import link_in, text_of

pytestmark = pytest.mark.journey
LOG = {"name": "log.txt", "mimeType": "text/plain", "buffer": b"PHP Fatal error: memory\n"}
PRIVATE = {
    "mail": "p.hall@moorland.example",
    "phone": "+44 20 7946 0958",
    "address": "203.0.113.77",
    "path": "/home/dales/www/index.php",
}


@dataclass(frozen=True)
class Asker:
    """A member of the demo with a site: whose, where they live, what it runs on."""

    handle: str
    name: str
    domain: str
    zone: str
    runs_on: str

    @property
    def address(self) -> str:
        return f"{self.handle}@people.example"


ASKERS = {
    True: Asker("peter-hall", "Peter Hall", "dales-walkers.example", "Europe/London", "Drupal"),
    False: Asker(
        "grace-okoro", "Grace Okoro", "lagos-readers.example", "Africa/Lagos", "WordPress"
    ),
}


@pytest.fixture
def asker(javascript):
    return ASKERS[javascript]


@pytest.fixture
def mark():
    return f"plum{secrets.token_hex(3)}"


def opened(member, subject, asker) -> str:
    """Open a ticket past what is shown first, with a site and a file; return its path."""
    member.go("/tickets/new")
    member.fill("What is it about?", subject)
    member.page.get_by_label("Which site?").select_option(label=asker.domain)
    member.fill("What happened?", f"White page since noon. I am {asker.name}. {facts()}")
    attach(member)
    member.press("open my ticket")
    if member.page.get_by_text("Not open yet").count():  # the file waits
        member.press("open my ticket all the same")
    member.comes_to(lambda url: "/tickets/new" not in url)
    return member.page.url.removeprefix(member.address)


def attach(member):
    member.page.get_by_label("Files").first.set_input_files(LOG)


def facts() -> str:
    return (
        f"Write to {PRIVATE['mail']} or call {PRIVATE['phone']}. "
        f"The log names {PRIVATE['address']} and {PRIVATE['path']}."
    )


def tickets_of(member) -> int:
    member.go("/tickets")
    return member.page.locator("main a[href^='/tickets/']").count()


def solved_by_answers(site, handle: str, since: datetime) -> int:
    """Return how often they have said since then that a past answer solved it."""
    code = (
        "from helpdesk.models import Exposure; print(Exposure.objects.filter("
        f"visit__person__handle='{handle}', solved_at__gte='{since.isoformat()}').count())"
    )
    return int(site.does(code))


def local(moment: str, zone: str) -> str:
    """Return the hour of a moment in UTC as a clock on the wall of this zone shows it."""
    return f"{datetime.fromisoformat(moment).astimezone(ZoneInfo(zone)):%H:%M}"


def test_a_past_answer_that_fits_ends_it_and_is_counted(arrive, asker, site, javascript):
    began = datetime.now(UTC)
    member = arrive(asker.handle)
    had = tickets_of(member)
    member.go("/tickets/new")

    field = member.page.get_by_label("What is it about?")
    field.press_sequentially("white page after a WordPress update", delay=15)
    if not javascript:
        member.fill("What happened?", "Everything is white.")
        member.press("Open my ticket")
    member.sees("White page after a WordPress update")
    shown = member.page.get_by_role("region", name="Does one of these solve it?")
    member.press("This solved it", shown)
    member.comes_to(lambda url: "/tickets/new" not in url)

    assert tickets_of(member) == had
    assert solved_by_answers(site, asker.handle, began) == 1


def test_a_ticket_is_answered_by_mail_and_page_then_rated_and_published(
    arrive, address, asker, mark, post, site, javascript
):
    member = arrive(asker.handle)
    path = opened(member, f"Blank page on {asker.domain} {mark}", asker)
    number = path.rpartition("/")[2]
    for said in (mark, "log.txt", asker.domain, asker.runs_on):
        member.sees(said)

    acknowledged(member, post, asker, number)
    agent = arrive("nadia")
    answered_by_mail_and_live(agent, member, post, site, asker, path, mark)
    rated_by_the_link(agent, arrive(), post, asker, path, mark)
    question = published_by_the_link(arrive, agent, post, asker, path, mark)
    withdrawn_everywhere(arrive, member, address, question, path, mark)


def acknowledged(member, post, asker, number):
    """The first mail names the promise as a clock shows it where the member lives."""
    mail = post.brings(asker.address, number, "We have your ticket")

    own = member.page.request.get(f"{member.address}/api/v1/tickets/mine").json()["results"]
    due = next(row["answer_due_at"] for row in own if row["number"] == number)
    promised = local(due, asker.zone)
    assert re.search(rf"You have an answer by .*{promised} \(\w+\)\.", text_of(mail))
    assert mail["Auto-Submitted"] == "auto-replied"


def answered_by_mail_and_live(agent, member, post, site, asker, path, mark):
    agent.go(path)
    reply = agent.page.get_by_role("form", name="Public reply")
    reply.get_by_label("Your reply").fill(f"Hello {asker.name}, is `memory_limit` at 64M? {mark}")
    agent.press("Send, wait for them", reply)
    agent.sees("Waiting for the requester")

    if not member.javascript:
        member.reload()
    expect(member.page.get_by_role("region", name="Messages")).to_contain_text("memory_limit")
    mail = post.brings(asker.address, "memory_limit", mark)
    post.posts(answering(mail, f"It is. What shall I set, {mark}?"))
    site.runs("fetch_mail")

    if not agent.javascript:
        agent.reload()
    agent.sees("What shall I set")
    thread = agent.page.get_by_role("region", name="Messages")
    assert "is `memory_limit`" not in thread.inner_text()  # what it quoted is folded


def rated_by_the_link(agent, stranger, post, asker, path, mark):
    """Solve it, then rate it by the link of the mail without signing in."""
    agent.go(path)
    reply = agent.page.get_by_role("form", name="Public reply")
    reply.get_by_label("Your reply").fill("Set `memory_limit = 256M` in `.user.ini`.")
    agent.press("Send and solve", reply)
    agent.sees("Solved")

    mail = post.brings(asker.address, mark, "Solved", "How were you helped?")
    stranger.goto(link_in(mail, "grade=good"))
    chosen = stranger.page.locator("input[type=radio]:checked")
    assert chosen.input_value() == "good"
    stranger.press("Say it")
    stranger.sees("Thank you")

    agent.go(f"{path}/around")
    agent.sees("I was helped well")


def published_by_the_link(arrive, agent, post, asker, path, mark) -> str:
    """Draft, ask, agree by the link; return the path of the question everyone reads."""
    agent.go(f"{path}/public")
    agent.press("Make a draft")
    agent.press("Ask the requester")
    agent.sees("The requester is asked by mail")

    mail = post.brings(asker.address, mark, "May we publish")
    reader = arrive()
    link = link_in(mail, "/consent/")
    reader.goto(link)
    shown = reader.page.get_by_role("article", name="The public text").inner_text()
    assert "memory_limit = 256M" in shown
    assert not [fact for fact in private(asker) if fact in shown]
    reader.press("Yes, publish it")
    reader.sees("it is published, without your name")
    reader.follow("Read it")
    question = reader.page.url.removeprefix(reader.address)
    reader.sees("256M")
    reader.sees("Solved")
    body = reader.page.locator("body").inner_text()
    assert not [fact for fact in private(asker) if fact in body]
    reader.goto(link)
    reader.sees("You have said yes already")
    return question


def private(asker) -> list[str]:
    return [*PRIVATE.values(), asker.domain, asker.name, asker.handle, asker.address]


def withdrawn_everywhere(arrive, member, address, question, path, mark):
    """Found on page, lists, API, feeds and by search; taken back, nowhere within seconds."""
    visitor = arrive()
    number = question.split("/")[2]
    places = [question, "/questions", f"/api/v1/questions/{number}", "/api/v1/questions"]
    places += [f"/search?q={mark}", f"/api/v1/search?q={mark}", *feeds(visitor)]
    soon(lambda: [place for place in places if not holds(visitor, place, mark)])

    member.go(f"{path}/public")
    member.press("Take it back")
    member.sees("nobody finds it any more")
    soon(lambda: [place for place in places if holds(visitor, place, mark)])


def soon(left, seconds: float = 30) -> None:
    """Wait until nothing is left."""
    end = time.monotonic() + seconds
    while found := left():
        assert time.monotonic() < end, found
        time.sleep(0.2)


def feeds(visitor) -> list[str]:
    visitor.go("/questions")
    found = visitor.page.locator("link[type='application/atom+xml']")
    return [str(link.get_attribute("href")) for link in found.all()]


def holds(visitor, place: str, mark: str) -> bool:
    """Whether an address tells of it; a search says its word again, so its results alone count."""
    url = place if place.startswith("http") else visitor.address + place
    answer = visitor.page.request.get(url)
    said = answer.text()
    if place.startswith("/search"):
        return re.search(r'href="/questions/\d', said) is not None
    return answer.ok and mark in said.replace(f"q={mark}", "")
