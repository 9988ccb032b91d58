"""Files as a visitor gives them: the small world's, with open questions, and mended."""

from dashboard.views.arrivals import Arrivals
from tests import small

PAYLOAD = "<img src=x onerror=alert(1)>"
PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(10)
FILES = {name: text.encode() for name, text in small.FILES.items()}
AMBIGUOUS = FILES["posts.csv"].replace(b"2026-01-01", b"01-06-2026")
AMBIGUOUS = AMBIGUOUS.replace(b"2026-01-05", b"05-06-2026")
"""1 and 5 June where the day stands first, 6 January and 6 May where the month does."""
PARTLY_WRONG = {
    **FILES,
    "payouts.csv": FILES["payouts.csv"] + b"1,order,50,2,lots,paid\n1,order,50,2,few,paid\n",
}


def given(files, most=1_000_000, into=None):
    """Arrivals that hold these files, given together."""
    held = Arrivals(most) if into is None else into
    held.begin()
    for name, content in files.items():
        held.add(name, content, last=True)
    return held


def partly_wrong():
    """The dataset of four payouts, two of which have no amount: 250 is paid."""
    return given(PARTLY_WRONG).read().dataset


def words(outcome):
    return {line.file: line.words for line in outcome.lines}


def without(*names):
    return {name: content for name, content in FILES.items() if name not in names}


def paid(dataset):
    return dataset.tables["payouts"]["total_payout"].sum()


def mended(dataset, **cells):
    text = dataset.report.to_mend("payouts.csv")
    for wrong, right in cells.items():
        text = text.replace(wrong, right)
    return {"payouts - set aside.csv": text.encode("utf-8-sig")}
