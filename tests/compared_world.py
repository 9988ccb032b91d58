"""Ten days against the ten before: a world to total by hand."""

import datetime as dt

TABLES = {
    "tracking_data": """
        influencer_id  campaign  date        orders  revenue
        asha           A         2026-01-02  4       400
        asha           A         2026-01-12  5       500
        bela           B         2026-01-13  1       300
        cara           C         2026-01-05  1       80
        dora           D         2026-01-04  1       0
        dora           D         2026-01-14  1       50
    """,
    "posts": """
        influencer_id  date
        asha           2026-01-01
        asha           2026-01-20
    """,
    "payouts": """
        influencer_id  basis  total_payout  status
        asha           order  90            pending
        bela           order  100           paid
        cara           order  40            paid
        dora           order  20            pending
    """,
}
"""Each is paid by order: Asha 10 for each of hers, 40 before and 50 now; Dora 10 and 10.

Now, 11 to 20 January: revenue 500 + 300 + 50 = 850, spend 50 + 100 + 10 = 160, owed 50 + 10 = 60.
Before, 1 to 10 January: revenue 400 + 80 = 480, spend 40 + 40 + 10 = 90, owed 40 + 10 = 50.
"""
NOW = (dt.date(2026, 1, 11), dt.date(2026, 1, 20))
