"""Where cells would be more than the budget, the products of each brand are added up."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.engines import Here, coarsening, roll, rolling
from dashboard.engines.joining import joined
from dashboard.engines.piece import rolled_piece
from tests.rolling import FIRST, ROWS, by_loops, sorted_cells, table, told

WHEY, BARS = "Whey", "Bars"


def row(creator, product, brand, user="u1", orders=1, revenue=100, campaign="Diwali"):
    return (FIRST, creator, campaign, product, brand, None, user, orders, revenue)


SHOP = [
    row("asha", WHEY, "MuscleBlaze", revenue=100),
    row("asha", BARS, "MuscleBlaze", user="u2", revenue=20),
    row("asha", BARS, "MuscleBlaze", user="u1", revenue=-5, orders=0),
    row("asha", "Plate", "(no brand)", revenue=7),
    row("asha", None, "(no brand)", revenue=3),
    row("ravi", WHEY, "MuscleBlaze", user="u3", revenue=11),
    row(None, WHEY, "MuscleBlaze", user="u4", revenue=50, campaign=None),
    row(None, BARS, "MuscleBlaze", user="u4", revenue=60, campaign="Diwali"),
]


def rolled(rows, budget):
    return roll(Here.of(table(rows)), budget=budget)


def test_all_products_of_a_brand_are_one():
    """Asha's Whey and Bars are one cell of 115 paise; what names no brand stays apart from it."""
    made = rolled(SHOP, 1).cells.select("influencer_id", "campaign", "product", "brand", "revenue")
    every = "Every product of MuscleBlaze"
    assert sorted(made.rows(), key=str) == sorted(
        [
            ("asha", "Diwali", every, "MuscleBlaze", 115),
            ("asha", "Diwali", "Every product without a brand", "(no brand)", 7),
            ("asha", "Diwali", None, "(no brand)", 3),
            ("ravi", "Diwali", every, "MuscleBlaze", 11),
            (None, None, every, "MuscleBlaze", 50),
            (None, "Diwali", every, "MuscleBlaze", 60),
        ],
        key=str,
    )


def test_what_was_sold_of_each_product_stands_beside():
    """By day, campaign and product, by whomever: Asha's and Ravi's Whey are 111 together."""
    sold = rolled(SHOP, 1).sold.collect().drop("date").rows()
    assert sorted(sold, key=str) == sorted(
        [
            (True, "Diwali", WHEY, "MuscleBlaze", 2, 111),
            (True, "Diwali", BARS, "MuscleBlaze", 1, 15),
            (True, "Diwali", "Plate", "(no brand)", 1, 7),
            (True, "Diwali", None, "(no brand)", 1, 3),
            (False, None, WHEY, "MuscleBlaze", 1, 50),
            (False, "Diwali", BARS, "MuscleBlaze", 1, 60),
        ],
        key=str,
    )


def test_orders_that_went_back_weigh_nothing_against_other_products():
    """2 of Whey and 1 of Bars that went back are 1 net; as evidence they are 2, in two parts."""
    sold = [row("asha", WHEY, "MuscleBlaze", orders=2), row("asha", BARS, "MuscleBlaze", orders=-1)]
    made = rolled(sold, 1).cells
    assert made.select("orders", "weight", "parts").rows() == [(1, 2, 2)]
    assert "weight" not in rolled(sold, 2).cells.columns


def test_what_rows_say_of_products_is_known_all_the_same():
    made = rolled(SHOP, 1)
    assert made.lines.equals(rolled(SHOP, 100).lines)
    assert made.says("product")


def test_products_are_told_apart_as_long_as_there_is_room():
    """Seven cells: Bars of Asha are two rows of one."""
    assert [rolled(SHOP, room).cells.height for room in (7, 6)] == [7, 6]
    enough, less = rolled(SHOP, 7), rolled(SHOP, 6)
    assert (enough.sold, enough.finest, enough.note) == (None, 0, "")
    assert (less.finest, less.budget) == (7, 6)
    for words in ("there would be 7 cells", "the 6 there is room for", "to 6 cells.", "--cells 7"):
        assert words in less.note


def test_cells_that_are_more_all_the_same_are_kept_and_said():
    assert "to 6 cells, still more than there is room for, and kept" in rolled(SHOP, 5).note


def test_where_nothing_is_won_each_product_is_kept():
    """One product in each cell: adding up would only take its name."""
    single = [row("asha", WHEY, "MuscleBlaze"), row("ravi", BARS, "MuscleBlaze", user="u2")]
    made = rolled(single, 1)
    assert sorted(made.cells["product"]) == [BARS, WHEY]
    assert made.sold is None
    assert "would not make them fewer" in made.note
    assert "--cells 2" in made.note


def test_a_roll_up_of_no_rows_has_room_for_them():
    assert rolled([], 0).note == ""


# ----------------------------------------------------------------------------- any rows


def coarse(cell):
    """The cell with all products of its brand."""
    *place, product, brand = cell
    if brand is not None:
        return (*place, f"Every product of {brand}", brand)
    return (*place, "Every product without a brand" if product is not None else None, None)


def by_hand(rows):
    """What is in each cell with all products of a brand, who bought in which, and the counts."""
    fine, _, counts = by_loops(rows)
    sums = {}
    for cell, amounts in fine.items():
        have = sums.setdefault(coarse(cell), [0] * 7)
        for at, amount in enumerate([*amounts, max(0, amounts[1]), 1]):
            have[at] += amount
    return {cell: tuple(have) for cell, have in sums.items()}, counts


def buyers(rows):
    """The cells of each customer."""
    found = {}
    for one in rows:
        if one[1] is not None and one[6] is not None and one[7] > 0:
            found.setdefault(one[6], set()).add(coarse(one[:5]))
    return sorted(map(sorted_cells, found.values()))


def sold_by_hand(rows):
    sums = Counter()
    for date, creator, campaign, product, brand, _, _, orders, revenue in rows:
        place = (date, creator is not None, campaign, product, brand)
        sums[place, "orders"] += orders
        sums[place, "revenue"] += revenue
    return {(*place, sums[place, "orders"], sums[place, "revenue"]) for place, _ in sums}


@given(ROWS, st.sampled_from([1, 3, 500_000]))
def test_any_rows_come_to_what_adding_up_their_cells_gives(rows, at_once):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rolling, "AT_ONCE", at_once)
        made = rolled(rows, 0)
    fine = rolled(rows, 10**9)
    cells, counts = by_hand(rows)
    if made.sold is None:
        assert told(made) == told(fine)
        assert len(cells) == len(by_loops(rows)[0])
        return
    assert told(made) == (cells, buyers(rows), counts)
    assert set(made.sold.collect().rows()) == sold_by_hand(rows)
    assert made.sold.collect().height == len(sold_by_hand(rows))
    assert (made.finest, made.lines.rows()) == (fine.cells.height, fine.lines.rows())


@given(ROWS, st.integers(1, 5))
def test_pieces_come_to_the_same(rows, size):
    pieces = [rolled_piece(table(rows[at : at + size]).lazy()) for at in range(0, len(rows), size)]
    one, other = joined(pieces, budget=1), rolled(rows, 1)
    assert told(one) == told(other)
    assert one.note == other.note
    frames = [
        {
            name: sorted(map(str, made.frames[name].rows()))
            for name in made.frames.keys() - {"bought"}
        }
        for made in (one, other)
    ]
    assert frames[0] == frames[1]


def test_the_budget_is_a_number_that_can_be_said():
    assert coarsening.sentence(5, 3, 5) == ""
    assert coarsening.is_about_cells(coarsening.sentence(6, 3, 5))
