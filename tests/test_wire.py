"""Columns of figures and tables come to the browser as they are, however they travel."""

import base64
import gzip

import numpy as np
import panel as pn
import pytest
from bokeh.core.serialization import Deserializer, Serializer
from bokeh.models import ColumnDataSource

from dashboard.theme import Bare, bare
from dashboard.views.wire import MOST_WITHIN, write_small_columns_within

write_small_columns_within()  # as charts do

SMALL = [
    np.array([1.5, float("nan"), -0.0]),
    np.array([], dtype=float),
    np.array(["2026-11-01", "2026-11-02"], dtype="datetime64[ms]"),
    np.array([3, 1, 2], dtype=np.int32),
    np.arange(6, dtype=np.float64).reshape(2, 3),
    np.arange(9.0)[::2],
]


def sent(column):
    """What of a column is in the message, and what follows it."""
    serializer = Serializer()
    return serializer.encode({"column": column}), serializer.buffers


@pytest.mark.parametrize("column", SMALL, ids=lambda column: str(column.dtype))
def test_a_small_column_is_in_the_message_as_it_is(column):
    message, follows = sent(column)
    assert not follows
    [(_, written)] = message["entries"]
    raw = gzip.decompress(base64.b64decode(written["array"]["data"]))
    assert written["shape"] == list(column.shape)
    number = np.float64 if column.dtype.kind == "M" else column.dtype
    whole = column.astype("datetime64[ms]").astype(np.int64) if column.dtype.kind == "M" else column
    assert raw == np.ascontiguousarray(whole).astype(number).tobytes()


def test_a_large_column_follows_as_ever():
    message, [follows] = sent(np.arange(MOST_WITHIN / 8 + 1))
    [(_, written)] = message["entries"]
    assert written["array"]["data"] is follows
    assert follows.data.nbytes > MOST_WITHIN


def test_words_are_words():
    message, follows = sent(np.array(["a", "<b>"], dtype=object))
    assert not follows
    [(_, written)] = message["entries"]
    assert written["array"] == ["a", "<b>"]


def test_a_source_is_read_back_as_it_was_sent():
    source = ColumnDataSource({"x": np.array([1.0, float("nan")]), "y": np.array([2, 3])})
    message, follows = sent(source.data)
    read = Deserializer().decode(message, follows)
    np.testing.assert_array_equal(read["column"]["x"], source.data["x"])
    np.testing.assert_array_equal(read["column"]["y"], source.data["y"])


def test_it_may_be_said_again():
    write_small_columns_within()
    assert not sent(np.array([1.0]))[1]


def test_what_is_made_meanwhile_has_no_design_of_panels():
    def go_wrong():
        with bare():
            assert pn.config.design is Bare
            assert isinstance(pn.pane.HTML("")._design, Bare)
            raise RuntimeError("gone wrong")

    with pn.config.set(design=pn.theme.Material):
        with pytest.raises(RuntimeError, match="gone wrong"):
            go_wrong()
        assert pn.config.design is pn.theme.Material
