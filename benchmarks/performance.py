"""docs/performance.md and its plot, written from what was measured; its prose is performance.md."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from string import Template
from textwrap import fill
from typing import Any

from benchmarks.bandwidth import A_ROW, ROW_BYTES
from benchmarks.loglog import Line, drawn
from benchmarks.sizing import FIGURES, Measured, Size, beside, footer, markdown

TEMPLATE = Path(__file__).with_name("performance.md")
DOCS = Path(__file__).parents[1] / "docs"
PAGE, PLOT = "performance.md", "images/performance.svg"
MOST = 8
"""Functions that a profile names."""

DOORS = {
    "look": "alerts, in words",
    "Asking.ask": "key figures, course, bars, tables",
    "View.ask": "scatter, personas, comparison",
    "dues": "what is owed",
    "dues_over_time": "what is owed, month by month",
}
"""Doors to the ledger as the page says them; the others are called by their names."""

TITLES = {
    "answers": "All answers",
    "pages": "Filter change until painted",
    "build": "Ledger from parquet",
    "memory": "Memory of the server",
    "start": "Start of the server",
}
WHY = {
    "answers": (
        "Milliseconds behind each door of the unfiltered page, and the functions of ours that were "
        "at work behind all of them. `alerts.py` and `formats.py` find and word what deserves a "
        "look: they follow the number of payouts, campaigns and creators, not of rows."
    ),
    "pages": (
        "The same figures sent again without a question are what drawing and transport take. The "
        "server's CPU is that of the whole change, also of what is below the window and comes "
        "later."
    ),
    "build": (
        "Which functions of ours were at work, with all that they called in Polars, in % of the "
        "CPU of building. `engines`, `dataset` and `ingest` add rows up to cells, once, at import; "
        "`ledger` accrues spend and numbers keys, at each start."
    ),
    "memory": (
        "MB of a process that takes the same steps without a server. What is freed is not always "
        "given back, so the most that a step held is in it."
    ),
    "start": (
        "[What a start loads](benchmarks.md#from-the-start-until-a-page-is-answered) is the same "
        "at every size; the rest is opening the saved cells and building the ledger of them."
    ),
}
"""What the profile of each part shows."""


def written(found: Measured, docs: Path = DOCS) -> list[Path]:
    """Write the page and its plot, and say where."""
    files = {docs / PAGE: page(found), docs / PLOT: plot(found)}
    for path, text in files.items():
        path.write_text(text, "utf-8")
    return list(files)


def page(found: Measured) -> str:
    """The page, from its template."""
    return Template(TEMPLATE.read_text("utf-8")).substitute(
        day=found.day,
        quick=" --quick" if found.quick else "",
        table=markdown(found),
        footer=_wrapped(footer(found)),
        slowest=_slowest(found.sizes),
        attributed=_listed(f"{_share(size):.1f} %" for size in found.sizes),
        row=A_ROW,
        columns=_listed(f"{name} {size}" for name, size in ROW_BYTES.items()),
        pandas="\n".join(_pandas(found.sizes)),
        misses="\n".join(_misses(found)).strip(),
    )


def plot(found: Measured) -> str:
    """CPU time against rows: ours, pandas, and what memory allows at best."""
    figures = {figure.words: figure for figure in (*FIGURES, *beside(found.bandwidth))}

    def line(
        label: str, colour: str, words: str, unit: float = 1.0, *, limit: bool = False
    ) -> Line:
        values = [(size.build["rows"], figures[words].value(size)) for size in found.sizes]
        points = tuple((rows, value * unit) for rows, value in values if value)
        return Line(label, colour, points, limit)

    return drawn(
        "What a size costs, in CPU time",
        [
            line(
                "pandas: merge for each change",
                "purple",
                "pandas: merged for each change, no filter, CPU ms",
            ),
            line("the ledger from parquet, once", "vermillion", "ledger from parquet, CPU s", 1000),
            line(
                "all answers, no filter", "blue", "all answers of the Overview, no filter, CPU ms"
            ),
            line(
                "all answers, filtered",
                "green",
                "all answers of the Overview, a typical filter, CPU ms",
            ),
            line(
                "answers that pandas gives too",
                "ink",
                "ours: the questions that pandas is asked, no filter, CPU ms",
            ),
            line(
                "limit: each row read once",
                "control",
                f"read {A_ROW} bytes of each row once, ms",
                limit=True,
            ),
            line("limit: each fact read once", "muted", "read the facts once, ms", limit=True),
        ],
        "tracking rows",
    )


def _share(size: Size) -> float:
    """Of 100 rows those that came through a creator."""
    return float(100 * size.build["attributed"] / size.build["rows"])


def _pandas(sizes: Sequence[Size]) -> Iterator[str]:
    """Where it did not run to its end, and why."""
    for size in sizes:
        beside = size.pandas
        if beside["ran"]:
            continue
        rows, most = f"{size.build['rows']:,}", _gb(beside["most"])
        words = f"At {rows} rows pandas may hold {most}, all that is free but 2 GiB"
        if beside.get("died"):
            words += f", and ran out of it while {beside['step']}"
        else:
            words += f", and had not ended {beside['step']} when its time was over"
        if beside["needed"] is not None:
            words += f"; as it grew before, it would take {_gb(beside['needed'])}"
        yield _wrapped(f"{words}.")


def _gb(megabytes: float) -> str:
    return f"{megabytes / 1000:.1f} GB"


def _misses(found: Measured) -> Iterator[str]:
    """Each part that missed at some size: by how much, and its profile."""
    if not any(figure.misses(size) for figure in FIGURES for size in found.sizes):
        yield "Nothing."
    for part, words in WHY.items():
        missed = [
            f"- {figure.words}: "
            + _listed([f"{figure.said(size)} at {size.short}" for size in sizes])
            for figure in FIGURES
            if figure.part == part
            and (sizes := [size for size in found.sizes if figure.misses(size)])
        ]
        if missed:
            yield from (f"### {TITLES[part]}", "", *missed, "", _wrapped(words), "")
            yield from (*_profile(part, found), "")


def _slowest(sizes: Sequence[Size]) -> str:
    return _listed([f"{size.pages[1].title} at {size.short}" for size in sizes])


def _wrapped(words: str) -> str:
    return fill(words, 125, break_long_words=False, break_on_hyphens=False)


def _profile(part: str, found: Measured) -> Iterator[str]:
    """What stands behind a part, each size in a column."""
    sizes = [size for size in found.sizes if part in size.profiles or part == "pages"]
    heads = [f"{size.build['rows']:,} rows" for size in sizes]
    if part == "pages":
        for at, which in enumerate(("first page", "slowest other page")):
            pages = [size.pages[at] for size in sizes]
            titles = [f"{page.title}, {head}" for head, page in zip(heads, pages, strict=True)]
            yield from _columns(
                [f"{which}, ms", *titles],
                [
                    ("change until painted", *(f"{page.median:,.0f}" for page in pages)),
                    ("sent again, nothing asked", *(_or_dash(page.floor) for page in pages)),
                    ("server CPU of a change", *(f"{page.cpu:.0f}" for page in pages)),
                ],
            )
            if not at:
                yield ""
        return
    profiles = [size.profiles[part] for size in sizes]
    if part == "memory":
        steps = [dict(profile["steps"]) for profile in profiles]
        yield from _table(["MB", *heads], steps, "{:,.0f}")
    if part == "answers":
        doors = [
            {DOORS.get(name, f"`{name}`"): took for name, took in profile["doors"]}
            for profile in profiles
        ]
        yield from (*_table(["CPU ms", *heads], doors, "{:.1f}"), "")
    if part in {"answers", "build"}:
        shares = [
            {f"`{name}`": 100 * share for name, share in profile["shares"]} for profile in profiles
        ]
        yield from _table(["% of CPU", *heads], shares, "{:.0f}")


def _table(heads: Sequence[str], columns: Sequence[Mapping[str, Any]], form: str) -> Iterator[str]:
    """The rows of the last column, the first of them, and the rest as one."""
    names = list(columns[-1])[:MOST]
    rows = [
        (name, *(form.format(column[name]) if name in column else "—" for column in columns))
        for name in names
    ]
    if len(columns[-1]) > MOST:
        rest = [
            sum(each for name, each in column.items() if name not in names) for column in columns
        ]
        rows.append(("all others", *(form.format(each) for each in rest)))
    yield from _columns(heads, rows)


def _columns(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(heads)} |"
    yield f"|---|{'---:|' * (len(heads) - 1)}"
    yield from (f"| {' | '.join(row)} |" for row in rows)


def _or_dash(value: float | None) -> str:
    return "—" if value is None else f"{value:.0f}"


def _listed(words: Iterator[str] | Sequence[str]) -> str:
    """``a, b and c``."""
    *first, last = words
    return f"{', '.join(first)} and {last}" if first else last
