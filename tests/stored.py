"""Small versions of a dataset, saved, and changed behind the back of their store."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import polars as pl

from dashboard.dataset import Store, Version

POSTS = pl.DataFrame({"influencer_id": ["1", "2"], "likes": [80, 90]})
PAYOUTS = pl.DataFrame({"influencer_id": ["1"], "total_payout": [10_000]})


def save(store: Store, version: str = "ab12cd34", likes: int = 0, **manifest) -> Version:
    with store.draft() as draft:
        draft.part("posts", POSTS.with_columns(pl.col("likes") + likes))
        draft.part("payouts", PAYOUTS)
        draft.write("mapping.toml", "[posts]\n")
        return draft.finish(version, manifest)


def hashes(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def drafts(place: Path) -> list[str]:
    return [path.name for path in place.glob("versions/.draft*")]


def rewritten(**changed):
    def change(version: Version) -> None:
        file = version.path / "manifest.json"
        file.write_text(json.dumps({**json.loads(file.read_text()), **changed}))

    return change
