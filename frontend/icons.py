"""The line drawings of the pages, 24 units square, drawn for this project."""

from django.utils.html import format_html
from django.utils.safestring import SafeString

PATHS = {
    "sprig": (
        '<path d="M4 20C8 14 13 9 20 4"/><path d="M9.5 14.2C6 14.5 4.2 12.6 4 9.6c3.2-.2 5.2 1.5 '
        '5.5 4.6Z"/><path d="M13.6 10c-1.9-2.6-1.4-5.2.9-7.1 2.2 2.3 1.9 5-.9 7.1Z"/>'
        '<path d="M13 11.8c2-2.7 4.7-3 7.2-1.2-1.5 2.8-4.2 3.3-7.2 1.2Z"/>'
    ),
    "bell": '<path d="M6 16V11a6 6 0 0 1 12 0v5l1.5 2h-15L6 16Z"/><path d="M10 21h4"/>',
    "menu": '<path d="M4 7h16M4 12h16M4 17h16"/>',
    "search": '<circle cx="11" cy="11" r="6"/><path d="m20 20-4.7-4.7"/>',
    "check": '<path d="m5 12.5 4.5 4.5L19 7"/>',
    "up": '<path d="m6 15 6-6 6 6"/>',
    "down": '<path d="m6 9 6 6 6-6"/>',
    "back": '<path d="M19 12H5m6-6-6 6 6 6"/>',
    "next": '<path d="M5 12h14m-6-6 6 6-6 6"/>',
    "plus": '<path d="M12 5v14M5 12h14"/>',
    "close": '<path d="m6 6 12 12M18 6 6 18"/>',
    "pencil": '<path d="m4 20 1-5L16 4l4 4L9 19l-5 1Z"/><path d="m13.5 6.5 4 4"/>',
    "flag": '<path d="M6 21V4h12l-3 4.5 3 4.5H6"/>',
    "clock": '<circle cx="12" cy="12" r="8"/><path d="M12 7.5V12l3 2"/>',
    "person": '<circle cx="12" cy="8" r="3.5"/><path d="M5 20c.8-4 3.4-6 7-6s6.2 2 7 6"/>',
    "calendar": '<path d="M4 6h16v14H4zM4 10.5h16M8 3.5V7m8-3.5V7"/>',
    "chat": '<path d="M4 5h16v11H11l-4.5 4v-4H4z"/>',
    "file": '<path d="M6 3h8l4 4v14H6z"/><path d="M14 3v4h4"/>',
    "globe": (
        '<circle cx="12" cy="12" r="8"/><path d="M4 12h16M12 4c3 2.5 3 13.5 0 16M12 4c-3 2.5-3 '
        '13.5 0 16"/>'
    ),
    "lock": '<path d="M6 11h12v9H6zM9 11V8a3 3 0 0 1 6 0v3"/>',
    "eye": (
        '<path d="M3 12c4-6.5 14-6.5 18 0-4 6.5-14 6.5-18 0Z"/><circle cx="12" cy="12" r="2.5"/>'
    ),
    "undo": '<path d="M9 7 5 11l4 4"/><path d="M5 11h9a5 5 0 0 1 0 10h-2"/>',
    "warning": '<path d="M12 4 3 20h18L12 4Z"/><path d="M12 10v4.5m0 2.5v.1"/>',
}

OPEN = '<svg class="icon icon-{name}" viewBox="0 0 24 24" aria-hidden="true">'
DRAWN = {name: format_html(OPEN + path + "</svg>", name=name) for name, path in PATHS.items()}


def icon(name: str) -> SafeString:
    """Return an inline drawing that screen readers skip; the words stand beside it."""
    return DRAWN[name]
