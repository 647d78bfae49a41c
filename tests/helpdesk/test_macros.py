"""What macros say and do, in one transaction, by the same actions as by hand."""

import pytest

from core.errors import InvalidInput, WrongMoment
from core.markup import preview
from core.models import JournalLine
from helpdesk import actions, queries
from helpdesk.models import Macro, MacroText, Ticket, TicketTag
from helpdesk.placeholders import Facts, fill, plain_in_markdown, unknown_in
from helpdesk.prepared import Steps, read_steps
from people.models import Person, Skill, SkillName
from tests.cast import SECRET
from tests.helpdesk.desk_acts import made_macro

ALL = {
    "state": "waiting_requester",
    "assign": "me",
    "queue": "domains",
    "tags": ["spam", "mail"],
    "note": "As agreed.",
    "checklist": ["Look at SPF", "Tell them"],
}


WHOLE = "the translation is stale"
STALE = {"list": "stale", "form": WHOLE, "choice": WHOLE, "used": WHOLE}


def run(desk, ticket, macro, who="nadia", **facts):
    return actions.run_macro(
        actor=desk[who], ticket_id=ticket.pk, macro_id=macro.pk, **{"revision": 99, **facts}
    )


def test_macro_does_all_it_says_in_one_click(desk, ticket):
    text = "Hello {requester}, about {site} ({number}). {agent}"
    macro = made_macro(desk["nadia"], steps=ALL, texts={"en": text})

    done = run(desk, ticket, macro)

    assert (done.state, done.queue.slug, done.assignee) == (
        "waiting_requester",
        "domains",
        desk["nadia"],
    )
    said = done.messages.order_by("-pk").filter(internal=False).first()
    assert said.source == f"Hello Aminata, about collectif-du-port.example ({done.number}). Nadia"
    assert done.messages.filter(internal=True).count() == 2  # one was there before
    assert [row.words for row in done.checklist.order_by("pk")] == ["Look at SPF", "Tell them"]
    assert {tag.name for tag in TicketTag.objects.all()} == {"spam", "mail"}
    means = [f"helpdesk.macro:{macro.pk}"]
    lines = JournalLine.objects.filter(verb__startswith="helpdesk.")
    assert {line.verb for line in lines if line.changes.get("means") == means} >= {
        "helpdesk.macro_run",
        "helpdesk.reply_posted",
        "helpdesk.queue_changed",
        "helpdesk.tags_changed",
        "helpdesk.note_written",
    }


def test_macro_does_all_or_nothing(desk, ticket, open_ticket):
    macro = made_macro(desk["nadia"], steps={**ALL, "assign": "vera"})
    vera = Person.objects.get(pk=desk["vera"].pk)
    vera.role_grants.all().delete()

    with pytest.raises(InvalidInput):
        run(desk, ticket, macro)

    ticket.refresh_from_db()
    assert ticket.state == "new"
    assert not ticket.taggings.exists()
    assert not ticket.checklist.exists()


def test_macro_waits_for_who_was_overtaken(desk, ticket):
    macro = made_macro(desk["nadia"])
    actions.reply(actor=desk["aminata"], ticket_id=ticket.pk, source="One thing more.", revision=9)

    with pytest.raises(actions.Overtaken):
        run(desk, ticket, macro, revision=1)
    run(desk, ticket, macro, revision=1, send_anyway=True)

    assert ticket.messages.filter(internal=False).count() == 3


def test_edited_text_is_said_instead(desk, ticket):
    macro = made_macro(desk["nadia"], steps={"state": "solved"})

    done = run(desk, ticket, macro, source="I wrote this myself.")

    assert done.state == "solved"
    assert done.messages.order_by("-pk").first().source == "I wrote this myself."


def test_text_is_in_the_ticket_s_language_and_stale_translations_are_marked(desk, open_ticket):
    french = open_ticket(language="fr", subject="Bonjour")
    plan = {
        "names": {"en": "Ask"},
        "language": "en",
        "texts": {"en": "Hello.", "fr": "Bonjour.", "de": "Hallo."},
    }
    macro = actions.make_macro(actor=desk["nadia"], plan=actions.MacroPlan(**plan))

    def change(**texts):
        row = Macro.objects.get(pk=macro.pk)
        checked = texts.pop("checked", ())
        return actions.change_macro(
            actor=desk["nadia"],
            macro_id=macro.pk,
            revision=row.revision,
            plan=actions.MacroPlan(
                **{**plan, "texts": {**plan["texts"], **texts}, "checked": checked}
            ),
        )

    def stale():
        return queries.stale_languages(Macro.objects.get(pk=macro.pk))

    assert stale() == []
    (choice,) = queries.macro_choices(desk["nadia"], french, "en")
    assert (choice.text, choice.language, choice.is_stale) == ("Bonjour.", "fr", False)
    change(en="Hello there.")
    assert sorted(stale()) == ["de", "fr"]
    (choice,) = queries.macro_choices(desk["nadia"], french, "en")
    assert choice.is_stale
    change(en="Hello there.", fr="Bonjour à vous.", checked=["de"])
    assert stale() == []
    assert MacroText.objects.get(macro=macro, language="fr").made_from == 2
    spanish = open_ticket(language="es", subject="Hola")
    (choice,) = queries.macro_choices(desk["nadia"], spanish, "en")
    assert (choice.text, choice.language) == ("Hello there.", "en")


def test_stale_is_drawn_where_a_macro_is_chosen_used_and_changed(browse, desk, open_ticket):
    french, client = open_ticket(language="fr", subject="Bonjour"), browse(desk["nadia"])
    texts = {"en": "Hello.", "fr": "Bonjour."}
    macro = made_macro(desk["nadia"], texts=texts, steps={})
    change = {"actor": desk["nadia"], "macro_id": macro.pk}

    def shown():
        used = {"source": "", "insert": f"text:macro:{macro.pk}"}
        found = {
            "list": client.get("/macros"),
            "form": client.get(f"/macros/{macro.pk}"),
            "choice": client.post(f"{french.path}/composer", {"source": "", "insert": "choose"}),
            "used": client.post(f"{french.path}/composer", used),
        }
        pages = {name: page.content.decode() for name, page in found.items()}
        return {
            name: page.count(f'<span class="state now">{STALE[name]}</span>')
            for name, page in pages.items()
        }

    assert set(shown().values()) == {0}
    plan = actions.MacroPlan(names=macro.names, language="en", texts={**texts, "en": "Hi."})
    actions.change_macro(**change, revision=macro.revision, plan=plan)
    assert set(shown().values()) == {1}
    plan = actions.MacroPlan(
        names=macro.names, language="en", texts={**texts, "en": "Hi."}, checked=["fr"]
    )
    actions.change_macro(**change, revision=macro.revision + 1, plan=plan)
    assert set(shown().values()) == {0}


def test_placeholders_are_a_short_list_and_put_in_as_plain_words():
    facts = Facts(
        requester="[click](http://evil.example) *<b>{agent}*", number="4H7", site="a.b", agent="N"
    )

    assert unknown_in("{requester} {requestor} {Number} {x:y}") == ["requestor"]
    text = fill("{requester} {{agent}} {other}", facts)
    html = preview(text)

    assert "<a" not in html
    assert "<b>" not in html
    assert "<em>" not in html
    assert "[click](http://evil.example) *&lt;b&gt;{agent}*" in html
    assert text.endswith("{N} {other}")  # what was put in is not looked at again
    assert plain_in_markdown("collectif-du-port.example") == "collectif-du-port.example"


@pytest.mark.parametrize(
    ("plan", "field"),
    [
        ({"texts": {"en": "Hello {requestor}"}}, "texts.en"),
        ({"texts": {"fr": "Bonjour"}}, "texts"),
        ({"names": {"fr": "Nom"}}, "names"),
        ({"texts": {}}, "steps"),
        ({"language": "tlh"}, "language"),
        ({"steps": {"queue": "none"}}, "queue_to"),
        ({"steps": {"assign": "no-one"}}, "assign"),
    ],
)
def test_what_is_wrong_with_a_macro_is_named(plan, field, desk):
    with pytest.raises(InvalidInput) as refused:
        made_macro(desk["nadia"], **plan)

    assert field in {error.field for error in refused.value.errors}
    assert not Macro.objects.exists()


@pytest.mark.parametrize(
    "steps",
    [
        {"do": "all"},
        {"state": "merged"},
        {"state": ["solved"]},
        {"tags": "a,b"},
        {"tags": ["a"] * 21},
        {"note": "x" * 5001},
        {"reply": "7"},
        {"reply": True},
    ],
)
def test_steps_are_checked_as_data(steps):
    with pytest.raises(InvalidInput):
        read_steps(steps)


def test_steps_are_kept_as_they_are_read():
    steps = read_steps({**ALL, "notify": ["@nadia"], "reply": 7, "tags": ["a", " a ", ""]})

    assert read_steps(steps.as_json()) == steps
    assert steps.tags == ("a",)
    assert steps.notify == ("nadia",)
    assert Steps().as_json() == {}


def test_macro_of_another_queue_or_retired_is_not_there(desk, ticket):
    other = made_macro(desk["nadia"], queue="domains")
    retired = made_macro(desk["nadia"])
    actions.retire_macro(actor=desk["nadia"], macro_id=retired.pk)

    assert queries.macro_choices(desk["nadia"], ticket, "en") == []
    for macro in (other, retired):
        with pytest.raises(Exception, match="nothing here"):
            run(desk, ticket, macro)


def test_macro_opens_a_solved_ticket_again_and_gives_it(desk, ticket):
    actions.set_state(actor=desk["nadia"], ticket_id=ticket.pk, state="solved")
    macro = made_macro(desk["nadia"], texts={}, steps={"state": "open", "assign": "vera"})

    done = run(desk, ticket, macro)

    assert (done.state, done.assignee) == ("open", desk["vera"])


def test_tags_are_skills_in_any_language_or_free_words(desk, ticket):
    skill = Skill.objects.create(slug="databases")
    for language, name in (("en", "Databases"), ("fr", "Bases de données")):
        SkillName.objects.create(skill=skill, language=language, name=name)

    def tag(*names):
        return actions.tag_ticket(actor=desk["vera"], ticket_id=ticket.pk, names=names)

    assert len(tag("bases de DONNEES", "Databases", "Éléphant", "elephant")) == 2
    assert tag("databases", "ELEPHANT") == []
    assert [row.name for row in queries.tags_of(ticket, "fr")] == ["Bases de données", "Éléphant"]
    assert [row.name for row in queries.tags_of(ticket, "en")] == ["Databases", "Éléphant"]
    with pytest.raises(InvalidInput):
        tag(*(f"tag {number}" for number in range(19)))


def test_who_moves_a_ticket_where_the_assignee_does_not_work_lets_it_go(desk, ticket):
    actions.assign(actor=desk["vera"], ticket_id=ticket.pk, assignee=desk["vera"])

    moved = actions.change_queue(actor=desk["vera"], ticket_id=ticket.pk, queue_slug="domains")

    assert (moved.assignee, moved.state) == (None, "waiting_us")
    assert not Ticket.objects.visible_to(desk["vera"]).filter(pk=ticket.pk).exists()
    assert Ticket.objects.staffed_by(desk["odile"]).get() == moved


def test_each_corrects_their_own_time_alone(desk, ticket):
    row = actions.spend_time(actor=desk["vera"], ticket_id=ticket.pk, minutes=25)
    actions.spend_time(actor=desk["nadia"], ticket_id=ticket.pk, minutes=10)

    facts = queries.desk(desk["nadia"], ticket.pk, "en")

    assert (facts.minutes, facts.by_agent) == (35, [("Vera", 25), ("Nadia", 10)])
    actions.take_time_back(actor=desk["vera"], ticket_id=ticket.pk, time_id=row.pk)
    assert queries.minutes_spent(ticket) == 10


def test_agents_see_what_was_done_and_askers_do_not(desk, browse, ticket):
    macro = made_macro(
        desk["nadia"], names={"en": f"Macro{SECRET}"}, steps={"tags": [f"t{SECRET}"[:20]]}
    )
    run(desk, ticket, macro)

    agent = browse(desk["vera"]).get(ticket.path).content.decode()
    asker = browse(desk["aminata"]).get(ticket.path).content.decode()

    assert f"Nadia used the macro “Macro{SECRET}”" in agent
    assert f"tagged it: t{SECRET}"[:25] in agent
    assert f"Macro{SECRET}" not in asker
    assert f"t{SECRET}"[:20] not in asker
    assert browse(desk["aminata"]).get(f"{ticket.path}/desk").status_code == 403
    assert browse(desk["omar"]).get(f"{ticket.path}/desk").status_code == 404


def test_solving_waits_for_nothing_where_no_field_asks(desk, ticket):
    assert actions.set_state(actor=desk["nadia"], ticket_id=ticket.pk, state="solved")
    with pytest.raises(WrongMoment):
        actions.set_state(actor=desk["nadia"], ticket_id=ticket.pk, state="waiting_requester")
