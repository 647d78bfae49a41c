"""The piece of a text that shows why it was found. Pure."""

from core.markup import highlight
from search.analysis import base, folded, spans, stems, stop_words

WIDTH = 220


def marked(text: str, query: str, language: str) -> str:
    """Return the whole text as safe HTML, with the words of the query marked."""
    return highlight(text, _matches(text, query, language))


def snippet(text: str, query: str, language: str) -> str:
    """Return about 220 characters around most of the query's words, as safe HTML."""
    matches = _matches(text, query, language)
    start = _best_start(matches) if matches else 0
    start = text.rfind(" ", 0, max(start - 30, 0)) + 1 if start > 30 else 0
    end = min(start + WIDTH, len(text))
    if end < len(text):
        end = max(text.rfind(" ", start, end), start + 1)
    inside = [(a - start, b - start) for a, b in matches if a >= start and b <= end]
    piece = highlight(text[start:end].replace("\n", " "), inside)
    before, after = "… " if start else "", " …" if end < len(text) else ""
    return type(piece)(before + piece + after)


def _matches(text: str, query: str, language: str) -> list[tuple[int, int]]:
    """Return the spans of words that share a stem with a word of the query."""
    code = base(language)
    stops = stop_words(code)
    typed = [word for _start, _end, word in spans(query)]
    wanted = {one for word in typed if folded(word) not in stops for one in stems(word, code)}
    last = folded(typed[-1]) if typed and len(typed[-1]) >= 3 else ""
    found = []
    for start, end, word in spans(text):
        if stems(word, code) & wanted or (last and folded(word).startswith(last)):
            found.append((start, end))
    return found


def _best_start(matches: list[tuple[int, int]]) -> int:
    """Return where the window with most matches begins."""
    best, best_count, first = matches[0][0], 0, 0
    for last in range(len(matches)):
        while matches[last][1] - matches[first][0] > WIDTH - 40:
            first += 1
        if last - first + 1 > best_count:
            best, best_count = matches[first][0], last - first + 1
    return best
