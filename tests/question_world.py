"""The world that the tests of questions ask about; small enough to total in your head."""

from __future__ import annotations

WORLD = {
    "influencers": """
        influencer_id  name  platform  category   gender  followers
        1              Asha  YT        Fitness    F       5000
        2              Bela  IG        Parenting  F       50000
    """,
    "tracking_data": """
        influencer_id  campaign  user_id  brand   product  date        orders  revenue
        1              A         u1       MB      Whey     2026-01-01  2       300
        1              B         u2       Gritzo  Kids     2026-01-31  1       100
        2              A         u1       MB      Whey     2026-02-01  1       200
        2              A         u3       MB      Bar      2026-02-02  1       -50
        9              A         u4       MB      Bar      2026-02-03  1       50
        -              -         u5       MB      Whey     2026-02-04  5       999
    """,
    "posts": """
        influencer_id  date        campaign  reach  likes  comments
        1              2026-01-01  A         1000   80     20
        1              2026-01-30  -         500    40     10
        2              2026-03-10  -         200    10     0
    """,
    "payouts": """
        influencer_id  campaign  basis  total_payout
        1              -         order  90
        2              A         post   40
        9              -         order  20
        3              -         -      7
    """,
}
"""Asha's 90 go by her 2 + 1 orders: 60 on A and Whey, 30 on B and Kids. Bela's 40 stand on her post
of 10 March, in A by name, on what she sold: half Whey, half Bar, all outside its fourteen days.
Creator 9 is in no list of creators. Neither is 3, who left no trace: 7 without date, campaign and
item. Asha's second post sees B alone in its fourteen days and belongs to it; Bela's sees nothing.

Revenue 300 + 100 + 200 − 50 + 50 = 600, orders 6, spend 157.
"""
