"""A world small enough to total in your head, as files.

Asha (YouTube, nano) sold 2 orders of Gritzo Kids for 300 and is paid 100 by order.
Bela (Instagram, micro) sold 1 order of Gritzo Kids for 200 the day after her only post, and 1 of
MuscleBlaze Whey for 500 four weeks later; she is paid 150 by post. One order of 400 came without a
creator.

Revenue 300 + 200 + 500 = 1000, orders 4, spend 100 + 150 = 250, ROAS 4. Bela's 150 stands on her
post's day, on Gritzo: Whey was ordered outside the fourteen days. Customer 1 bought from Asha first
and from Bela again.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

INFLUENCERS = """\
influencer_id,name,category,gender,follower_count,platform
1,Asha,Fitness,Female,5000,YouTube
2,Bela,Parenting,Female,50000,Instagram
"""
POSTS = """\
influencer_id,platform,date,url,caption,reach,likes,comments
1,YouTube,2026-01-01,https://example.com/1,First,1000,80,20
2,Instagram,2026-01-05,https://example.com/2,Second,2000,90,10
"""
TRACKING_DATA = """\
source,campaign,influencer_id,user_id,product,date,orders,revenue
influencer,Gritzo_Kids_1,1,u1,Gritzo Kids,2026-01-02,2,300
influencer,Gritzo_Kids_1,2,u2,Gritzo Kids,2026-01-06,1,200
influencer,MuscleBlaze_Whey_1,2,u1,MuscleBlaze Whey,2026-02-01,1,500
organic,,,u3,MuscleBlaze Whey,2026-02-01,1,400
"""
PAYOUTS = """\
influencer_id,basis,rate,orders,total_payout,status
1,order,50,2,100,paid
2,post,150,1,150,pending
"""
FILES: Mapping[str, str] = {
    "influencers.csv": INFLUENCERS,
    "posts.csv": POSTS,
    "tracking_data.csv": TRACKING_DATA,
    "payouts.csv": PAYOUTS,
}

PAYLOAD = "<img src=x onerror=window.__ran=1>"
SCRIPT = "<script>window.__ran=1</script>"
HOSTILE: Mapping[str, str] = {
    "influencers": "influencer_id,name,category,gender,follower_count,platform\n"
    f"1,{PAYLOAD},{PAYLOAD},{PAYLOAD},5000,{PAYLOAD}\n2,{SCRIPT},{SCRIPT},{SCRIPT},9,{SCRIPT}\n",
    "posts": "influencer_id,platform,date,url,caption,reach,likes,comments\n"
    f"1,{PAYLOAD},2026-01-01,javascript:window.__ran=1,{PAYLOAD},1000,80,20\n",
    "tracking_data": "source,campaign,influencer_id,user_id,product,brand,date,orders,revenue\n"
    f"{PAYLOAD},{PAYLOAD},1,{PAYLOAD},{PAYLOAD},{PAYLOAD},2026-01-02,2,300\n"
    f"{SCRIPT},{SCRIPT},2,{SCRIPT},{SCRIPT},{SCRIPT},2026-01-03,2,300\n",
    "payouts": "influencer_id,campaign,basis,rate,orders,total_payout,status\n"
    f"1,{PAYLOAD},{PAYLOAD},50,2,100,{PAYLOAD}\n",
}
"""The same tables with a script in every column of text: ``write(folder, **HOSTILE)``.

Where one runs, ``window.__ran`` is 1.
"""


def write(folder: Path, **changed: str) -> Path:
    """Write the four files, some of them with other text: ``write(tmp_path, payouts="…")``."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in FILES.items():
        (folder / name).write_text(changed.get(Path(name).stem, text), encoding="utf-8")
    return folder
