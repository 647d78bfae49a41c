"""The table "Who may what", in acts: for each, who does it, who sees the thing and may not.

Everyone else of the world sees nothing of it. What a person does with what is theirs alone stands
here too, so that every address that writes has its row.
"""

from collections.abc import Set
from dataclasses import dataclass, field
from typing import Any

from tests.aid import test_claims as of_aid
from tests.faces import (
    DONE,
    FACES,
    INVALID,
    NOT_ALLOWED,
    SIGN_IN,
    UNSEEN,
    WRONG_MOMENT,
    Act,
)
from tests.forum import test_faces as of_forum
from tests.helpdesk import test_faces as of_desk
from tests.mentoring import test_faces as of_mentoring
from tests.people import test_moderation as of_moderation
from tests.people import test_notices as of_notices
from tests.people import test_organisations as of_organisations
from tests.people import test_profile as of_profile
from tests.people import test_roles as of_roles
from tests.people import test_tokens as of_tokens
from tests.proofs import acts
from tests.proofs.acts import Look, noun

HOUSE = {"nadia", "vera", "odile", "tomas", "clara", "moira", "panel", "root"}
ACTIVE = HOUSE | {"aminata", "bao", "omar", "farid", "olga", "mika"}
SUSPENDED = frozenset({"sam"})
READERS = {"aminata", "farid", "olga", "nadia", "vera"}
ASKERS, AGENTS = {"aminata", "farid", "olga"}, {"nadia", "vera"}
NO_OFFER = dict.fromkeys(ACTIVE - {"bao"} | SUSPENDED, UNSEEN)
BOTH, TEAM = {"bao", "aminata"}, {"tomas", "clara"}
API_ONLY, PAGE_ONLY = ("api",), ("page", "fragment")


@dataclass(frozen=True)
class Right:
    """An act on one planted thing.

    may: who does it. others: what everyone else hears but those in `refused` (not allowed) and
    `told` (a word of their own, by name). thing: a name of World; the actor's own with "self".
    """

    act: Act | Look
    thing: str
    may: Set[str]
    refused: Set[str] = frozenset()
    others: str = UNSEEN
    visitor: str = SIGN_IN
    told: dict[str, str] = field(default_factory=dict)
    faces: tuple[str, ...] = FACES

    def expected(self, name: str) -> str:
        """Return the outcome for a person of the world."""
        if name in self.told:
            return self.told[name]
        if name in self.may:
            return DONE
        return NOT_ALLOWED if name in self.refused else self.others

    def doers(self) -> list[str]:
        """Return the names of who does it, in order."""
        return sorted(self.may - set(self.told))


def own(act: Act, **facts: Any) -> Right:
    """Return the right to what everyone active does with their own, and nobody suspended."""
    return Right(act, "self", ACTIVE, others=NOT_ALLOWED, **facts)


def public(act: Act | Look, thing: str, may: Set[str], **facts: Any) -> Right:
    """Return a right on what everyone sees: who may not is told so."""
    return Right(act, thing, may, others=NOT_ALLOWED, **facts)


# Each row of the table, in its acts.
TABLE: dict[str, Right] = {
    # The help desk: agents of its queue (nadia of all, vera of this one, odile of another).
    "see a ticket": Right(
        Look(page=lambda t: t.path, api=lambda t: f"/api/v1/tickets/{t.pk}"), "ticket", READERS
    ),
    "open a ticket": own(of_desk.OPEN),
    "reply": Right(of_desk.REPLY, "ticket", READERS),
    "solve": Right(of_desk.SOLVE, "ticket", READERS),
    "close": Right(of_desk.CLOSE, "ticket", READERS),
    "write a note": Right(of_desk.NOTE, "ticket", AGENTS, ASKERS),
    "take": Right(of_desk.TAKE, "ticket", AGENTS, ASKERS),
    "put back": Right(of_desk.PUT_BACK, "ticket", AGENTS, ASKERS),
    "merge": Right(acts.MERGE, "ticket", AGENTS, {"aminata"}),
    "take the next": public(of_desk.NEXT, "ticket", {*AGENTS, "odile"}),
    "share": Right(of_desk.SHARE, "ticket", {"aminata"}, READERS),
    "end a share": Right(of_desk.END_SHARE, "ticket", {"aminata", "farid"}, READERS),
    "say what solved it": public(acts.SOLVED, "question", ACTIVE),
    # Posts.
    "see a removed question": Right(
        Look(page=lambda q: q.path, api=lambda q: f"/api/v1/questions/{q.pk}"),
        "away_question",
        {"bao", "moira"},
        visitor=UNSEEN,
    ),
    "see a removed answer": Right(
        Look(page=lambda a: f"/answers/{a.pk}/revisions", api=lambda a: f"/api/v1/answers/{a.pk}"),
        "away_answer",
        {"bao", "moira"},
        visitor=UNSEEN,
    ),
    "see a pending question": Right(
        Look(page=lambda q: q.path, api=lambda q: f"/api/v1/questions/{q.pk}"),
        "pending_question",
        {"aminata", "moira"},
        visitor=UNSEEN,
    ),
    "ask": own(of_forum.ASK),
    "answer": public(of_forum.ANSWER, "question", ACTIVE),
    "comment on a question": public(of_forum.COMMENT_QUESTION, "question", ACTIVE),
    "comment on an answer": public(of_forum.COMMENT, "answer", ACTIVE),
    "accept an answer": public(of_forum.ACCEPT, "answer", {"aminata"}),
    "undo an acceptance": public(of_forum.UNDO, "answer", {"aminata"}),
    "accept for an erased asker": public(of_forum.ACCEPT, "orphan_answer", {"moira"}),
    "edit an answer": public(of_forum.EDIT, "answer", {"bao", "moira"}),
    "edit a question": public(of_forum.EDIT_QUESTION, "question", {"aminata", "moira"}),
    "vote on an answer": public(of_forum.VOTE, "answer", ACTIVE - {"bao"}),
    "take a vote back": public(of_forum.UNVOTE, "answer", ACTIVE - {"bao"}),
    "vote on a question": public(
        Act(
            page=lambda q: (f"/questions/{q.pk}/votes", {"value": "1"}),
            api=lambda q: ("PUT", f"/api/v1/questions/{q.pk}/vote", {"value": 1}),
        ),
        "question",
        ACTIVE - {"aminata"},
    ),
    "take a vote on a question back": public(
        Act(
            page=lambda q: (f"/questions/{q.pk}/votes", {"value": "0"}),
            api=lambda q: ("DELETE", f"/api/v1/questions/{q.pk}/vote", None),
        ),
        "question",
        ACTIVE - {"aminata"},
    ),
    # Moderation: never on own posts. Mika's flag of this answer is decided already.
    "flag": public(acts.FLAG, "answer", ACTIVE - {"bao"}, told={"mika": WRONG_MOMENT}),
    "decide a flag": Right(of_moderation.AGREE, "flag", {"moira"}, {"mika"}),
    "decide a flag on oneself": Right(
        of_moderation.AGREE, "flag_of_moira", set(), {"mika", "moira"}
    ),
    "take a post away": public(acts.REMOVE, "answer", {"moira"}),
    "bring a post back": Right(of_moderation.RESTORE, "removal_of_away_answer", {"moira"}, {"bao"}),
    "suspend": public(of_moderation.SUSPEND, "mika", {"moira", "root"}),
    "lift a suspension": public(of_moderation.LIFT, "sam", {"moira", "root"}),
    # Mentoring: coordinators run the matcher; a pair is its own.
    "offer to mentor": own(of_mentoring.OFFER),
    "pause an offer": own(of_mentoring.PAUSE, told=NO_OFFER),
    "resume an offer": own(of_mentoring.RESUME, told=NO_OFFER),
    "ask for a mentor": own(
        of_mentoring.REQUEST, told=dict.fromkeys(("farid", "mika"), WRONG_MOMENT)
    ),
    "change a request": Right(of_mentoring.CHANGE, "proposed", {"farid"}, {"bao", "clara"}),
    "withdraw a request": Right(of_mentoring.WITHDRAW, "proposed", {"farid"}, {"bao", "clara"}),
    "run the matcher": public(of_mentoring.RUN, "world", {"clara"}),
    "accept a proposal": Right(of_mentoring.ACCEPT, "proposal", {"bao", "farid"}, {"clara"}),
    "decline a proposal": Right(of_mentoring.DECLINE, "proposal", {"bao", "farid"}, {"clara"}),
    "end a pair": Right(of_mentoring.END, "pair", {*BOTH, "clara"}),
    "plan a session": Right(of_mentoring.PLAN, "pair", BOTH, {"clara"}),
    "log a session": Right(of_mentoring.LOG, "pair", BOTH, {"clara"}),
    "confirm a session": Right(of_mentoring.CONFIRM, "met", BOTH),
    "call a session off": Right(of_mentoring.CANCEL, "meeting", BOTH),
    # Workshops: its trainers (odile leads others) and coordinators.
    "propose a workshop": public(acts.PROPOSE, "coming", {*TEAM, "odile"}),
    "add a venue": public(acts.VENUE, "coming", {*TEAM, "odile"}),
    "see a draft": Right(
        Look(page=lambda w: w.path, api=lambda w: f"/api/v1/workshops/{w.pk}"),
        "draft",
        TEAM,
        visitor=UNSEEN,
    ),
    "publish a draft": Right(noun("workshops", "publication"), "draft", TEAM),
    "change a draft": Right(acts.CHANGE, "draft", TEAM),
    "change a workshop": public(acts.CHANGE, "coming", TEAM),
    "call a workshop off": public(noun("workshops", "cancellation", {}), "coming", TEAM),
    "change its seats": public(noun("workshops", "seats", {"seats": 9}), "coming", TEAM),
    "close a workshop": public(noun("workshops", "closure"), "held", TEAM),
    "take attendance": public(acts.at_the_door(present=True), "guest", TEAM),
    "take attendance back": public(acts.at_the_door(present=False), "guest", TEAM),
    "see who registered": public(
        Look(
            page=lambda w: f"/workshops/{w.pk}/registrations",
            api=lambda w: f"/api/v1/workshops/{w.pk}/registrations",
        ),
        "coming",
        TEAM,
    ),
    "register": public(noun("workshops", "registration", {}), "coming", ACTIVE - {"tomas"}),
    "give a seat back": public(
        Act(
            page=lambda w: (f"/workshops/{w.pk}/registration/undo", {}),
            api=lambda w: ("DELETE", f"/api/v1/workshops/{w.pk}/registration", None),
        ),
        "coming",
        {"mika", "farid", "moira", "odile"},
        told=dict.fromkeys(
            (ACTIVE | SUSPENDED) - {"mika", "farid", "moira", "odile"}, WRONG_MOMENT
        ),
    ),
    # Chat: who sees the thing; of a pair, its two.
    "enter a ticket's room": Right(acts.ENTER, acts.TICKET_ROOM, READERS),
    "talk in a ticket's room": Right(acts.posting(), acts.TICKET_ROOM, READERS),
    "open a ticket's room": Right(acts.OPEN_ROOM, acts.TICKET_ROOM, READERS, faces=API_ONLY),
    "enter a pair's room": Right(acts.ENTER, acts.PAIR_ROOM, BOTH),
    "talk in a pair's room": Right(acts.posting(), acts.PAIR_ROOM, BOTH),
    "open a pair's room": Right(acts.OPEN_ROOM, acts.PAIR_ROOM, BOTH, {"clara"}, faces=API_ONLY),
    # Aid: the receiver confirms, never the giver.
    "claim help": own(acts.CLAIM, told={"moira": INVALID, "nadia": INVALID}),
    "confirm aid": Right(of_aid.CONFIRM, "claim", {"aminata"}, {"bao"}),
    "decline aid": Right(of_aid.DECLINE, "claim", {"aminata"}, {"bao"}),
    "correct a claim": Right(of_aid.EDIT, "claim", {"bao"}, {"aminata"}),
    "withdraw a claim": Right(of_aid.WITHDRAW, "claim", {"bao"}, {"aminata"}),
    "reverse an entry": Right(of_aid.REVERSE, "entry", {"clara"}, BOTH),
    "see one's statement": Right(
        Look(page=lambda _: "/commons/statement", api=lambda _: "/api/v1/aid/statement"),
        "world",
        ACTIVE | SUSPENDED,
    ),
    "see the public figures": Right(
        Look(page=lambda _: "/commons", api=lambda _: "/api/v1/aid/figures"),
        "world",
        ACTIVE | SUSPENDED,
        visitor=DONE,
    ),
    # Integrators, organisations, roles.
    "import": public(acts.IMPORT, "world", {"panel"}, faces=API_ONLY),
    "found an organisation": own(of_organisations.FOUND),
    "take someone in": Right(
        of_organisations.adding("omar"), "organisation", {"olga"}, {"mika", "aminata", "panel"}
    ),
    "put someone out": Right(
        Act(
            page=lambda o: (f"/organisations/{o.pk}/members/{acts.mika()}/removal", {}),
            api=lambda o: ("DELETE", f"/api/v1/organisations/{o.pk}/members/{acts.mika()}", None),
        ),
        "organisation",
        {"olga", "mika"},
        {"aminata", "panel"},
    ),
    "grant a role everywhere": public(of_roles.EVERYWHERE, "world", {"root"}),
    "grant a role for a queue": public(acts.granting(queue_id="queue"), "world", {"root", "clara"}),
    "grant a role for an organisation": public(
        acts.granting(organisation_id="organisation"), "world", {"root", "clara", "olga"}
    ),
    "end a role": Right(of_roles.END, "grant", {"root", "clara", "olga"}),
    # What is one's own.
    "edit one's profile": own(acts.PROFILE),
    "block someone": public(of_profile.BLOCK, "aminata", ACTIVE, told={"aminata": WRONG_MOMENT}),
    "take a block back": public(of_profile.UNBLOCK, "aminata", ACTIVE),
    "read one's notices": Right(of_notices.READ_ALL, "self", ACTIVE | SUSPENDED),
    "read a notice": Right(
        Act(
            page=lambda _: ("", {}),  # opening it reads it
            api=lambda n: ("PUT", f"/api/v1/notices/{n.pk}/reading", None),
        ),
        "notice",
        {"vera"},
        faces=API_ONLY,
    ),
    "make a token": own(acts.TOKEN, faces=PAGE_ONLY),
    "make a token by a token": own(
        acts.TOKEN, faces=API_ONLY, told=dict.fromkeys(ACTIVE, NOT_ALLOWED)
    ),
    "revoke a token": Right(of_tokens.REVOKE, "token", {"aminata"}),
    "leave by a token": own(
        Act(
            page=lambda _: ("", {}),
            api=lambda p: ("POST", "/api/v1/people/me/erasure", {"handle": p.handle}),
        ),
        faces=API_ONLY,
        told=dict.fromkeys(ACTIVE, NOT_ALLOWED),
    ),
    "leave": Right(
        Act(page=lambda p: ("/me/erasure", {"handle": p.handle}), api=acts.OPEN_ROOM.api),
        "self",
        ACTIVE | SUSPENDED,
        told={"olga": WRONG_MOMENT},  # the last owner of an organisation of others
        faces=PAGE_ONLY,
    ),
}
