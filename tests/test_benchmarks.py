"""Benchmarks: what stands beside our answers must answer the same question."""

from __future__ import annotations

from benchmarks.engine import overview_questions
from benchmarks.merging import merge, read
from dashboard.dataset import load
from dashboard.query import Where
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
