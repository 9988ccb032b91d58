"""Whatever is done to files, the dataset is as if all of them were read."""

from __future__ import annotations

import datetime as dt
import random
import sys
from functools import partial

import pytest

from dashboard.dataset import Store, load
from dashboard.errors import DataError
from dashboard.ingest import FileMapping
from dashboard.ingest.reading import open_file
from tests.earlier.shop import (
    creators,
    everything,
    imported,
    on,
)
from tests.stored import drafts
from tests.worlds import files


class Place:
    """A folder of files to which everything happens that may happen to one."""

    def __init__(self, chance: random.Random) -> None:
        self.chance, self.made = chance, 0
        self.ids = ["INF001", "INF002", "3"]
        self.answers: dict[tuple[str, ...], str] = {}
        self.orders: dict[str, bytes] = {}
        self.mends: dict[str, bytes] = {}
        self.day = dt.date(2026, 1, 20)
        for _ in range(3):
            self.add()

    @property
    def files(self) -> dict[str, bytes]:
        made = files(
            posts="influencer_id date\nINF001 2026-01-02\n3 2026-01-03",
            payouts="influencer_id total_payout\nINF002 100\n9 50",
        )
        del made["tracking_data.csv"]
        return {**made, "influencers.csv": creators(*self.ids), **self.orders, **self.mends}

    def content(self) -> bytes:
        chance = self.chance
        header = ["influencer_id", "campaign", "date", "orders", "revenue"]
        more = chance.choice([[], [], [], ["row_id"], ["note"], ["user_id", "note"]])
        style = chance.choice(["%Y-%m-%d", "%Y-%m-%d", "%d/%m/%Y", "%m/%d/%Y"])
        good = chance.choice([0.0, 0.9, 0.9, 1.0])
        lines = []
        for _ in range(chance.choice([0, 1, 6, 12])):
            day = dt.date(2026, 1, 1) + dt.timedelta(days=chance.randrange(25))
            if chance.random() < 0.02:
                day = dt.date(2031, 1, 1)
            whole = chance.random() < good
            cells = {
                "influencer_id": chance.choice(
                    ["INF001", "inf_001", "inf 002", "3.0", "9", "INF 009", "", "Total"]
                ),
                "campaign": chance.choice(["A", "Gritzo_1", ""]),
                "date": day.strftime(style) if whole else "soon",
                "orders": chance.choice(["1", "2", "-1"]) if whole else "many",
                "revenue": chance.choice(["10", "1.25", "0"]),
                "row_id": str(chance.randrange(60)),
                "note": chance.choice(["", "x"]),
                "user_id": chance.choice(["u1", "u2", ""]),
            }
            lines.append(",".join(cells[name] for name in [*header, *more]))
        return "\n".join([",".join([*header, *more]), *lines, ""]).encode()

    def add(self) -> None:
        self.made += 1
        number = self.chance.choice([self.made, 100 - self.made])
        self.orders[f"orders {number:02}.csv"] = self.content()

    def correct(self) -> None:
        if self.orders:
            self.orders[self.chance.choice(sorted(self.orders))] = self.content()

    def remove(self) -> None:
        if len(self.orders) > 1:
            del self.orders[self.chance.choice(sorted(self.orders))]

    def twice(self) -> None:
        self.made += 1
        self.orders[f"orders copy {self.made}.csv"] = self.chance.choice(list(self.orders.values()))

    def creators(self) -> None:
        pool = ["INF001", "inf_001", "INF002", "inf 002", "3", "3.0", "9", "INF009"]
        self.ids = self.chance.sample(pool, self.chance.randrange(1, 6))

    def answer(self) -> None:
        file = self.chance.choice([*sorted(self.orders), "tracking_data"])
        order = self.chance.choice(["day first", "month first"])
        self.answers[self.chance.choice([("dates", file, "date"), ("dates", "posts", "date")])] = (
            order
        )
        if file in self.orders:
            where, answer = self.chance.choice(
                [(("twice", file), "count both"), (("files", file), "tracking_data")]
            )
            self.answers[where] = answer

    def forget(self) -> None:
        self.answers.clear()

    def sleep(self) -> None:
        self.day += dt.timedelta(days=self.chance.choice([1, 3, -2]))

    def mend(self, store: Store) -> None:
        report = load(store.place).report
        aside = sorted(set(report.quarantine["file"]))
        if aside:
            text = report.to_mend(self.chance.choice(aside))
            self.mends = {
                "mended.csv": text.replace("many", "4").replace("soon", "2026-01-04").encode()
            }
        else:
            self.mends = {}


@pytest.mark.parametrize("seed", range(4))
def test_whatever_happens_to_files_the_dataset_is_as_if_all_were_read(
    seed, tmp_path, monkeypatch, read
):
    chance = random.Random(seed)
    block = chance.choice([150, 300, 100_000])
    pieces = partial(open_file, block=block)
    monkeypatch.setattr(sys.modules["dashboard.ingest.survey"], "open_file", pieces)
    place, store = Place(chance), Store(tmp_path / "kept")
    spared = refused = 0
    for step in range(12):
        deeds = [place.add, place.add, place.correct, place.remove, place.twice, place.creators]
        deeds += [place.answer, place.forget, place.sleep, partial(place.mend, store)]
        if step and (store.place / "current").exists():
            chance.choice(deeds)()
        on(monkeypatch, place.day.isoformat())
        whole, told = Store(tmp_path / f"whole {step}"), FileMapping(dict(place.answers))
        outcomes = []
        for to in (store, whole):
            read.clear()
            try:
                imported(place.files, to, told, roll_up=bool(step % 3))
                outcomes.append("")
            except DataError as reason:
                outcomes.append(str(reason))
            spared += len(read) if to is whole else -len(read)
        assert outcomes[0] == outcomes[1]
        if outcomes[0]:
            refused += 1
            place.mends, place.answers = {}, {}
        else:
            assert everything(store) == everything(whole), (step, place.orders)
    assert spared > 5, "Hardly a file was taken over: the test has tried too little."
    assert refused < 7
    assert drafts(store.place) == [] or refused
