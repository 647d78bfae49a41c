"""Small plots as inline drawings, with their numbers as words and as a table."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from babel.dates import format_date

from people.moments import locale_of, reader_language

WIDTH, HEIGHT, STEP, BAR, FOOT = 326, 100, 26, 18, 20


@dataclass(frozen=True)
class Bar:
    """One month, in minutes, and where its two blocks stand (units of the drawing)."""

    label: str
    month: str
    local: int
    across: int
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
    """Return where the bars of months stand; each: `month`, and minutes `local`, `across`."""
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


def _values(row: Any) -> tuple[Any, int, int]:
    if isinstance(row, Mapping):
        return row["month"], int(row["local"]), int(row["across"])
    return row.month, int(row.local), int(row.across)


KIND_HEIGHT = 32


@dataclass(frozen=True)
class KindRow:
    """One kind of help: its minutes of each month, and their bars (x, y, height)."""

    name: str
    minutes: list[int]
    total: int
    bars: list[tuple[int, float, float]]


@dataclass(frozen=True)
class KindsPlot:
    """The kinds over the same months, all on one scale; `table`: (month, minutes of each kind)."""

    rows: list[KindRow]
    table: list[tuple[str, list[int]]]
    width: int
    height: int


def kinds_plot(months: Sequence[Any], kinds: Iterable[tuple[str, Sequence[int]]]) -> KindsPlot:
    """Return small bars of each kind. kinds: (name, minutes of each month)."""
    named = [(name, list(minutes)) for name, minutes in kinds]
    scale = KIND_HEIGHT / (max((max(row, default=0) for _name, row in named), default=0) or 1)
    rows = []
    for name, minutes in named:
        heights = [round(value * scale, 1) for value in minutes]
        bars = [
            (index * STEP, round(KIND_HEIGHT - height, 1), height)
            for index, height in enumerate(heights)
            if height
        ]
        rows.append(KindRow(name=name, minutes=minutes, total=sum(minutes), bars=bars))
    locale = locale_of(reader_language())
    words = [format_date(month, "LLLL y", locale=locale) for month in months]
    table = [(word, [row.minutes[at] for row in rows]) for at, word in enumerate(words)]
    width = max(len(words), 1) * STEP
    return KindsPlot(rows=rows, table=table, width=width, height=KIND_HEIGHT)


NAMES, LENGTH, VALUES, ROW, THICK = 140, 240, 50, 24, 14


@dataclass(frozen=True)
class NamedBar:
    """One lying bar, with its name before it and its number behind it."""

    name: str
    value: int
    y: int
    middle: float
    length: float
    end: float


@dataclass(frozen=True)
class BarsPlot:
    bars: list[NamedBar]
    width: int
    height: int
    names: int
    begin: int


def bars_plot(rows: Iterable[tuple[str, int]]) -> BarsPlot:
    """Return where lying bars stand, one a row: (name, number) each; the longest is full."""
    values = list(rows)
    top = max((value for _name, value in values), default=0) or 1
    bars = []
    for index, (name, value) in enumerate(values):
        y, length = index * ROW + 5, round(value * LENGTH / top, 1)
        short = name if len(name) <= 20 else f"{name[:19]}…"
        end = NAMES + length + 6
        bars.append(NamedBar(short, value, y, y + THICK / 2, length, end))
    return BarsPlot(
        bars=bars,
        width=NAMES + LENGTH + VALUES,
        height=len(values) * ROW + 8,
        names=NAMES - 8,
        begin=NAMES,
    )
