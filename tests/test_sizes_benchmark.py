"""The benchmark of sizes: its table, its arithmetic, its plot, and the page that is written."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from pathlib import Path

import pytest
import typer

from benchmarks import alone, performance
from benchmarks.bandwidth import A_ROW, Bandwidth
from benchmarks.breakdown import Spending
from benchmarks.loglog import Axis, Line, drawn, duration, short, spread
from benchmarks.merging import merge, read
from benchmarks.performance import page, plot, written
from benchmarks.sizes import counts, needed
from benchmarks.sizing import FIGURES, Measured, Painted, Size, footer, markdown, rows_of
from dashboard.dataset import load
from tests.small import write

ROOT = Path(__file__).parents[1]
SVG = "{http://www.w3.org/2000/svg}"


def size(rows, **changed):
    """A size that reaches everything that is asked at ten million rows."""
    one = Size(
        rows=rows,
        build={"rows": rows, "cells": 900, "attributed": rows // 50, "cpu": 3.0, "rolled": 2.0}
        | {"peak": 999.6},
        answers={"every": 50.4, "filtered": 12.0, "doors": 28, "facts": 1000}
        | {"fact_bytes": 40_000_000, "same": [5.0, 2.0]},
        pandas={"merging": [900.0, 400.0], "merged": [90.0, 40.0], "made": 4.0, "peak": 5000.0}
        | {"ran": True, "most": 20_000.0, "needed": None, "step": ""},
        pages=(Painted("Overview", 110, 170, 60, 70), Painted("Posts", 110, 170, 90, None)),
        starts=(2.0, 9.0, 2.5),
        first=390.0,
        rest=450.0,
        read_bytes=1,
    )
    return replace(one, **changed)


def run(*sizes):
    bandwidth = Bandwidth(20e9, 10e9)
    return Measured(sizes, bandwidth, "2 cores", (0.5, 1.5), "22 November 2026", quick=False)


def figure(words):
    (found,) = (one for one in FIGURES if one.words == words)
    return found


def shown(found, words):
    """What the table says in a row."""
    (cells,) = (cells for name, cells in rows_of(found) if name == words)
    return cells


def test_what_is_asked_depends_on_the_size():
    """The table of the issue: ten million rows."""
    asked = {one.words: one.limit(size(10_000_000)) for one in FIGURES if one.asked}
    assert list(asked.values()) == [50, 12, 110, 170, 110, 170, 3, 1000, 400, 3]
    assert all(one.limit(size(5_000_000)) is None for one in FIGURES)


def test_a_figure_misses_by_what_is_shown():
    """50.4 is shown as 50, which is within 50; 50.6 is shown as 51."""
    words = "all answers of the Overview, no filter, CPU ms"
    good = size(10_000_000)
    bad = size(10_000_000, answers={**good.answers, "every": 50.6})
    assert not any(one.misses(good) for one in FIGURES)
    assert shown(run(good, bad), words) == [("50 (≤ 50)", False), ("51 (≤ 50)", True)]
    assert f"| {words} | 50 (≤ 50) | **51 (≤ 50)** |" in markdown(run(good, bad))


def test_a_start_is_the_one_in_the_middle():
    words = "server start until the page is answered, s"
    assert shown(run(size(10_000_000)), words) == [("2.5 (≤ 3)", False)]


def test_reading_once_is_bytes_by_the_fastest_read():
    """40 MB at 20 GB/s are 2 ms; ten million rows of 28 bytes are 280 MB, 14 ms."""
    assert A_ROW == 28
    found = run(size(10_000_000))
    assert shown(found, "read the facts once, ms") == [("2.00", False)]
    assert shown(found, "read 28 bytes of each row once, ms") == [("14.0", False)]


def test_memory_is_expected_to_grow_as_it_did():
    """From 1 to 10 rows 900 MB more, 100 a row: 90 more rows are 9,000 more."""
    assert needed(100, [(10, 1000.0), (1, 100.0)]) == pytest.approx(10_000)
    assert needed(100, [(10, 1000.0)]) is None


def test_a_busy_machine_is_said():
    """1.5 is what measuring itself makes; 15 is other work."""
    calm = run(size(10_000_000))
    assert footer(calm).endswith("load 0.5 before, up to 1.5.")
    assert "Other work shared the machine" in footer(replace(calm, load=(9.0, 15.0)))


def test_sizes_are_read_as_people_write_them():
    assert counts("10M, 500k,7") == [7, 500_000, 10_000_000]
    with pytest.raises(typer.BadParameter, match="not as '1G'"):
        counts("1G")


def test_what_was_measured_is_read_again_as_it_was():
    found = run(size(10_000_000))
    assert Measured.from_json(found.as_json()) == found


# ----------------------------------------------------------------------------------------- the plot


def test_an_axis_is_in_powers_of_ten():
    """From 2 to 300 are the powers 0 to 3; 10 lies a third of the way."""
    axis = Axis.around([2, 300], 100, 400)
    assert axis.ticks == [1, 10, 100, 1000]
    assert axis.at(10) == pytest.approx(200)


def test_labels_stand_apart_and_in_order():
    """Two at 10 part around it, the far one stays, and a chain is moved as one."""
    assert spread([10, 50, 10], 4) == pytest.approx([8, 50, 12])
    assert spread([0, 1, 5], 4) == pytest.approx([-2, 2, 6])


def test_durations_and_counts_are_said_in_their_unit():
    assert [duration(each) for each in (0.01, 0.1, 100, 10_000)] == (
        ["10 µs", "0.1 ms", "100 ms", "10 s"]
    )
    assert [short(each) for each in (100, 1e4, 1e8)] == ["100", "10 k", "100 M"]


def test_the_plot_is_svg_that_says_its_last_points_and_leaves_out_what_never_ran():
    lines = [
        Line("ours <now>", "blue", ((1e6, 20.0), (1e8, 75.0))),
        Line("theirs", "purple", ((1e6, 200.0), (1e7, 2000.0))),
        Line("nobody", "green", ()),
    ]
    root = ET.fromstring(drawn("Cost & size", lines, "rows"))
    paths = root.findall(f"{SVG}polyline")
    assert [path.get("points").count(",") for path in paths] == [2, 2]
    # Ten million lies half-way between one and a hundred.
    left, right = (float(each.split(",")[0]) for each in paths[0].get("points").split())
    middle = float(paths[1].get("points").split()[1].split(",")[0])
    assert middle == pytest.approx((left + right) / 2, abs=0.1)
    texts = [text.text for text in root.findall(f"{SVG}text")]
    assert {"ours <now>", "theirs", "1 M", "100 M", "10 ms", "10 s"} <= set(texts)
    assert "nobody" not in texts
    assert "ours <now>: 75 ms at 100,000,000." in root.get("aria-label")
    assert "prefers-color-scheme: dark" in root.find(f"{SVG}style").text


def test_pandas_is_plotted_as_far_as_it_came():
    dead = {
        "step": "merging them",
        "died": True,
        "ran": False,
        "most": 20_000.0,
        "needed": 52_000.0,
    }
    found = run(size(10_000_000), size(100_000_000, pandas={**dead, "peak": 19_000.0}))
    assert shown(found, "pandas: peak memory, MB")[1] == ("—", False)
    root = ET.fromstring(plot(found))
    assert sorted(p.get("points").count(",") for p in root.findall(f"{SVG}polyline")) == (
        [1, 2, 2, 2, 2, 2, 2]
    )
    said = re.sub(r"\s+", " ", page(found))
    assert "At 100,000,000 rows pandas may hold 20.0 GB" in said
    assert "ran out of it while merging them; as it grew before, it would take 52.0 GB." in said


# ----------------------------------------------------------------------------------------- the page


def test_the_page_explains_each_miss_and_nothing_else(tmp_path):
    good = size(10_000_000)
    assert page(run(good)).rstrip().endswith("## What misses, and why\n\nNothing.")
    slow = size(
        10_000_000,
        build={**good.build, "cpu": 6.2},
        profiles={
            "build": {"shares": [["engines/here.py roll", 0.75], ["ledger/keys.py of", 0.25]]}
        },
    )
    (tmp_path / "images").mkdir()
    path, drawing = written(run(slow), tmp_path)
    text = path.read_text("utf-8")
    assert "- ledger from parquet, CPU s: 6.2 (≤ 3) at 10M" in text
    assert "| `engines/here.py roll` | 75 |" in text
    assert re.findall(r"(?m)^### (.+)$", text) == ["Ledger from parquet"]
    assert "$" not in text
    assert drawing.read_text("utf-8").startswith("<svg")


def test_the_rest_of_a_profile_is_one_row():
    many = [[f"a{each}", 0.1] for each in range(10)]
    good = size(10_000_000)
    slow = size(10_000_000, build={**good.build, "cpu": 9.0}, profiles={"build": {"shares": many}})
    assert "| `a7` | 10 |\n| all others | 20 |" in page(run(slow))


def test_each_part_that_can_miss_has_its_words():
    assert {one.part for one in FIGURES if one.asked} == set(performance.WHY)


def test_the_page_names_the_command_that_writes_it():
    text = (ROOT / "docs" / "performance.md").read_text("utf-8")
    assert "`make bench-sizes`" in text
    assert "BENCH_ARGS=--write" in text
    assert re.search(
        r"(?m)^bench-sizes:.*\n\t.*-m benchmarks\.sizes", (ROOT / "Makefile").read_text()
    )
    assert (ROOT / "docs" / "images" / "performance.svg").exists()


# -------------------------------------------------------------------------------------- the parts


def test_parquet_is_merged_as_csv_is(tmp_path):
    """The same tables in parts of parquet; see tests/small.py."""
    folder = write(tmp_path)
    wanted = merge(read(str(folder))).rows
    parts = tmp_path / "parts"
    parts.mkdir()
    for name, frame in read(str(folder)).items():
        half = len(frame) // 2
        frame[:half].to_parquet(parts / f"{name}-00000.parquet")
        frame[half:].to_parquet(parts / f"{name}-00001.parquet")
    found = merge(read(str(parts))).rows
    assert found[["revenue", "orders", "new"]].sum().to_list() == (
        wanted[["revenue", "orders", "new"]].sum().to_list()
    )
    assert found["date"].dtype.kind == "M"


def test_cpu_is_put_on_the_innermost_function_of_ours(monkeypatch):
    """Of a clock that is told: 1 outside, 4 in load and what is not ours, 2 outside again."""
    now = iter([1.0, 5.0, 7.0])
    spent = Spending(_since=0.0)
    monkeypatch.setattr("benchmarks.breakdown.time.process_time", lambda: next(now))

    class Frame:
        f_code = load.__code__

    class Other:
        f_code = json.loads.__code__

    spent.note(Frame, "call", None)
    spent.note(Other, "call", None)
    spent.note(Other, "return", None)
    spent.note(Frame, "return", None)
    spent.charge()
    assert dict(spent.seconds) == {"(what calls it)": 3.0, "dataset/__init__.py load": 4.0}
    assert spent.shares[0] == ("dataset/__init__.py load", pytest.approx(4 / 7))


def test_the_most_that_was_held_is_in_megabytes():
    held = bytearray(64_000_000)
    assert alone._peak() > 64
    assert len(held) == 64_000_000
