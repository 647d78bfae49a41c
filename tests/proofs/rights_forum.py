"""The rows of the table for curating the forum, being on a question, and drafts."""

from collections.abc import Callable, Set
from typing import Any
from uuid import uuid4

from tests.faces import Act
from tests.forum import test_curating as of_curating
from tests.forum import test_drafts as of_drafts
from tests.forum import test_leases as of_leases
from tests.forum import test_pseudonyms as of_pseudonyms
from tests.proofs.acts import Look

MODERATORS, ASKER_TOO = {"moira"}, {"moira", "aminata"}
KEEP = Act(
    page=lambda _: of_drafts.keeping(uuid4(), "question").page(None),
    api=lambda _: of_drafts.keeping(uuid4(), "question").api(None),
)
DELETE = Act(
    page=lambda row: of_drafts.deleting(row.token).page(row),
    api=lambda row: of_drafts.deleting(row.token).api(row),
)
PREVIEW = Act(
    page=lambda _: ("/previews", {"source": "*so*"}),
    api=lambda _: ("POST", "/api/v1/previews", {"source": "*so*"}),
)


def purging(kind: str) -> Act:
    """Return the act of taking words of its title out of a question or guide."""
    return Act(
        page=lambda row: (f"/{kind}/{row.pk}/purge", {"text": row.title[:12]}),
        api=lambda row: ("POST", f"/api/v1/{kind}/{row.pk}/purges", {"text": row.title[:12]}),
    )


def rows(
    right: Callable[..., Any],
    own: Callable[..., Any],
    public: Callable[..., Any],
    active: Set[str],
) -> dict[str, Any]:
    """Return the rows; right, own, public: how rights.py makes one. active: who writes."""
    return {
        "close a question": public(of_curating.CLOSE, "question", ASKER_TOO),
        "open a closed question again": public(of_curating.REOPEN, "closed_question", ASKER_TOO),
        "lock a question": public(of_curating.LOCK, "question", MODERATORS),
        "take a lock off": public(of_curating.UNLOCK, "question", MODERATORS),
        "merge a question": public(of_curating.MERGE, "moira_question", MODERATORS),
        "bring merged answers back": public(of_curating.UNDO_MERGE, "merged_question", MODERATORS),
        "split a question": public(of_curating.SPLIT, "orphan_question", MODERATORS),
        "make one question of two again": public(
            of_curating.UNDO_SPLIT, "split_question", MODERATORS
        ),
        "learn who asked": public(of_pseudonyms.LOOK, "hidden_question", MODERATORS),
        # Others what looks like a secret in a text of theirs, of which none is planted.
        "take a secret out of a question": public(purging("questions"), "question", MODERATORS),
        "take a secret out of a guide": public(purging("guides"), "guide", MODERATORS),
        "be on it": public(of_leases.TAKE, "question", active - {"aminata"}),
        "be on it no more": public(of_leases.RELEASE, "question", active),
        "see why it is here": public(
            Look(
                page=lambda q: f"/questions/{q.pk}/ranking",
                api=lambda q: f"/api/v1/questions/{q.pk}/ranking",
            ),
            "question",
            active | {"sam"},
            visitor="done",
        ),
        "keep a draft": own(KEEP),
        "delete a draft": right(DELETE, "forum_draft", {"aminata"}),
        "preview a text": own(PREVIEW),
    }
