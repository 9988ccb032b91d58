"""A saved version is opened without its rows: it holds the cells that answers come from."""

from __future__ import annotations

import json

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.dataset import Dataset, Store, import_files, load, load_files, mend, save
from dashboard.dataset.opening import Opened
from dashboard.errors import PlaceError
from dashboard.ledger import build
from tests.small import FILES
from tests.worlds import files

SMALL = {name: text.encode() for name, text in FILES.items()}
# One product under two brands, so that brands are told by rows, by words in them, or not at all.
LINES = st.lists(
    st.fixed_dictionaries(
        {
            "source": st.sampled_from(["", "insta", "gritzo_app"]),
            "campaign": st.sampled_from(["", "Diwali", "HKVitals_1"]),
            "influencer_id": st.sampled_from(["", "1", "2"]),
            "user_id": st.sampled_from(["", "u1", "u2", "u3"]),
            "product": st.sampled_from(["", "Whey", "Kids"]),
            "brand": st.sampled_from(["", "MuscleBlaze", "Zed"]),
            "date": st.sampled_from(["2026-01-01", "2026-01-02", "2026-02-01"]),
            "orders": st.integers(-1, 3),
            "revenue": st.integers(-50, 500),
        }
    ),
    min_size=1,
    max_size=12,
)


def same(one: Dataset, other: Dataset) -> bool:
    """Whether two datasets have the same ledger, customers and all."""
    first, second = build(one), build(other)
    return (
        first.pairs.equals(second.pairs)
        and first.items.equals(second.items)
        and all(facts.equals(second.facts[family]) for family, facts in first.facts.items())
        and first.absent == second.absent
        and first.customer_coverage == second.customer_coverage
        and bought(first) == bought(second)
    )


def bought(made):
    """Who bought where; the numbers of customers mean nothing."""
    groups = made.customers.bought.group_by("user").agg(pl.struct("date", "pair", "item").sort())
    return sorted(map(str, groups["date"].to_list()))


@given(LINES)
def test_what_is_imported_answers_as_what_is_loaded(tmp_path_factory, lines):
    made = files(tracking_data=lines)
    place = tmp_path_factory.mktemp("made") / "set"
    import_files(made, Store(place))
    assert same(load(place), load_files(made))


@given(LINES)
def test_what_is_saved_from_memory_answers_as_before(tmp_path_factory, lines):
    held = load_files(files(tracking_data=lines))
    place = tmp_path_factory.mktemp("made") / "set"
    save(held, Store(place))
    opened = load(place)
    assert same(opened, held)
    assert opened.tables["tracking_data"].equals(held.tables["tracking_data"])
    assert opened.report.as_json() == held.report.as_json()


def test_no_row_is_read_to_answer(tmp_path, monkeypatch):
    import_files(SMALL, Store(tmp_path / "set"))
    held = build(load_files(SMALL))

    scan = Opened.scan

    def small(self, table):
        assert table != "tracking_data", "rows were read"
        return scan(self, table)

    monkeypatch.setattr(Opened, "scan", small)
    opened = load(tmp_path / "set")
    assert opened.rows("tracking_data") == 4
    assert opened.has("tracking_data", "source")
    assert not opened.has("tracking_data", "brand")
    facts = build(opened).facts
    assert all(facts[family].equals(frame) for family, frame in held.facts.items())


def test_a_version_that_was_not_rolled_up_is_when_it_is_opened(tmp_path):
    version, _ = import_files(SMALL, Store(tmp_path / "set"), roll_up=False)
    assert not (version.path / "rolled").exists()
    assert same(load(tmp_path / "set"), load_files(SMALL))


def test_a_version_of_an_earlier_release_is_rolled_up_when_it_is_opened(tmp_path):
    """It has no cells beside its rows."""
    version, _ = import_files(SMALL, Store(tmp_path / "set"))
    manifest = json.loads((version.path / "manifest.json").read_bytes())
    del manifest["rolled"]
    for name in [name for name in manifest["bytes"] if name.startswith("rolled/")]:
        del manifest["bytes"][name]
        (version.path / name).unlink()
    (version.path / "manifest.json").write_text(json.dumps(manifest))
    assert same(load(tmp_path / "set"), load_files(SMALL))


def test_damaged_cells_are_a_sentence(tmp_path):
    version, _ = import_files(SMALL, Store(tmp_path / "set"))
    cells = version.path / "rolled" / "cells.parquet"
    cells.write_bytes(bytes(cells.stat().st_size))
    with pytest.raises(PlaceError, match=r"cells.*(backup|again)"):
        load(tmp_path / "set")


def test_rows_are_shown_with_the_brand_that_was_found(tmp_path):
    import_files(SMALL, Store(tmp_path / "set"))
    opened = load(tmp_path / "set")
    rows = opened.scan("tracking_data").head(3).collect()
    assert rows["brand"].to_list() == ["Gritzo", "Gritzo", "MuscleBlaze"]
    assert rows.equals(load_files(SMALL).tables["tracking_data"].head(3))


def test_mended_rows_count_in_what_is_saved_again(tmp_path):
    """One order that could not be read comes back as 3."""
    broken = {
        **SMALL,
        "tracking_data.csv": SMALL["tracking_data.csv"].replace(b"2,300", b"many,300"),
    }
    import_files(broken, Store(tmp_path / "set"))
    opened = load(tmp_path / "set")
    text = opened.report.to_mend("tracking_data.csv").replace("many", "3").encode()
    mended = mend(opened, {"mended.csv": text})
    save(mended, Store(tmp_path / "set"))
    again = load(tmp_path / "set")
    assert again.rolled.cells["orders"].sum() == 3 + 1 + 1 + 1
    assert same(again, mended)
