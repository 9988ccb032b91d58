"""Tables: rows with their totals, searched, sorted, clicked, and only text."""

import datetime as dt
from urllib.parse import urlsplit

import panel as pn
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.dataset import load
from dashboard.state import Explorer
from dashboard.tables import TableColumn
from dashboard.views.lists import Influencers as InfluencerTable
from dashboard.views.table import Table, safe_link
from tests.small import write
from tests.viewed import PAYLOAD, markup_of, shown


@pytest.fixture(scope="module")
def dataset(tmp_path_factory):
    return load(write(tmp_path_factory.mktemp("data")))


@pytest.fixture
def explorer(dataset):
    return Explorer(dataset)


class Creators(Table):
    """Creators by revenue."""

    title = "Creators"
    metrics = ("revenue", "spend", "roas")
    by = ("influencer", "platform")
    order = "revenue"


class Notes(Table):
    """Rows that are no answer of the ledger."""

    title = "Notes"
    given = pl.DataFrame({"a.b": [PAYLOAD, "=1+1", None], "n": [1.5, None, -3.0]})

    def rows(self):
        return self.given

    def columns(self):
        return (TableColumn("a.b", PAYLOAD), TableColumn("n", "N", "number", "₹", 2))


def test_a_table_shows_rows_totals_and_searches(explorer):
    table = shown(Creators(explorer))
    assert table._tabulator.value["c0"].tolist() == ["Bela", "Asha"]
    assert table._tabulator.value["c2"].tolist() == [700, 300]
    assert "ROAS <b>4.00×</b>" in markup_of(table.panel)
    table._search.value = "you"
    assert table._tabulator.value["c0"].tolist() == ["Asha"]
    assert table.numbers().height == 2


def test_a_click_on_a_row_narrows_the_page_and_a_second_one_opens_it(explorer):
    """The table itself keeps all its rows and totals, and ticks the one that is chosen."""
    table = shown(InfluencerTable(explorer))
    second = type("Click", (), {"row": 1})
    table._clicked(second)
    assert explorer.filters.influencer == ["Asha"]
    shown(table)
    assert table._tabulator.value["c0"].tolist() == ["Bela", "✓ Asha"]
    assert "Revenue <b>₹1,000</b>" in markup_of(table.panel)
    table._clicked(second)
    assert explorer.filters.influencer == []
    table._clicked(type("Click", (), {"row": 9}))
    assert explorer.where.active == ()


def test_the_sort_of_a_table_is_a_look(explorer):
    table = shown(InfluencerTable(explorer))
    at = next(n for n, column in enumerate(table._columns) if column.name == "roas")
    table._tabulator.sorters = [{"field": f"c{at}", "dir": "asc"}]
    assert explorer.looks == {"rows-influencers": "roas:up"}
    explorer.looks = {"rows-influencers": "spend"}
    assert table._tabulator.sorters[0]["dir"] == "desc"
    explorer.looks = {"rows-influencers": "nonsense"}
    assert table._tabulator.sorters == []
    assert explorer.looks == {"rows-influencers": "nonsense"}


def test_columns_of_a_table_can_be_chosen(explorer):
    table = shown(InfluencerTable(explorer))
    table._choice.value = ["ROAS"]
    seen = {
        column.name
        for at, column in enumerate(table._columns)
        if f"c{at}" not in table._tabulator.hidden_columns
    }
    assert seen == {"influencer", "roas"}
    table._choice.value = []
    assert f"c{len(table._columns) - 1}" not in table._tabulator.hidden_columns


def test_a_table_keeps_its_widget_and_takes_other_columns(explorer):
    table = shown(Notes(explorer))
    widget = table._tabulator
    shown(table)
    assert table._tabulator is widget
    table.columns = lambda: (TableColumn("n", "N", "number"),)
    shown(table)
    assert len(table.panel.select(pn.widgets.Tabulator)) == 1


def test_titles_of_a_table_are_text(explorer):
    table = shown(Notes(explorer))
    assert "<" not in table._tabulator.titles["c0"]


def test_a_table_without_rows_says_so(explorer):
    table = shown(Creators(explorer), period=(dt.date(2026, 1, 20),) * 2)
    assert table.card.state[0] == "empty"


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("https://example.com/a?b=1", True),
        ("http://example.com", True),
        ("javascript:alert(1)", False),
        ("java\tscript:alert(1)", False),
        ("https://exam\nple.com", False),
        (" https://example.com", False),
        ("//example.com", False),
        ("data:text/html,x", False),
        ("http://[", False),
        ("HTTPS://www.instagram.com/p/Cx-1_9/?igsh=a%20b#रील", True),
        ("https://उदाहरण.भारत/अ", True),
        ("https://", False),
        ("https:///a", False),
        ("https://example.com/\u202egpj.exe", False),
        ("https://example.com/\u2028", False),
        ("https://example.com\n", False),
        ("https://example.com\nhttps://example.com", False),
        ("x https://example.com", False),
        ("https://example.com/a b", False),
        ("", False),
    ],
)
def test_only_http_and_https_become_links(url, kept):
    assert safe_link(url) == (url if kept else "")


@given(st.from_regex(r"(?i)\A *(https?|[a-z]+)?:?/{0,3}.{0,12}[/?#]?.*\Z") | st.text())
def test_nothing_becomes_a_link_that_is_no_plain_address(url):
    """As Python reads addresses."""
    try:
        parts = urlsplit(url)
        plain = parts.scheme in {"http", "https"} and parts.netloc and url.isprintable()
    except ValueError:
        plain = False
    assert safe_link(url) in ({url, ""} if plain and " " not in url else {""})
