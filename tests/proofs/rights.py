"""The table "Who may what", in acts: for each, who does it, who sees the thing and may not.

Everyone else of the world sees nothing of it. What a person does with what is theirs alone stands
here too, so that every address that writes has its row.
"""

from collections.abc import Set
from dataclasses import dataclass, field
from typing import Any

from tests.aid import test_claims as of_aid
from tests.cast import SECRET
from tests.chat import test_changing as of_changing
from tests.chat import test_moderating as of_talk
from tests.chat import test_reading as of_reading
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
from tests.forum import test_asks as of_asks
from tests.forum import test_commenting as of_commenting
from tests.forum import test_faces as of_forum
from tests.forum import test_guides as of_guides
from tests.forum import test_held as of_held
from tests.forum import test_marks as of_marks
from tests.forum import test_pack_faces as of_packs
from tests.forum import test_platforms as of_platforms
from tests.forum import test_renditions as of_renditions
from tests.forum import test_revising as of_revising
from tests.forum import test_suggesting as of_suggesting
from tests.forum import test_tags as of_tags
from tests.helpdesk import test_clock_faces as of_clocks
from tests.helpdesk import test_copied as of_copied
from tests.helpdesk import test_deflection as of_deflection
from tests.helpdesk import test_faces as of_desk
from tests.helpdesk import (
    test_learning as of_learning,
)
from tests.helpdesk import test_mail_faces as of_mails
from tests.helpdesk import (
    test_masking as of_masking,
)
from tests.helpdesk import (
    test_opening_for as of_opening_for,
)
from tests.helpdesk import (
    test_picking as of_picking,
)
from tests.helpdesk import (
    test_publishing as of_publishing,
)
from tests.helpdesk import (
    test_secrets as of_secrets,
)
from tests.mentoring import test_faces as of_mentoring
from tests.people import test_appeals as of_appeals
from tests.people import test_digests as of_digests
from tests.people import test_follows as of_follows
from tests.people import test_moderation as of_moderation
from tests.people import test_notices as of_notices
from tests.people import test_organisations as of_organisations
from tests.people import test_profile as of_profile
from tests.people import test_push as of_push
from tests.people import test_roles as of_roles
from tests.people import test_sanctions as of_sanctions
from tests.people import test_tokens as of_tokens
from tests.proofs import acts, rights_desk, rights_forum
from tests.proofs.acts import Look, noun

HOUSE = {"nadia", "vera", "odile", "tomas", "clara", "moira", "panel", "root"}
ACTIVE = HOUSE | {"aminata", "bao", "omar", "farid", "olga", "mika"}
SUSPENDED = frozenset({"sam"})
READERS = {"aminata", "farid", "olga", "nadia", "vera"}
ASKERS, AGENTS = {"aminata", "farid", "olga"}, {"nadia", "vera"}
NO_OFFER = dict.fromkeys(ACTIVE - {"bao"} | SUSPENDED, UNSEEN)
TRUSTED = {"bao", "moira", "nadia", "vera", "odile"}
BOTH, TEAM = {"bao", "aminata"}, {"tomas", "clara"}
API_ONLY, PAGE_ONLY = ("api",), ("page", "fragment")
QUESTION = "forum.question"


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
    "open a ticket for somebody": public(of_opening_for.OPEN_FOR, "world", AGENTS),
    "reply": Right(of_desk.REPLY, "ticket", READERS),
    "solve": Right(of_desk.SOLVE, "ticket", READERS),
    "close": Right(of_desk.CLOSE, "ticket", READERS),
    "write a note": Right(of_desk.NOTE, "ticket", AGENTS, ASKERS),
    "set aside": Right(of_clocks.ASIDE, "ticket", AGENTS, ASKERS),
    "take up": Right(of_clocks.TAKE_UP, "ticket", AGENTS, ASKERS),
    "take": Right(of_desk.TAKE, "ticket", AGENTS, ASKERS),
    "put back": Right(of_desk.PUT_BACK, "ticket", AGENTS, ASKERS),
    "take a secret out": Right(of_secrets.purging(SECRET), "ticket", AGENTS, ASKERS),
    "take one's own secret out": Right(
        of_secrets.purging("Blue!Sky9x"), "twin_ticket", {"aminata"} | AGENTS
    ),
    # Staff see who asked: there is nothing to look behind.
    "look behind a mask": Right(of_masking.UNMASK, "ticket", set(), AGENTS | ASKERS),
    "note a learning need": Right(of_learning.NOTE_MAIL, "ticket", AGENTS, ASKERS),
    "ask for a mentor of a ticket": Right(
        of_learning.CONFIRM, "needing_ticket", {"aminata"}, AGENTS, faces=API_ONLY
    ),
    # What of a ticket is public: its agents propose, who opened it alone agrees.
    "propose a public answer": Right(of_publishing.PROPOSE, "ticket", AGENTS, ASKERS),
    "write a public text": Right(of_publishing.WRITE, "asked_ticket", AGENTS, {"aminata"}),
    "ask for consent": Right(of_publishing.ASK, "asked_ticket", AGENTS, {"aminata"}),
    "agree to a public text": Right(of_publishing.AGREE, "asked_ticket", {"aminata"}, AGENTS),
    "withdraw a consent": Right(of_publishing.WITHDRAW, "public_ticket", {"aminata"}, AGENTS),
    "agree by the link of a mail": Right(
        of_publishing.BY_LINK,
        "asked_ticket",
        ACTIVE | SUSPENDED,
        visitor=DONE,
        faces=PAGE_ONLY,
    ),
    "merge": Right(acts.MERGE, "ticket", AGENTS, {"aminata"}),
    "make two of one again": Right(acts.UNDO_MERGE, "ticket", AGENTS, ASKERS),
    "split": Right(acts.SPLIT, "ticket", AGENTS, ASKERS),
    "undo a split": Right(acts.UNDO_SPLIT, "split_ticket", AGENTS, {"omar"}),
    "link": Right(acts.LINK, "ticket", AGENTS, {"aminata"}),
    "end a link": Right(acts.UNLINK, "ticket", AGENTS, {"aminata"}),
    "follow": Right(acts.FOLLOW, "ticket", AGENTS, ASKERS),
    "follow no more": Right(acts.UNFOLLOW, "ticket", AGENTS, ASKERS),
    "hand over to another queue": Right(acts.OTHER_QUEUE, "ticket", AGENTS, ASKERS),
    "say about which site it is": Right(acts.NO_SITE, "ticket", AGENTS, ASKERS),
    "give another level": Right(acts.OTHER_LEVEL, "ticket", AGENTS, ASKERS),
    "rate": Right(acts.RATE, "split_ticket", {"omar"}, AGENTS),
    "rate by the link of a mail": Right(
        acts.RATE_BY_LINK, "split_ticket", ACTIVE | SUSPENDED, visitor=DONE, faces=PAGE_ONLY
    ),
    "leave by the link of a mail": Right(
        acts.LEAVE_BY_LINK, "ticket", ACTIVE | SUSPENDED, visitor=DONE, faces=PAGE_ONLY
    ),
    "do with many": public(acts.BULK, "ticket", {*AGENTS, "odile"}),
    "keep a view": public(acts.SAVE_VIEW, "ticket", {*AGENTS, "odile"}),
    "remove a view": Right(acts.REMOVE_VIEW, "view", {"vera"}, {"nadia"}),
    "take the next": public(of_desk.NEXT, "ticket", {*AGENTS, "odile"}),
    "skip": Right(of_picking.SKIP, "ticket", {"vera"}, ASKERS, told={"nadia": WRONG_MOMENT}),
    "say which skills it needs": Right(of_picking.NO_SKILLS, "ticket", AGENTS, ASKERS),
    "offer hours": public(of_picking.OFFER, "ticket", {*AGENTS, "odile"}),
    "see a mail": Right(
        Look(page=lambda m: m.path, api=lambda m: f"/api/v1/mails/{m.pk}"), "mail", AGENTS
    ),
    "add a mail to a ticket": Right(of_mails.ATTACH, "mail", AGENTS),
    "open a ticket with a mail": Right(of_mails.OPEN, "mail", AGENTS),
    "try a mail again": Right(of_mails.RETRY, "failed_mail", AGENTS),
    "discard a mail": Right(of_mails.DISCARD, "mail", AGENTS),
    "share": Right(of_desk.SHARE, "ticket", {"aminata"} | AGENTS, READERS),
    "end a share": Right(of_desk.END_SHARE, "ticket", {"aminata", "farid"} | AGENTS, READERS),
    "let who was in copy take part": Right(
        of_copied.lets_in("cc@elsewhere.example"), "ticket", {"aminata"} | AGENTS, READERS
    ),
    "see who was in copy": Right(
        Look(page=lambda t: t.path, api=lambda t: f"/api/v1/tickets/{t.pk}/copied"),
        "ticket",
        {"aminata"} | AGENTS,
        READERS,
        faces=API_ONLY,
    ),
    "say what solved it": public(acts.SOLVED, "question", ACTIVE),
    "say what one opened": public(of_deflection.OPENED, "question", ACTIVE, faces=API_ONLY),
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
    "edit a comment": public(of_commenting.EDIT, "comment", {"omar", "moira"}),
    "accept an answer": public(of_forum.ACCEPT, "answer", {"aminata"}),
    "undo an acceptance": public(of_forum.UNDO, "answer", {"aminata"}),
    "accept for an erased asker": public(of_forum.ACCEPT, "orphan_answer", {"moira"}),
    "edit an answer": public(of_forum.EDIT, "answer", {"bao", "moira"}),
    "edit a question": public(of_forum.EDIT_QUESTION, "question", {"aminata", "moira"}),
    "tag a question": public(of_tags.TAG_QUESTION, "question", {"aminata", "moira"}),
    "bring an answer's text back": public(of_revising.REVERT, "edited_answer", {"bao", "moira"}),
    "bring a question's text back": public(
        of_revising.REVERT_QUESTION, "edited_question", {"moira"}
    ),
    "make an answer a wiki": public(of_revising.WIKI, "answer", {"bao", "moira"}),
    "undo a wiki": public(of_revising.UNDO_WIKI, "answer", {"bao", "moira"}),
    "edit a wiki": public(of_forum.EDIT, "wiki_answer", ACTIVE),
    "suggest a change to an answer": public(
        of_suggesting.SUGGEST, "answer", ACTIVE - {"bao", "moira"}
    ),
    "suggest a change to a question": public(
        of_suggesting.SUGGEST_QUESTION, "question", ACTIVE - {"aminata", "moira"}
    ),
    "accept a suggestion": Right(
        of_suggesting.ACCEPT, "suggestion", {"bao", "moira"}, refused={"omar"}
    ),
    "decline a suggestion": Right(
        of_suggesting.DECLINE, "suggestion", {"bao", "moira"}, refused={"omar"}
    ),
    "withdraw a suggestion": Right(
        of_suggesting.WITHDRAW, "suggestion", {"omar"}, refused={"bao", "moira"}
    ),
    "vote on an answer": public(of_forum.VOTE, "answer", ACTIVE - {"bao"}),
    "settle what one was asked": Right(of_asks.SETTLE, "asked", {"bao"}),
    "choose how one is asked": own(of_asks.CHOOSE),
    "end asks by mail by their link": Right(
        of_asks.STOP, "aminata", ACTIVE | SUSPENDED, visitor=DONE, faces=PAGE_ONLY
    ),
    # Platforms: what works on them anyone says; what the host runs coordinators and staff.
    "say on what an answer worked": public(of_platforms.ATTEST, "answer", ACTIVE),
    "take back on what it worked": public(of_platforms.UNDO, "answer", ACTIVE),
    "say that an answer still works": public(of_platforms.WORKS, "recheck", ACTIVE - {"bao"}),
    "say what a question runs on": public(of_platforms.SETUP, "question", {"aminata", "moira"}),
    "add a platform": public(of_platforms.ADD_PLATFORM, "world", {"clara", "root"}),
    "add a version": public(of_platforms.ADD_VERSION, "platform", {"clara", "root"}),
    "change a version": public(of_platforms.RETIRE, "platform_version", {"clara", "root"}),
    "ask for a pack": public(of_packs.ASK, "world", {"tomas", "odile", "clara"}),
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
    # Tags, guides, translations: names and guides by who is trusted, merges by moderators.
    "name a tag": public(of_tags.DESCRIBE, "question", TRUSTED),
    "add a word for a tag": public(of_tags.SYNONYM, "question", TRUSTED),
    "take a word off a tag": public(of_tags.DROP, "question", TRUSTED),
    "follow a tag": public(of_tags.FOLLOW, "question", ACTIVE),
    "neither follow nor mute a tag": public(of_tags.NEITHER, "question", ACTIVE),
    "merge two tags": public(of_tags.MERGE, "question", {"moira"}),
    "undo a merge of tags": public(of_tags.UNDO, "merge", {"moira"}),
    "write a guide": public(of_guides.WRITE, "guide", TRUSTED),
    "edit a guide": public(of_guides.EDIT, "guide", {*TRUSTED, "farid"}),
    "translate a guide": public(of_guides.TRANSLATE, "guide", {*TRUSTED, "farid"}),
    "name an editor": public(of_guides.NAME, "guide", TRUSTED),
    "dismiss an editor": public(of_guides.DISMISS, "guide", {*TRUSTED, "omar"}),
    "translate a question": public(of_renditions.QUESTION, "question", ACTIVE),
    "translate an answer": public(of_renditions.ANSWER, "answer", ACTIVE),
    "edit a translation": public(of_renditions.EDIT, "rendition", {"moira", "omar"}),
    "take one's translation away": public(of_renditions.REMOVE, "rendition", {"omar"}),
    # Moderation: never on own posts. Mika's flag of this answer is decided already.
    "flag": public(acts.FLAG, "answer", ACTIVE - {"bao"}, told={"mika": WRONG_MOMENT}),
    "decide a flag": Right(of_moderation.AGREE, "flag", {"moira"}, {"mika"}),
    "decide a flag on oneself": Right(
        of_moderation.AGREE, "flag_of_moira", set(), {"mika", "moira"}
    ),
    "take a post away": public(acts.REMOVE, "answer", {"moira"}),
    "bring a post back": Right(of_moderation.RESTORE, "removal_of_away_answer", {"moira"}, {"bao"}),
    "suspend": public(of_sanctions.SUSPEND, "mika", {"moira", "root"}),
    "silence": public(of_sanctions.SILENCE, "mika", {"moira", "root"}),
    "lift a suspension": public(of_sanctions.LIFT, "sam", {"moira", "root"}),
    "see a held answer": Right(
        Look(page=lambda h: f"/holds/{h.pk}", api=lambda h: f"/api/v1/holds/{h.pk}"),
        "hold",
        {"mika", "moira"},
    ),
    "decide on a held post": Right(of_held.PUBLISH, "hold", {"moira"}, {"mika"}),
    "appeal": Right(of_appeals.APPEAL, "removal_of_away_answer", {"bao"}),
    # There is no other moderator than who decided first: see tests/people/test_appeals.py.
    "decide an appeal": Right(of_appeals.DECIDE, "appeal", {"moira", "root"}, {"bao"}),
    "see what waits for moderators": public(
        Look(page=lambda _: "/moderation", api=lambda _: "/api/v1/reviews"),
        "world",
        {"moira", "root"},
    ),
    "read the moderation log": Right(
        Look(page=lambda _: "/moderation/log", api=lambda _: "/api/v1/moderation/log"),
        "world",
        ACTIVE | SUSPENDED,
        visitor=DONE,
    ),
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
    # Chat: who sees the thing; of a pair, its two. A message in the ticket's room is flagged: so
    # moderators close that.
    "enter a ticket's room": Right(acts.ENTER, acts.TICKET_ROOM, READERS),
    "talk in a ticket's room": Right(acts.posting(), acts.TICKET_ROOM, READERS),
    "open a ticket's room": Right(acts.OPEN_ROOM, acts.TICKET_ROOM, READERS),
    "enter a pair's room": Right(acts.ENTER, acts.PAIR_ROOM, BOTH),
    "talk in a pair's room": Right(acts.posting(), acts.PAIR_ROOM, BOTH),
    "open a pair's room": Right(acts.OPEN_ROOM, acts.PAIR_ROOM, BOTH, {"clara"}),
    "edit what one said": Right(of_changing.edit(), "talk", {"nadia"}, READERS),
    "remove what one said": Right(of_changing.REMOVE, "talk", {"nadia"}, READERS),
    "bring back what one said": Right(of_changing.RESTORE, "away_talk", {"nadia"}),
    "take away what is said": public(of_changing.TAKE_AWAY, "helpers_talk", {"moira"}),
    "react": Right(of_changing.react(), "talk", READERS),
    "take a reaction back": Right(of_changing.UNREACT, "talk", READERS),
    "say how far one has read": Right(of_reading.seeing(1), acts.TICKET_ROOM, READERS),
    "mute a room": Right(of_reading.MUTE, acts.TICKET_ROOM, READERS),
    "hear of a room again": Right(of_reading.UNMUTE, acts.TICKET_ROOM, READERS),
    "close a room": Right(of_talk.CLOSE, acts.TICKET_ROOM, {*AGENTS, "moira"}, ASKERS),
    "open a closed room again": public(of_talk.REOPEN, "closed_room", {"moira"}),
    "slow a room down": Right(of_talk.SLOW, acts.TICKET_ROOM, {*AGENTS, "moira"}, ASKERS),
    "read what was said before": Right(
        Look(
            page=lambda m: of_changing.at(m, "/revisions"),
            api=lambda m: f"/api/v1{of_changing.at(m, '/revisions')}",
        ),
        "helpers_talk",
        {"moira"},
        others=NOT_ALLOWED,
    ),
    # Aid: the receiver confirms, never the giver.
    "claim help": own(acts.CLAIM, told=dict.fromkeys(("moira", "nadia", "vera", "odile"), INVALID)),
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
    "let a browser show notices": own(of_push.SUBSCRIBE),
    "take a browser away": Right(of_push.UNSUBSCRIBE, "browser", {"aminata"}),
    "choose how often a digest comes": Right(of_digests.CHOOSE, "self", ACTIVE | SUSPENDED),
    "end digests by their link": Right(
        of_digests.STOP, "aminata", ACTIVE | SUSPENDED, visitor=DONE, faces=PAGE_ONLY
    ),
    "follow a thing": public(of_follows.on("follows", "PUT", QUESTION), "question", ACTIVE),
    "follow a thing no more": public(
        of_follows.on("follows", "DELETE", QUESTION), "question", ACTIVE
    ),
    "mute a thing": public(of_follows.on("mutes", "PUT", QUESTION), "question", ACTIVE),
    "hear of a thing again": public(of_follows.on("mutes", "DELETE", QUESTION), "question", ACTIVE),
    "end follows by their link": Right(
        of_follows.STOP, "aminata", ACTIVE | SUSPENDED, visitor=DONE, faces=PAGE_ONLY
    ),
    "mark a list as read": Right(of_marks.READ_LIST, "self", ACTIVE | SUSPENDED),
    "mark a question as read": Right(of_marks.READ, "question", ACTIVE | SUSPENDED, faces=API_ONLY),
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
TABLE.update(rights_desk.rows(Right, public))
TABLE.update(rights_forum.rows(Right, own, public, ACTIVE))
