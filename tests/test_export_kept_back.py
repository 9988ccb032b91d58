"""What a file keeps back: creators' names wherever they stand, and all that tells what was paid."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from dashboard.dataset import load
from dashboard.export.redaction import disguised, redacted
from dashboard.export.snapshot import Sharing, Snapshot, snapshot
from dashboard.incrementality import Estimate, Work
from dashboard.ledger import build
from dashboard.query import View, Where
from dashboard.settings import Settings
from tests import small, worlds
from tests.planner_world import tables
from tests.test_export import WORDS, arrays_of, words_of
from tests.test_incrementality_page import an_estimate, unknown

NAMED, PLAIN = "Whey with zq-asha", "Bars"


def a_file(*estimates: Estimate, where: Where | None = None, **kept_back: bool) -> Snapshot:
    """Six creators, zq-asha the first; a campaign holds her name."""
    given = tables(names=("zq-asha", "bela", "chitra", "dev", "esha", "farah"))
    for name in ("tracking_data", "payouts"):
        for row in given[name]:
            row["campaign"] = row["campaign"].replace("Whey", NAMED)
    work = Work()
    work.end(estimates)
    data = worlds.dataset(**given)
    return snapshot(data, where or Where(), sharing=Sharing(**kept_back), work=work)


# ------------------------------------------------------------------------------- names


def test_a_creator_in_the_name_of_a_campaign_is_hidden() -> None:
    people = [
        ("inf_7", "Influencer AAAA"), ("Asha Rao", "Influencer AAAA"), ("12", "Influencer BBBB"),
        ("Max", "Influencer BBBB"), ("Li", "Influencer CCCC"),
        ("Bela", "Influencer CCCC"), ("bela", "Influencer DDDD"),
    ]  # fmt: skip
    hidden = {
        "Diwali with Asha Rao": "Diwali with Influencer AAAA",
        "ASHA_RAO_Whey_1": "Influencer AAAA_Whey_1",
        "asharao launch": "Influencer AAAA launch",
        "INF_7-March": "Influencer AAAA-March",
        "Max, again": "Influencer BBBB, again",
        "Bela's Diwali": "Influencer's Diwali",
    }
    stay = ["Gritzo_Kids_12", "Maximum", "Rao", "Asha Raos", "Li and others", ""]
    assert disguised([*hidden, *stay], people) == hidden


def test_two_campaigns_stay_two() -> None:
    people = [("Asha", "Influencer AAAA")]
    assert disguised(["Asha!", "asha!", "Influencer AAAA!"], people) == {
        "Asha!": "Influencer AAAA! (2)",
        "asha!": "Influencer AAAA! (3)",
    }
    assert disguised(["Diwali"], []) == {}


def test_hiding_names_of_campaigns_changes_no_number(tmp_path: Path) -> None:
    """Asha brought 300 in Gritzo_Kids_1, which is named after her here."""
    named = small.TRACKING_DATA.replace("Gritzo_Kids_1,1", "By_Asha,1")
    ledger, disguise = redacted(build(load(small.write(tmp_path, tracking_data=named))))
    hidden = f"By_{disguise.creators['Asha']}"
    rows = View(ledger, Where()).ask(["revenue"], ["campaign"]).frame.rows()
    assert dict(rows)[hidden] == 300
    where = disguise.where(Where(campaign=("By_Asha",), influencer=("Asha", "who")))
    assert where == Where(campaign=(hidden,), influencer=(disguise.creators["Asha"], "nobody"))
    assert View(ledger, replace(where, influencer=())).ask(["revenue"]).value("revenue") == 300


def test_estimates_go_under_the_hidden_name_with_their_charts() -> None:
    other = unknown(PLAIN)
    other = replace(
        other,
        reasons=(f"It ran on the same product as {NAMED}.",),
        diagnostics=replace(other.diagnostics, together=(NAMED,)),
    )
    made = a_file(an_estimate(NAMED), other, where=Where(campaign=(NAMED,)), redact=True)
    assert "zq-asha" not in made.text
    assert any("A campaign's name that holds one" in sentence for sentence in made.about)
    held = words_of(made)
    (hidden,) = held["initial"]["values"]["campaign"]
    assert hidden.startswith("Whey with Influencer ")
    one, two = held["effects"]["campaigns"]
    assert one["row"]["campaign"] == hidden
    assert set(one["paths"]) == {"expected-and-actual", "cumulative-effect"}
    assert two["row"]["reason"] == f"It ran on the same product as {hidden}."
    assert ["Estimated together with", f"{hidden}."] in two["words"]


def test_the_order_of_the_payouts_table_tells_nothing() -> None:
    """It may be that of creators' names: payouts are numbered as they stand in the file."""
    names = [f"creator {letter}" for letter in "abcdefghijkl"]
    sold = [{"influencer_id": name, "date": "2026-01-01", "revenue": 10} for name in names]
    owed = [
        {"influencer_id": name, "total_payout": 5, "basis": "order", "status": "pending"}
        for name in names
    ]
    data = worlds.dataset(tracking_data=sold, payouts=owed)
    held = arrays_of(snapshot(data, Where(), sharing=replace(WORDS, redact=True)))
    assert held["owed.payout"] == list(range(12))
    assert sum(held["owed.spend"]) == 12 * 500


# ------------------------------------------------------------------------------- what was paid


def test_without_payouts_neither_a_basis_nor_a_margin_is_in_it(tmp_path: Path) -> None:
    data, settings = load(small.write(tmp_path)), Settings(margins={"Gritzo Kids": 41.0})
    full, kept_back = (
        snapshot(data, Where(), settings=settings, sharing=replace(WORDS, payouts=paid))
        for paid in (True, False)
    )
    assert words_of(full)["ledger"]["dimensions"]["basis"]["labels"] == ["order", "post"]
    assert 4100 in arrays_of(full)["item.margin"]
    held = words_of(kept_back)["ledger"]
    assert held["dimensions"]["basis"]["labels"] == []
    assert held["margins"] is False
    assert set(arrays_of(kept_back)["item.margin"]) == {-1}


def test_without_payouts_no_chart_says_what_pays_back() -> None:
    """A line at ₹0 that is called so would be a lie."""
    for paid in (True, False):
        made = a_file(an_estimate(NAMED), payouts=paid)
        text = made.text
        page = text[text.index('data-of="incrementality"') : text.index('data-of="definitions"')]
        assert ("pays back" in page) is paid
        (one,) = words_of(made)["effects"]["campaigns"]
        assert (one["paths"]["cumulative-effect"]["line"] is not None) is paid
