"""Lines of a mail that a program broke are shown whole; those a person broke stay broken."""

import textwrap

import pytest

from helpdesk import actions
from helpdesk.mail.shown import rejoined

SENTENCES = (
    "Since Monday our messages land among the unwanted ones at everybody who has an address at the"
    " two large providers, and nowhere else. We changed nothing on our side that I know of."
)
WRAPPED = textwrap.fill(SENTENCES, 72)
SIGNED = "--\nRachid Benali\nVoisins solidaires"


def quoted(text, marks="> "):
    return "\n".join(f"{marks}{line}" for line in text.split("\n"))


@pytest.mark.parametrize("width", [65, 72, 76, 78])
def test_what_a_program_broke_is_one_line(width):
    text = f"Hello,\n\n{textwrap.fill(SENTENCES, width)}\n\n{SIGNED}"

    assert rejoined(text) == f"Hello,\n\n{SENTENCES}\n\n{SIGNED}"


def test_each_level_of_quotes_is_read_by_itself():
    text = "\n".join([WRAPPED, quoted(WRAPPED), quoted(WRAPPED, ">> "), "Best"])

    assert rejoined(text) == "\n".join(
        [SENTENCES, quoted(SENTENCES), quoted(SENTENCES, ">> "), "Best"]
    )


@pytest.mark.parametrize(
    "text",
    [
        "",
        "One line.",
        "\n".join(
            f"- {word}, and then nothing more to say of it at all, of none" for word in "abc"
        ),
        "\n".join(f"{n}. a step that is told in a whole line of its own, so it is" for n in (1, 2)),
        "Bonjour,\nje vous remercie de votre aide.\nCordialement,\nRachid",
        textwrap.fill(SENTENCES, 40),  # by a person, or for a small screen
        f"{SENTENCES}\nThe next line.",
        "\n".join(f"    return the_value_of_something({n}, and_something_else={n})" for n in "12"),
        f"{'x' * 70}.\nhttps://people.example/{'a' * 70}\nhttps://people.example/b",
        f"{SENTENCES[:66]}\n{SIGNED}",
    ],
)
def test_what_a_person_broke_stays(text):
    assert rejoined(text) == text


def test_agents_read_whole_lines_and_what_is_folded_too(browse, desk, queue):
    head = "From: eve@outside.example\nTo: help@entraide.example\nSubject: Re: [KRV-QKD-1]\n"
    body = f"{WRAPPED}\n\nOn Sun, Mar 3, 2024 at 10:22 AM, Us <us@us.example> wrote:\n"
    raw = f"{head}\n{body}{quoted(WRAPPED)}\n".replace("\n", "\r\n").encode()
    mail = actions.receive_mail(raw=raw)

    page = browse(desk["nadia"]).get(mail.path).content.decode()

    assert f'<div class="prewrap">{SENTENCES}</div>' in page
    assert f"&gt; {SENTENCES}</div></details>" in page
