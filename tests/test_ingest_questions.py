"""What files leave open: what is asked, what is proposed, what holds until it is answered."""

from __future__ import annotations

import datetime as dt

import pytest

from dashboard.errors import MappingError, MissingColumnError, QuestionsError
from dashboard.ingest import FileMapping, read_files
from dashboard.ingest.survey import survey
from tests.worlds import files

PAID = "influencer_id,{}\n1,5\n"
DATED = "influencer_id,date\n1,{}\n1,{}\n"


def asked(changed: dict[str, str], **answers: str):
    """The questions before any row is read, after answers given as ``section__a__b=…``."""
    return survey(made(changed), told(answers)).questions


def made(changed: dict[str, str]) -> dict[str, bytes]:
    return {**files(), **{f"{name}.csv": text.encode() for name, text in changed.items()}}


def told(answers: dict[str, str]) -> FileMapping:
    return FileMapping({tuple(key.split("__")): value for key, value in answers.items()})


def read(changed: dict[str, str], **answers: str):
    return read_files(made(changed), mapping=told(answers))


@pytest.mark.parametrize(
    "header", ["Total Payout (INR)", "total payout in Rs.", "PAYOUT_AMOUNT", "Amount (₹)"]
)
def test_words_that_change_nothing_leave_a_header_sure(header):
    ingested = read({"payouts": PAID.format(header)})
    assert ingested.tables["payouts"]["total_payout"].to_list() == [500]
    assert not ingested.report.questions


def test_a_column_whose_header_is_only_like_it_is_asked_about():
    changed = {"payouts": "influencer_id,Amount we paid,note\n1,5,x\n"}
    (question,) = asked(changed)
    assert question.where == ("columns", "payouts", "total_payout")
    assert question.proposed == "Amount we paid"
    assert question.options == ("Amount we paid", "note")
    assert question.must_be_answered
    with pytest.raises(QuestionsError) as caught:
        read(changed)
    assert "--answer 'columns.payouts.total_payout=Amount we paid'" in str(caught.value)
    ingested = read(changed, columns__payouts__total_payout="Amount we paid")
    assert ingested.tables["payouts"]["total_payout"].to_list() == [500]


def test_a_header_is_not_proposed_whose_cells_are_of_another_kind():
    changed = {"payouts": "influencer_id,payout note,sum we gave\n1,thanks,5\n2,late,6\n"}
    (question,) = asked(changed)
    assert question.proposed == ""


def test_a_missing_column_that_nothing_is_like_is_refused_with_what_was_found():
    with pytest.raises(MissingColumnError, match="Headers found: influencer_id, colour"):
        read({"payouts": PAID.format("colour")})


def test_the_mapping_may_name_any_header():
    ingested = read({"payouts": PAID.format("colour")}, columns__payouts__total_payout="COLOUR")
    assert ingested.tables["payouts"]["total_payout"].to_list() == [500]


def test_a_mapping_to_a_header_that_is_not_there_is_refused():
    with pytest.raises(MappingError, match=r"no such header\. Did you mean 'colour'"):
        read({"payouts": PAID.format("colour")}, columns__payouts__total_payout="colors")


def test_two_files_that_ask_the_same_are_answered_each_for_itself():
    changed = {
        "payouts": "influencer_id,Amount we paid\n1,5\n",
        "payouts 2": "influencer_id,Amount they got\n1,6\n",
    }
    questions = asked(changed)
    assert [question.where[1] for question in questions] == ["payouts.csv", "payouts 2.csv"]
    told = FileMapping({question.where: question.proposed for question in questions})
    ingested = read_files(made(changed), mapping=told)
    assert ingested.tables["payouts"]["total_payout"].to_list() == [500, 600]


def test_a_mapping_for_a_table_serves_files_that_spell_it_otherwise():
    changed = {
        "payouts": "influencer_id,Amount we paid\n1,5\n",
        "payouts_2": "influencer_id,total_payout\n1,6\n",
    }
    ingested = read(changed, columns__payouts__total_payout="Amount we paid")
    assert ingested.tables["payouts"]["total_payout"].to_list() == [500, 600]


def test_a_mapping_may_leave_a_column_out():
    changed = {"influencers": "id,name,platform,category\n1,Asha,YT,Fitness\n"}
    ingested = read(changed, columns__influencers__category="")
    assert ingested.tables["influencers"]["category"].to_list() == [None]


def test_a_useful_column_spelled_almost_right_is_proposed_and_not_used():
    changed = {"influencers": "id,name,platform,categry\n1,Asha,YT,Fitness\n"}
    (question,) = asked(changed)
    assert (question.proposed, question.assumed) == ("categry", "")
    assert read(changed).tables["influencers"]["category"].to_list() == [None]
    ingested = read(changed, columns__influencers__category="categry")
    assert ingested.tables["influencers"]["category"].to_list() == ["Fitness"]


def test_a_header_that_stands_twice_is_asked_about():
    changed = {"payouts": "influencer_id,total_payout,total_payout\n1,5,6\n"}
    (question,) = asked(changed)
    assert question.options == ("total_payout", "total_payout (2)")
    ingested = read(changed, columns__payouts__total_payout="total_payout (2)")
    assert ingested.tables["payouts"]["total_payout"].to_list() == [600]


def test_days_that_read_two_ways_are_asked_about_once_and_day_first_is_assumed():
    changed = {"posts": DATED.format("01-06-2026", "02-06-2026")}
    ingested = read(changed)
    assert ingested.tables["posts"]["date"].to_list() == [dt.date(2026, 6, 1), dt.date(2026, 6, 2)]
    (question,) = ingested.report.questions
    assert question.where == ("dates", "posts", "date")
    assert question.assumed == question.proposed == "day first"
    assert "such as '01-06-2026'" in question.sentence


@pytest.mark.parametrize(
    ("answer", "days"),
    [
        ("day first", [dt.date(2026, 6, 1), dt.date(2026, 6, 2)]),
        ("month first", [dt.date(2026, 1, 6), dt.date(2026, 2, 6)]),
    ],
)
def test_an_answer_decides_and_ends_the_question(answer, days):
    changed = {"posts": DATED.format("01-06-2026", "02-06-2026")}
    ingested = read(changed, dates__posts__date=answer)
    assert ingested.tables["posts"]["date"].to_list() == days
    assert not ingested.report.questions
    (report,) = (file for file in ingested.report.files if file.table == "posts")
    assert f"date is read {answer}, as was answered." in report.notes


def test_evidence_anywhere_in_the_column_ends_the_question():
    """13-06 can only be day first, so 01-06 is the first of June too."""
    ingested = read({"posts": DATED.format("01-06-2026", "13-06-2026")})
    assert ingested.tables["posts"]["date"].to_list()[0] == dt.date(2026, 6, 1)
    assert not ingested.report.questions


def test_an_unknown_spelling_that_is_nearly_known_is_kept_and_asked_about():
    changed = {"influencers": "id,name,platform\n1,Asha,Instagrm\n2,Bela,Telegram Groups\n"}
    ingested = read(changed)
    assert ingested.tables["influencers"]["platform"].to_list() == ["Instagrm", "Telegram Groups"]
    (question,) = ingested.report.questions
    assert question.where == ("values", "influencers", "platform", "Instagrm")
    assert (question.proposed, question.assumed) == ("Instagram", "Instagrm")
    answered = read(changed, values__influencers__platform__Instagrm="Instagram")
    assert answered.tables["influencers"]["platform"].to_list() == ["Instagram", "Telegram Groups"]
    assert not answered.report.questions


def test_the_same_file_twice_is_counted_once_and_asked_about():
    changed = {"payouts": PAID.format("total_payout"), "payouts (1)": PAID.format("total_payout")}
    ingested = read(changed)
    assert ingested.tables["payouts"].height == 1
    assert ingested.report.ignored == {
        "payouts (1).csv": "It is the same as payouts.csv, byte for byte: counted once."
    }
    (question,) = ingested.report.questions
    assert question.where == ("twice", "payouts (1).csv")
    both = read_files(
        made(changed), mapping=FileMapping({("twice", "payouts (1).csv"): "count both"})
    )
    assert both.tables["payouts"]["total_payout"].sum() == 1000
    assert not both.report.questions


def test_a_file_that_fits_nothing_may_be_the_one_that_is_missing():
    sheets = made({})
    del sheets["payouts.csv"]
    sheets["Sheet1.csv"] = b"influencer_id,Fee,when\n1,5,2026-01-01\n"
    plan = survey(sheets, FileMapping())
    (question,) = plan.questions
    assert question.where == ("files", "Sheet1.csv")
    assert question.options == ("payouts", "ignore")
    answered = survey(sheets, FileMapping({("files", "Sheet1.csv"): "payouts"}))
    assert [question.where for question in answered.questions] == [
        ("columns", "payouts", "total_payout")
    ]


def test_a_file_may_be_ignored_even_if_it_is_no_table_at_all():
    sheets = {**made({}), "logo.csv": b"\x89PNG\r\n\x1a\n"}
    assert "logo.csv" in survey(sheets, FileMapping()).refused
    plan = survey(sheets, FileMapping({("files", "logo.csv"): "ignore"}))
    assert not plan.refused
    assert plan.ignored == {"logo.csv": "The mapping says so."}


def test_a_brand_taken_from_campaigns_is_assumed_and_may_be_denied():
    changed = {
        "tracking_data": "campaign,influencer_id,date,orders,revenue\n"
        "Acme_Diwali,1,2026-01-01,1,5\nAcme_Holi,1,2026-01-02,1,5\n"
    }
    ingested = read(changed)
    assert ingested.tables["tracking_data"]["brand"].to_list() == ["Acme", "Acme"]
    assert [one.where for one in ingested.report.questions] == [("brands", "campaign_prefix")]
    denied = read(changed, brands__campaign_prefix="no")
    assert denied.tables["tracking_data"]["brand"].to_list() == ["(no brand)", "(no brand)"]
    assert not denied.report.questions
    assert denied.version != ingested.version
    assert read(changed, brands__campaign_prefix="yes").version == ingested.version
