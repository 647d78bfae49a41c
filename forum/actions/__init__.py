"""What people do in the forum."""

from forum.actions.accepting import ANSWER_MINUTES, accept_answer, undo_acceptance
from forum.actions.agreeing import publish_agreed
from forum.actions.answering import answer, comment, edit_answer
from forum.actions.asking import ask, edit_question, tag_question
from forum.actions.attesting import (
    attest,
    attest_accepted,
    keep_facts,
    settle_recheck,
    undo_attestation,
)
from forum.actions.changing import revert
from forum.actions.commenting import edit_comment
from forum.actions.counting import count_shown, recount_tags, tag_imported, wrong_counts
from forum.actions.curating import (
    LOOKING,
    close_question,
    learn_asker,
    lock_question,
    reopen_question,
    unlock_question,
)
from forum.actions.drafting import (
    delete_draft,
    keep_draft,
    purge_drafts,
)
from forum.actions.guides import (
    dismiss_editor,
    edit_guide,
    name_editor,
    translate_guide,
    write_guide,
)
from forum.actions.helping import (
    ask_helpers,
    choose_asks,
    climb,
    due,
    end_ask_mails,
    mark_answered,
    resume_ladder,
    settle_ask,
    start_ladder,
)
from forum.actions.leasing import release_lease, take_lease
from forum.actions.packs import ask_for_pack, make_pack, reopen_packs
from forum.actions.platforms import (
    add_platform,
    add_version,
    change_version,
    move_answers,
    tell_platform_changed,
)
from forum.actions.purging import purge_words
from forum.actions.purging_secrets import purge_secret
from forum.actions.reading import mark_read, read_list, read_question
from forum.actions.relocating import merge_question, split_question, undo_merge, undo_split
from forum.actions.renditions import (
    edit_rendition,
    keep_rendered_in,
    remove_rendition,
    render_post,
)
from forum.actions.revising import content_of
from forum.actions.setups import change_setup
from forum.actions.steps import keep_imported
from forum.actions.suggesting import (
    accept_suggestion,
    decline_suggestion,
    draft_of,
    suggest,
    withdraw_suggestion,
)
from forum.actions.tags import (
    add_synonym,
    choose_tag,
    describe_tag,
    merge_tags,
    remove_synonym,
    undo_tag_merge,
)
from forum.actions.traffic import add_views, cool_traffic
from forum.actions.voting import vote
from forum.actions.wikis import make_wiki, undo_wiki

__all__ = [
    "ANSWER_MINUTES",
    "LOOKING",
    "accept_answer",
    "accept_suggestion",
    "add_platform",
    "add_synonym",
    "add_version",
    "add_views",
    "answer",
    "ask",
    "ask_for_pack",
    "ask_helpers",
    "attest",
    "attest_accepted",
    "change_setup",
    "change_version",
    "choose_asks",
    "choose_tag",
    "climb",
    "close_question",
    "comment",
    "content_of",
    "cool_traffic",
    "count_shown",
    "decline_suggestion",
    "delete_draft",
    "describe_tag",
    "dismiss_editor",
    "draft_of",
    "due",
    "edit_answer",
    "edit_comment",
    "edit_guide",
    "edit_question",
    "edit_rendition",
    "end_ask_mails",
    "keep_draft",
    "keep_facts",
    "keep_imported",
    "keep_rendered_in",
    "learn_asker",
    "lock_question",
    "make_pack",
    "make_wiki",
    "mark_answered",
    "mark_read",
    "merge_question",
    "merge_tags",
    "move_answers",
    "name_editor",
    "publish_agreed",
    "purge_drafts",
    "purge_secret",
    "purge_words",
    "read_list",
    "read_question",
    "recount_tags",
    "release_lease",
    "remove_rendition",
    "remove_synonym",
    "render_post",
    "reopen_packs",
    "reopen_question",
    "resume_ladder",
    "revert",
    "settle_ask",
    "settle_recheck",
    "split_question",
    "start_ladder",
    "suggest",
    "tag_imported",
    "tag_question",
    "take_lease",
    "tell_platform_changed",
    "translate_guide",
    "undo_acceptance",
    "undo_attestation",
    "undo_merge",
    "undo_split",
    "undo_tag_merge",
    "undo_wiki",
    "unlock_question",
    "vote",
    "withdraw_suggestion",
    "write_guide",
    "wrong_counts",
]
