"""A world of two brands with gross margins, for the tests of margins.

Asha sold Whey for 300.05, Bela a Bar for 100 and Kids for 200; 100 and 60 were paid by order. With
40 % for MuscleBlaze, 25 % for its Bar and 55.5 % for Gritzo the gross profit is
120.02 + 25 + 111 = 256.02, and 96.02 is left of it after 160 of spend.
"""

from hypothesis import strategies as st

from tests.test_query_properties import WHERES

WORLD = {
    "tracking_data": """
        influencer_id  campaign  date        product  brand        orders  revenue
        asha           A         2026-01-01  Whey     MuscleBlaze  1       300.05
        bela           A         2026-01-02  Bar      MuscleBlaze  1       100
        bela           B         2026-01-02  Kids     Gritzo       2       200
    """,
    "payouts": """
        influencer_id  basis  total_payout
        asha           order  100
        bela           order  60
    """,
}
"""Bela's 60 stands by orders: 20 on the Bar, 40 on Kids."""
MARGINS = {"MuscleBlaze": 40, "Bar": 25, "gritzo ": 55.5}

TWO_BRANDS = {
    "tracking_data": """
        influencer_id  campaign  date        product  brand        orders  revenue
        asha           A         2026-01-01  Kids     Gritzo       3       300
        bela           B         2026-01-01  Whey     MuscleBlaze  3       300
        cara           C         2026-01-01  Kids     Gritzo       1       100
        cara           C         2026-01-01  Whey     MuscleBlaze  1       100
        dev            A         2026-01-01  Kids     Gritzo       0       0
    """,
    "payouts": """
        influencer_id  campaign  basis  total_payout
        asha           A         order  100
        bela           B         order  100
        cara           C         order  100
        dev            D         order  100
    """,
}
"""At 50 % of Gritzo and 25 % of MuscleBlaze, Asha keeps 150, Bela 75, Cara 50 + 25, Dev nothing."""
TWO_MARGINS = {"Gritzo": 50, "MuscleBlaze": 25}
EVEN_OF_ALL = 800 / (400 * 0.5 + 400 * 0.25)

PERCENTS = st.integers(0, 10_000).map(lambda points: points / 100)
KNOWN = st.fixed_dictionaries(
    {"MuscleBlaze": PERCENTS, "Gritzo": PERCENTS, "(no brand)": PERCENTS},
    optional={"Whey": PERCENTS, "Bar": PERCENTS},
)
"""A margin for every brand of the worlds, and perhaps for products."""

CARRIED = WHERES.map(lambda where: where.without("basis"))
"""Filters that revenue carries."""


def refreshed(view):
    """The view with its answers in place; a bug in it fails the test."""
    view.update(strict=True)
    return view
