"""Journey 2: a helper finds a question, answers; the asker accepts; both see it counted."""

import re
import secrets

import pytest
from playwright.sync_api import expect

from tests.journeys.site import PASSWORD

pytestmark = pytest.mark.journey


def test_helper_answers_and_both_statements_show_it(arrive, javascript):
    mark = secrets.token_hex(3)
    title = f"Why does my WordPress menu {mark} open twice?"

    asker = arrive("marta-ruiz")
    _asked(asker, title, "wordpress, php", "en")
    question = asker.page.url
    elsewhere = _asked(arrive("lina-weber"), f"Umlaute {mark} im Menü?", "wordpress", "de")
    other_skill = _asked(arrive("peter-hall"), f"Zebra fonts {mark}?", f"zebra-{mark}", "en")

    helper = arrive("bao")
    helper.go("/questions/for-me")
    helper.sees(title)
    helper.does_not_see(elsewhere)
    helper.does_not_see(other_skill)
    helper.follow(title)
    helper.press("I am on it")
    helper.sees("You are on it until")
    asker.goto(question)
    asker.sees("is writing an answer")

    begun = f"Two scripts bind it. Remove `menu-{mark}.js`:"
    helper.fill("Your answer", begun)
    helper.press("Keep as draft")
    helper.sees("My drafts")
    helper.follow(title)
    helper.sees("Your draft is back")
    helper.fill("Your answer", f"{begun}\n\n```bash\nrm x\n```")
    helper.press("Preview")
    helper.sees("So it will look")
    expect(helper.page.locator(".preview pre")).to_contain_text("rm x")
    helper.press("Post your answer")
    helper.sees(f"menu-{mark}.js")
    expect(helper.page.locator("#answers pre")).to_contain_text("rm x")
    helper.does_not_see("You are on it until")
    helper.go("/drafts")
    helper.does_not_see(title)
    helper.go("/questions/for-me")
    helper.does_not_see(title)

    asker.go("/me/notices")
    asker.sees_after_reload(title)
    asker.goto(question)
    asker.press("This solved it")
    asker.sees("Accepted by the asker")
    expect(asker.page.locator("main header .state")).to_have_text("Solved")

    for person, sign in ((asker, "−"), (helper, "+")):
        person.go("/commons/statement")
        line = person.page.locator("main tr", has_text=title)
        expect(line.locator(".number")).to_contain_text(re.compile(rf"{re.escape(sign)}\d+\smin"))
    visitor = arrive()
    visitor.go(f"/search?q={mark}")
    visitor.sees_after_reload(title)
    visitor.sees("Solved")


def _asked(asker, title: str, tags: str, language: str) -> str:
    """Ask as this person, past the steps that similar questions and new tags put before it."""
    asker.go("/questions/ask")
    asker.fill("Your question in one sentence", title)
    asker.fill("The details", "Since yesterday the **menu** opens twice.\n\n```php\nmenu();\n```")
    asker.fill("Tags", tags)
    asker.page.get_by_label("Language").last.select_option(language)
    asker.press("Post my question")
    while "/questions/ask" in asker.page.url:
        asker.sees("Before it is published:")
        asker.press("None of these" if asker.page.locator("#similar a").count() else "Post my")
    asker.sees(title)
    return title


def test_visitor_finds_a_past_answer(arrive, javascript):
    visitor = arrive()
    visitor.go("/")
    visitor.page.locator("main [name=q]").press_sequentially("white page after update", delay=20)
    if javascript:
        visitor.page.locator("#answers-now a").first.wait_for()
    else:
        visitor.press("Search")
    visitor.follow("White page after a WordPress update")

    visitor.sees("Accepted by the asker")
    visitor.sees("Sign in to answer")


def test_asker_sees_past_questions_while_typing_the_title(arrive, javascript):
    asker = arrive("marta-ruiz")
    asker.go("/questions/ask")
    title = "White page after a WordPress update"

    asker.page.get_by_label("Your question in one sentence").press_sequentially(title, delay=10)

    if javascript:
        asker.page.locator("#similar a", has_text=title).first.wait_for()
        seen = asker.page.locator("#similar li [name=looked]").first.input_value()
        asker.page.get_by_label("Your question in one sentence").fill("Qwrtzpl")
        expect(asker.page.locator("#similar a")).to_have_count(0)
        expect(asker.page.locator(f"#similar [name=looked][value='{seen}']")).to_have_count(1)
    else:
        asker.fill("The details", "Since this morning the page is white.")
        asker.press("Post my question")
        asker.sees("Does one of these answer it?")
        asker.sees("Before it is published:")


def answers_signed_out(helper, mark: str) -> str:
    """Send an answer after the session ended; return the address of the question."""
    helper.go("/questions/unanswered")
    helper.page.locator("main .list h2 a").first.click()
    place = helper.page.url
    helper.fill("Your answer", f"Not lost {mark}.\n\n- one\n- two")
    helper.page.context.clear_cookies(name="sessionid")
    helper.press("Post your answer")
    helper.sees("not lost: sign in within an hour")
    return place


def drafts_with(helper, mark: str) -> int:
    found = "Object.values(localStorage).filter((text) => text.includes(mark)).length"
    return helper.page.evaluate(f"(mark) => {found}", mark)


def test_words_of_an_ended_session_can_be_thrown_away_before_signing_in(arrive, javascript):
    mark = secrets.token_hex(3)
    helper = arrive("bao")
    answers_signed_out(helper, mark)
    if javascript:
        assert drafts_with(helper, mark) == 1
    helper.look()

    helper.press("Throw it away")

    helper.sees("thrown away")
    if javascript:
        assert drafts_with(helper, mark) == 0


def test_words_of_an_ended_session_come_back_after_signing_in(arrive, javascript):
    mark = secrets.token_hex(3)
    helper = arrive("bao")
    place = answers_signed_out(helper, mark)
    helper.page.locator("[name=login]").fill("bao@people.example")
    helper.page.locator("[name=password]").fill(PASSWORD)
    helper.page.locator("main form").first.locator("button.primary").click()
    helper.sees("You were signed out while you wrote")
    helper.look()
    expect(helper.page.get_by_label("Text")).to_have_value(re.compile(mark))
    if javascript:  # nothing is forgotten before it is sent
        assert drafts_with(helper, mark) == 1
    helper.press("Send it now")

    expect(helper.page.locator("#answers")).to_contain_text(f"Not lost {mark}")
    if javascript:
        assert drafts_with(helper, mark) == 0
    helper.goto(place)
    expect(helper.page.locator("#answer textarea")).to_have_value("")


def test_draft_keeps_itself_while_typing_and_preview_follows(arrive, javascript):
    if not javascript:
        pytest.skip("by itself needs JavaScript; the button is in the journey above")
    mark = secrets.token_hex(3)
    helper = arrive("bao")
    helper.go("/questions/unanswered")
    helper.page.locator("main .list h2 a").first.click()
    place = helper.page.url

    helper.fill("Your answer", f"By itself {mark}")
    helper.sees("Draft kept at")
    helper.press("Preview")
    helper.sees("So it will look")
    helper.page.get_by_label("Your answer").last.press_sequentially(" **and more**", delay=20)
    expect(helper.page.locator(".preview strong")).to_contain_text("and more")

    helper.page.evaluate("localStorage.clear()")
    helper.goto(place)
    expect(helper.page.locator("#answer textarea")).to_have_value(re.compile(mark))


def test_tags_are_completed_while_typing(arrive, javascript):
    asker = arrive("marta-ruiz")
    asker.go("/questions/ask")
    field = asker.page.get_by_label("Tags")

    field.press_sequentially("mail, wordp", delay=20)

    if javascript:
        option = asker.page.locator("#tag-lines option").first
        option.wait_for(state="attached")
        assert option.get_attribute("value") == "mail, wordpress"
    else:
        asker.fill("Your question in one sentence", "Zebra stripes in my zzz?")
        asker.fill("The details", "Stripes.")
        asker.fill("Tags", "wordpres")
        asker.press("Post my question")
        asker.sees("Did you mean one of these?")


def test_a_comment_is_asked_about_for_its_secret_then_sent_once(arrive, javascript):
    mark = secrets.token_hex(3)
    helper = arrive("peter-hall")
    helper.go("/questions")
    helper.page.locator("main h2 a, main h3 a").first.click()
    post = helper.page.locator("article").first
    post.get_by_text("Comment", exact=True).first.click()
    post.get_by_label("Your comment").fill(f"My password: Tulip!{mark}")
    post.get_by_role("button", name="Send").click()
    helper.sees("This looks like a secret")

    helper.press("Send all the same")

    expect(helper.page.get_by_text(f"Tulip!{mark}")).to_have_count(1)
    helper.does_not_see("This looks like a secret")
    expect(helper.page.locator("article").first.get_by_label("Your comment")).to_have_value("")
