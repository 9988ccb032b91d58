"""The one-file snapshot: how large it is, and how long a change of its filters takes to be painted.

``python -m benchmarks.snapshot [--cells 100000 --cells 500000]``.
"""

from __future__ import annotations

import datetime as dt
import random
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import polars as pl
import typer
from playwright.sync_api import Browser, Page
from rich.console import Console

from benchmarks.screen import Changes, chromium, visitor
from dashboard.dataset import Dataset, load_files
from dashboard.export.packing import cells_of
from dashboard.export.snapshot import Sharing, Snapshot, snapshot
from dashboard.ledger import ledger_of
from dashboard.query import Where

console = Console(stderr=True)
FIRST = dt.date(2024, 11, 1)
DAYS = 730
PRODUCTS = 40
SHARE = 0.475
"""Of the cells: sales are so many, spend as many again, posts the rest."""

CHOOSE = """name => {
  const host = [...document.querySelectorAll(".control")].find(
    one => one.shadowRoot.querySelector(".label").textContent === name)
  const root = host.shadowRoot
  if (root.querySelector(".list-box").hidden) root.querySelector(".open").click()
  const boxes = [...root.querySelectorAll("input[type=checkbox]")]
  window.turn = at => boxes[at % boxes.length].click()
}"""


@dataclass(frozen=True)
class Figures:
    """What was measured of one file."""

    cells: int
    made: float
    written: Snapshot
    opens: float
    pages: dict[str, Changes]
    asked: int


def invented(cells: int, seed: int = 7) -> Dataset:
    """A dataset whose ledger has about so many cells; every creator is paid by order."""
    rng = random.Random(seed)
    sales = round(cells * SHARE)
    creators = max(60, sales // 200)
    campaigns = [f"Brand{at % 4}_Campaign_{at}" for at in range(max(14, creators // 20))]
    own = {at: rng.sample(campaigns, 3) for at in range(creators)}
    rows = [_sale(rng, creators, own) for _ in range(round(sales * 1.01))]
    posts = [(f"c{rng.randrange(creators)}", _day(rng)) for _ in range(round(cells * 0.05))]
    people = [
        {
            "influencer_id": f"c{at}",
            "name": f"Creator {at} {rng.choice('ABCDEFGH')}.",
            "platform": rng.choice(["Instagram", "YouTube", "X"]),
            "category": rng.choice(["Beauty", "Fitness", "Food", "Nutrition", "Sports", "Yoga"]),
            "gender": rng.choice(["Female", "Male"]),
            "follower_count": round(10 ** rng.uniform(3, 6.7)),
        }
        for at in range(creators)
    ]
    tables = {
        "influencers": pl.DataFrame(people),
        "tracking_data": pl.DataFrame(
            rows,
            orient="row",
            schema=[
                "influencer_id",
                "campaign",
                "user_id",
                "product",
                "brand",
                "date",
                "orders",
                "revenue",
            ],
        ),
        "posts": pl.DataFrame(posts, orient="row", schema=["influencer_id", "date"]).with_columns(
            reach=pl.int_range(pl.len()) * 37 % 90_000 + 500,
            likes=pl.int_range(pl.len()) * 13 % 4_000,
            comments=pl.int_range(pl.len()) * 7 % 90,
        ),
        "payouts": pl.DataFrame(
            {
                "influencer_id": [f"c{at}" for at in range(creators)],
                "basis": "order",
                "total_payout": [rng.randrange(2_000, 90_000) for _ in range(creators)],
                "status": [rng.choice(["paid", "paid", "pending"]) for _ in range(creators)],
            }
        ),
    }
    return load_files({f"{name}.csv": frame.write_csv().encode() for name, frame in tables.items()})


def _day(rng: random.Random) -> dt.date:
    return FIRST + dt.timedelta(rng.randrange(DAYS))


def _sale(rng: random.Random, creators: int, own: dict[int, list[str]]) -> tuple[object, ...]:
    """An order line: a price in rupees less a discount, which leaves paise."""
    creator, item = rng.randrange(creators), rng.randrange(PRODUCTS)
    orders = rng.choice([1, 1, 1, 2, 3])
    revenue = round(orders * (299 + item * 50) * rng.choice([1, 0.95, 0.9, 0.85]), 2)
    user = f"u{rng.randrange(creators * 100)}"
    return (
        f"c{creator}", rng.choice(own[creator]), user, f"Product {item}", f"Brand{item % 4}",
        _day(rng), orders, revenue,
    )  # fmt: skip


def measured(browser: Browser, data: Dataset, changes: int) -> Figures:
    """Make the file, open it from disk without a network, and change its filters by hand."""
    cells = cells_of(ledger_of(data))
    begun = time.perf_counter()
    made = snapshot(data, Where(), sharing=Sharing())
    took = time.perf_counter() - begun
    with tempfile.TemporaryDirectory() as folder, visitor(browser) as (page, asked):
        file = Path(folder) / "report.html"
        file.write_text(made.text, "utf-8")
        page.context.set_offline(True)
        begun = time.perf_counter()
        page.goto(file.as_uri())
        page.wait_for_selector("html[data-ready]", state="attached")
        page.evaluate("stopwatch.complete()")
        opens = time.perf_counter() - begun
        pages = {}
        for name in ("Overview", "Campaigns", "Influencers"):
            page.get_by_role("link", name=name).click()
            page.wait_for_timeout(1500)
            pages[name] = changed(page, changes)
        outside = [one for one in asked if not one.startswith(("file:", "data:", "blob:"))]
    return Figures(cells, took, made, opens, pages, len(outside))


def changed(page: Page, changes: int) -> Changes:
    """Milliseconds from a tick in a filter to the last figure painted."""
    found = Changes()
    for name in ("Platform", "Product", "Category"):
        page.evaluate(CHOOSE, name)
        for at in range(changes // 3):
            page.evaluate("stopwatch.arm()")
            page.evaluate("at => turn(at)", at)
            found.took.append(page.evaluate("stopwatch.done()")["milliseconds"])
        page.evaluate("roiSnapshot.ask({}, null, null)")
        page.wait_for_timeout(600)
    return found


def main(
    cells: Annotated[list[int], typer.Option(help="Cells of the invented ledgers.")] = [  # noqa: B006  # typer copies it
        10_000,
        100_000,
        500_000,
    ],
    changes: Annotated[int, typer.Option(help="Changes on each page.")] = 24,
) -> None:
    """Print a table in Markdown."""
    lines = [
        "| cells | MB | by | made, s | opens, s | page | median ms | one in twenty, ms | outside |",
        "|---:|---:|---|---:|---:|---|---:|---:|---:|",
    ]
    with chromium() as browser:
        for many in cells:
            console.print(f"{many} cells …")
            seen = measured(browser, invented(many), changes)
            grain = "week" if seen.written.coarse else "day"
            for name, one in seen.pages.items():
                lines.append(
                    f"| {seen.cells:,} | {seen.written.size / 1e6:.2f} | {grain} | {seen.made:.1f} "
                    f"| {seen.opens:.1f} | {name} | {one.median:.0f} | {one.slow:.0f} "
                    f"| {seen.asked} |"
                )
    typer.echo("\n".join(lines))


if __name__ == "__main__":
    typer.run(main)
