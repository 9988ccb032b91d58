"""Gross margins in a link: what differs from the settings, and nothing that is not sold."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard import address
from dashboard.app import OFFERED
from dashboard.query import Margins
from dashboard.settings import Settings
from dashboard.state import Explorer
from dashboard.views.margins import GrossMargins
from dashboard.views.top import OFFERED as TOP_BY
from tests.margins_world import PERCENTS, WORLD, refreshed
from tests.worlds import dataset


@pytest.fixture
def explorer():
    return Explorer(dataset(**WORLD))


def test_a_link_holds_the_margins_that_differ_from_the_settings():
    made = dataset(**WORLD)
    ours = Explorer(made, Settings(margins={"musclebrand": 1, "MuscleBlaze": 40, "Bar": 25}))
    assert address.written(ours) == ""
    ours.margins = {"MuscleBlaze": 40.0, "gritzo ": 55.5, "Fizz": 3}
    assert address.written(ours) == "margin=Bar%3A&margin=Gritzo%3A55.5"
    theirs = Explorer(made, Settings(margins={"MuscleBlaze": 40, "Bar": 25}))
    found = address.read(f"?{address.written(ours)}", theirs)
    assert found.notices == ()
    before = theirs.revision
    address.follow(theirs, found)
    assert theirs.margins == {"MuscleBlaze": 40, "Gritzo": 55.5}
    assert theirs.revision == before + 1
    address.follow(theirs, address.read(address.written(theirs), theirs))
    assert theirs.revision == before + 1
    address.follow(theirs, address.read("", theirs))
    assert theirs.margins == {"MuscleBlaze": 40, "Bar": 25}


def test_links_within_the_dashboard_keep_the_margins(explorer):
    explorer.margins = {"Gritzo": 50}
    link = address.link_to(explorer, "campaigns", campaign="A")
    assert link == "page=campaigns&campaign=A&margin=Gritzo%3A50"


def test_a_bad_margin_in_a_link_is_said_and_the_good_ones_are_kept(explorer):
    bad = {
        "Fizz:40": "nothing that is sold here is called 'Fizz'",
        "40": "nothing that is sold here is called '40'",
        "gritzo": "'gritzo' names no percent; write gritzo:45, or gritzo: for none.",
        "Kids:101": "The gross margin of 'Kids' is '101'; it must be a percent from 0 to 100",
        "Kids:1e400": "must be a percent",
        "Kids:much": "must be a percent",
        "Kids:33.333": "at most two decimals",
        "Whey:<script>": "must be a percent",
    }
    query = urlencode([("margin", one) for one in ("GRITZO:50", *bad, "Bar : 12.50")])
    found = address.read(query, explorer)
    assert found.margins == {"Gritzo": 50, "Bar": 12.5}
    assert len(found.notices) == len(bad)
    for notice, words in zip(found.notices, bad.values(), strict=True):
        assert notice.startswith("The link's gross margin was left out: ")
        assert words in notice


ODD = (
    "Whey: 2 kg", "A,B", "50% off", "x+y&z=1#q", "a:45", "a", "Kids:", "Kids", "50", "Ünï–☕ é",
    "😀", "İstanbul", "ΣΑΣ", "Straße", "<script>alert(1)</script>", "a\u2028b", "Ⅷ",
)  # fmt: skip


@pytest.mark.parametrize("percent", [0, 33.33, 100])
def test_odd_names_come_back_from_the_link(percent):
    """Each alone, and used: nothing is left out, nothing else has a margin."""
    made = dataset(
        tracking_data=[
            {"influencer_id": "a", "date": "2026-01-01", "product": name, "revenue": 10}
            for name in ODD
        ]
    )
    explorer, other = Explorer(made), Explorer(made)
    for name in ODD:
        explorer.margins = {name: percent}
        found = address.read(f"?{address.written(explorer)}", other)
        address.follow(other, found)
        assert found.notices == (), name
        assert other.margins == {name: percent}
        (points,) = other.view().margin.drop_nulls()
        assert points == percent * 100


def test_margins_typed_for_other_data_stay_when_a_link_is_followed():
    """No link can say them here; those of what is sold here are the settings' or the link's."""
    there = dataset(tracking_data="influencer_id date product brand\na 2026-01-01 Soap Other")
    explorer = Explorer(SOLD, Settings(margins={"Gritzo": 40, "Soap": 10}))
    explorer.margins = {"Gritzo": 60, "Bar": 20, "Soap": 11}
    explorer.use(there)
    for query in (address.written(explorer), "margin=Soap:12"):
        address.follow(explorer, address.read(query, explorer))
    assert explorer.margins == {"Gritzo": 60, "Bar": 20, "Soap": 12}
    address.follow(explorer, address.Address())
    assert explorer.margins == {"Gritzo": 60, "Bar": 20, "Soap": 10}
    explorer.use(SOLD)
    assert explorer.ask(["gross_profit"]).refused  # of Whey nothing is known
    address.follow(explorer, address.read("", explorer))
    assert explorer.margins == {"Gritzo": 40, "Soap": 10}


def test_many_margins_of_one_link_are_told_one_after_the_other(explorer):
    """The last one holds, however a name is written."""
    told = [("margin", f"{name}:{at % 100}") for at in range(3000) for name in ("Gritzo", "GRITZO")]
    found = address.read(urlencode([*told, ("margin", "Bar:7")]), explorer)
    assert (found.margins, found.notices) == ({"Gritzo": 99, "Bar": 7}, ())


def test_what_a_link_tells_a_view_has_a_name_and_its_choices():
    """In words of people: a notice names what was left out, and what there is."""
    assert set(OFFERED) <= set(address._CALLED)
    made, choices = Explorer(SOLD), ", ".join(TOP_BY)
    query = urlencode({"top-influencers": "zz", "poor-roi": "no", "chosen-campaign": "zz"})
    assert address.read(query, made, OFFERED).notices == (
        f"The link's figure to rank influencers by was left out: 'zz' is none of {choices}.",
        "The link's ROAS to be poor below was left out: 'no' is no ROAS from 0 to 100.",
        "The link's chosen campaign was left out: there is no 'zz' here.",
    )


@given(st.dictionaries(st.sampled_from(["Whey", "Bar", "Kids", "MuscleBlaze", "Gritzo"]), PERCENTS))
def test_any_margins_come_back_from_their_link(margins):
    made = Explorer(SOLD)
    made.margins = margins
    other = Explorer(SOLD, made.settings)
    address.follow(other, address.read(address.written(made), other))
    assert Margins.of(other.margins) == Margins.of(margins)


SOLD = dataset(**WORLD)


def test_what_a_link_changed_is_not_said_to_have_been_typed(explorer):
    card = refreshed(GrossMargins(explorer))
    card.inputs.heard({"name": "Gritzo", "percent": "40"})
    assert refreshed(card).inputs.said.startswith("Gritzo: 40 %. What is typed here is part")
    address.follow(explorer, address.read("margin=Gritzo:50", explorer))
    assert refreshed(card).inputs.said.startswith("What is typed here is part of the link")
    assert [entry["percent"] for entry in card.inputs.brands] == ["", "50"]
