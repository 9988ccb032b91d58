"""Files that broke reading once, or might: whatever a file holds, promises are kept.

A file in ``tests/regressions`` is called by its table, a dot, and what is the matter with it.
"""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.fuzz import BrokenError, adds_up, keep_promises
from dashboard.ingest import read_files
from tests.mutations import BYTES, ROWS, as_rows, as_text, mutated
from tests.small import FILES

FOLDER = Path(__file__).parent / "regressions"
SOUND = {name: text.encode() for name, text in FILES.items()}


def promised(name: str, content: bytes) -> str:
    return keep_promises(name, content, {one: SOUND[one] for one in SOUND if one != name})


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.*")), ids=lambda path: path.stem)
def test_a_file_that_broke_reading_is_read_or_refused(path):
    table = path.name.partition(".")[0]
    assert promised(f"{table}.csv", path.read_bytes()) in {
        "accepted",
        "set aside",
        "refused",
        "ignored",
        "mended",
    }


@given(number=st.integers(0, 2**32), name=st.sampled_from(sorted(SOUND)))
def test_no_mishap_breaks_reading(number, name):
    rng = Random(number)
    promised(name, mutated(SOUND[name], rng, SOUND[rng.choice(sorted(SOUND))]))


@pytest.mark.parametrize("mishap", sorted({*BYTES, *ROWS}, key=lambda one: one.__name__))
def test_each_mishap_changes_a_file(mishap):
    """Else the fuzzer would try sound files only."""
    content = SOUND["posts.csv"]
    if mishap in BYTES:
        seen = {mishap(content, Random(seed)) for seed in range(20)}
    else:
        seen = set()
        for seed in range(20):
            rows = as_rows(content)
            mishap(rows, Random(seed))
            seen.add(as_text(rows).encode())
    assert len(seen - {content}) > 1


def test_a_lost_row_is_noticed():
    """The promises themselves can be broken."""
    made = read_files(SOUND)
    short = {**made.tables, "posts": made.tables["posts"].head(1)}
    with pytest.raises(BrokenError, match="posts: 2 and 1 rows"):
        adds_up(made.report, short)
