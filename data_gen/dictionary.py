"""The data dictionary: what every table and column means, written from the schema."""

from __future__ import annotations

from dashboard.schema import TABLES, Column, Table, folded
from data_gen.plan import EXAMPLE, Plan

TITLE = "# An invented world: the data dictionary"

SHOWN = {
    "influencers": ("influencer_id", "name", "category", "gender", "follower_count", "platform"),
    "posts": (
        "influencer_id",
        "platform",
        "date",
        "campaign",
        "url",
        "caption",
        "reach",
        "likes",
        "comments",
    ),
    "tracking_data": (
        "source",
        "campaign",
        "influencer_id",
        "user_id",
        "product",
        "date",
        "orders",
        "revenue",
        "brand",
    ),
    "payouts": (
        "influencer_id",
        "campaign",
        "basis",
        "rate",
        "orders",
        "total_payout",
        "paid_on",
        "status",
    ),
}
"""The columns that the invented tables have, in their order."""

TRUTH = {
    "campaigns": (
        "one row per campaign; money in rupees, parts as of its window",
        {
            "campaign, brand, product": "its name, and what it promotes",
            "festival": "the festival it was planned for, if any",
            "window_start, window_end": "first post; 14 days after the last, or the last day",
            "creators, posts": "how many took part, how many posts they made for it",
            "payout": "what is paid for it, named in payouts or not, without the cancelled",
            "planted_lift": "orders it was to cause, per baseline order from first to last post",
            "planted_tag_share": "share of the caused orders that was to carry the code",
            "planted_leak_share": "share of baseline orders that was to use the code on those days",
            "baseline_revenue": "what the product would have sold in the window anyway",
            "tagged_revenue": "what the tables attribute to it: caused_tagged + cannibalised",
            "caused_tagged": "caused orders with the code, after the discount",
            "halo": "caused orders without the code",
            "cannibalised": "orders with the code that would have come anyway, after the discount",
            "discount_cost": "the discount given on those",
            "pulled_forward": "orders that no longer came because their buyers had bought sooner",
            "incremental_revenue": "caused_tagged + halo − discount_cost − pulled_forward",
            "incremental_after": "the same sum after the window",
            "iroas": "incremental_revenue / payout; empty where nothing is paid",
            "tagged_roas": "tagged_revenue / payout",
        },
    ),
    "product_days": (
        "one row per product and day",
        {
            "orders_0, y0": "orders and revenue had no campaign ever run",
            "orders_1, y1": "orders and revenue as they are, tagged or not",
        },
    ),
    "orders": (
        "one row per row of tracking_data, in the same order",
        {
            "row": "number of the tracking row; 1 is the first after the header",
            "cause": "baseline, caused_tagged, caused_halo, or leaked: coded but came anyway",
            "campaign": "the campaign behind the cause; empty for baseline",
            "orders_anyway, revenue_anyway": "the same had no campaign run; 0 if caused",
        },
    ),
    "prevented_orders": (
        "one row per order that would have come, and does not because its buyer bought sooner",
        {
            "date, product": "when it would have come, and of what",
            "campaign": "the campaign that made the buyer come sooner",
            "orders_anyway, revenue_anyway": "what it would have been; negative for its return",
        },
    ),
}
"""The truth's files: what a row is, and what the columns hold."""


LARGE_TRUTH = ("campaigns", "product_days")
"""The truth that a large world keeps."""

PARTS = (
    "This is a large world. Its tracking_data are several files, `tracking_data-00000.parquet` and "
    "on, each with some days, in their order; together they are one table. The truth is kept by "
    "campaign and by product and day. Why each single order came is not written: for that, make a "
    "smaller world, with `--orders` in place of `--rows`."
)
"""What is different in a large world."""


def dictionary(plan: Plan = EXAMPLE, form: str = "csv") -> str:
    """A world's data dictionary in Markdown: the tables from the schema, then the truth."""
    large = plan.rows is not None
    options = plan.options if form == "csv" or large else f"{plan.options} --format {form}"
    made = (
        "Nothing here is real: creators, orders and money are drawn by chance, and known causes "
        "are planted in them. Made by"
    )
    read = (
        f"and the same command makes the same bytes again. It covers {plan.start} to {plan.end}. "
        "Money is in rupees. Returns are rows with negative orders and revenue. Rows of "
        "tracking_data without an influencer_id are baseline: they came without a creator's code. "
        "Below, *here* marks the columns that these files have; the dashboard reads the others too."
    )
    truth = (
        "What really happened, for tests and for judging estimates. The dashboard never opens this "
        "folder. The world without campaigns is drawn first, and the campaigns act on that same "
        "draw: the revenue a campaign caused is the difference between the two, order by order."
    )
    parts = [
        TITLE,
        made,
        f"    python -m data_gen --out DIR {options}",
        read,
        *([PARTS] if large else []),
        *[_table(table) for table in TABLES.values()],
        "## truth/",
        truth,
        *[_truth(name, form) for name in (LARGE_TRUTH if large else TRUTH)],
    ]
    return "\n\n".join(parts) + "\n"


def _table(table: Table) -> str:
    """One of the four tables: what a row is, and a line per column."""
    key = f" Its key is `{table.key}`." if table.key in SHOWN[table.name] else ""
    lines = [
        f"## {table.name}",
        "",
        f"One row is {table.row}.{key}",
        "",
        "| column | kind | required | unit | here | meaning | other headers | known values |",
        "|---|---|---|---|---|---|---|---|",
        *[_line(column, column.name in SHOWN[table.name]) for column in table.columns],
    ]
    return "\n".join(lines)


def _line(column: Column, here: bool) -> str:
    """A column's line in its table."""
    cells = (
        f"`{column.name}`",
        column.kind,
        "yes" if column.required else "",
        column.unit,
        "yes" if here else "",
        column.meaning,
        ", ".join(column.spellings),
        ", ".join(_values(column)),
    )
    return f"| {' | '.join(cells)} |"


def _values(column: Column) -> list[str]:
    """The values that a column knows, each with its other spellings."""
    spelt: dict[str, list[str]] = {}
    for spelling, value in column.values.items():
        spelt.setdefault(value, [])
        if spelling != folded(value):
            spelt[value].append(spelling)
    return [f"{value} ({', '.join(also)})" if also else value for value, also in spelt.items()]


def _truth(name: str, form: str) -> str:
    """One file of the truth."""
    row, columns = TRUTH[name]
    lines = [
        f"### truth/{name}.{form}",
        "",
        f"Holds {row}.",
        "",
        "| column | meaning |",
        "|---|---|",
        *[
            f"| {', '.join(f'`{part}`' for part in column.split(', '))} | {meaning} |"
            for column, meaning in columns.items()
        ],
    ]
    return "\n".join(lines)
