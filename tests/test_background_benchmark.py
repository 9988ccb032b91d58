"""The benchmark of estimates in the background: what its table says of what was timed."""

from __future__ import annotations

import asyncio
from random import Random

from rich import box

from benchmarks.background import TURN, Found, _turn, slow, table


def test_one_change_in_twenty_takes_longer():
    """Of 1 to 21 the twentieth is 20: nineteen steps of one in twenty from 1."""
    assert slow([float(ms) for ms in range(1, 22)]) == 20


def test_the_table_divides_by_all_campaigns_and_compares_with_and_without():
    """30 s of CPU for 200 campaigns are 0.15 each; 300 ms is 1.5 times 200."""
    found = Found(200, 180, 45.4, 30.0, [300.0] * 4, [200.0] * 3, 1.0)
    made = table(found, box.MARKDOWN)
    words, values = (list(column.cells) for column in made.columns)
    said = dict(zip(words, values, strict=False))
    assert made.columns[0].header == "200 campaigns, 180 of them with a number"
    assert said["estimated in, s (≤ 300)"] == "45"
    assert said["CPU a campaign, s (≤ 1)"] == "0.15"
    assert said["while it works / while it is held (< 2)"] == "1.50"
    assert said["changes timed"] == "4 + 3"


def test_a_turn_is_a_few_changes_in_milliseconds(monkeypatch):
    monkeypatch.setattr("benchmarks.background.PAUSE_S", 0)

    class Visitor:
        def choice(self, chance):
            return "Brand", [chance.random()]

        async def change(self, label, values):
            return 0.25 if label == "Brand" and values else None

    took: list[float] = []
    asyncio.run(_turn(Visitor(), Random(0), Found(), took))
    assert took == [250.0] * TURN
