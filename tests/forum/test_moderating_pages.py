"""What the page of a question says to the author of what was taken away, and offers no more."""

import pytest

from forum import actions
from people.actions import remove_post

WHY = "Names a third person."
DEAD = ("/translate", "/suggest", "/flags/new", "/votes", 'name="value"')


def take_away(cast, post, kind):
    facts = {"kind": kind, "object_id": post.pk, "rule": "private", "reason": WHY}
    return remove_post(actor=cast.moira, **facts)


def test_author_of_a_question_reads_why_and_where_to_appeal(browse, cast, question, answer):
    removal = take_away(cast, question, "forum.question")

    text = browse(cast.aminata).get(question.path).content.decode()

    assert WHY in text
    assert "Shows private facts" in text
    assert f'href="/removals/{removal.pk}"' in text
    there = browse(cast.aminata).get(f"/removals/{removal.pk}").content.decode()
    assert f"/appeals/new?subject=removal&amp;id={removal.pk}" in there
    for dead in (*DEAD, f"/questions/{question.pk}/acceptance", "/comments", 'id="answer"'):
        assert dead not in text, dead
    assert f"/questions/{question.pk}/curating" not in text
    assert "Waiting for an answer" not in text
    assert f"/questions/{question.pk}/edit" in text  # one may mend it before one asks


def test_author_of_an_answer_reads_why_and_others_keep_their_buttons(
    browse, cast, question, answer
):
    actions.answer(actor=cast.omar, question_id=question.pk, source="Wait.", language="en")
    removal = take_away(cast, answer, "forum.answer")

    own = browse(cast.bao).get(question.path).content.decode()
    asker = browse(cast.aminata).get(question.path).content.decode()

    assert WHY in own
    assert f'href="/removals/{removal.pk}"' in own
    assert f"/answers/{answer.pk}/translate" not in own
    assert f"kind=forum.answer&amp;id={answer.pk}" not in own
    assert f"/questions/{question.pk}/translate" in own
    for person in (cast.aminata, cast.omar, None):
        text = browse(person).get(question.path).content.decode()
        assert WHY not in text
        assert f"/removals/{removal.pk}" not in text
    assert f'name="answer" value="{answer.pk}"' not in asker
    assert f'action="/questions/{question.pk}/acceptance"' in asker  # for what still stands


@pytest.mark.parametrize("who", ["bao", "moira"])
def test_moderators_read_the_reason_and_offer_no_acceptance_of_what_is_gone(
    who, browse, cast, question, answer
):
    take_away(cast, answer, "forum.answer")

    text = browse(getattr(cast, who)).get(question.path).content.decode()

    assert WHY in text
    assert f"/answers/{answer.pk}/votes" not in text


def test_what_authors_took_away_themselves_names_no_rule(browse, cast, question, answer):
    remove_post(actor=cast.bao, kind="forum.answer", object_id=answer.pk, rule="author")

    text = browse(cast.bao).get(question.path).content.decode()

    assert "Taken away." in text
    assert "The rule:" not in text


def test_comment_that_was_taken_away_says_why(browse, cast, question, statements):
    before = statements(browse(cast.omar), question.path)
    said = actions.comment(actor=cast.omar, question_id=question.pk, source="Call Mr Petit.")
    removal = take_away(cast, said, "forum.comment")

    client = browse(cast.omar)
    assert f'href="/removals/{removal.pk}"' in client.get(question.path).content.decode()
    after = statements(client, question.path)

    assert len([sql for sql in after if "people_removal" in sql]) == 1
    assert not [sql for sql in before if "people_removal" in sql]
