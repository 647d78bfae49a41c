"""Journey 2: a helper finds a question, answers; the asker accepts; both see it counted."""

import secrets

import pytest

pytestmark = pytest.mark.journey


def test_helper_answers_and_both_statements_show_it(arrive, javascript):
    mark = secrets.token_hex(3)
    title = f"Why does my WordPress menu {mark} open twice?"

    asker = arrive("marta-ruiz")
    asker.go("/questions/ask")
    asker.fill("Your question in one sentence", title)
    asker.fill("The details", "Since yesterday the **menu** opens twice.\n\n```php\nmenu();\n```")
    asker.fill("Tags", "wordpress, php")
    asker.page.get_by_label("Language").last.select_option("en")
    asker.press("post my question" if asker.page.locator("[name=looked]").count() else "Post my")
    if "/questions/ask" in asker.page.url:
        asker.sees("Does one of these answer it?")
        asker.press("None of these")
    asker.sees(title)
    question = asker.page.url

    helper = arrive("bao")
    helper.go("/questions/for-me")
    helper.sees(title)
    helper.follow(title)
    helper.fill(
        "Your answer", f"Two scripts bind it. Remove `menu-{mark}.js`:\n\n```bash\nrm x\n```"
    )
    helper.press("Post your answer")
    helper.sees(f"menu-{mark}.js")

    asker.go("/me/notices")
    asker.sees_after_reload(title)
    asker.page.goto(question)
    asker.press("This solved it")
    asker.sees("Accepted by the asker")

    for person in (asker, helper):
        person.go("/commons/statement")
        person.sees(title)
    visitor = arrive()
    visitor.go(f"/search?q={mark}")
    visitor.sees_after_reload(title)
    visitor.sees("Solved")


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
    else:
        asker.fill("The details", "Since this morning the page is white.")
        asker.press("Post my question")
        asker.sees("Does one of these answer it?")
        asker.sees("Not published yet:")
