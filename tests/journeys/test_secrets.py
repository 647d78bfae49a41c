"""A secret is pointed out before it is posted; edited out, it is taken out of history for good."""

import secrets

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.journey

POINTED_OUT = "This looks like a secret"


def test_a_secret_in_a_guide_is_pointed_out_and_taken_out_of_its_earlier_texts(arrive):
    mark = secrets.token_hex(3)
    secret = f"Tulip!{mark}"

    writer = arrive("bao")
    writer.go("/guides/new")
    writer.page.get_by_label("Language").last.select_option("en")
    writer.fill("Title", f"Move {mark} here")
    writer.fill("The guide", f"## Begin\n\nThe password is {secret}.")
    writer.press("Publish")
    writer.sees(POINTED_OUT)
    writer.sees("Tul…")
    # Enter in a line of the form asks again, and sends nothing.
    writer.page.get_by_label("Title").press("Enter")
    writer.page.wait_for_load_state()
    writer.sees(POINTED_OUT)
    assert "/guides/new" in writer.page.url
    writer.press("Send all the same")
    writer.sees(secret)
    guide = writer.page.url

    writer.follow("Edit")
    writer.fill("The guide", "## Begin\n\nAsk for the password.")
    writer.press("Save")
    writer.sees("can still be read in the earlier texts")
    expect(writer.page.get_by_label(secret)).to_be_checked()
    reader = arrive()
    reader.goto(guide)
    reader.follow("Earlier texts")
    reader.sees(secret)

    writer.press("Take it out for good")
    writer.sees("It is taken out, for good.")
    reader.reload()
    reader.sees("a secret was taken out")
    reader.does_not_see(secret)


def test_a_secret_suggested_and_said_live_is_taken_out_by_a_moderator(arrive, javascript):
    mark = secrets.token_hex(3)
    title, secret = f"Which file {mark} holds the settings?", f"Tulip!{mark}"

    asker = arrive("marta-ruiz")
    asker.go("/questions/ask")
    asker.fill("Your question in one sentence", title)
    asker.fill("The details", f"I look for them, {mark}.")
    asker.page.get_by_label("Language").last.select_option("en")
    asker.press("post my question" if asker.page.locator("[name=looked]").count() else "Post my")
    if "/questions/ask" in asker.page.url:
        asker.press("None of these")
    asker.sees(title)
    question = asker.page.url.partition("?")[0].rpartition("/")[0]

    helper = arrive("peter-hall")
    helper.goto(f"{question}/suggest")
    helper.fill("The details", f"I look for them, {mark}. The password is {secret}.")
    helper.fill("Why", "Says more")
    helper.press("Suggest it")
    helper.sees(POINTED_OUT)
    helper.press("Send all the same")
    helper.sees("Nothing shows before it is accepted")

    asker.go("/suggestions")
    asker.follow(title)
    asker.press("Accept it")
    asker.sees(POINTED_OUT)
    asker.press("Send all the same")
    asker.goto(question)
    asker.sees(secret)

    helper.goto(question)
    helper.press("Open the live conversation")
    helper.fill("Your message, live", f"The password is {secret}")
    helper.press("Send")
    helper.sees(POINTED_OUT)
    helper.press("Send all the same")
    expect(helper.page.locator("ol.chat")).to_contain_text(secret)

    # The asker edits it out of the question; what others said of it is a moderator's to take out.
    asker.goto(f"{question}/edit")
    asker.fill("The details", f"I look for them, {mark}, and found them.")
    asker.press("Save")
    asker.sees("can still be read in the earlier texts")
    asker.follow("Leave it")
    helper.goto(f"{question}/purge")
    helper.fill("Where it stands", "In the earlier texts")
    helper.press("Tell the moderators")
    helper.sees("A moderator will look at it")

    moderator = arrive("moira")
    moderator.go("/moderation?kind=flag")
    moderator.follow(title)
    moderator.sees("In the earlier texts")
    moderator.follow("Take out a secret")
    moderator.page.get_by_label(secret).check()
    moderator.press("Take it out for good")
    moderator.sees("It is taken out, for good.")

    visitor = arrive()
    api = question.replace("/questions/", "/api/v1/questions/")
    for path in (question, f"{question}/revisions", api, f"{api}/revisions"):
        answer = visitor.page.request.get(path)
        assert answer.ok, path
        assert secret not in answer.text(), path
    helper.goto(question)
    helper.does_not_see(secret)
    visitor.go(f"/search?q={mark}")
    visitor.sees_after_reload(title)
    visitor.does_not_see(secret)
    visitor.go("/moderation/log")
    visitor.sees_after_reload("A secret taken out for good")
