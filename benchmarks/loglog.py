"""A plot of cost against size, both in powers of ten, as an SVG that is its own light and dark.

Written by hand: what draws our figures needs a browser to save one.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape

from dashboard.theme import DARK, LIGHT

WIDTH, HEIGHT = 860, 520
LEFT, RIGHT, TOP, BOTTOM = 64, 250, 56, 52
LEAST_APART = 17
"""Labels at the right edge stand so many pixels apart."""


@dataclass(frozen=True)
class Line:
    """What is plotted: its colour's name in the theme, its points, and whether it is a limit."""

    label: str
    colour: str
    points: tuple[tuple[float, float], ...]
    limit: bool = False


@dataclass(frozen=True)
class Axis:
    """Powers of ten between two pixels."""

    least: int
    most: int
    start: float
    end: float

    @classmethod
    def around(cls, values: Sequence[float], start: float, end: float) -> Axis:
        """The powers of ten that hold all values."""
        least, most = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
        return cls(least, max(most, least + 1), start, end)

    def at(self, value: float) -> float:
        """Where a value stands."""
        share = (math.log10(value) - self.least) / (self.most - self.least)
        return self.start + share * (self.end - self.start)

    @property
    def ticks(self) -> list[float]:
        """Each power of ten."""
        return [10.0**power for power in range(self.least, self.most + 1)]


def drawn(title: str, lines: Sequence[Line], across: str) -> str:
    """The SVG: milliseconds upwards, ``across`` to the right; lines without points are left out."""
    lines = [line for line in lines if line.points]
    points = [point for line in lines for point in line.points]
    over = Axis.around([x for x, _ in points], LEFT, WIDTH - RIGHT)
    up = Axis.around([y for _, y in points], HEIGHT - BOTTOM, TOP)
    body = "\n".join([*_grid(over, up), *_drawn(lines, over, up)])
    middle = (LEFT + WIDTH - RIGHT) / 2
    label = escape(f"{title}. {_in_words(lines)}", quote=True)
    return f"""\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img"
 aria-label="{label}">
<style>
svg {{ {_colours(LIGHT)} font: 13px system-ui, sans-serif }}
@media (prefers-color-scheme: dark) {{ svg {{ {_colours(DARK)} }} }}
text {{ fill: var(--muted) }} .title {{ fill: var(--ink); font-size: 16px; font-weight: 600 }}
.grid {{ stroke: var(--line) }}
.line {{ fill: none; stroke-width: 2.2 }} .limit {{ stroke-dasharray: 5 4 }}
</style>
<rect width="{WIDTH}" height="{HEIGHT}" rx="8" fill="var(--card)"/>
<text class="title" x="20" y="32">{escape(title)}</text>
{body}
<text x="{middle:.0f}" y="{HEIGHT - 12}" text-anchor="middle">{escape(across)}</text>
</svg>
"""


def spread(wanted: Sequence[float], apart: float = LEAST_APART) -> list[float]:
    """Positions as near as can be to those wanted, in their order, each so far from the next."""
    order = sorted(range(len(wanted)), key=lambda one: wanted[one])
    placed: list[list[int]] = []  # runs of labels that touch, each around the middle of its wishes
    for one in order:
        placed.append([one])
        while len(placed) > 1 and _first(placed[-1], wanted, apart) < apart + _last(
            placed[-2], wanted, apart
        ):
            placed[-2:] = [placed[-2] + placed[-1]]
    found = [0.0] * len(wanted)
    for run in placed:
        for at, one in enumerate(run):
            found[one] = _first(run, wanted, apart) + at * apart
    return found


def _first(run: Sequence[int], wanted: Sequence[float], apart: float) -> float:
    return sum(wanted[one] - at * apart for at, one in enumerate(run)) / len(run)


def _last(run: Sequence[int], wanted: Sequence[float], apart: float) -> float:
    return _first(run, wanted, apart) + (len(run) - 1) * apart


def _grid(over: Axis, up: Axis) -> Iterator[str]:
    for tick in up.ticks:
        y = up.at(tick)
        yield f'<line class="grid" x1="{over.start}" x2="{over.end}" y1="{y:.1f}" y2="{y:.1f}"/>'
        where = f'x="{over.start - 8}" y="{y + 4:.1f}"'
        yield f'<text {where} text-anchor="end">{duration(tick)}</text>'
    for tick in over.ticks:
        x = over.at(tick)
        yield f'<line class="grid" x1="{x:.1f}" x2="{x:.1f}" y1="{up.start}" y2="{up.end}"/>'
        yield f'<text x="{x:.1f}" y="{up.start + 20}" text-anchor="middle">{short(tick)}</text>'


def _drawn(lines: Sequence[Line], over: Axis, up: Axis) -> Iterator[str]:
    furthest = max(x for line in lines for x, _ in line.points)
    whole = [line for line in lines if line.points[-1][0] == furthest]
    heights = dict(
        zip(
            (line.label for line in whole),
            spread([up.at(line.points[-1][1]) for line in whole]),
            strict=True,
        )
    )
    for line in lines:
        at = [(over.at(x), up.at(y)) for x, y in line.points]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in at)
        kind, colour = "line limit" if line.limit else "line", f"var(--{line.colour})"
        yield f'<polyline class="{kind}" stroke="{colour}" points="{path}"/>'
        yield from (f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="{colour}"/>' for x, y in at)
        x, y = at[-1]
        if line.label in heights:
            where = f'x="{x + 12:.1f}" y="{heights[line.label] + 4:.1f}"'
        else:  # it ends before the others, whose lines are elsewhere
            where = f'x="{x + 10:.1f}" y="{y + 4:.1f}"'
        yield f'<text {where} style="fill: {colour}">{escape(line.label)}</text>'


def duration(milliseconds: float) -> str:
    """A power of ten in milliseconds, as it is read: ``10 µs``, ``100 ms``, ``10 s``."""
    if milliseconds >= 1000:
        return f"{milliseconds / 1000:,.0f} s"
    return f"{milliseconds:g} ms" if milliseconds >= 0.1 else f"{milliseconds * 1000:g} µs"


def short(count: float) -> str:
    """A power of ten, as it is read: ``100 k``, ``10 M``."""
    for unit, words in ((1e9, " G"), (1e6, " M"), (1e3, " k")):
        if count >= unit:
            return f"{count / unit:,.0f}{words}"
    return f"{count:,.0f}"


def _in_words(lines: Sequence[Line]) -> str:
    """Each line's last point, for those who cannot see it."""
    return " ".join(
        f"{line.label}: {line.points[-1][1]:,.3g} ms at {line.points[-1][0]:,.0f}."
        for line in lines
    )


def _colours(theme: Mapping[str, str]) -> str:
    used = ("card", "ink", "muted", "line", "blue", "vermillion", "green", "purple", "control")
    return " ".join(f"--{name}: {theme[name]};" for name in used)
