"""What tests of imports after the first get: a dataset, and what is read and rolled up."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from dashboard.dataset import Store, pieces
from dashboard.ingest import intake
from tests.earlier.shop import (
    JANUARY,
    MARCH,
    SHOP,
)


@pytest.fixture
def store(tmp_path) -> Store:
    return Store(tmp_path / "saved")


@pytest.fixture
def read(monkeypatch) -> list[str]:
    """The tracking files whose rows are read, in their order."""
    names, kept = [], intake._read

    def counted(part, *rest):
        if part.table == "tracking_data":
            names.append(part.text.name)
        return kept(part, *rest)

    monkeypatch.setattr(intake, "_read", counted)
    return names


@pytest.fixture
def rolled(monkeypatch) -> list[int]:
    """The rows of each piece that is rolled up, in their order."""
    rows, kept = [], pieces.rolled_piece

    def counted(frame):
        rows.append(frame.select(pl.len()).collect().item())
        return kept(frame)

    monkeypatch.setattr(pieces, "rolled_piece", counted)
    return rows


@pytest.fixture
def place(tmp_path) -> dict[str, Path]:
    """Four tracking files in a folder, with the other tables."""
    (tmp_path / "shop").mkdir()
    april = JANUARY.replace(b"2026-01", b"2026-04")
    for name, text in {**SHOP, "orders 03.csv": MARCH, "orders 04.csv": april}.items():
        (tmp_path / "shop" / name).write_bytes(text)
    return {path.name: path for path in sorted((tmp_path / "shop").iterdir())}
