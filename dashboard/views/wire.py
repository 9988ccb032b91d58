"""Wire: how the columns of figures and tables travel to the browser."""

from __future__ import annotations

from typing import Any

import numpy as np
from bokeh.core.serialization import Serializer

MOST_WITHIN = 32_768
"""Bytes of a column that are written into the message itself."""


class _Plain(np.ndarray):  # type: ignore[type-arg]  # of any kind
    """A column that Bokeh writes as it always does."""


def _written(column: np.ndarray[Any, Any], serializer: Serializer) -> Any:
    plain = column.view(_Plain)
    if column.nbytes > MOST_WITHIN:
        return serializer.encode(plain)
    return Serializer(deferred=False).encode(plain)


def write_small_columns_within() -> None:
    """Have Bokeh write small columns into the message, as it does in files.

    Each column would else follow in two frames of its own, over which server and browser take
    longer than over reading it (docs/adr/0012-a-change-is-one-message.md).
    """
    if np.ndarray not in Serializer._encoders:  # noqa: SLF001  # it may not be told twice
        Serializer.register(np.ndarray, _written)
