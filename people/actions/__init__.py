"""What people do about themselves and each other."""

from people.actions.accounts import claim_account
from people.actions.imports import import_sites
from people.actions.moderation import (
    decide_flag,
    flag,
    is_post,
    remove_post,
    restore_post,
)
from people.actions.notices import notify, read_all_notices, read_notice
from people.actions.organisations import add_member, create_organisation, remove_member
from people.actions.privacy import erase_person, export_person
from people.actions.profile import block, edit_profile, unblock
from people.actions.roles import end_role, grant_role
from people.actions.sanctions import end_suspensions, lift_suspension, suspend
from people.actions.tokens import create_token, revoke_token

__all__ = [
    "add_member",
    "block",
    "claim_account",
    "create_organisation",
    "create_token",
    "decide_flag",
    "edit_profile",
    "end_role",
    "end_suspensions",
    "erase_person",
    "export_person",
    "flag",
    "grant_role",
    "import_sites",
    "is_post",
    "lift_suspension",
    "notify",
    "read_all_notices",
    "read_notice",
    "remove_member",
    "remove_post",
    "restore_post",
    "revoke_token",
    "suspend",
    "unblock",
]
