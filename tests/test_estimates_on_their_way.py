"""Estimates worked out in the background: one process, shared, kept, and what goes wrong."""

from __future__ import annotations

import datetime as dt
import gc
import math
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import fields, is_dataclass, replace

import numpy as np
import pytest

from dashboard.incrementality import Diagnostics, Estimate, Kept, estimate, total, work_on
from dashboard.incrementality import working as working_module
from dashboard.incrementality.keeping import from_plain, to_plain
from dashboard.incrementality.turns import turn
from dashboard.state import Explorer
from tests.incremental_world import Campaign, shop

PATIENCE = 120


@pytest.fixture(scope="module")
def ledger():
    """Two campaigns: one that has an answer, one on the second day that has none."""
    launch = Campaign(lift=0.6, posts=(150, 155, 160))
    return shop([launch, Campaign("Early", product=1, posts=(2,))]).ledger()


@pytest.fixture(scope="module")
def found(ledger):
    return estimate(ledger)


def finished(work):
    assert work.over.wait(PATIENCE), "the estimates did not come"
    return work


def equal(one, other):
    """Whether two values are equal to the last digit, arrays and what holds them included."""
    if is_dataclass(one):
        return type(one) is type(other) and all(
            equal(getattr(one, part.name), getattr(other, part.name)) for part in fields(one)
        )
    if isinstance(one, np.ndarray):
        return isinstance(other, np.ndarray) and np.array_equal(one, other, equal_nan=True)
    return type(one) is type(other) and one == other


def test_an_estimate_survives_being_written_down(found):
    assert [one.status for one in found] == ["not identifiable", "identified"]
    for one in found:
        assert equal(from_plain(to_plain(one)), one)
        assert not equal(from_plain(to_plain(replace(one, payout=one.payout + 0.01))), one)


def test_the_background_finds_what_the_foreground_finds(ledger, found, tmp_path):
    work = finished(work_on(ledger, kept=Kept(str(tmp_path))))
    assert work.failed == ""
    assert (work.done, work.of) == (2, 2)
    assert all(map(equal, work.found, found))


def test_all_who_ask_share_one_work(ledger, tmp_path):
    kept = Kept(str(tmp_path))
    work = work_on(ledger, kept=kept)
    assert work_on(ledger, kept=kept) is work
    assert work_on(ledger, ["Product 4"], kept) is not work
    finished(work)


def test_what_is_kept_is_there_at_once_and_only_for_the_same_question(ledger, tmp_path):
    kept = Kept(str(tmp_path))
    first = finished(work_on(ledger, kept=kept)).found
    gc.collect()
    again = work_on(ledger, kept=kept)
    assert again.is_over
    assert all(map(equal, again.found, first))
    assert kept.read(ledger.version, ["Product 4"]) is None
    assert kept.read("another version") is None


@pytest.mark.skipif(sys.platform == "win32", reason="one process serves there")
def test_what_another_server_works_out_is_waited_for_and_seen_on_its_way(
    ledger, found, tmp_path, monkeypatch
):
    """It is not worked out twice: doing so would fail here."""
    monkeypatch.setattr(working_module, "_solved", None)
    kept = Kept(str(tmp_path))
    with turn(kept.file(ledger.version), lambda *_: None) as tell:
        work = work_on(ledger, kept=kept)
        tell(1, 2)
        end = time.monotonic() + PATIENCE
        while work.done != 1 and time.monotonic() < end:
            time.sleep(0.05)
        assert (work.done, work.of) == (1, 2)
        assert not work.is_over
        kept.write(found, ledger.version)
    assert finished(work).failed == ""
    assert all(map(equal, work.found, found))


@pytest.mark.skipif(sys.platform == "win32", reason="one process serves there")
def test_a_server_that_fails_leaves_its_turn_to_the_next(ledger, tmp_path):
    kept = Kept(str(tmp_path))
    with suppress(RuntimeError), turn(kept.file(ledger.version), lambda *_: None) as tell:
        tell(1, 2)
        raise RuntimeError
    work = finished(work_on(ledger, kept=kept))
    assert (work.done, work.of, work.failed) == (2, 2, "")


@pytest.mark.parametrize("text", ["", "{", "[1]", '[{"campaign": 1}]'])
def test_a_kept_file_that_cannot_be_read_costs_time_only(ledger, tmp_path, text):
    kept = Kept(str(tmp_path))
    kept.file(ledger.version).write_text(text)
    assert kept.read(ledger.version) is None


def test_a_folder_that_cannot_be_written_costs_nothing(ledger, found, tmp_path):
    (tmp_path / "file").write_text("in the way")
    kept = Kept(str(tmp_path / "file"))
    kept.write(found, ledger.version)
    assert finished(work_on(ledger, kept=kept)).found is not None


def test_a_process_that_dies_is_said_and_logged(ledger, tmp_path, monkeypatch, caplog):
    def dies(command, **options):
        return subprocess_popen([sys.executable, "-c", "raise SystemExit('no memory')"], **options)

    subprocess_popen = subprocess.Popen
    monkeypatch.setattr(working_module.subprocess, "Popen", dies)
    work = finished(work_on(ledger, kept=Kept(str(tmp_path))))
    assert work.found is None
    assert work.failed.endswith(".")
    assert "no memory" in caplog.text


def test_a_product_that_is_not_sold_is_said(ledger, tmp_path):
    work = finished(work_on(ledger, ["Product 7"], Kept(str(tmp_path))))
    assert "Product 7" in work.failed


def test_what_nobody_waits_for_is_not_begun(ledger, tmp_path, monkeypatch):
    begun = []
    monkeypatch.setattr(working_module, "_solved", lambda *_: begun.append(1))
    with working_module._turn:
        work_on(ledger, kept=Kept(str(tmp_path)))
        gc.collect()
    deadline = time.monotonic() + 1
    while time.monotonic() < deadline and not begun:
        time.sleep(0.05)
    assert not begun


def test_an_explorer_judges_by_its_margins_and_shows_what_is_in_view(ledger, found, tmp_path):
    """Margins change verdicts and nothing else; filters choose campaigns and nothing else."""
    explorer = Explorer(ledger.dataset)
    assert explorer.estimates is None
    assert explorer.unestimated.endswith("is not worked out here.")
    explorer.settings = replace(explorer.settings, cache=str(tmp_path))
    explorer.estimate()
    finished(explorer.work)
    assert explorer.unestimated == ""
    assert all(map(equal, explorer.estimates, found))
    explorer.margins = {"Product 0": 25.0}
    (launch,) = (one for one in explorer.estimates if one.campaign == "Launch")
    assert launch.needed == 4.0
    assert launch.incremental_revenue == found[1].incremental_revenue
    explorer.filters.campaign = ["Early"]
    assert [one.campaign for one in explorer.estimates_in_view()] == ["Early"]
    assert len(explorer.estimates) == 2


def test_another_dataset_is_estimated_too(ledger, tmp_path):
    other = shop([Campaign("Other")]).ledger()
    explorer = Explorer(ledger.dataset)
    explorer.settings = replace(explorer.settings, cache=str(tmp_path))
    explorer.estimate()
    first = explorer.work
    explorer.use(other.dataset)
    assert explorer.work is not first
    finished(explorer.work)
    assert [one.campaign for one in explorer.estimates] == ["Other"]


def an_estimate(campaign, incremental, low, high, payout):
    return Estimate(
        campaign,
        (dt.date(2026, 1, 1), dt.date(2026, 1, 20)),
        "identified",
        incremental,
        (low, high),
        incremental / payout if payout else None,
        (low / payout, high / payout) if payout else None,
        None,
        None,
        None,
        (),
        Diagnostics(),
        payout,
    )


def test_campaigns_add_up():
    """300 and 100 on 200 and 200: 400 / 400. Errors down 30 and 40: 50 together; up 60 and 80: 100.

    What is free of charge, or unknown, has no part in it.
    """
    unknown = replace(an_estimate("C", 0, 0, 0, 999), incremental_revenue=None, interval=None)
    whole = total(
        [
            an_estimate("A", 300, 270, 360, 200),
            an_estimate("B", 100, 60, 180, 200),
            unknown,
            an_estimate("D", 50, 40, 60, 0),
        ]
    )
    assert (whole.campaigns, whole.of) == (2, 4)
    assert whole.incremental_revenue == 400
    assert whole.iroas == 1.0
    assert whole.interval == pytest.approx((350, 500))
    assert whole.iroas_interval == pytest.approx((0.875, 1.25))


def test_nothing_adds_up_to_no_ratio():
    assert total([]).iroas is None
    assert total([]).iroas_interval is None
    assert math.isclose(total([]).incremental_revenue, 0.0)
