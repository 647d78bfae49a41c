"""Small plots as inline drawings, with their numbers as words and as a table."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from babel.dates import format_date

from frontend.moments import locale_of, reader_language

WIDTH, HEIGHT, STEP, BAR, FOOT = 326, 100, 26, 18, 20


@dataclass(frozen=True)
class Bar:
    """One month, in hours, and where its two blocks stand (units of the drawing)."""

    label: str
    month: str
    local: float
    across: float
    x: float
    y_local: float
    height_local: float
    y_across: float
    height_across: float
    middle: float


@dataclass(frozen=True)
class Plot:
    bars: list[Bar]
    width: int
    height: int
    base: int
    top: float


def months_plot(series: Iterable[Any]) -> Plot:
    """Return where the bars of hours by month stand; each month has `month`, `local`, `across`."""
    rows = [_values(row) for row in series]
    top = max((local + across for _month, local, across in rows), default=0) or 1
    scale = (HEIGHT - 8) / top
    locale = locale_of(reader_language())
    bars = []
    for index, (month, local, across) in enumerate(rows):
        x = 8 + index * STEP
        low, high = local * scale, across * scale
        bars.append(
            Bar(
                label=format_date(month, "LLLLL", locale=locale),
                month=format_date(month, "LLLL y", locale=locale),
                local=local,
                across=across,
                x=x,
                y_local=round(HEIGHT - low, 1),
                height_local=round(low, 1),
                y_across=round(HEIGHT - low - high, 1),
                height_across=round(high, 1),
                middle=x + BAR / 2,
            )
        )
    width = max(WIDTH, 8 + len(rows) * STEP + 6)
    return Plot(bars=bars, width=width, height=HEIGHT + FOOT, base=HEIGHT, top=top)


def _values(row: Any) -> tuple[Any, float, float]:
    if isinstance(row, Mapping):
        return row["month"], float(row["local"]), float(row["across"])
    return row.month, float(row.local), float(row.across)
