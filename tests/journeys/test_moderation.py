"""Journey 8: a flag, a look, a decision with reasons, an appeal; all of it in the public log."""

import secrets

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.journey


def test_flag_is_looked_at_decided_told_appealed_and_logged(arrive, site, javascript):
    mark = secrets.token_hex(3)
    title = f"Which host {mark} is the cheapest of all?"

    author = arrive("marta-ruiz")
    author.go("/questions/ask")
    author.fill("Your question in one sentence", title)
    author.fill("The details", f"Mine, {mark}: everyone should move there.")
    author.page.get_by_label("Language").last.select_option("en")
    author.press("post my question" if author.page.locator("[name=looked]").count() else "Post my")
    if "/questions/ask" in author.page.url:
        author.press("None of these")
    author.sees(title)
    question = author.page.url

    reader = arrive("theo-martin")
    reader.goto(question)
    reader.follow("Report")
    reader.page.get_by_label("Advertising or spam").check()
    reader.fill("In your words", "It only sells something.")
    reader.press("Send")
    reader.sees("A moderator will look at it")

    moderator = arrive("moira")
    moderator.go("/moderation?kind=flag")
    moderator.sees(title)
    moderator.follow(title)
    moderator.sees("It only sells something.")
    moderator.sees(f"Mine, {mark}")
    moderator.sees("Decided before")
    moderator.page.get_by_label("I agree: this breaks the rules").check()
    moderator.page.get_by_label("Take the post away").check()
    moderator.fill("To who flagged it", "Thank you, it was advertising.")
    moderator.press("Decide")
    moderator.sees("Say why to who wrote it.")
    moderator.fill("To who wrote it", "This place is for questions, not for offers.")
    moderator.press("Decide")
    moderator.sees("Those concerned are told")

    gone = arrive().goto(question)
    assert gone is not None
    assert gone.status == 404
    reader.go("/me/notices")
    reader.sees_after_reload("decided on")
    reader.page.locator("main").get_by_role("link", name="decided on").first.click()
    reader.look()
    reader.sees("Thank you, it was advertising.")
    log = arrive()
    log.go("/moderation/log")
    log.sees_after_reload("Taken away")
    taken = log.page.locator("main .list li", has_text="Taken away").first
    expect(taken).to_contain_text("Advertising or spam")
    expect(taken).to_contain_text("by a moderator")

    author.go("/me/notices")
    author.sees_after_reload(title)
    author.page.locator("main").get_by_role("link", name=title).first.click()
    author.look()
    author.sees("This place is for questions, not for offers.")
    author.follow("Ask for another look")
    author.fill("Why should it be decided otherwise?", "I asked, and sold nothing.")
    author.press("Send")
    author.sees("waits for a moderator")

    moderator.go("/moderation?kind=appeal")
    moderator.sees(title)
    moderator.follow(title)
    moderator.sees("I asked, and sold nothing.")
    moderator.page.get_by_label("Take it back").check()
    moderator.fill("Why", "It was a question after all.")
    moderator.press("Decide")

    author.go("/me/notices")
    author.sees_after_reload("Your appeal is decided")
    author.go("/me/moderation")
    author.sees("It was a question after all.")
    author.goto(question)
    author.sees(title)
    visitor = arrive()
    visitor.go("/moderation/log")
    visitor.sees_after_reload("An appeal decided")
    visitor.sees("Given back")
    visitor.sees("Advertising or spam")
    visitor.does_not_see(mark)
    visitor.go("/trust")
    visitor.sees("who comes once a week gets there too")


def test_post_that_looks_like_spam_is_published_after_a_look(arrive, javascript):
    mark = secrets.token_hex(3)
    author = arrive("aminata")
    author.go("/questions/unanswered")
    author.page.locator("main .list h2 a").first.click()
    author.look()
    question = author.page.url
    links = " ".join(f"https://{mark}-{n}.example" for n in range(4))
    author.fill("Your answer", f"These three {mark} helped me: {links}")
    author.press("Post your answer")
    author.sees("Waits for a moderator’s look")

    visitor = arrive()
    visitor.goto(question)
    visitor.does_not_see(mark)
    moderator = arrive("moira")
    moderator.go("/moderation?kind=hold")
    moderator.page.locator("main .list li", has_text=mark).get_by_role("link").first.click()
    moderator.look()
    moderator.sees("links in one of the first posts")
    moderator.page.get_by_label("It is fine: publish it").check()
    moderator.press("Decide")
    visitor.goto(question)
    visitor.sees_after_reload(mark)
    author.go("/me/trust")
    author.sees("Post more than two links at once")


def test_silenced_person_reads_why_on_every_page_and_may_appeal(arrive, site, javascript):
    site.does(
        "from people import actions; from people.models import Person, Sanction;"
        "Sanction.objects.filter(person__handle='marta-ruiz').delete();"
        "Person.objects.filter(handle='marta-ruiz').update(state='active');"
        "moderator = Person.objects.with_role('moderator').first();"
        "actions.sanction(actor=moderator, handle='marta-ruiz', kind='silence',"
        " rule='unkind', reason='Please speak about the work.', days=3)"
    )
    try:
        person = arrive("marta-ruiz")
        for path in ("/questions", "/workshops", "/me"):
            person.go(path)
            person.sees("Please speak about the work.")
        person.follow("What you can do", within=person.page.locator("body"))
        person.sees("Unkind or against the code of conduct")
        person.follow("Ask for another look")
        person.fill("Why should it be decided otherwise?", "I did.")
        person.press("Send")
        person.sees("waits for a moderator")
    finally:
        site.does(
            "from people.models import Person, Sanction;"
            "Sanction.objects.filter(person__handle='marta-ruiz').delete();"
            "Person.objects.filter(handle='marta-ruiz').update(state='active')"
        )
