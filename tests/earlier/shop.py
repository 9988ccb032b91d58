"""A small shop whose orders come in files, imported again and again."""

from __future__ import annotations

import datetime as dt
from functools import partial
from pathlib import Path

import polars as pl

from dashboard.dataset import Store, import_files, importing
from dashboard.ingest.cleaning import Told
from tests import small

JANUARY = b"influencer_id,campaign,date,orders,revenue\n1,A,2026-01-05,1,10\n2,A,2026-01-06,2,20\n"
FEBRUARY = JANUARY.replace(b"2026-01", b"2026-02")
MARCH = JANUARY.replace(b"2026-01", b"2026-03")
LONG = JANUARY + b"1,B,2026-01-07,1,5\n"
SHOP = {
    **{name: text.encode() for name, text in small.FILES.items() if "tracking" not in name},
    "orders 01.csv": JANUARY,
    "orders 02.csv": FEBRUARY,
}


def everything(store: Store) -> dict[str, object]:
    """All that a version holds and says, but for its number and what only an import looks at."""
    version = store.current()
    parts = {
        path.relative_to(version.path).as_posix(): pl.read_parquet(path).to_dict(as_series=False)
        for kind in ("tables", "quarantine", "rolled")
        for path in sorted((version.path / kind).rglob("*.parquet"))
    }
    said = {name: version.manifest[name] for name in ("version", "rows", "report", "answers")}
    return {**parts, **said}


def imported(files, store, *told, **how) -> str:
    said = []
    import_files(files, store, *told, tell=said.append, **how)
    return "".join(said)


def creators(*ids: str) -> bytes:
    return ("influencer_id,name,platform\n" + "".join(f"{one},x,YT\n" for one in ids)).encode()


def on(monkeypatch, day: str) -> None:
    """It is that day."""
    monkeypatch.setattr(importing, "Told", partial(Told, today=dt.date.fromisoformat(day)))


def cut(path: Path) -> None:
    path.write_bytes(b"PAR1")


def flipped(place: Path) -> None:
    content = bytearray(place.read_bytes())
    content[len(content) // 2] ^= 1
    place.write_bytes(content)
