"""Benchmarks: what stands beside our answers must answer the same question."""

from __future__ import annotations

from io import StringIO

from rich.console import Console

from benchmarks.__main__ import of_pages
from benchmarks.answers import costs, questions, watched
from benchmarks.engine import overview_questions
from benchmarks.merging import merge, read
from benchmarks.pages import Seen, Session
from benchmarks.screen import Changes
from dashboard.dataset import load
from dashboard.query import View, Where
from dashboard.state import Explorer
from tests.small import write


def test_the_merged_tables_hold_the_same_revenue_and_payouts(tmp_path):
    """1,000 for 250 in all; Asha alone 300 for 100: see tests/small.py."""
    merged = merge(read(str(write(tmp_path))))
    question = [(("revenue", "spend"), ())]
    (everything,) = merged.answers(Where(), question)
    assert everything[["revenue", "spend", "orders"]].iloc[0].to_list() == [1000, 250, 4]
    (asha,) = merged.answers(Where(platform=("YouTube",)), question)
    assert asha[["revenue", "spend", "orders"]].iloc[0].to_list() == [300, 100, 2]


def test_the_questions_are_those_of_the_page(tmp_path):
    questions = overview_questions(load(write(tmp_path)), Where(brand=("Gritzo",)))
    assert (("roas",), ("platform",)) in questions
    assert any("revenue" in metrics and not by for metrics, by in questions)


def test_a_page_is_compared_with_its_own_floor():
    """The median of 80, 100 and 120 is 100, twice 50; a page without figures has no floor."""
    way = Changes([90.0])
    pages = (
        Seen("Overview", Changes([80, 100, 120], cpu=90), Changes([50, 50]), Changes(), way, way),
        Seen("Definitions", Changes([30, 30]), fresh=way, stale=way),
    )
    console = Console(width=250, file=StringIO(), record=True)
    console.print(of_pages(Session(pages, 1.0, 0, 0.0, 0.0), markdown=True))
    overview, definitions = console.export_text().strip().splitlines()[-2:]
    assert [cell.strip() for cell in overview.split("|")[1:-1]] == (
        ["Overview", "100", "118", "30", "50", "50", "2.0", "—", "—", "90", "90"]
    )
    assert [cell.strip() for cell in definitions.split("|")[2:8]] == (
        ["30", "30", "0", "—", "—", "—"]
    )


def test_only_what_is_asked_from_outside_is_a_door_and_doors_are_put_back(tmp_path):
    """A page asks its explorer, which asks a view: that is one question."""
    plain, explorer = View.ask, Explorer(load(write(tmp_path)))
    with watched() as spent:
        explorer.ask(["revenue"])
        assert spent.opened == 1
    assert View.ask is plain


def test_every_page_that_asks_is_measured_under_each_question(tmp_path):
    data = load(write(tmp_path))
    assert len(questions(data, 3)) == 3
    found = {cost.title: cost for cost in costs(data, 3)}
    assert {"Overview", "Campaigns", "Influencers", "Posts", "Payouts"} <= found.keys()
    overview = found["Overview"]
    assert (len(overview.every), len(overview.filtered)) == (3, 3)
    assert overview.doors > 8
    assert "Definitions" not in found
