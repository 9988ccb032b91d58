"""What was measured of each size, what is asked of it, and the table of both."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from statistics import median
from typing import Any

from rich import box
from rich.table import Table

from benchmarks.bandwidth import A_ROW, Bandwidth
from benchmarks.pages import Seen

SIZES = {"1M": 1_000_000, "10M": 10_000_000, "100M": 100_000_000}
"""What is asked for, by its short name."""
CALM = 6.0
"""What is measured makes a load of its own, on two cores hardly more than this."""


@dataclass(frozen=True)
class Painted:
    """A page's filter changes until painted, in ms; ``floor`` is the same sent again, unasked."""

    title: str
    median: float
    slow: float
    cpu: float
    floor: float | None

    @classmethod
    def of(cls, seen: Seen) -> Painted:
        """The same of what was seen."""
        changes, floor = seen.changes, seen.floor
        return cls(
            seen.title,
            changes.median,
            changes.slow,
            changes.cpu_each,
            floor.median if floor.took else None,
        )


@dataclass(frozen=True)
class Size:
    """Everything that was measured of one size: times in ms of CPU where not said, memory in MB.

    ``build``, ``answers`` and ``pandas`` are as ``benchmarks.alone`` says them; ``profiles`` is
    what it says of each part that missed. ``starts`` are seconds until a server answers, ``first``
    and ``rest`` its MB when a first page is complete, and when all pages are built.
    """

    rows: int
    build: Mapping[str, Any]
    answers: Mapping[str, Any]
    pandas: Mapping[str, Any]
    pages: tuple[Painted, ...]
    starts: tuple[float, ...]
    first: float
    rest: float
    read_bytes: int
    profiles: Mapping[str, Any] = field(default_factory=dict)

    @property
    def short(self) -> str:
        """``10M``."""
        return f"{self.rows // 1_000_000}M" if self.rows >= 1_000_000 else f"{self.rows:,}"


@dataclass(frozen=True)
class Measured:
    """All sizes in one run, what they ran on, and when; ``load`` is the most that there was."""

    sizes: tuple[Size, ...]
    bandwidth: Bandwidth
    machine: str
    load: tuple[float, float]
    day: str
    quick: bool

    def as_json(self) -> str:
        """To be read again."""
        return json.dumps(asdict(self), indent=1)

    @classmethod
    def from_json(cls, text: str) -> Measured:
        """What was written."""
        found = json.loads(text)
        sizes = tuple(
            Size(
                **{
                    **one,
                    "pages": tuple(Painted(**page) for page in one["pages"]),
                    "starts": tuple(one["starts"]),
                }
            )
            for one in found["sizes"]
        )
        bandwidth = Bandwidth(**found["bandwidth"])
        return cls(
            **{**found, "sizes": sizes, "bandwidth": bandwidth, "load": tuple(found["load"])}
        )


# ------------------------------------------------------------------------------- what is asked


@dataclass(frozen=True)
class Figure:
    """A row of the table; ``asked`` is the most that it may be at a million rows, ten, a hundred.

    ``part`` says what explains a miss.
    """

    words: str
    value: Callable[[Size], float | None]
    asked: tuple[float | None, ...] = ()
    part: str = ""
    digits: int = 0

    def limit(self, size: Size) -> float | None:
        """The most that is asked of this size; None where nothing is."""
        asked = dict(zip(SIZES.values(), self.asked, strict=False))
        return asked.get(size.rows)

    def misses(self, size: Size) -> bool:
        """Whether it is more than is asked, as it is shown: 25.4 shown as 25 is 25."""
        limit, value = self.limit(size), self.value(size)
        return limit is not None and value is not None and round(value, self.digits) > limit

    def said(self, size: Size) -> str:
        """``43 (≤ 25)``, or a dash where it was not measured."""
        value, limit = self.value(size), self.limit(size)
        words = "—" if value is None else f"{value:,.{self.digits}f}"
        return words if limit is None else f"{words} (≤ {limit:,g})"


def _pandas(name: str, at: int | None = None) -> Callable[[Size], float | None]:
    """A figure of pandas, where it came so far."""

    def value(size: Size) -> float | None:
        found = size.pandas.get(name)
        return found if found is None or at is None else found[at]

    return value


FIGURES = (
    Figure(
        "all answers of the Overview, no filter, CPU ms",
        lambda size: size.answers["every"],
        (25, 50, 75),
        "answers",
    ),
    Figure(
        "all answers of the Overview, a typical filter, CPU ms",
        lambda size: size.answers["filtered"],
        (12, 12, 18),
        "answers",
    ),
    Figure(
        "filter change until painted, Overview, ms",
        lambda size: size.pages[0].median,
        (110, 110, 130),
        "pages",
    ),
    Figure(
        "one in twenty on the Overview takes longer than, ms",
        lambda size: size.pages[0].slow,
        (170, 170, 200),
        "pages",
    ),
    Figure(
        "filter change until painted, the slowest other page, ms",
        lambda size: size.pages[1].median,
        (110, 110, 130),
        "pages",
    ),
    Figure(
        "one in twenty there takes longer than, ms",
        lambda size: size.pages[1].slow,
        (170, 170, 200),
        "pages",
    ),
    Figure(
        "ledger from parquet, CPU s", lambda size: size.build["cpu"], (1, 3, 25), "build", digits=1
    ),
    Figure(
        "of it rows added up to cells, once, CPU s", lambda size: size.build["rolled"], digits=1
    ),
    Figure(
        "peak memory of the build, MB", lambda size: size.build["peak"], (None, 1000, 2500), "build"
    ),
    Figure(
        "server, first page of a visitor complete, MB",
        lambda size: size.first,
        (350, 400, 600),
        "memory",
    ),
    Figure("all pages of the visitor built, MB", lambda size: size.rest),
    Figure(
        "server start until the page is answered, s",
        lambda size: median(size.starts),
        (3, 3, 3),
        "start",
        digits=1,
    ),
)


def beside(bandwidth: Bandwidth) -> tuple[Figure, ...]:
    """What stands beside ours: the same questions in pandas, and what memory allows at best."""
    return (
        Figure("parquet of the rows, MB", lambda size: size.read_bytes / 1e6),
        Figure("cells", lambda size: size.build["cells"]),
        Figure("facts that questions are answered from", lambda size: size.answers["facts"]),
        Figure("read the facts once, ms", lambda size: _facts_once(size, bandwidth), digits=2),
        Figure(
            f"read {A_ROW} bytes of each row once, ms",
            lambda size: _rows_once(size, bandwidth),
            digits=1,
        ),
        Figure(
            "ours: the questions that pandas is asked, no filter, CPU ms",
            lambda size: size.answers["same"][0],
            digits=1,
        ),
        Figure("ours: the same, filtered, CPU ms", lambda size: size.answers["same"][1], digits=1),
        Figure("pandas: merged for each change, no filter, CPU ms", _pandas("merging", 0)),
        Figure("pandas: merged for each change, filtered, CPU ms", _pandas("merging", 1)),
        Figure("pandas: merged once, no filter, CPU ms", _pandas("merged", 0)),
        Figure("pandas: merged once, filtered, CPU ms", _pandas("merged", 1)),
        Figure("pandas: parquet read and merged, CPU s", _pandas("made"), digits=1),
        Figure(
            "pandas: peak memory, MB",
            lambda size: size.pandas["peak"] if size.pandas["ran"] else None,
        ),
    )


def _facts_once(size: Size, bandwidth: Bandwidth) -> float:
    return bandwidth.milliseconds(size.answers["fact_bytes"])


def _rows_once(size: Size, bandwidth: Bandwidth) -> float:
    return bandwidth.milliseconds(size.build["rows"] * A_ROW)


# ------------------------------------------------------------------------------- how it is shown


def rows_of(found: Measured) -> Iterator[tuple[str, list[tuple[str, bool]]]]:
    """Each figure: its words, and of each size what is said and whether that is a miss."""
    for figure in (*FIGURES, *beside(found.bandwidth)):
        yield figure.words, [(figure.said(size), figure.misses(size)) for size in found.sizes]


def table(found: Measured) -> Table:
    """One row a figure, one column a size; a miss stands out."""
    answer = Table(box=box.SIMPLE_HEAD)
    answer.add_column("")
    for size in found.sizes:
        answer.add_column(f"{size.build['rows']:,} rows", justify="right")
    for words, cells in rows_of(found):
        answer.add_row(words, *(f"[bold red]{said}[/]" if miss else said for said, miss in cells))
    return answer


def markdown(found: Measured) -> str:
    """The same as Markdown."""
    heads = [f"{size.build['rows']:,} rows" for size in found.sizes]
    lines = [f"| | {' | '.join(heads)} |", f"|---|{'---:|' * len(heads)}"]
    for words, cells in rows_of(found):
        said = " | ".join(f"**{said}**" if miss else said for said, miss in cells)
        lines.append(f"| {words} | {said} |")
    return "\n".join(lines)


def footer(found: Measured) -> str:
    """What it ran on."""
    idle, busy = found.load
    one, two = (read / 1e9 for read in (found.bandwidth.one, found.bandwidth.two))
    busy_with_others = (
        " Other work shared the machine: starts and changes took several times what they take on "
        "an idle one, and CPU times are higher too."
    )
    return (
        f"{found.machine}; memory read at {one:.0f} GB/s by one thread and {two:.0f} by two; "
        f"load {idle:.1f} before, up to {busy:.1f}."
        f"{busy_with_others if busy > CALM else ''}"
    )
