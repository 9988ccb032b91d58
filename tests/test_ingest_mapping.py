"""What people answered about their files: as TOML, as flags, and what cannot be meant."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.errors import MappingError
from dashboard.ingest.mapping import FileMapping, load_mapping, read_answers, read_mapping
from dashboard.schema import TABLES

TOML = """
[files]
"Nov sales.csv" = "tracking_data"
"notes.csv" = "ignore"

[columns.payouts]
total_payout = "Amount Paid (INR)"

[columns."June.csv"]
total_payout = "Paid"

[dates.posts]
date = "month first"

[values.influencers.platform]
"The Gram" = "Instagram"
"""


def test_answers_are_found_where_they_stand():
    told = read_mapping(TOML)
    assert told.get("files", "Nov sales.csv") == "tracking_data"
    assert told.get("files", "other.csv") is None
    assert told.of("dates", "any.csv", "posts", "date") == "month first"
    assert told.under("values", "a.csv", "influencers", "platform") == {"The Gram": "Instagram"}


def test_an_answer_for_one_file_stands_above_that_for_its_table():
    told = read_mapping(TOML)
    assert told.under("columns", "June.csv", "payouts") == {"total_payout": "Paid"}
    assert told.under("columns", "July.csv", "payouts") == {"total_payout": "Amount Paid (INR)"}


def test_what_is_written_is_read_again():
    told = read_mapping(TOML)
    assert read_mapping(told.to_toml()).answers == told.answers


NAME = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12)


@given(st.dictionaries(NAME, st.sampled_from([*TABLES, "ignore"]), max_size=4), NAME)
def test_names_of_files_and_spellings_may_hold_anything(files, spelling):
    answers = {("files", name): table for name, table in files.items()}
    answers["values", "payouts", "basis", spelling] = spelling
    assert read_mapping(FileMapping(answers).to_toml()).answers == answers


@pytest.mark.parametrize(
    ("typed", "where", "answer"),
    [
        ("dates.posts.date=day first", ("dates", "posts", "date"), "day first"),
        ('files."Nov = sales.csv"=payouts', ("files", "Nov = sales.csv"), "payouts"),
        (
            "columns.payouts.total_payout=Paid = really",
            ("columns", "payouts", "total_payout"),
            "Paid = really",
        ),
    ],
)
def test_a_flag_is_an_answer(typed, where, answer):
    assert read_answers([typed]) == {where: answer}


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("dates.posts.date", "has no '='"),
        ("dates.posts..date=day first", "cannot be read"),
        ("dtes.posts.date=day first", "there is no section 'dtes'. Did you mean 'dates'?"),
        ("dates.posts=day first", "has 1 names below 'dates'; it needs 2"),
        ("dates.posts.date=first", "must be one of day first, month first"),
        ("dates.posts.dat=day first", "posts has no column 'dat'. Did you mean 'date'?"),
        ("files.a=pay", "'files.a' has"),
    ],
)
def test_what_cannot_be_meant_is_said_with_what_can(typed, said):
    if typed.startswith("files"):
        typed, said = 'files."a.csv"=pay', "it must be one of influencers, posts"
    with pytest.raises(MappingError) as caught:
        read_answers([typed])
    assert said in str(caught.value)


def test_a_mapping_that_is_no_toml_or_no_text_is_refused(tmp_path):
    place = tmp_path / "mapping.toml"
    with pytest.raises(MappingError, match="cannot be opened"):
        load_mapping(place)
    place.write_text("[files")
    with pytest.raises(MappingError, match="not valid TOML"):
        load_mapping(place)
    place.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(MappingError, match="not text in UTF-8"):
        load_mapping(place)
    place.write_text("[dates.posts]\ndate = 3\n")
    with pytest.raises(MappingError, match="must be text in quotes"):
        load_mapping(place)
