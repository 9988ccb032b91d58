"""The link is the state: what is looked at goes into a query and comes back from it."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard import App, address
from dashboard.dataset import load
from dashboard.query import labels
from dashboard.schema import FILTERS
from dashboard.state import COMPARISONS, STEPS, Explorer
from tests import worlds
from tests.small import write


@pytest.fixture(scope="module")
def dataset(tmp_path_factory):
    return load(write(tmp_path_factory.mktemp("data")))


@pytest.fixture
def app(dataset):
    """An app as a visitor has it, with what it sends to the browser in ``sent``."""
    started = App(dataset, strict=True)
    started.sent = []
    started.actions._send_msg = started.sent.append
    started.template()
    started.sent.clear()
    return started


def addresses(app):
    return [message["address"] for message in app.sent if "address" in message]


def test_nothing_chosen_leaves_the_link_bare(dataset):
    assert address.written(Explorer(dataset)) == ""


@given(data=st.data())
def test_a_link_brings_back_what_was_looked_at(dataset, data):
    one, two = Explorer(dataset), Explorer(dataset)
    days = st.dates(dt.date(2025, 12, 1), dt.date(2026, 3, 1))
    period = data.draw(st.none() | st.lists(days, min_size=2, max_size=2).map(sorted).map(tuple))
    chosen = {}
    for name in FILTERS:
        values = labels(one.ledger, name)
        if values:
            chosen[name] = data.draw(st.lists(st.sampled_from(values), unique=True))
    one.filters.param["period"].bounds = (dt.date(2025, 12, 1), dt.date(2026, 3, 1))
    one.filters.param.update(**chosen, period=period)
    one.comparison = data.draw(st.sampled_from(COMPARISONS))
    one.step = data.draw(st.sampled_from(STEPS))
    one.remember("top-influencers", data.draw(st.sampled_from(["", "roas", "x&y=z"])))
    found = address.read(f"?page=posts&{address.written(one)}", two)
    assert found.notices == ()
    address.follow(two, found)
    assert (two.where, two.comparison, two.step, two.looks) == (
        one.where, one.comparison, one.step, one.looks,
    )  # fmt: skip
    assert address.written(two) == address.written(one)
    assert two.revision <= 1


def test_a_bad_value_is_said_and_the_good_ones_are_kept(dataset):
    explorer = Explorer(dataset)
    query = (
        "brand=Gritzo&brand=Gritso&platform=&from=2026-13-01&to=2026-01-20&compare=mars&by=day"
        "&chosen-campaign=<script>&utm_source=mail&nothing"
    )
    found = address.read(query, explorer)
    assert found.where.brand == ("Gritzo",)
    assert (found.where.first, found.where.last) == (None, dt.date(2026, 1, 20))
    assert (found.comparison, found.step, found.looks) == ("previous", "day", {})
    said = " ".join(found.notices)
    assert len(found.notices) == 4
    assert "'Gritso'" in said
    assert "'2026-13-01' is no day" in said
    assert "'mars' is none of previous, year, festival, off" in said
    assert "there is no '<script>' here" in said


def test_a_notice_is_short_however_long_the_value_and_many_the_names():
    """Of hundreds of creators the nearest is named and a few more; a long value is cut."""
    paid = [{"influencer_id": f"Creator {at:03}", "total_payout": 1} for at in range(300)]
    explorer = Explorer(worlds.dataset(payouts=paid))
    found = address.read(f"influencer=Creator+29&platform={'y' * 5000}", explorer)
    _, creator = sorted(found.notices, key=lambda one: "Creator" in one)
    assert creator == (
        "The link's influencer was left out: no influencer is called 'Creator 29' in this data. "
        "Did you mean 'Creator 299'? Valid: Creator 000, Creator 001, Creator 002, Creator 003 and "
        "296 more."
    )
    assert max(map(len, found.notices)) < 400


def test_a_period_that_ends_before_it_starts_is_said(dataset):
    found = address.read("from=2026-02-01&to=2026-01-01", Explorer(dataset))
    assert not found.where.dated
    assert found.notices == ("The link's period was left out: it ends before it starts.",)


def test_a_change_stands_in_the_address(app):
    app.explorer.filters.brand = ["Gritzo"]
    app.explorer.step = "month"
    app.explorer.remember("chosen-campaign", "Gritzo_Kids_1")
    app.explorer.filters.clear()
    assert addresses(app) == [
        "brand=Gritzo",
        "brand=Gritzo&by=month",
        "brand=Gritzo&by=month&chosen-campaign=Gritzo_Kids_1",
        "by=month&chosen-campaign=Gritzo_Kids_1",
    ]


def test_back_in_the_browser_is_one_change_and_pushes_nothing(app):
    app.explorer.filters.brand = ["Gritzo"]
    app.sent.clear()
    before = app.explorer.revision
    app.actions._handle_msg({"verb": "address", "value": "?platform=YouTube&by=day"})
    assert app.explorer.where.active == ("platform",)
    assert app.explorer.revision == before + 1
    messages = [message for message in app.sent if "address" in message]
    assert messages == [{"address": "platform=YouTube&by=day", "corrected": True}]


def test_what_a_link_cannot_have_is_said_until_something_else_is_looked_at(app):
    app.actions._handle_msg({"verb": "address", "value": "?brand=Nobody"})
    assert "Nobody" in app.header.chips.object
    assert addresses(app) == [""]
    app.explorer.filters.brand = ["Gritzo"]
    assert "Nobody" not in app.header.chips.object


def test_a_link_to_data_of_another_session_says_so(app, tmp_path):
    other = load(write(tmp_path, influencers="influencer_id,name,platform\n1,A,X\n"))
    app.explorer.use(other)
    assert addresses(app)[-1] == f"only-here={other.version}"
    app.explorer.use(app.explorer.served)
    app.actions._handle_msg({"verb": "address", "value": f"?only-here={other.version}"})
    assert "lived in one browser session" in app.header.chips.object
