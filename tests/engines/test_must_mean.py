"""Days before are not added to where an id of them may mean another creator by now."""

from __future__ import annotations

import datetime as dt

import polars as pl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from dashboard.dataset.days import Before
from dashboard.engines.tally import BOUGHT, Tally
from dashboard.errors import DataError
from dashboard.ingest.keys import Known

# Ids that read like others of them: without case, marks and blanks, or as numbers.
POOL = [
    *("INF001", "inf_001", "inf 001", "INF-001", "Inf001", "12", "12.0", "12.00", "012"),
    *("A12", "a12.0", "A12.0", "A1", "a_1", "1e5", "1e5.0", "x", "X"),
]
ids = st.lists(st.sampled_from(POOL), max_size=5, unique=True)


@example(then=["INF001"], gone={"INF001"}, came=[], written=["inf_001"])
@settings(max_examples=300)
@given(then=ids, gone=st.sets(st.sampled_from(POOL)), came=ids, written=ids.filter(bool))
def test_whatever_was_written_means_who_it_meant_or_it_is_refused(then, gone, came, written):
    """Cells say whom a row was taken for; how it was written is not known any more."""
    known, later = Known(then), Known([*(one for one in then if one not in gone), *came])
    texts = pl.Series(written, dtype=pl.String)
    meant, means = (one.canonical(texts)[0].to_list() for one in (known, later))
    cells = pl.DataFrame({"influencer_id": meant})
    tally = Tally(cells, BOUGHT.to_frame(), whole=True, customers=0, rows_named=0)
    try:
        Before(dt.date(2026, 1, 1), tally, {}, known).must_mean(later)
    except DataError:
        return
    assert meant == means


def test_who_was_a_stranger_then_and_is_known_now_is_refused_only_where_he_stands():
    """Rows of inf_001 were a stranger's; INF001 has come, and they are hers now."""
    before = [
        Before(
            dt.date(2026, 1, 1),
            Tally(pl.DataFrame({"influencer_id": [one]}), BOUGHT.to_frame(), True, 0, 0),
            {},
            Known(["A1"]),
        )
        for one in ("inf_001", "A1")
    ]
    before[1].must_mean(Known(["A1", "INF001"]))
    with pytest.raises(DataError, match="inf_001"):
        before[0].must_mean(Known(["A1", "INF001"]))
