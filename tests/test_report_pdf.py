"""The printed report: hand-worked figures in it, data as text, whole files or none."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import typst
from typer.testing import CliRunner

from dashboard.cli.commands import app
from dashboard.dataset import load
from dashboard.errors import PlaceError, QueryError
from dashboard.export.effects import _largest
from dashboard.export.paper import ticks_of
from dashboard.export.pdf import TEMPLATE, compiled, options, report, write_report
from dashboard.export.report import MOST_INFLUENCERS, content
from dashboard.incrementality import Estimate, Work
from dashboard.query import Where
from dashboard.settings import Settings
from tests import small, worlds
from tests.planner_world import CREATORS, ESTIMATES, tables
from tests.test_incrementality_page import an_estimate, unknown


def page(held: dict[str, Any], title: str) -> dict[str, Any]:
    (found,) = [one for one in held["pages"] if one["title"] == title]
    return found


def texts(value: Any) -> list[str]:
    """Every text of what the template is given."""
    if isinstance(value, dict):
        return [text for one in value.values() for text in texts(one)]
    if isinstance(value, list):
        return [text for one in value for text in texts(one)]
    return [value] if isinstance(value, str) else []


def test_the_summary_says_the_totals_worked_out_by_hand(tmp_path: Path) -> None:
    """See tests/small.py. Only Gritzo_Kids_1 has spend: 300 + 200 came back for 250.

    Instagram: 200 + 500 for 150; YouTube: 300 for 100.
    """
    held = content(load(small.write(tmp_path)), Where())
    result, campaigns, platforms, owed, checked = held["summary"]
    assert result == "Creators brought in ₹1,000 from 4 orders for ₹250 of spend: a ROAS of 4.00×."
    assert campaigns == (
        "One campaign has spend: Gritzo_Kids_1 earned ₹250 before product cost (ROAS 2.00× on ₹250 "
        "of spend)."
    )
    assert platforms == (
        "2 of 2 platforms with spend gave the money back. The most was earned by Instagram: ₹550 "
        "before product cost (ROAS 4.67× on ₹150 of spend); the least by YouTube: ₹200 before "
        "product cost (ROAS 3.00× on ₹100 of spend)."
    )
    assert owed == "₹150 of this spend is still to be paid, in 1 payout."
    assert checked == "Both payouts are rate × units where both are known."


def test_tables_and_cards_hold_the_same_figures(tmp_path: Path) -> None:
    held = content(load(small.write(tmp_path)), Where())
    values = {one["label"]: one["value"] for one in held["kpis"]}
    assert values["Revenue"] == "₹1,000"
    assert values["ROAS"] == "4.00×"
    assert values["Payable"] == "₹150"
    (campaigns,) = page(held, "Campaigns")["tables"]
    assert campaigns["totals"][:5] == ["In all", "1,000", "250", "4.00×", "750"]
    assert sorted(row[:5] for row in campaigns["rows"]) == [
        ["Gritzo_Kids_1", "500", "250", "2.00×", "250"],
        ["MuscleBlaze_Whey_1", "500", "0", "—", "500"],
    ]
    (influencers,) = page(held, "Influencers")["tables"]
    assert [row[:6] for row in influencers["rows"]] == [
        ["Bela", "Instagram", "Parenting", "700", "150", "4.67×"],
        ["Asha", "YouTube", "Fitness", "300", "100", "3.00×"],
    ]
    by_status, by_basis = page(held, "Payouts")["halves"]
    assert by_status["rows"] == [["pending", "1", "150"], ["paid", "1", "100"]]
    assert by_basis["rows"] == [["post", "1", "150"], ["order", "1", "100"]]


def test_bars_are_as_long_as_their_values(tmp_path: Path) -> None:
    """ROAS 14/3 and 3: the second is 9/14 of the first."""
    platforms, _ = page(content(load(small.write(tmp_path)), Where()), "Overview")["bars"]
    assert [row["name"] for row in platforms["rows"]] == ["Instagram", "YouTube"]
    assert [row["width"] for row in platforms["rows"]] == pytest.approx([1, 9 / 14])
    assert platforms["mark"]["at"] == pytest.approx(3 / 14)


def test_filters_narrow_every_figure_and_are_said(tmp_path: Path) -> None:
    """Charts too: on paper nobody can open the filter that they would be exempt from."""
    held = content(load(small.write(tmp_path)), Where(platform=("YouTube",)))
    assert held["filters"] == [["Platform", "YouTube"]]
    assert held["summary"][0].startswith("Creators brought in ₹300 from 2 orders for ₹100 of spend")
    platforms, _ = page(held, "Overview")["bars"]
    assert [row["name"] for row in platforms["rows"]] == ["YouTube"]
    assert not any("Bela" in text for text in texts(held))


def test_a_pdf_has_a_sheet_for_each_page(tmp_path: Path) -> None:
    """Summary, overview, campaigns, influencers, payouts, definitions."""
    made = report(load(small.write(tmp_path)), Where())
    assert made.pdf.startswith(b"%PDF-")
    assert made.pdf.rstrip().endswith(b"%%EOF")
    assert made.sheets == 6


def test_nothing_is_missing_when_it_is_set(tmp_path: Path) -> None:
    """A font that is not there or a picture without words would be a warning."""
    held = content(load(small.write(tmp_path)), Where())
    _, warnings = typst.compile_with_warnings(TEMPLATE, **options(held))
    assert not warnings


def test_changes_are_those_against_the_days_before(tmp_path: Path) -> None:
    """Of 5 to 8 January (Bela: 200 for 150) against 1 to 4 January (Asha: 300 for 100)."""
    where = Where(first=dt.date(2026, 1, 5), last=dt.date(2026, 1, 8))
    held = content(load(small.write(tmp_path)), where)
    assert held["against"] == "Compared with 1 Jan – 4 Jan 2026, the 4 days before."
    assert held["summary"][1] == (
        "Against 1 Jan – 4 Jan 2026, the 4 days before: revenue is down 33.3 %, spend is up 50.0 % "
        "and ROAS is down 1.67×."
    )


def test_ticks_are_round_and_hold_every_value() -> None:
    assert ticks_of(0, 1000) == [0, 250, 500, 750, 1000]
    assert ticks_of(-30, 90) == [0, 50, 100]
    assert ticks_of(-300, 90) == [-300, -200, -100, 0, 100]
    assert ticks_of(0, 0) == [0, 0.25]


def test_text_from_the_data_stays_text(tmp_path: Path) -> None:
    """What would fail or act as markup or code of the template is set as it is written."""
    name = '#panic("x") $ \\ " <a'
    place = small.write(tmp_path, influencers=small.INFLUENCERS.replace("Asha", f"'{name}"))
    hostile = small.write(tmp_path / "more", **small.HOSTILE)
    held = content(load(place), Where())
    assert any("#panic(" in text for text in texts(held))
    assert compiled(held)[0].startswith(b"%PDF-")
    assert compiled(content(load(hostile), Where()))[0].startswith(b"%PDF-")


def test_a_word_without_an_end_is_broken(tmp_path: Path) -> None:
    """It would run out of the page: the summary names the campaign in full."""
    place = small.write(
        tmp_path, tracking_data=small.TRACKING_DATA.replace("Gritzo_Kids_1", "G" * 300)
    )
    held = content(load(place), Where())
    assert not any(re.search(r"[^\s\u200b]{33}", text) for text in texts(held["summary"]))
    assert "G" * 300 in held["summary"][1].replace("\u200b", "")


def test_product_cost_counts_where_margins_are_known(tmp_path: Path) -> None:
    """Half of 1000 less 250; Gritzo_Kids_1: half of 500 less 250."""
    settings = Settings(margins={"Gritzo Kids": 50.0, "MuscleBlaze Whey": 50.0})
    held = content(load(small.write(tmp_path)), Where(), settings)
    (campaigns,) = page(held, "Campaigns")["tables"]
    assert campaigns["totals"][4] == "250"
    assert "Gritzo_Kids_1 earned ₹0 after product cost" in held["summary"][1]
    assert "Contribution" in [label for label, *_ in held["definitions"]]


def test_what_turns_the_direction_of_writing_is_spelled_out(tmp_path: Path) -> None:
    place = small.write(tmp_path, influencers=small.INFLUENCERS.replace("Asha", "A\u202esha"))
    held = content(load(place), Where())
    assert not any("\u202e" in text for text in texts(held))


def test_many_creators_are_cut_with_a_sentence(tmp_path: Path) -> None:
    many = MOST_INFLUENCERS + 20
    lines = ["influencer_id,name,category,gender,follower_count,platform"]
    lines += [f"{at},Name {at},Fitness,Female,5000,YouTube" for at in range(1, many + 1)]
    sold = ["source,campaign,influencer_id,user_id,product,date,orders,revenue"]
    sold += [f"influencer,A,{at},u{at},Gritzo Kids,2026-01-02,1,{at}" for at in range(1, many + 1)]
    place = small.write(
        tmp_path, influencers="\n".join(lines) + "\n", tracking_data="\n".join(sold) + "\n"
    )
    (influencers,) = page(content(load(place), Where()), "Influencers")["tables"]
    assert len(influencers["rows"]) == MOST_INFLUENCERS
    assert f"The first {MOST_INFLUENCERS} of {many} rows are printed." in influencers["sentence"]
    assert influencers["rows"][0][0] == f"Name {many}"


def test_data_without_payouts_say_so(tmp_path: Path) -> None:
    place = small.write(tmp_path)
    header = small.PAYOUTS.splitlines()[0]
    (place / "payouts.csv").write_text(header + "\n")
    held = content(load(place), Where())
    assert "nothing was spent in this view" in held["summary"][0]
    assert compiled(held)[0].startswith(b"%PDF-")


def test_a_question_about_payouts_alone_is_answered(tmp_path: Path) -> None:
    """Sales carry no basis: they are refused in words, and spend stays."""
    held = content(load(small.write(tmp_path)), Where(basis=("post",)))
    assert held["summary"][0].startswith("Spend in view is ₹150.")
    assert compiled(held)[0].startswith(b"%PDF-")


# ------------------------------------------------------------------------------- the file


def test_the_command_writes_and_says_what(tmp_path: Path) -> None:
    place, output = small.write(tmp_path / "data"), tmp_path / "report.pdf"
    arguments = ["report", str(place), "--format", "pdf", "-o", str(output)]
    done = CliRunner().invoke(app, arguments, catch_exceptions=False)
    assert done.stdout == f"Wrote {output} (8 pages). No filters: everything is in view.\n"
    assert output.read_bytes().startswith(b"%PDF-")
    again = CliRunner().invoke(app, arguments)
    assert isinstance(again.exception, PlaceError)
    assert re.search(r"exists. Give another name, or --force", str(again.exception))
    assert CliRunner().invoke(app, [*arguments, "--force"]).exit_code == 0
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["report.pdf"]


def test_a_pdf_is_asked_for_whole(tmp_path: Path) -> None:
    place = str(small.write(tmp_path))
    alone = CliRunner().invoke(app, ["report", place, "--format", "pdf"])
    assert "--format pdf with -o FILE.pdf" in str(alone.exception)
    arguments = ["report", place, "--format", "pdf", "-o", "x.pdf", "--by", "campaign"]
    split = CliRunner().invoke(app, arguments)
    assert "leave --by and --metrics out" in str(split.exception)


def test_no_rows_is_a_sentence_and_no_file(tmp_path: Path) -> None:
    dataset, output = load(small.write(tmp_path / "data")), tmp_path / "report.pdf"
    nobody = Where(influencer=("Asha",), platform=("Instagram",))
    with pytest.raises(QueryError, match="There are no rows under these filters"):
        write_report(dataset, nobody, output)
    assert not output.exists()


def test_a_place_that_cannot_be_written_is_a_sentence(tmp_path: Path) -> None:
    dataset = load(small.write(tmp_path / "data"))
    with pytest.raises(PlaceError, match="cannot be written: there is no folder"):
        write_report(dataset, Where(), tmp_path / "none" / "report.pdf")
    with pytest.raises(PlaceError, match=r"is a folder. Give the name of a file"):
        write_report(dataset, Where(), tmp_path / "data", force=True)


def test_what_fails_half_way_leaves_what_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    dataset, output = load(small.write(tmp_path / "data")), tmp_path / "report.pdf"
    output.write_text("mine")
    monkeypatch.setattr("os.replace", full)
    with pytest.raises(PlaceError, match="cannot be written: No space left on device"):
        write_report(dataset, Where(), output, force=True)
    assert output.read_text() == "mine"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["data", "report.pdf"]


# ------------------------------------------------------------------------------- what was found


def found_in(*estimates: Estimate, failed: str = "", where: Where | None = None) -> dict[str, Any]:
    """What is printed of six creators of two campaigns, see tests/planner_world.py."""
    work = Work()
    work.end(None if failed else estimates, failed)
    return content(worlds.dataset(**tables()), where or Where(), None, work)


WHEY = an_estimate("Whey", payout=2100.0, iroas=0.3, iroas_interval=(0.15, 0.45))
BARS = unknown("Bars")


def test_verdicts_are_a_page_with_a_chart_of_each_that_is_known() -> None:
    """Sales of 10 a day, then 12; the least of the band 9, the most 11.5; the axis ends at 15."""
    held = page(found_in(WHEY, BARS), "Incrementality")
    assert held["words"][0].startswith(
        "Of 2 campaigns: 1 did not pay back and 1 cannot be estimated"
    )
    (verdicts,) = held["tables"]
    assert verdicts["rows"] == [
        ["Whey", "Does not pay back", "0.30×", "0.15× to 0.45×", "0.24×", "600", "2,100"],
        ["Bars", "Cannot be known", "—", "—", "2.50×", "—", "200"],
    ]
    assert held["why"] == [["Bars", "Only 3 orders a day. Wait for more."]]
    (path,) = held["paths"]
    assert path["title"] == "Whey"
    assert path["sentence"] == "₹600 came because of it (₹300 to ₹900): does not pay back."
    assert [words for _, words in path["ticks"]] == ["₹0", "₹5", "₹10", "₹15"]
    # days 0, 1, (2 is missing), 3, 4, 5
    assert [[x for x, _ in run] for run in path["actual"]] == [[0, 0.2], [0.6, 0.8, 1]]
    assert [y for run in path["actual"] for _, y in run] == pytest.approx([2 / 3] * 2 + [0.8] * 3)
    assert path["band"][0][0] == pytest.approx([0, 9 / 15, 11.5 / 15])
    assert path["window"] == [0.4, 1]
    assert [label for label, _ in path["rests"]] == [
        "What would have happened", "Fit", "Check", "Festivals in it",
    ]  # fmt: skip


def test_a_verdict_that_may_still_move_says_so() -> None:
    held = page(found_in(replace(WHEY, status="provisional")), "Incrementality")
    assert held["tables"][0]["rows"][0][1] == "Does not pay back so far"
    assert held["paths"][0]["sentence"].startswith("So far, ₹600 came")


def test_the_most_expensive_campaigns_are_drawn() -> None:
    found = [an_estimate(f"C{paid}", payout=float(paid)) for paid in (5, 80, 30, 90, 60, 70)]
    assert [one.campaign for one in _largest([*found, BARS])] == ["C90", "C80", "C70", "C60"]


def test_campaigns_of_one_reason_are_told_together() -> None:
    held = found_in(BARS, unknown("Whey"))
    why = page(held, "Incrementality")["why"]
    assert why == [["Bars and Whey", "Only 3 orders a day. Wait for more."]]
    assert page(held, "Incrementality")["paths"] == []
    (said,) = page(held, "Planner")["words"]
    assert said.startswith("No campaign has an incremental revenue yet")
    assert compiled(held)[0].startswith(b"%PDF-")


def test_the_summary_and_the_card_say_what_all_campaigns_in_view_brought() -> None:
    """600 and 200 for 2,100 and 400 are 0.32×; errors of 300 and 400 are 500 together."""
    other = an_estimate("Bars", incremental_revenue=200.0, interval=(-200.0, 600.0), payout=400.0)
    held = found_in(WHEY, other)
    assert (
        "Because of campaigns came ₹800, an incremental ROAS of 0.32× (0.12× to 0.52× with nine "
        "chances in ten): known of 2 of 2 campaigns in view, each whole, whatever the period."
    ) in held["summary"]
    card = next(one for one in held["kpis"] if one["label"] == "Incremental ROAS")
    assert (card["value"], card["note"]) == ("0.32×", "0.12× to 0.52×, all campaigns in view")
    held = found_in(WHEY, BARS)
    assert any("known of 1 of 2 campaigns in view" in sentence for sentence in held["summary"])


def test_the_three_lists_are_printed_with_their_counts() -> None:
    held = page(found_in(*ESTIMATES), "Planner")
    listed = {one["title"]: one for one in held["tables"]}
    assert list(listed) == ["Book again", "Test again", "Stop"]
    names = [row[0] for one in listed.values() for row in one["rows"]]
    assert sorted(names) == sorted(CREATORS)
    for one in listed.values():
        count = len(one["rows"])
        beginning = f"{count} creator" if count else "Nobody in view is"
        assert one["sentence"].startswith(beginning)
    assert held["trust"]


def test_filters_choose_what_is_printed_and_change_no_number() -> None:
    every, some = (
        page(found_in(WHEY, BARS, where=where), "Incrementality")
        for where in (Where(), Where(campaign=("Whey",)))
    )
    assert some["tables"][0]["rows"] == every["tables"][0]["rows"][:1]
    assert some["paths"] == every["paths"]
    assert some["why"] == []


def test_what_is_not_known_is_a_sentence_on_its_page() -> None:
    held = found_in(failed="It failed. Nothing else is affected.")
    for title in ("Incrementality", "Planner"):
        assert page(held, title)["words"] == ["It failed. Nothing else is affected."]
    assert compiled(held)[0].startswith(b"%PDF-")


def test_nothing_is_missing_when_estimates_are_set() -> None:
    _, warnings = typst.compile_with_warnings(
        TEMPLATE, **options(found_in(replace(WHEY, reasons=("#panic()",)), BARS))
    )
    assert not warnings


def test_nobody_who_does_not_want_estimates_waits_for_them(tmp_path: Path) -> None:
    place, output = small.write(tmp_path / "data"), tmp_path / "report.pdf"
    arguments = ["report", str(place), "--format", "pdf", "-o", str(output), "--no-incrementality"]
    done = CliRunner().invoke(app, arguments, catch_exceptions=False)
    assert done.stdout.startswith(f"Wrote {output} (6 pages).")
