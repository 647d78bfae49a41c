"""What people do in chat."""

from chat.actions.announcing import announce_change, join_room, look_again
from chat.actions.changing import (
    edit_message,
    follow_removal,
    react,
    remove_message,
    restore_message,
    unreact,
)
from chat.actions.mentioning import read_mentions, tell_mentioned
from chat.actions.moderating import close_room, reopen_room, slow_room
from chat.actions.purging import purge_files, purge_words
from chat.actions.reading import count_mark, mark_seen, mute, unmute
from chat.actions.talking import SaidBefore, count_message, open_room, post_message

__all__ = [
    "SaidBefore",
    "announce_change",
    "close_room",
    "count_mark",
    "count_message",
    "edit_message",
    "follow_removal",
    "join_room",
    "look_again",
    "mark_seen",
    "mute",
    "open_room",
    "post_message",
    "purge_files",
    "purge_words",
    "react",
    "read_mentions",
    "remove_message",
    "reopen_room",
    "restore_message",
    "slow_room",
    "tell_mentioned",
    "unmute",
    "unreact",
]
