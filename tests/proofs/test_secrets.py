"""No action takes words that others read without pointing out the secrets in them.

Read from the code: whoever writes an action with a text, or a face of one, is asked here.
"""

import ast
import importlib
import inspect
from pathlib import Path

import pytest

ROOMS = ("aid", "chat", "forum", "helpdesk", "mentoring", "people", "workshops")
# Texts inside one value.
VALUES = {"Terms", "Plan", "Profile", "Content"}
# What is chosen, named or made by a program, and says nothing.
NO_WORDS = frozenset(
    [
        "act",
        "address",
        "auth",
        "client_id",
        "decision",
        "digest",
        "emoji",
        "endpoint",
        "facts",
        "fields",
        "grade",
        "handle",
        "key",
        "keys",
        "kind",
        "language",
        "languages",
        "level_slug",
        "looked",
        "map_url",
        "named",
        "nonce",
        "origin",
        "outcome",
        "p256dh",
        "password",
        "paths",
        "purpose",
        "queue_slug",
        "role",
        "rows",
        "rule",
        "rung",
        "scopes",
        "state",
        "tag",
        "text_hash",
        "then",
        "time_zone",
        "to",
        "trial",
        "verb",
        "ways",
        "zone",
    ]
)
KEY = "a key that is chosen"
STAFF = "what moderators, agents or coordinators say of their own work"
NAME = "a short name"
# Actions with words that ask nothing back, and why.
WITHOUT = {
    "aid.reverse_entry": STAFF,
    "chat.close_room": STAFF,
    "chat.purge_files": "takes a secret out",
    "chat.purge_words": "takes a secret out",
    "chat.remove_message": STAFF,
    "forum.add_platform": NAME,
    "forum.add_synonym": NAME,
    "forum.add_version": NAME,
    "forum.close_question": KEY,
    "forum.learn_asker": KEY,
    "forum.lock_question": KEY,
    "forum.merge_question": KEY,
    "forum.publish_agreed": "what was agreed to word for word",
    "forum.purge_secret": "takes a secret out",
    "helpdesk.change_desk_rule": STAFF,
    "helpdesk.change_macro": STAFF,
    "helpdesk.discard_mail": STAFF,
    "helpdesk.invite_copied": "addresses that stand in a mail already",
    "helpdesk.make_desk_rule": STAFF,
    "helpdesk.make_macro": STAFF,
    "helpdesk.note_learning_need": NAME,
    "helpdesk.purge_secret": "takes a secret out",
    "helpdesk.rate": "for the ticket's agents, who can take it out",
    "helpdesk.save_view": NAME,
    "helpdesk.set_needed_skills": NAME,
    "helpdesk.skip": KEY,
    "helpdesk.split": STAFF,
    "helpdesk.suggest_answers": "is kept nowhere",
    "helpdesk.tag_ticket": NAME,
    "helpdesk.unmask": STAFF,
    "mentoring.decline_proposal": KEY,
    "people.close_days": NAME,
    "people.count_edit": "a step of other actions",
    "people.create_organisation": NAME,
    "people.create_token": NAME,
    "people.decide_appeal": STAFF,
    "people.decide_flag": STAFF,
    "people.decide_hold": STAFF,
    "people.import_sites": "of the hosting panel",
    "people.hold_edit": "a step of other actions",
    "people.judge_edit": "a step of other actions",
    "people.publish_or_hold": "a step of other actions",
    "people.read_notices_about": "kinds of things, which nobody writes",
    "people.remove_post": STAFF,
    "people.sanction": STAFF,
    "people.subscribe": NAME,
    "workshops.add_venue": NAME,
    "workshops.register": "for those who lead the workshop",
}


def actions_of(room):
    """Return the public actions of a room that someone does: name, function."""
    module = importlib.import_module(f"{room}.actions")
    names = getattr(module, "__all__", None) or dir(module)
    for name in names:
        found = getattr(module, name)
        own = inspect.isfunction(found) and found.__module__.startswith(f"{room}.actions")
        if own and not name.startswith("_") and "actor" in inspect.signature(found).parameters:
            yield name, found


def words_of(action):
    """Return the names of an action's parameters that carry what someone typed."""
    for name, parameter in inspect.signature(action).parameters.items():
        told = str(parameter.annotation)
        told = told.replace("tuple[str, int]", "")  # a (kind, id)
        is_text = "str" in told or any(value in told for value in VALUES)
        if is_text and name not in NO_WORDS:
            yield name


def asks_back(action):
    return "send_secrets" in inspect.signature(action).parameters


@pytest.mark.parametrize("room", ROOMS)
def test_every_action_with_words_points_secrets_out_or_says_why_not(room):
    silent = {
        f"{room}.{name}"
        for name, action in actions_of(room)
        if not asks_back(action) and any(words_of(action))
    }

    assert silent == {name for name in WITHOUT if name.startswith(f"{room}.")}


@pytest.mark.parametrize("room", ROOMS)
def test_every_face_lets_an_action_ask_back(room):
    asking = {name for name, action in actions_of(room) if asks_back(action)}
    called, silent = set(), []
    for path in sorted(Path(room).glob("**/*.py")):
        if path.stem in ("views", "api") or path.parent.name in ("views", "api"):
            for place, name, is_asked in _calls(path, asking):
                called.add((path.parent.name if path.parent.name != room else path.stem, name))
                silent += [] if is_asked else [place]

    assert not silent
    # Both faces do what one of them does; macros are run, and saying is done, by other actions.
    by_page = {name for face, name in called if face == "views"}
    by_api = {name for face, name in called if face == "api"}
    assert by_page == by_api


def _calls(path, asking):
    """Yield (where, action, whether it may ask back) of what a face calls of these actions."""
    tree = ast.parse(path.read_text())
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    module = importlib.import_module(".".join(path.with_suffix("").parts).removesuffix(".__init__"))
    for function in functions:
        for call in [node for node in ast.walk(function) if isinstance(node, ast.Call)]:
            for name in {_action(node) for node in (call.func, *call.args)} & asking:
                place = f"{path}:{call.lineno} {name}"
                yield place, name, _is_asked(call, function, functions, module)


def _action(node):
    """Return the name of an action that a node stands for."""
    is_action = isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)
    return node.attr if is_action and node.value.id == "actions" else None


def _is_asked(call, function, functions, module):
    """Whether a call says what its sender meant; or what it calls does, or its whole input has."""
    if any(word.arg == "send_secrets" for word in call.keywords):
        return True
    called = getattr(call.func, "id", "")
    inner = [one for one in functions if one.name == called and one is not function]
    if any("send_secrets" in ast.unparse(one) for one in inner):
        return True
    if not any(word.arg is None for word in call.keywords):
        return False
    callers = [one for one in functions if f"self.{function.name}(" in ast.unparse(one)]
    nodes = [node for one in (function, *callers) for node in ast.walk(one)]
    used = {node.id for node in nodes if isinstance(node, ast.Name)}
    inputs = [getattr(module, name, None) for name in used if name.endswith("Input")]
    fields = [one._declared_fields for one in inputs if hasattr(one, "_declared_fields")]
    if any("send_secrets" in some for some in fields):
        return True
    return "send_secrets" in ast.unparse(function)
