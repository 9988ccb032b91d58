"""A period against earlier days, beside the figures of tables."""

import datetime as dt

import pytest

from dashboard.state import Explorer
from dashboard.views.lists import Campaigns, Influencers
from tests import worlds
from tests.compared_world import NOW, TABLES
from tests.viewed import shown


@pytest.fixture(scope="module")
def dataset():
    return worlds.dataset(**TABLES)


@pytest.fixture
def explorer(dataset):
    made = Explorer(dataset)
    made.filters.period = NOW
    return made


def test_a_tables_rows_change_as_worked_out_on_paper(explorer):
    """A 500 after 400; B was not there; D brought nothing for 10. C was there only then."""
    table = shown(Campaigns(explorer))
    names = [f"{name}_change" for name in Campaigns.changes]
    changes = {row[0]: row[1:] for row in table.numbers().select("campaign", *names).rows()}
    assert changes == {
        "A": (0.25, 0.25, 0.0, 90.0),
        "B": (None, None, None, None),
        "D": (None, 0.0, 5.0, 50.0),
    }
    before = {row[0]: row[1:] for row in table.numbers().select(
        "campaign", "revenue_before", "spend_before", "profit_before").rows()}  # fmt: skip
    assert before == {"A": (400, 40, 360), "B": (None,) * 3, "D": (0, 10, -10)}
    assert table.card.sentence == (
        "3 of 3 campaigns with spend gave the money back. Changes are against 1 Jan – 10 Jan 2026, "
        "the 10 days before; 1 row was there only then."
    )


def fields(table):
    """The field of each column by its label."""
    return {column.label: f"c{at}" for at, column in enumerate(table._columns)}


def test_a_row_that_was_not_there_or_brought_nothing_is_new(explorer):
    table = shown(Campaigns(explorer))
    rows = table._tabulator.value
    words = {
        label: rows[field.replace("c", "w")].tolist()
        for label, field in fields(table).items()
        if label.endswith("change")
    }
    assert rows[fields(table)["Campaign"]].tolist() == ["A", "B", "D"]
    assert words == {
        "Revenue change": ["", "new", "new"],
        "Spend change": ["", "new", ""],
        "ROAS change": ["", "new", ""],
        "Profit change": ["", "new", ""],
    }


@pytest.mark.filterwarnings("ignore:The inplace keyword")  # Panel's sort, as pandas 3.1 sees it
def test_a_change_sorts_by_its_number_and_what_has_none_stands_last(explorer):
    table = shown(Campaigns(explorer))
    field = fields(table)["ROAS change"]
    for direction, order in (("asc", ["A", "D", "B"]), ("desc", ["D", "A", "B"])):
        table._tabulator.sorters = [{"field": field, "dir": direction}]
        assert table._tabulator.current_view["c0"].tolist() == order


def test_columns_of_changes_come_and_go_with_the_comparison(explorer):
    table = shown(Campaigns(explorer))
    widget, beside = (
        table._tabulator,
        {f for label, f in fields(table).items() if "change" in label},
    )
    assert len(beside) == 4
    assert not beside & set(widget.hidden_columns)
    for period, kind in ((None, "previous"), (NOW, "off")):
        explorer.comparison = kind
        shown(table, period=period)
        assert beside <= set(widget.hidden_columns)
        assert table.numbers().columns == ["campaign", *Campaigns.metrics]
        assert "Changes" not in table.card.sentence
    assert table._tabulator is widget


def test_a_table_says_why_there_are_no_changes_to_those_who_want_some(explorer):
    explorer.comparison = "year"
    sentence = "3 of 3 campaigns with spend gave the money back."
    assert shown(Campaigns(explorer)).card.sentence == (
        f"{sentence} The data begin on 1 Jan 2026, too late to compare with a year before. "
        "Choose a later period."
    )
    assert "Choose a period" in shown(Campaigns(explorer), period=None).card.sentence
    explorer.comparison = "previous"
    assert "Choose" not in shown(Campaigns(explorer), period=None).card.sentence


def test_words_of_changes_are_not_searched(explorer):
    table = shown(Campaigns(explorer))
    table._search.value = "new"
    assert len(table._tabulator.value) == 0


def test_creators_are_compared_whatever_they_are_called():
    """Two creators called Asha, and one without a name in the list of creators."""
    twice = worlds.dataset(
        influencers="""
            influencer_id  name
            1              Asha
            2              Asha
        """,
        tracking_data="""
            influencer_id  date        revenue
            1              2026-01-01  100
            1              2026-01-02  150
            2              2026-01-02  70
            9              2026-01-01  10
            9              2026-01-02  20
        """,
    )
    explorer = Explorer(twice)
    table = shown(Influencers(explorer), period=(dt.date(2026, 1, 2),) * 2)
    found = table.numbers().select("influencer_id", "revenue", "revenue_change").sort("revenue")
    assert found.rows() == [("9", 20.0, 1.0), ("2", 70.0, None), ("1", 150.0, 0.5)]
