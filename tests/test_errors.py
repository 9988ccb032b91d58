"""Every error says what is wrong, where, and what would be right."""

from __future__ import annotations

import pytest

from dashboard import errors
from dashboard.errors import DashboardError, DataError, PlaceError, did_you_mean


@pytest.mark.parametrize(
    ("error", "builtin"),
    [
        (errors.DataError, ValueError),
        (errors.MissingTableError, FileNotFoundError),
        (errors.MissingColumnError, KeyError),
        (errors.QueryError, ValueError),
        (errors.UnknownNameError, KeyError),
        (errors.SettingsError, ValueError),
        (errors.PlaceError, OSError),
    ],
)
def test_each_error_is_ours_and_refines_one_of_pythons(error, builtin):
    assert issubclass(error, DashboardError)
    assert issubclass(error, builtin)


@pytest.mark.parametrize(
    ("place", "sentence"),
    [
        ({}, "it is empty"),
        ({"file": "posts.csv"}, "posts.csv: it is empty"),
        ({"file": "posts.csv", "row": 3}, "posts.csv, row 3: it is empty"),
        (
            {"file": "posts.csv", "row": 3, "column": "date", "value": "soon"},
            "posts.csv, row 3, column 'date' ('soon'): it is empty",
        ),
    ],
)
def test_a_data_error_names_file_row_column_and_value(place, sentence):
    assert str(DataError("it is empty", **place)) == sentence


def test_a_long_value_is_cut_short():
    assert len(str(DataError("no", file="a.csv", value="x" * 10_000))) < 120


@pytest.mark.parametrize(
    ("wrong", "valid", "said"),
    [
        ("Grizto", ["MuscleBlaze", "Gritzo"], "Did you mean 'Gritzo'? Valid: Gritzo, MuscleBlaze."),
        ("zzz", ["MuscleBlaze", "Gritzo"], "Valid: Gritzo, MuscleBlaze."),
        ("zzz", [], "There are none in this data."),
    ],
)
def test_the_nearest_spelling_and_all_valid_ones(wrong, valid, said):
    assert did_you_mean(wrong, valid) == said


def test_of_many_valid_names_forty_are_shown_and_the_rest_counted():
    said = did_you_mean("x", [f"name{number:03}" for number in range(50)])
    assert said.startswith("Valid: name000, name001")
    assert said.endswith("name039 and 10 more.")


def test_sentences_are_not_wrapped_in_quotes():
    """KeyError and OSError would say them as they show a key or a number."""
    assert str(errors.UnknownNameError("metric", "x", ["roas"])).startswith("There is no metric")
    assert str(PlaceError("There is no folder 'x'.")) == "There is no folder 'x'."
