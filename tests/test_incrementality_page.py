"""The page Incrementality: verdicts, one campaign in full, and the card on the Overview."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from dashboard.dataset import load
from dashboard.incrementality import Diagnostics, Estimate, Kept, Path, Work, work_on
from dashboard.pages.incrementality import Incrementality
from dashboard.state import Explorer
from dashboard.views.awaiting import Awaiting
from dashboard.views.focus import ChosenCampaign
from dashboard.views.incrementality import ChosenEstimate, Verdicts
from dashboard.views.kpis import KpiCards
from dashboard.views.paths import CumulativeEffect, ExpectedAndActual, Exposure
from dashboard.views.placebos import PlaceboCheck
from tests.small import HOSTILE, PAYLOAD, write
from tests.viewed import markup_of, shown

DAY = dt.date(2026, 1, 1)


def a_path(days=6, hole=2):
    """Ten rupees a day are expected; from the third on two more come. One day is missing."""
    dates = [DAY + dt.timedelta(at) for at in range(days) if at != hole]
    flat = np.full(len(dates), 10.0)
    caused = np.array([0.0 if day < DAY + dt.timedelta(2) else 2.0 for day in dates])
    summed = np.cumsum(caused)
    return Path(
        tuple(dates), flat + caused, flat, flat - 1, flat + 1.5, caused / 2, caused,
        summed, summed - 1, summed + 1,
    )  # fmt: skip


def an_estimate(campaign="Diwali", verdict="pays back", **changed):
    about = Diagnostics(
        products=("Whey",),
        donors=("Creatine", "Oats"),
        posts=3,
        before=120,
        after=30,
        error=0.05,
        placebos=(-2.0, 0.1, 0.3, 1.2),
        quantile=1.7,
        half_life=2.0,
        log_lift=0.2,
        level_lift=0.22,
        festivals=("Diwali",),
        path=a_path(),
    )
    made = Estimate(
        campaign,
        (DAY + dt.timedelta(2), DAY + dt.timedelta(5)),
        "identified",
        600.0,
        (300.0, 900.0),
        3.0,
        (1.5, 4.5),
        1.2,
        0.4,
        verdict,
        ("It is above what pays back.",),
        about,
        payout=200.0,
        tagged_revenue=500.0,
    )
    return replace(made, **changed)


def unknown(campaign="Holi"):
    nothing = dict.fromkeys(
        ("incremental_revenue", "interval", "iroas", "iroas_interval", "factor", "verdict")
    )
    reasons = ("Only 3 orders a day. Wait for more.",)
    return an_estimate(
        campaign,
        **nothing,
        status="not identifiable",
        reasons=reasons,
        diagnostics=Diagnostics(),
    )


def explorer_with(folder, *found, done=True, **changed):
    explorer = Explorer(load(write(folder, **changed)))
    explorer.work = Work()
    explorer.work.tell(1, 3)
    if done:
        explorer.work.end(tuple(found))
    return explorer


@pytest.fixture
def campaigns(tmp_path):
    """What the small dataset's campaigns are called."""
    explorer = Explorer(load(write(tmp_path / "names")))
    return explorer.ask(["revenue"], ["campaign"]).frame["campaign"].drop_nulls().sort().to_list()


def test_verdicts_stand_best_first_with_what_they_rest_on(tmp_path, campaigns):
    first, second = campaigns[:2]
    found = (unknown(first), an_estimate(second))
    table = shown(Verdicts(explorer_with(tmp_path / "data", *found)))
    rows = table.numbers()
    assert rows["campaign"].to_list() == [second, first]
    assert rows["verdict"].to_list() == ["Pays back", "Cannot be known"]
    assert rows.row(0, named=True) | {"reason": ""} == {
        "campaign": second,
        "verdict": "Pays back",
        "iroas": 3.0,
        "iroas_low": 1.5,
        "iroas_high": 4.5,
        "tagged_roas": 2.5,
        "break_even": 0.4,
        "incremental_revenue": 600.0,
        "revenue_low": 300.0,
        "revenue_high": 900.0,
        "payout": 200.0,
        "status": "Final",
        "reason": "",
    }
    assert rows["incremental_revenue"][1] is None
    assert table._rows["iroas_range"].to_list() == ["1.50× to 4.50×", "—"]
    assert table._rows["revenue_range"].to_list() == ["₹300 to ₹900", "—"]
    assert "1 paid back and 1 cannot be estimated from these data" in table.card.sentence
    assert "The 1 campaign with a number brought 3.00×" in table.card.sentence


def test_filters_choose_campaigns_and_change_no_number(tmp_path, campaigns):
    first, second = campaigns[:2]
    explorer = explorer_with(tmp_path / "data", unknown(first), an_estimate(second))
    table = Verdicts(explorer)
    every = shown(table).numbers()
    only = shown(table, campaign=[second]).numbers()
    assert only.equals(every.filter(pl.col("campaign") == second))
    assert shown(table, campaign=[first]).numbers()["campaign"].to_list() == [first]


def test_a_campaign_is_told_in_words(tmp_path, campaigns):
    explorer = explorer_with(tmp_path / "data", an_estimate(campaigns[0]))
    card = shown(ChosenEstimate(explorer))
    assert card.card.sentence == "₹600 came because of it (₹300 to ₹900): pays back."
    words = markup_of(card.panel)
    for said in (
        "3.00×", "1.50× to 4.50×", "It is above what pays back.", "Creatine and Oats",
        "120 days before and 30 days after", "missed by 5.0 %", "4 stretches", "1.70 standard",
        "20.0 %", "22.0 %", "Diwali", "3 Jan – 6 Jan 2026",
    ):  # fmt: skip
        assert said in words, said


def test_a_campaign_without_a_number_says_why_and_draws_nothing(tmp_path, campaigns):
    explorer = explorer_with(tmp_path / "data", unknown(campaigns[0]))
    chosen = shown(ChosenEstimate(explorer))
    assert "cannot be known from these data" in chosen.card.sentence
    for kind in (ExpectedAndActual, CumulativeEffect, Exposure, PlaceboCheck):
        chart = shown(kind(chosen))
        assert chart.card.state == ("empty", "Only 3 orders a day. Wait for more.")
        assert not len(chart.numbers())


def test_days_are_drawn_with_their_holes(tmp_path, campaigns):
    chosen = shown(ChosenEstimate(explorer_with(tmp_path / "data", an_estimate(campaigns[0]))))
    chart = shown(ExpectedAndActual(chosen))
    drawn = chart.source.data
    assert len(drawn["time"]) == 6
    assert np.isnan(drawn["actual"][2])
    assert drawn["actual"][[0, 1, 3, 4, 5]].tolist() == [10, 10, 12, 12, 12]
    assert chart.card.sentence.startswith(
        "In the shaded days sales stood 20.0 % above what was expected without the campaign; "
        "3 of 3 days lie above the band"
    )


def test_the_sum_covers_the_campaigns_days_and_the_line_it_must_reach(tmp_path, campaigns):
    explorer = explorer_with(tmp_path / "data", an_estimate(campaigns[0]))
    chosen = shown(ChosenEstimate(explorer))
    chart = shown(CumulativeEffect(chosen))
    assert chart.numbers()["cumulative"].to_list() == [None, 2.0, 4.0, 6.0]
    assert chart._needed.location == 200.0
    assert chart.figure.y_range.end > 200.0
    assert chart.card.sentence == "₹6 in the end; ₹200 pays back."


def test_placebos_are_counted_by_how_far_they_missed(tmp_path, campaigns):
    chosen = shown(ChosenEstimate(explorer_with(tmp_path / "data", an_estimate(campaigns[0]))))
    bars = shown(PlaceboCheck(chosen)).numbers().filter(pl.col("stretches") > 0)
    assert bars.rows() == [(0.0, 0.25, 1), (0.25, 0.5, 1), (1.0, 1.25, 1), (2.0, 2.25, 1)]


def test_until_it_is_known_the_page_says_how_far_it_is(tmp_path):
    explorer = explorer_with(tmp_path, done=False)
    page = Incrementality(explorer, strict=True)
    page.refresh()
    for view in page.views.values():
        kind, sentence = view.card.state
        assert kind == "waiting"
        assert "1 of 3 are through" in sentence


def test_it_fills_in_when_it_is_known_and_other_views_stay(tmp_path, campaigns):
    explorer = explorer_with(tmp_path / "data", done=False)
    page = Incrementality(explorer, strict=True)
    page.refresh()
    assert page.is_fresh
    explorer.work.end((an_estimate(campaigns[0]),))
    explorer.estimated += 1
    assert not page.is_fresh
    page.refresh()
    assert page.views["verdicts"].numbers()["campaign"].to_list() == [campaigns[0]]


def test_what_comes_between_drawing_and_looking_is_told(tmp_path, campaigns):
    """The page is drawn while two campaigns are missing; all is there when it begins to look."""
    explorer = explorer_with(tmp_path / "data", done=False)
    awaiting = Awaiting(explorer)
    awaiting.note()
    explorer.work.end((an_estimate(campaigns[0]),))
    awaiting.begin()
    assert explorer.estimated == 1
    awaiting.begin()
    assert explorer.estimated == 1


def test_what_is_known_from_the_start_is_not_told_again(tmp_path, campaigns):
    explorer = explorer_with(tmp_path / "data", an_estimate(campaigns[0]))
    awaiting = Awaiting(explorer)
    awaiting.note()
    awaiting.begin()
    assert explorer.estimated == 0


def test_a_failure_is_said(tmp_path):
    explorer = explorer_with(tmp_path, done=False)
    explorer.work.end(failed="It failed. Nothing else is affected.")
    page = Incrementality(explorer, strict=True)
    page.refresh()
    assert {view.card.state for view in page.views.values()} == {
        ("empty", "It failed. Nothing else is affected.")
    }


def test_a_row_opens_its_campaign(tmp_path, campaigns):
    first, second = campaigns[:2]
    explorer = explorer_with(tmp_path / "data", an_estimate(first), an_estimate(second))
    page = Incrementality(explorer, strict=True)
    page.refresh()
    page.views["verdicts"].pick({"campaign": second})
    assert page.views["chosen-estimate"].focus.value == second


def test_text_from_data_is_text(tmp_path):
    explorer = explorer_with(tmp_path, **HOSTILE)
    names = explorer.ask(["revenue"], ["campaign"]).frame["campaign"].drop_nulls().to_list()
    about = Diagnostics(products=(PAYLOAD,), donors=(PAYLOAD, PAYLOAD), excluded=(PAYLOAD,))
    found = tuple(an_estimate(name, diagnostics=about, reasons=(PAYLOAD,)) for name in names)
    explorer.work.end(found)
    page = Incrementality(explorer, strict=True)
    page.refresh()
    said = "".join(markup_of(row.panel()) for row in page._rows)
    assert PAYLOAD not in said


def card_of(view, label):
    """The words of one of the key figures."""
    (card,) = (part for part in str(view.panel.object).split("<article") if f">{label}<" in part)
    return card


def test_the_overview_shows_incremental_roas_beside_roas(tmp_path, campaigns):
    """Two campaigns: 600 and 200 on 200 each are 2.00×; errors 300 and 400 are 500 together."""
    first, second = campaigns[:2]
    other = an_estimate(second, incremental_revenue=200.0, interval=(-200.0, 600.0), iroas=1.0)
    explorer = explorer_with(tmp_path / "data", an_estimate(first), other)
    card = card_of(shown(KpiCards(explorer)), "Incremental ROAS")
    assert "2.00×" in card
    assert "0.75× to 3.25×, all campaigns in view" in card


def test_the_overview_shows_break_even_where_nothing_is_known(tmp_path, campaigns):
    explorer = explorer_with(tmp_path / "data", unknown(campaigns[0]))
    card = card_of(shown(KpiCards(explorer)), "Break-even share")
    assert "of no campaign in view can be told how much did" in card
    explorer.work = Work()
    assert "being worked out" in card_of(shown(KpiCards(explorer)), "Break-even share")


def test_a_campaigns_card_names_the_estimate(tmp_path, campaigns):
    explorer = explorer_with(tmp_path / "data", *(an_estimate(name) for name in campaigns))
    chosen = shown(ChosenCampaign(explorer))
    assert "what did is estimated at 3.00× of its payouts, 1.50× to 4.50×" in chosen.card.sentence
    explorer.work = Work()
    assert "is being worked out" in shown(ChosenCampaign(explorer)).card.sentence
    explorer.work.end((unknown(chosen.focus.value),))
    assert "cannot be known from these data" in shown(ChosenCampaign(explorer)).card.sentence


def test_rows_of_creators_alone_know_nothing_and_invent_nothing(tmp_path):
    """Attributed rows only: each campaign says so, with break-even and no number."""
    explorer = Explorer(load(write(tmp_path / "data")))
    explorer.work = work_on(explorer.ledger, kept=Kept(str(tmp_path / "kept")))
    assert explorer.work.over.wait(120)
    rows = shown(Verdicts(explorer)).numbers()
    assert set(rows["verdict"]) == {"Cannot be known"}
    assert rows["incremental_revenue"].null_count() == rows.height > 0
    assert rows["break_even"].null_count() < rows.height
