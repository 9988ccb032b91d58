"""The one-file snapshot: whole, replaced in one step, nothing from outside, only what may go."""

from __future__ import annotations

import base64
import datetime as dt
import json
import re
import zlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from dashboard.cli.commands import app
from dashboard.dataset import load
from dashboard.errors import DataError, PlaceError, QueryError, UnknownNameError
from dashboard.export import scripts
from dashboard.export.files import Steps, at_once
from dashboard.export.packing import by_weeks, packed, piece_of, prepared
from dashboard.export.redaction import pseudonyms, redacted
from dashboard.export.snapshot import Sharing, Snapshot, in_steps, snapshot, write_snapshot
from dashboard.export.taking import FORMS
from dashboard.incrementality import Estimate, Work
from dashboard.ledger import build
from dashboard.query import Margins, View, Where
from dashboard.schema import FILTERS
from dashboard.state import Explorer
from dashboard.views.view import View as ViewOnPage
from tests import small, worlds
from tests.planner_world import tables
from tests.test_incrementality_page import an_estimate, unknown

WORDS = Sharing(pages=("definitions",))
"""A page without figures: made in no time, with the same arrays in it."""


def words_of(made: Snapshot) -> dict[str, Any]:
    """What the page is told besides its arrays."""
    found = re.search(r'<script type="application/json" id="words">(.*?)</script>', made.text)
    assert found
    held: dict[str, Any] = json.loads(found[1])
    return held


def arrays_of(made: Snapshot) -> dict[str, list[float]]:
    """The arrays, as they lie in the file, by name."""
    found = re.search(r'<script type="text/plain" id="ledger">(.*?)</script>', made.text)
    assert found
    block = zlib.decompress(base64.b64decode(found[1]), -zlib.MAX_WBITS)
    kinds = {"u1": "B", "u2": "H", "u4": "I", "i1": "b", "i2": "h", "i4": "i", "f8": "d"}
    answer = {}
    for name, (kind, at, length, scale) in words_of(made)["ledger"]["arrays"].items():
        part = memoryview(block)[at : at + length * int(kind[1])]
        answer[name] = [one * scale for one in part.cast(kinds[kind])]
    return answer


def test_the_arrays_hold_the_sums_of_the_world(tmp_path: Path) -> None:
    """Revenue 300 + 200 + 500, spend 100 + 150, of which 150 are pending; in paise."""
    held = arrays_of(snapshot(load(small.write(tmp_path)), Where(), sharing=WORDS))
    assert held["sales.revenue"] == [300_00, 200_00, 500_00]
    assert sum(held["spend.spend"]) == 250_00
    assert held["owed.spend"] == [150_00]
    assert held["posts.reach"] == [1000, 2000]


def test_it_opens_with_the_filters_given(tmp_path: Path) -> None:
    """An end of the period that is open is that of the data."""
    where = Where(platform=("YouTube",), first=dt.date(2026, 1, 2))
    initial = words_of(snapshot(load(small.write(tmp_path)), where, sharing=WORDS))["initial"]
    assert initial == {
        "values": {"platform": ["YouTube"]},
        "first": "2026-01-02",
        "last": "2026-02-01",
    }


def test_nothing_is_fetched(tmp_path: Path) -> None:
    page = snapshot(load(small.write(tmp_path)), Where()).text
    assert not re.findall(r"<(?:script|img|iframe)[^>]+src=|<link[^>]+href=\"(?!data:)", page)
    assert "default-src 'none'" in page


def test_every_script_of_the_page_is_in_it() -> None:
    """A file that is forgotten in the list would be missed only where it is called."""
    there = {
        file.name for file in (Path(scripts.__file__).parents[1] / "assets").glob("snapshot*.js")
    }
    assert there <= set(scripts.FILES)
    assert len(scripts.FILES) == len(set(scripts.FILES))


def test_text_from_the_data_stays_text(tmp_path: Path) -> None:
    hostile = "</script><img src=x onerror=alert(1)>"
    place = small.write(tmp_path, influencers=small.INFLUENCERS.replace("Asha", hostile))
    made = snapshot(load(place), Where(influencer=(hostile,)))
    assert hostile in words_of(made)["offered"]["influencer"]
    assert not re.search(r"</script><img src=x", made.text)


def test_it_is_made_bit_by_bit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """So that a server answers others in between: no step draws more than one view."""
    drawn: list[str] = []
    update = ViewOnPage.update

    def counted(self: ViewOnPage, **options: bool) -> None:
        drawn.append(self.name)
        update(self, **options)

    monkeypatch.setattr(ViewOnPage, "update", counted)
    most = 0

    def watched() -> Steps[Snapshot]:
        nonlocal most
        steps, came = in_steps(load(small.write(tmp_path)), Where()), None
        while True:
            before = len(drawn)
            try:
                work = steps.send(came)
            except StopIteration as end:
                return end.value
            most = max(most, len(drawn) - before)
            before = len(drawn)
            came = yield work
            assert len(drawn) == before  # what is done beside the others draws nothing

    made = at_once(watched())
    assert most == 1
    assert len(drawn) > 15
    assert "ROAS by platform" in made.text


# ------------------------------------------------------------------------------- the file


def test_a_file_is_replaced_only_when_told(tmp_path: Path) -> None:
    dataset, output = load(small.write(tmp_path / "data")), tmp_path / "report.html"
    output.write_text("mine")
    with pytest.raises(PlaceError, match=r"exists. Give another name, or --force"):
        write_snapshot(dataset, Where(), output)
    assert output.read_text() == "mine"
    made = write_snapshot(dataset, Where(), output, force=True, sharing=WORDS)
    assert output.stat().st_size == made.size
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["report.html"]


def test_a_place_that_cannot_be_written_is_a_sentence(tmp_path: Path) -> None:
    dataset = load(small.write(tmp_path / "data"))
    with pytest.raises(PlaceError, match=r"cannot be written: there is no folder"):
        write_snapshot(dataset, Where(), tmp_path / "none" / "report.html")
    with pytest.raises(PlaceError, match=r"is a folder. Give the name of a file"):
        write_snapshot(dataset, Where(), tmp_path / "data", force=True)


def test_what_fails_half_way_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    dataset = load(small.write(tmp_path / "data"))
    monkeypatch.setattr("os.replace", full)
    with pytest.raises(PlaceError, match="cannot be written: No space left on device"):
        write_snapshot(dataset, Where(), tmp_path / "report.html", sharing=WORDS)
    assert [path.name for path in tmp_path.iterdir()] == ["data"]


def test_no_rows_is_a_sentence_and_no_file(tmp_path: Path) -> None:
    place, output = small.write(tmp_path / "data"), tmp_path / "report.html"
    done = CliRunner().invoke(
        app,
        ["snapshot", str(place), "-o", str(output), "--from", "2020-01-01", "--to", "2020-01-31"],
    )
    assert isinstance(done.exception, QueryError)
    assert "There are no rows under these filters (Period: 1 Jan – 31 Jan 2020)" in str(
        done.exception
    )
    assert not output.exists()


def test_a_page_that_a_file_cannot_have_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnknownNameError, match=r"Valid: campaigns, definitions, influencers"):
        snapshot(load(small.write(tmp_path)), Where(), sharing=Sharing(pages=("payouts",)))


def test_pages_are_chosen(tmp_path: Path) -> None:
    sharing = Sharing(pages=("Campaigns", "overview"))
    made = snapshot(load(small.write(tmp_path)), Where(), sharing=sharing)
    assert [page["name"] for page in words_of(made)["pages"]] == ["overview", "campaigns"]


def test_data_without_payouts_are_shared_as_they_are(tmp_path: Path) -> None:
    """Nothing was spent; that is no error."""
    place = small.write(tmp_path, payouts=small.PAYOUTS.splitlines()[0] + "\n")
    held = arrays_of(snapshot(load(place), Where(), sharing=WORDS))
    assert held["spend.spend"] == held["owed.spend"] == []


# ------------------------------------------------------------------------------- what is kept back


def test_no_user_and_no_text_of_a_post_is_in_it(tmp_path: Path) -> None:
    users = small.TRACKING_DATA.replace(",u1,", ",zq-user-1,").replace(",u2,", ",zq-user-2,")
    posts = small.POSTS.replace("First", "zq-caption")
    page = snapshot(load(small.write(tmp_path, tracking_data=users, posts=posts)), Where()).text
    assert "zq-" not in page
    assert "example.com" not in page


def test_a_file_without_payouts_holds_none(tmp_path: Path) -> None:
    made = snapshot(load(small.write(tmp_path)), Where(), sharing=Sharing(payouts=False))
    held = arrays_of(made)
    assert not [name for name in held if name.startswith(("spend.", "owed."))]
    assert words_of(made)["ledger"]["metrics"]["roas"]["absent"] == (
        "ROAS: not available, as this file was made without what was paid."
    )
    assert any("What was paid is left out" in sentence for sentence in made.about)


def test_a_filter_on_what_is_kept_back_is_refused(tmp_path: Path) -> None:
    with pytest.raises(QueryError, match=r"Payout basis belongs to what was paid"):
        snapshot(
            load(small.write(tmp_path)), Where(basis=("post",)), sharing=Sharing(payouts=False)
        )


def test_redaction_leaves_no_name(tmp_path: Path) -> None:
    """The filter that it opens with is redacted too."""
    dataset = load(small.write(tmp_path))
    made = snapshot(dataset, Where(influencer=("Asha",)), sharing=Sharing(redact=True))
    assert "Asha" not in made.text
    assert "Bela" not in made.text
    (name,) = words_of(made)["initial"]["values"]["influencer"]
    assert re.fullmatch(r"Influencer [A-Z2-7]{4}", name)
    assert name in words_of(made)["offered"]["influencer"]


def test_redaction_changes_no_number(tmp_path: Path) -> None:
    """By creator, under any name: 300 for 100 and 700 for 150."""
    ledger = build(load(small.write(tmp_path)))
    hidden, disguise = redacted(ledger)
    names = disguise.creators
    rows = View(hidden, Where()).ask(["revenue", "spend"], ["influencer"]).frame
    found = {row["influencer"]: (row["revenue"], row["spend"]) for row in rows.to_dicts()}
    assert found == {names["Asha"]: (300.0, 100.0), names["Bela"]: (700.0, 150.0)}
    only = View(hidden, Where(influencer=(names["Asha"],))).ask(["revenue"]).value("revenue")
    assert only == 300.0


def test_pseudonyms_stay_and_tell_nothing_of_their_order(tmp_path: Path) -> None:
    dataset = load(small.write(tmp_path / "a"))
    more = small.INFLUENCERS + "3,Cara,Food,Female,900,X\n"
    grown = load(small.write(tmp_path / "b", influencers=more))
    people = [str(one) for one in range(300)]
    first = pseudonyms(dataset, people)
    assert first == pseudonyms(dataset, people[::-1])
    assert len(set(first.values())) == 300
    assert [first[one] for one in people] != sorted(first.values())
    assert first != pseudonyms(grown, people)
    assert pseudonyms(dataset, people, "ours") == pseudonyms(grown, people, "ours")


# ------------------------------------------------------------------------------- weeks


@given(st.dates(dt.date(2020, 1, 1), dt.date(2030, 12, 31)))
def test_a_piece_is_a_week_cut_where_a_month_begins(date: dt.date) -> None:
    first, last = piece_of(date)
    assert first <= date <= last
    assert (last - first).days < 7
    assert first.isocalendar()[:2] == last.isocalendar()[:2]
    assert first.month == last.month
    after = last + dt.timedelta(1)
    assert after.weekday() == 0 or after.day == 1
    assert first.weekday() == 0 or first.day == 1


def test_weeks_keep_every_sum_of_weeks_and_months() -> None:
    ledger = worlds.ledger(
        tracking_data="""
            influencer_id  campaign  date        orders  revenue
            asha           A         2026-03-30  1       10
            asha           A         2026-03-31  1       20
            asha           A         2026-04-01  1       40
            asha           A         2026-04-06  1       80
        """
    )
    weeks = by_weeks(ledger)
    assert weeks.facts["sales"].height == 3
    for step in ("week", "month"):
        fine, coarse = (
            View(one, Where()).ask(["revenue"], [step]).frame for one in (ledger, weeks)
        )
        assert fine.equals(coarse)
    assert View(weeks, Where()).ask(["revenue"], ["month"]).frame["revenue"].to_list() == [30, 120]


def test_a_file_that_is_too_large_even_by_weeks_is_refused(tmp_path: Path) -> None:
    with pytest.raises(QueryError, match=r"MB by weeks; the most it may have is 0.0 MB"):
        snapshot(load(small.write(tmp_path)), Where(), sharing=replace(WORDS, budget=1000))


# ------------------------------------------------------------------------------- limits


def test_sums_that_a_browser_cannot_add_are_refused() -> None:
    """Ten lakh crore rupees and more, in paise, leave no room for exact sums."""
    ledger = worlds.ledger(
        tracking_data=[
            {"influencer_id": "asha", "date": "2026-03-30", "revenue": "100000000000"}
            for _ in range(200)
        ]
    )
    with pytest.raises(DataError, match="too large for a page to add up exactly"):
        packed(prepared(ledger), Margins.of({}))


def test_every_value_of_every_filter_is_offered(tmp_path: Path) -> None:
    offered = words_of(snapshot(load(small.write(tmp_path)), Where(), sharing=WORDS))["offered"]
    assert list(offered) == list(FILTERS)
    assert offered["influencer"] == ["Asha", "Bela"]
    assert offered["tier"] == ["nano", "micro"]
    assert offered["basis"] == ["order", "post"]


def test_names_are_numbered_in_the_order_of_polars() -> None:
    """By bytes, in which the page's own order of text differs."""
    names = ["\U0001f600", "\uff5e", "b", "A"]
    ledger = worlds.ledger(
        influencers=[{"influencer_id": one, "name": one} for one in names],
        tracking_data=[{"influencer_id": one, "date": "2026-01-01"} for one in names],
    )
    _, words = packed(prepared(ledger), Margins.of({}))
    assert words["dimensions"]["influencer"]["labels"] == ["A", "b", "\uff5e", "\U0001f600"]
    assert pl.Series(names).sort().to_list() == ["A", "b", "\uff5e", "\U0001f600"]


def test_the_demo_is_of_the_example_data_and_small() -> None:
    """What docs/demo holds was made of data/ as it is; ``make demo`` makes it again."""
    root = Path(__file__).parents[1]
    demo = root / "docs" / "demo" / "example.html"
    assert demo.stat().st_size < 4_000_000
    assert f"version {load(root / 'data').version}" in demo.read_text("utf-8")


# ------------------------------------------------------------------------------- what was found


def effects_of(*estimates: Estimate, sharing: Sharing | None = None) -> dict[str, Any]:
    """What a file holds of six creators of two campaigns, see tests/planner_world.py."""
    work = Work()
    work.end(tuple(estimates))
    made = snapshot(worlds.dataset(**tables()), Where(), sharing=sharing, work=work)
    held: dict[str, Any] = words_of(made)
    return held


WHEY = an_estimate("Whey", payout=2131.25, iroas=0.3, iroas_interval=(0.15, 0.45), reasons=())


def test_estimates_travel_with_the_file() -> None:
    """In paise, the day that is missing as nothing."""
    (one, two) = effects_of(WHEY, unknown("Bars"))["effects"]["campaigns"]
    assert one["row"]["incremental_revenue"] == 600
    assert one["row"]["payout"] == 2131.25
    assert one["row"]["verdict"] == "Does not pay back"
    drawn = one["paths"]["expected-and-actual"]
    assert drawn["data"]["actual"] == [10, 10, None, 12, 12, 12]
    assert drawn["first"] == (dt.date(2026, 1, 1) - dt.date(1970, 1, 1)).days
    assert one["paths"]["cumulative-effect"]["line"] == 2131.25
    assert two["row"]["incremental_revenue"] is None
    assert two["paths"] == {}


def test_without_payouts_nothing_of_an_estimate_tells_of_them() -> None:
    """Neither the amount nor a ratio of it, nor a verdict, nor an axis that has room for it."""
    held = effects_of(WHEY, unknown("Bars"), sharing=Sharing(payouts=False))
    assert [page["title"] for page in held["pages"]][3:] == ["Incrementality", "Definitions"]
    one, _ = held["effects"]["campaigns"]
    assert set(one["row"]) == {
        "campaign", "incremental_revenue", "revenue_range", "revenue_low", "revenue_high", "status",
        "reason",
    }  # fmt: skip
    assert one["headline"] == "₹600 came because of it (₹300 to ₹900)."
    assert one["paths"]["cumulative-effect"]["y"][1] < 10
    assert one["paths"]["cumulative-effect"]["sentence"] == "₹6 in the end."
    told = json.dumps(held["effects"], ensure_ascii=False)
    for tells in ("2131", "2,131", "0.3", "0.15", "pay back", "pays back", "0.28"):
        assert tells not in json.dumps(one, ensure_ascii=False), tells
    assert "2131" not in told


def test_pages_that_need_what_is_left_out_are_refused() -> None:
    data, work = worlds.dataset(**tables()), Work()
    work.end((WHEY,))
    with pytest.raises(QueryError, match="Planner needs what was paid, which --no-payouts"):
        snapshot(data, Where(), sharing=Sharing(pages=("planner",), payouts=False), work=work)
    with pytest.raises(QueryError, match="which --no-incrementality leaves out"):
        snapshot(data, Where(), sharing=Sharing(pages=("incrementality",)))


def test_what_is_on_its_way_when_a_file_is_made_is_said() -> None:
    work = Work()
    work.tell(2, 9)
    held = words_of(snapshot(worlds.dataset(**tables()), Where(), work=work))["effects"]
    assert held["campaigns"] == []
    assert "2 of 9 were through. Make the file again" in held["why"]
    assert held["unplanned"] == held["why"]


@pytest.mark.parametrize("form", FORMS)
def test_the_menu_gives_what_the_session_has_found(form: str) -> None:
    explorer = Explorer(worlds.dataset(**tables()))
    explorer.work = Work()
    explorer.work.end((WHEY,))
    content = at_once(FORMS[form].steps(explorer))
    if form == "page":
        assert "₹600 came because of it" in content.decode()
    elif form == "workbook":
        assert "Incrementality" in pl.read_excel(content, sheet_id=0)
    else:
        assert len(re.findall(rb"/Type */Page\b", content)) > 6


def test_the_command_puts_estimates_into_the_file_or_leaves_them_out(tmp_path: Path) -> None:
    """Of four rows nothing can be told: every campaign says so."""
    place, output = small.write(tmp_path / "data"), tmp_path / "report.html"
    command = ["snapshot", str(place), "-o", str(output), "--force"]
    CliRunner().invoke(app, command, catch_exceptions=False)
    assert "cannot be known from these data" in output.read_text("utf-8")
    CliRunner().invoke(app, [*command, "--no-incrementality"], catch_exceptions=False)
    assert "cannot be known from these data" not in output.read_text("utf-8")
