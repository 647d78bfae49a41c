"""What people do about themselves and each other."""

from people.actions.accounts import claim_account
from people.actions.calendars import close_days, tell_days_changed
from people.actions.digests import send_digest, send_digests
from people.actions.follows import (
    choose_mails,
    end_digests,
    follow,
    follow_by_itself,
    mute,
    stop_following,
    unfollow,
    unmute,
)
from people.actions.holding import (
    count_edit,
    declare_posting,
    forget_links,
    hold_edit,
    judge_edit,
    learn,
    publish_or_hold,
    show_as,
)
from people.actions.imports import import_sites
from people.actions.moderation import (
    decide_flag,
    flag,
    is_post,
    remove_post,
    restore_post,
    withdraw_post,
)
from people.actions.notices import (
    choose_digest,
    notify,
    read_all_notices,
    read_notice,
    read_notices_about,
)
from people.actions.organisations import add_member, create_organisation, remove_member
from people.actions.privacy import erase_person, export_person
from people.actions.profile import block, edit_profile, unblock
from people.actions.purging import purge_flags, rewrite_pushes
from people.actions.push import (
    deliver_push,
    forget_old_pushes,
    push_to,
    subscribe,
    unsubscribe,
)
from people.actions.replying import tell_left_out, tell_refused
from people.actions.reviewing import appeal, decide_appeal, decide_hold
from people.actions.roles import end_role, grant_role, make_administrator
from people.actions.sanctions import end_sanctions, lift_sanction, sanction
from people.actions.stubs import person_at, person_of_mail
from people.actions.tokens import create_token, revoke_token
from people.actions.trust import reckon_all_trust, reckon_trust

__all__ = [
    "add_member",
    "appeal",
    "block",
    "choose_digest",
    "choose_mails",
    "claim_account",
    "close_days",
    "count_edit",
    "create_organisation",
    "create_token",
    "decide_appeal",
    "decide_flag",
    "decide_hold",
    "declare_posting",
    "deliver_push",
    "edit_profile",
    "end_digests",
    "end_role",
    "end_sanctions",
    "erase_person",
    "export_person",
    "flag",
    "follow",
    "follow_by_itself",
    "forget_links",
    "forget_old_pushes",
    "grant_role",
    "hold_edit",
    "import_sites",
    "is_post",
    "judge_edit",
    "learn",
    "lift_sanction",
    "make_administrator",
    "mute",
    "notify",
    "person_at",
    "person_of_mail",
    "publish_or_hold",
    "purge_flags",
    "push_to",
    "read_all_notices",
    "read_notice",
    "read_notices_about",
    "reckon_all_trust",
    "reckon_trust",
    "remove_member",
    "remove_post",
    "restore_post",
    "revoke_token",
    "rewrite_pushes",
    "sanction",
    "send_digest",
    "send_digests",
    "show_as",
    "stop_following",
    "subscribe",
    "tell_days_changed",
    "tell_left_out",
    "tell_refused",
    "unblock",
    "unfollow",
    "unmute",
    "unsubscribe",
    "withdraw_post",
]
