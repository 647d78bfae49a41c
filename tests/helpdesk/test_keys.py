"""The list of keys on a page names each key that does something, and no other."""

import re

KEYS = "frontend/static/js/keys.js"
BY_NAME = re.compile(r'data-key="(\w)"')


def known_to_the_script(settings):
    """Return the keys that keys.js knows by itself: those after g, and the others."""
    script = (settings.BASE_DIR / KEYS).read_text()
    places = re.search(r"const PLACES = {(.*?)};", script)[1]
    acts = re.search(r"const ACTS = {\n(.*?)\n};", script, re.DOTALL)[1]
    return set(re.findall(r"(\w): \"/", places)), set(re.findall(r'^ +"?([^\s"]+?)"?:', acts, re.M))


def named_on_elements(settings):
    """Return the keys that templates give to their elements."""
    folder = settings.BASE_DIR / "frontend" / "templates"
    return {key for path in folder.rglob("*.html") for key in BY_NAME.findall(path.read_text())}


def test_all_keys_are_listed_and_no_others(browse, desk, ticket, settings):
    page = browse(desk["nadia"]).get(ticket.path).content.decode()
    queue = browse(desk["nadia"]).get("/queue").content.decode()
    dialog = re.search(r"<dialog data-keys.*?</dialog>", page, re.DOTALL)[0]
    listed = [re.findall("<kbd>(.)</kbd>", row) for row in re.findall("<dt>.*?</dt>", dialog)]
    places, acts = known_to_the_script(settings)

    assert {row[1] for row in listed if row[0] == "g"} == places == {"q", "t", "h"}
    alone = [key for row in listed if row[0] != "g" for key in row]
    assert len(alone) == len(set(alone))
    there = set(BY_NAME.findall(page + queue))
    assert named_on_elements(settings) - {"s"} <= there  # s: once it is in hand
    assert set(alone) == acts | there | {"s"}
    assert not acts & there
    assert all(row[0] != "g" or len(row) == 2 for row in listed)
