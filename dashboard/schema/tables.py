"""The four tables: what a row is, its columns, and how files spell them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

Kind = Literal["id", "text", "choice", "date", "count", "signed", "money", "number", "url"]
"""``id``, ``text``, ``choice`` and ``url`` are text; ``count`` is a whole number from 0,
``signed`` any whole number; ``money`` is an amount that becomes whole paise; ``number`` is any
finite number.
"""


def folded(text: str) -> str:
    """Text without case, spaces and punctuation: ``Influencer ID`` becomes ``influencer_id``."""
    return re.sub(r"[^0-9a-z]+", "_", text.strip().casefold()).strip("_")


PLATFORMS: Mapping[str, str] = MappingProxyType(
    {
        **dict.fromkeys(("youtube", "yt", "you_tube"), "YouTube"),
        **dict.fromkeys(("instagram", "insta", "ig"), "Instagram"),
        **dict.fromkeys(("x", "twitter", "twit", "x_twitter", "twitter_x"), "X"),
        **dict.fromkeys(("facebook", "fb"), "Facebook"),
        **dict.fromkeys(("tiktok", "tik_tok"), "TikTok"),
        "linkedin": "LinkedIn",
        "snapchat": "Snapchat",
        "twitch": "Twitch",
        "pinterest": "Pinterest",
    }
)
GENDERS: Mapping[str, str] = MappingProxyType(
    {
        **dict.fromkeys(("female", "f", "woman"), "Female"),
        **dict.fromkeys(("male", "m", "man"), "Male"),
        **dict.fromkeys(("other", "others", "o"), "Other"),
        **dict.fromkeys(("non_binary", "nonbinary", "nb"), "Non-binary"),
    }
)
BASES: Mapping[str, str] = MappingProxyType(
    {
        **dict.fromkeys(("post", "posts", "per_post"), "post"),
        **dict.fromkeys(("order", "orders", "per_order"), "order"),
    }
)
STATUSES: Mapping[str, str] = MappingProxyType(
    {
        **dict.fromkeys(("paid", "done", "completed", "complete", "settled"), "paid"),
        **dict.fromkeys(("pending", "unpaid", "due", "open"), "pending"),
        **dict.fromkeys(("approved",), "approved"),
        **dict.fromkeys(("cancelled", "canceled", "void", "rejected"), "cancelled"),
    }
)
CURRENCIES: Mapping[str, str] = MappingProxyType(
    dict.fromkeys(("inr", "rs", "rupee", "rupees", "indian_rupee"), "INR")
)


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table: its name, what it holds, and how files spell it.

    ``spellings`` are folded headers besides the name itself; ``values`` maps folded values to the
    one we use.
    """

    name: str
    kind: Kind
    meaning: str
    required: bool = False
    unit: str = ""
    spellings: tuple[str, ...] = ()
    values: Mapping[str, str] = field(default_factory=dict)

    @property
    def headers(self) -> tuple[str, ...]:
        """Every folded header that means this column, the name first."""
        return (self.name, *self.spellings)


@dataclass(frozen=True, slots=True)
class Table:
    """One of the four tables: what a row is, its key where it has one, and its columns."""

    name: str
    row: str
    columns: tuple[Column, ...]
    key: str | None = None

    def __getitem__(self, name: str) -> Column:
        return next(column for column in self.columns if column.name == name)

    @property
    def words(self) -> str:
        """What it is called in a sentence: ``tracking data``; all of them are many."""
        return self.name.replace("_", " ")

    @property
    def required(self) -> tuple[Column, ...]:
        """The columns that the table cannot do without."""
        return tuple(column for column in self.columns if column.required)


_CURRENCY = Column(
    "currency",
    "choice",
    "The currency of the row's amounts; a data set has one, rupees.",
    spellings=("currency_code",),
    values=CURRENCIES,
)
_ROW_ID = Column(
    "row_id",
    "id",
    "Names the row, where a mapping says so: a row that stands twice then counts once.",
)
_CREATOR = ("influencerid", "inf_id", "creator_id", "influencer")

INFLUENCERS = Table(
    "influencers",
    "a creator",
    (
        Column(
            "influencer_id",
            "id",
            "Names the creator in all four tables.",
            required=True,
            spellings=("id", *_CREATOR),
        ),
        Column(
            "name",
            "text",
            "The creator's name or handle.",
            required=True,
            spellings=("influencer_name", "creator", "handle", "full_name"),
        ),
        Column(
            "category",
            "choice",
            "What the creator talks about.",
            spellings=("niche", "vertical", "content_category"),
        ),
        Column("gender", "choice", "As the creator states it.", spellings=("sex",), values=GENDERS),
        Column(
            "follower_count",
            "count",
            "Followers; decides the tier.",
            unit="people",
            spellings=("followers", "follower", "subscribers", "followers_count"),
        ),
        Column(
            "platform",
            "choice",
            "Where the creator mainly publishes.",
            required=True,
            spellings=("channel", "network", "main_platform"),
            values=PLATFORMS,
        ),
    ),
    key="influencer_id",
)
POSTS = Table(
    "posts",
    "a published post",
    (
        Column("post_id", "id", "Names the post, where files do.", spellings=("postid",)),
        Column("influencer_id", "id", "Who published it.", required=True, spellings=_CREATOR),
        Column(
            "platform",
            "choice",
            "Where it was published; may differ from the creator's platform.",
            spellings=("channel", "network", "post_platform"),
            values=PLATFORMS,
        ),
        Column(
            "date",
            "date",
            "The day it was published.",
            required=True,
            spellings=("post_date", "posted_at", "posted_on", "published_at", "publish_date"),
        ),
        Column(
            "campaign",
            "choice",
            "The campaign it belongs to, where files say.",
            spellings=("campaign_name",),
        ),
        Column("url", "url", "Where it can be seen.", spellings=("post_url", "link", "permalink")),
        Column("caption", "text", "Its text.", spellings=("text", "description")),
        Column(
            "reach", "count", "People it reached.", unit="people", spellings=("views", "reached")
        ),
        Column(
            "impressions", "count", "Times it was shown.", unit="times", spellings=("impression",)
        ),
        Column("likes", "count", "Likes.", unit="likes", spellings=("like_count", "like")),
        Column(
            "comments",
            "count",
            "Comments.",
            unit="comments",
            spellings=("comment_count", "comment"),
        ),
        Column("shares", "count", "Shares.", unit="shares", spellings=("share_count", "share")),
        Column("saves", "count", "Saves.", unit="saves", spellings=("save_count", "saved")),
        Column(
            "clicks",
            "count",
            "Clicks on its link.",
            unit="clicks",
            spellings=("click_count", "link_clicks"),
        ),
    ),
    key="post_id",
)
TRACKING_DATA = Table(
    "tracking_data",
    "an order line, or the orders of a user on a day",
    (
        Column(
            "source",
            "text",
            "Where the order came from, as the file says it; decides nothing.",
            spellings=("utm_source", "traffic_source"),
        ),
        Column(
            "campaign",
            "choice",
            "The campaign it was tracked to; empty on organic and paid rows.",
            required=True,
            spellings=("campaign_name", "utm_campaign"),
        ),
        Column(
            "influencer_id",
            "id",
            "The creator it is attributed to; empty on baseline rows.",
            required=True,
            spellings=_CREATOR,
        ),
        Column(
            "user_id",
            "id",
            "The customer.",
            spellings=("customer_id", "userid", "user", "customer"),
        ),
        Column("product", "choice", "What was bought.", spellings=("product_name", "sku", "item")),
        Column(
            "brand",
            "choice",
            "The brand of the product, where files say.",
            spellings=("brands", "brand_name"),
        ),
        Column(
            "date",
            "date",
            "The day of the order.",
            required=True,
            spellings=(
                "order_date",
                "transaction_date",
                "tracking_date",
                "purchase_date",
                "timestamp",
            ),
        ),
        Column(
            "orders",
            "signed",
            "Number of orders; negative for returns.",
            required=True,
            unit="orders",
            spellings=("order_count", "num_orders", "total_orders"),
        ),
        Column(
            "revenue",
            "money",
            "What the orders brought in; negative for returns.",
            required=True,
            unit="₹",
            spellings=("sales", "revenue_inr", "order_value", "total_revenue"),
        ),
        _CURRENCY,
        _ROW_ID,
    ),
    key="row_id",
)
PAYOUTS = Table(
    "payouts",
    "what one influencer is paid for one piece of work",
    (
        Column("influencer_id", "id", "Who is paid.", required=True, spellings=(*_CREATOR, "id")),
        Column(
            "campaign",
            "choice",
            "The campaign it pays for, where files say.",
            spellings=("campaign_name",),
        ),
        Column(
            "basis",
            "choice",
            "Paid by post or by order.",
            spellings=("payout_basis", "payment_basis", "payment_type", "payout_type"),
            values=BASES,
        ),
        Column(
            "rate",
            "money",
            "Rupees for one post or one order.",
            unit="₹",
            spellings=("payout_rate", "rate_inr"),
        ),
        Column(
            "orders",
            "count",
            "Orders the payee counted; used to reconcile only.",
            unit="orders",
            spellings=("order_count", "total_orders", "total_orders_by_influencer"),
        ),
        Column(
            "total_payout",
            "money",
            "What is paid; the only source of spend. Negative for a correction.",
            required=True,
            unit="₹",
            spellings=("payout", "payout_amount", "total_amount", "amount", "total"),
        ),
        Column("date", "date", "The day of the work.", spellings=("work_date",)),
        Column(
            "paid_on",
            "date",
            "The day of payment; for dues, never for results.",
            spellings=("payout_date", "payment_date", "paid_date", "paid_at"),
        ),
        Column(
            "status",
            "choice",
            "paid, pending, approved or cancelled.",
            spellings=("payment_status", "payout_status"),
            values=STATUSES,
        ),
        _CURRENCY,
        _ROW_ID,
    ),
    key="row_id",
)

TABLES: Mapping[str, Table] = MappingProxyType(
    {table.name: table for table in (INFLUENCERS, POSTS, TRACKING_DATA, PAYOUTS)}
)
"""The four tables by name, in the order in which people speak of them."""
