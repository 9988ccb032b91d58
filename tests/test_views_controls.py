"""A control and its parameter follow each other."""

import datetime as dt

import pytest

from dashboard.dataset import load
from dashboard.state import Explorer
from dashboard.views.controls import FilterControls, Period, Pick
from tests.small import write


@pytest.fixture(scope="module")
def dataset(tmp_path_factory):
    return load(write(tmp_path_factory.mktemp("data")))


@pytest.fixture
def explorer(dataset):
    return Explorer(dataset)


def test_a_pick_and_its_parameter_follow_each_other(explorer):
    pick = Pick.from_param(explorer.filters.param["brand"])
    assert pick.options == ["Gritzo", "MuscleBlaze"]
    pick.value = ["Gritzo"]
    assert explorer.filters.brand == ["Gritzo"]
    assert explorer.revision == 1
    explorer.filters.brand = []
    assert pick.value == []
    assert explorer.revision == 2


def test_a_value_that_the_parameter_refuses_is_taken_back(explorer):
    pick = Pick.from_param(explorer.filters.param["brand"])
    pick.value = ["No such brand"]
    assert pick.value == []
    assert explorer.filters.brand == []


def test_a_period_and_its_parameter_follow_each_other(explorer):
    period = Period.from_param(explorer.filters.param["period"])
    assert (period.lo, period.hi) == ("2026-01-01", "2026-02-01")
    period.value = ["2026-01-02", "2026-01-03"]
    assert explorer.filters.period == (dt.date(2026, 1, 2), dt.date(2026, 1, 3))
    explorer.filters.clear("period")
    assert period.value == []


@pytest.mark.parametrize("sent", [["2026-01-02"], ["x", "y"], ["2026-02-01", "2026-01-01"]])
def test_a_period_that_makes_no_sense_is_taken_back(explorer, sent):
    period = Period.from_param(explorer.filters.param["period"])
    period.value = sent
    assert period.value == []
    assert explorer.filters.period is None


def test_there_is_a_control_for_each_filter_and_it_follows_the_dataset(explorer, tmp_path):
    controls = FilterControls(explorer)
    influencers = "influencer_id,name,platform\n1,Asha,Twitch\n2,Bela,Twitch\n"
    explorer.use(load(write(tmp_path, influencers=influencers)))
    controls.offer()
    assert controls.picks["platform"].options == ["Twitch"]
