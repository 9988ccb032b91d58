"""What files leave open is asked before they are used; a mapping answers it."""

import datetime as dt

import pytest

from dashboard.views.arrivals import MOST_ASKED
from dashboard.views.intake import mapping_of
from tests.uploads import AMBIGUOUS, FILES, PICTURE, given, paid, without, words


@pytest.mark.parametrize(
    ("answer", "days"),
    [
        ("day first", [dt.date(2026, 6, 1), dt.date(2026, 6, 5)]),
        ("month first", [dt.date(2026, 1, 6), dt.date(2026, 5, 6)]),
    ],
)
def test_days_that_read_two_ways_are_asked_before_they_are_used(answer, days):
    held = given({**FILES, "posts.csv": AMBIGUOUS})
    asked = held.read()
    assert asked.dataset is None
    (question,) = asked.questions
    assert question.where == ("dates", "posts", "date")
    held.answer({question.where: answer})
    outcome = held.read()
    assert outcome.questions == ()
    assert outcome.dataset.tables["posts"]["date"].to_list() == days


def test_a_column_without_a_header_like_it_is_asked_and_keeps_the_files():
    """100 + 150 are paid."""
    payouts = FILES["payouts.csv"].replace(b"total_payout", b"given away")
    held = given({**FILES, "payouts.csv": payouts})
    (question,) = held.read().questions
    assert question.options == ("given away",)
    assert len(held.files) == 4
    held.answer({question.where: "given away"})
    assert held.read().dataset.tables["payouts"]["total_payout"].sum() == 250_00


def test_two_files_of_one_table_are_asked_each_for_itself():
    """100 + 150 in one file, the same in the other, under another header: 500 is paid."""
    one = FILES["payouts.csv"].replace(b"total_payout", b"given away")
    two = FILES["payouts.csv"].replace(b"total_payout", b"handed over").replace(b"paid", b"owed")
    held = given({**without("payouts.csv"), "payouts 1.csv": one, "payouts 2.csv": two})
    outcome = held.read()
    assert [question.options for question in outcome.questions] == [
        ("given away",),
        ("handed over",),
    ]
    held.answer({question.where: question.options[0] for question in outcome.questions})
    outcome = held.read()
    assert outcome.questions == ()
    assert paid(outcome.dataset) == 500_00


def test_days_of_two_files_are_asked_each_for_itself():
    """One was written day first, the other month first."""
    other = AMBIGUOUS.replace(b"First", b"Third")
    held = given({**without("posts.csv"), "posts 1.csv": AMBIGUOUS, "posts 2.csv": other})
    first, second = held.read().questions
    held.answer({first.where: "day first", second.where: "month first"})
    outcome = held.read()
    assert outcome.questions == ()
    assert sorted(day.month for day in outcome.dataset.tables["posts"]["date"]) == [1, 5, 6, 6]


def test_a_mapping_answers_before_anything_is_asked():
    files = {**FILES, "posts.csv": AMBIGUOUS}
    mapping = b'[dates.posts]\r\ndate = "month first"\r\n'
    outcome = given({**files, "mapping.toml": mapping}).read()
    assert outcome.dataset.tables["posts"]["date"][0] == dt.date(2026, 1, 6)
    assert words(outcome)["mapping.toml"] == "is a mapping: 1 answer taken."


def test_a_mapping_may_come_before_its_files():
    held = given({"mapping.toml": b'[dates.posts]\ndate = "month first"\n'})
    assert held.read().sentence.startswith("The answers are kept")
    outcome = given({**FILES, "posts.csv": AMBIGUOUS}, into=held).read()
    assert outcome.dataset.tables["posts"]["date"][0] == dt.date(2026, 1, 6)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b'[dats.posts]\ndate = "day first"', "there is no section 'dats'. Did you mean 'dates'?"),
        (b"\xff\xfe", "this is not text in UTF-8."),
        (b'[columns.payouts]\ntotal_payout = "gone"', ""),
    ],
)
def test_a_mapping_that_cannot_be_meant_is_refused_and_nothing_is_used(content, reason):
    outcome = given({**FILES, "mapping.toml": content}).read()
    bad = [line for line in outcome.lines if line.mood == "bad"]
    assert bad[0].words.startswith(f"was not taken: {reason}")
    assert outcome.dataset is None


def test_a_mapping_that_was_saved_reads_the_files_as_they_were_read():
    """The days were answered, the copy was assumed to be one."""
    files = {**FILES, "posts.csv": AMBIGUOUS}
    held = given(files)
    held.answer({("dates", "posts", "date"): "month first"})
    dataset = held.read().dataset
    again = given({**files, "mapping.toml": mapping_of(dataset).encode()}).read().dataset
    assert again.version == dataset.version


def test_a_file_left_out_of_questions_still_has_to_be_agreed_to():
    """A picture among files that leave something open: first the picture, then the question."""
    held = given({**FILES, "posts.csv": AMBIGUOUS, "payouts 2.csv": PICTURE})
    assert held.read().questions == ()
    assert held.may_go_on
    assert len(held.read().questions) == 1


def test_many_questions_are_asked_in_turns():
    """60 spellings of a status: 50 first, then 10."""
    rows = "".join(f"1,order,50,2,100,pendin{at:02}g\n" for at in range(60))
    held = given({**FILES, "payouts.csv": FILES["payouts.csv"] + rows.encode()})
    outcome = held.read()
    assert len(outcome.questions) == MOST_ASKED
    assert "10 more will follow" in outcome.sentence
    held.answer({one.where: one.where[-1] for one in outcome.questions})
    assert len(held.read().questions) == 10


def test_how_far_the_reading_is_comes_from_the_reading():
    heard = []
    given(FILES).read(tell=lambda *said: heard.append(said))
    assert heard[0] == ("Looking at the files …", None)
    assert ("Reading influencers.csv: 2 rows") in [words for words, _ in heard]
    shares = [share for _, share in heard if share is not None]
    assert shares == sorted(shares)
    assert shares[-1] == pytest.approx(1, abs=0.01)
