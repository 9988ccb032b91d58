"""Charts of one campaign: as tables, with nothing to reach, and where little was tried."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from dashboard.dataset import load
from dashboard.export.snapshot import Sharing, snapshot
from dashboard.incrementality import Work
from dashboard.incrementality.telling import facts, summary, verdict_rows, words
from dashboard.query import Where
from dashboard.views.incrementality import ChosenEstimate
from dashboard.views.paths import CumulativeEffect, ExpectedAndActual, Exposure
from dashboard.views.placebos import PlaceboCheck
from tests.small import write
from tests.test_incrementality_page import (
    a_path,
    an_estimate,
    explorer_with,
    markup_of,
    shown,
    unknown,
)

CAMPAIGN = "Gritzo_Kids_1"


def chosen_of(folder, one, **margins):
    """One campaign of the small world, chosen."""
    explorer = explorer_with(folder, one)
    explorer.margins = margins
    return shown(ChosenEstimate(explorer))


def table_of(chart):
    chart.turn()
    return markup_of(chart.panel).partition("<table>")[2]


def test_tables_are_rounded_as_the_screen_is(tmp_path):
    """2,034,567.891 of a day, 1,234.5678 in all; 0.5 is half of the average day's exposure."""
    held = a_path()
    path = replace(
        held,
        actual=held.actual + 2_034_555.891,
        cumulative=held.cumulative + 1_228.5678,
        exposure=held.exposure / 2,
    )
    one = an_estimate(CAMPAIGN, payout=700.0)
    one = replace(one, diagnostics=replace(one.diagnostics, path=path))
    chosen = chosen_of(tmp_path, one)
    days = table_of(shown(ExpectedAndActual(chosen)))
    assert "₹20,34,568" in days
    assert "20,34,567" not in days
    assert "Expected without it" in days
    assert "—" in days  # the day that is missing
    total = table_of(shown(CumulativeEffect(chosen)))
    assert "₹1,235" in total
    assert "1228" not in total
    assert "0.50×" in table_of(shown(Exposure(chosen)))
    tried = table_of(shown(PlaceboCheck(chosen)))
    assert ">0.25<" in tried
    assert ">1<" in tried
    assert "1.0<" not in tried


def test_where_nothing_was_paid_there_is_nothing_to_reach(tmp_path):
    nothing = {"payout": 0.0, "iroas": None, "iroas_interval": None, "break_even": None}
    chart = shown(CumulativeEffect(chosen_of(tmp_path, an_estimate(CAMPAIGN, None, **nothing))))
    assert chart.card.sentence == "₹6 in the end; nothing was paid for it."
    assert not chart._needed.visible
    assert "pays back" not in markup_of(chart.panel)
    assert chart.key() == (("green", "incremental so far"),)


def test_where_product_cost_leaves_nothing_no_amount_pays_back(tmp_path):
    explorer = explorer_with(tmp_path)
    kids = explorer.ledger.items["product"].to_list().index("Gritzo Kids")
    one = an_estimate(CAMPAIGN, mix=((kids, 1000.0),))
    chart = shown(CumulativeEffect(chosen_of(tmp_path, one, **{"Gritzo Kids": 0.0})))
    assert chart.card.sentence == (
        "₹6 in the end; no amount pays back, as product cost leaves nothing of revenue."
    )
    assert not chart._needed.visible


def test_the_line_comes_and_goes_with_the_campaign(tmp_path):
    chart = shown(CumulativeEffect(chosen_of(tmp_path, an_estimate(CAMPAIGN))))
    assert (chart._needed.visible, chart._needed.location) == (True, 200.0)
    assert "pays back" in markup_of(chart.panel)


@pytest.mark.parametrize(
    ("placebos", "said"),
    [
        ((0.5, 1.0, 9.0), "3 stretches without a campaign could be tried; it takes 10 to tell"),
        (tuple(np.linspace(0, 2, 12)), "12 stretches without a campaign: nine in ten missed by "),
    ],
    ids=["too few", "uncertain"],
)
def test_where_there_is_no_range_none_is_said_to_be_drawn(tmp_path, placebos, said):
    about = replace(unknown().diagnostics, placebos=placebos, quantile=1.645)
    chart = shown(PlaceboCheck(chosen_of(tmp_path, unknown(CAMPAIGN))))
    chart.chosen.explorer.explorer.work.found = (replace(unknown(CAMPAIGN), diagnostics=about),)
    shown(chart)
    assert chart.card.sentence.startswith(said)
    assert "range is drawn" not in chart.card.sentence
    assert "how wide the range is drawn" not in markup_of(chart.panel)
    assert not chart._reached.visible
    told = dict(words(replace(unknown(CAMPAIGN), diagnostics=about)))["Check"]
    assert "range is drawn" not in told
    assert told.endswith(
        "; it takes 10 to tell how far off it is."
        if len(placebos) < 10
        else "nine in ten stayed within 1.65 standard errors."
    )


def test_a_number_that_the_page_cannot_read_never_leaves_in_a_file(tmp_path):
    """JSON knows no NaN: all of the page would be unreadable, and call the file cut short."""
    work = Work()
    work.end((an_estimate(CAMPAIGN, incremental_revenue=float("nan")),))
    sharing = Sharing(pages=("incrementality",))
    with pytest.raises(ValueError, match="JSON"):
        snapshot(load(write(tmp_path)), Where(), sharing=sharing, work=work)


def test_a_number_without_a_payout_is_not_called_unknown():
    """600 for 200 and 90 for nothing: 3.00× of the one, and the other is known all the same."""
    paid = an_estimate("a")
    free = an_estimate(
        "b", None, payout=0.0, iroas=None, iroas_interval=None, incremental_revenue=90.0
    )
    found = (unknown("c"), free, paid)
    rows = verdict_rows(found)
    assert rows["campaign"].to_list() == ["a", "b", "c"]
    assert rows["verdict"].to_list() == ["Pays back", "Nothing paid", "Cannot be known"]
    assert ("Verdict", "Nothing paid") in facts(free)
    assert summary(found) == (
        "Of 3 campaigns: 1 paid back, 1 came without a payout and 1 cannot be estimated from these "
        "data. The 1 campaign with a number and a payout brought 3.00× together (1.50× to 4.50×)."
    )
    assert "with a number brought" in summary((paid, unknown("c")))
