"""The brand of a tracking row: its own column, else named in product, campaign or source."""

from __future__ import annotations

import polars as pl
import pytest

from dashboard.ingest.brands import NO_BRAND, brand_of, find, known_brands

BRANDS = known_brands()
COLUMNS = ("brand", "product", "campaign", "source")


def brands(*rows, known=BRANDS):
    """The brands of rows of (brand, product, campaign, source)."""
    frame = pl.DataFrame(list(rows), schema=dict.fromkeys(COLUMNS, pl.String), orient="row")
    return brand_of(frame, known)


@pytest.mark.parametrize(
    ("text", "brand"),
    [
        ("MuscleBlaze Whey", "MuscleBlaze"),
        ("muscle blaze whey", "MuscleBlaze"),
        ("MUSCLE_BLAZE_1", "MuscleBlaze"),
        ("Summer-muscleblaze-2", "MuscleBlaze"),
        ("MB-Whey", "MuscleBlaze"),
        ("MBWhey", "MuscleBlaze"),
        ("Buy MB", "MuscleBlaze"),
        ("HKVital Biotin", "HKVitals"),
        ("HK Vitals", "HKVitals"),
        ("HKV_Skin", "HKVitals"),
        ("HK-Skin", "HKVitals"),
        ("gritz kids", "Gritzo"),
        ("GZ1", "Gritzo"),
        ("Climb", None),
        ("CliMB", None),
        ("MBa", None),
        ("mb whey", None),
        ("Musclé", None),
        ("SuperMuscleBlazer", None),
        ("Whey", None),
        ("", None),
        (None, None),
    ],
)
def test_a_brand_is_named_as_a_whole_token_or_by_its_code(text, brand):
    """An alias in any case; a code as it is, no letter before it, no lower-case letter after."""
    assert find(text, BRANDS) == brand


def test_the_brand_named_first_wins():
    assert find("Gritzo with MuscleBlaze", BRANDS) == "Gritzo"


def test_the_column_beats_product_beats_campaign_beats_source():
    found = brands(
        ("Gritzo", "MuscleBlaze Whey", "HKVitals_1", "MB"),
        (None, "MuscleBlaze Whey", "HKVitals_1", "Gritzo"),
        (None, "Whey", "HKVitals_1", "Gritzo"),
        (None, "Whey", "Summer", "gritzo.example"),
        (None, "Whey", "Summer", "organic"),
        (None, None, None, None),
    )
    assert found.brand.to_list() == [
        "Gritzo",
        "MuscleBlaze",
        "HKVitals",
        "Gritzo",
        NO_BRAND,
        NO_BRAND,
    ]
    assert found.notes == ()


def test_aliases_hold_in_the_brand_column_and_other_brands_stay_as_written():
    found = brands(("MB", None, None, None), ("hk vitals", None, None, None), ("Zed", "MB", "", ""))
    assert found.brand.to_list() == ["MuscleBlaze", "HKVitals", "Zed"]


def test_where_no_brand_is_known_the_prefix_of_the_campaign_is_assumed_and_said():
    found = brands((None, "Whey", "Acme_Summer_1", None), (None, "Bar", "Nova_2", None))
    assert found.brand.to_list() == ["Acme", "Nova"]
    (note,) = found.notes
    assert "assumed to be the brand: Acme and Nova" in note


@pytest.mark.parametrize("campaign", ["Campaign_1", "camp_2", "CAMP_x", "_x", "Summer", "1_x"])
def test_a_generic_word_is_no_brand(campaign):
    assert brands((None, "Whey", campaign, None)).brand.to_list() == [NO_BRAND]


@pytest.mark.parametrize("column", range(4))
def test_nothing_is_assumed_where_one_row_names_a_brand(column):
    named = [None, "Whey", "Acme_1", None]
    named[column] = "MuscleBlaze_1"
    found = brands((None, "Whey", "Acme_1", None), tuple(named))
    assert found.brand.to_list() == [NO_BRAND, "MuscleBlaze"]
    assert found.notes == ()


def test_no_rows_have_no_brands():
    assert brands().brand.to_list() == []


def test_brands_are_data():
    """Another file of brands, another answer."""
    acme = known_brands('[Acme]\naliases = ["acme", "ac me"]\n')
    assert brands((None, "Ac-Me Whey", None, None), known=acme).brand.to_list() == ["Acme"]
