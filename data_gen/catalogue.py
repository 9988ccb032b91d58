"""The brands and products that the invented world sells."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Brand:
    """A brand, its products from best to least known, and the kinds of creator that suit it."""

    name: str
    products: tuple[str, ...]
    suits: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Product:
    """A product of a brand."""

    name: str
    brand: Brand

    @property
    def campaign_stem(self) -> str:
        """How campaigns name it: ``Brand_Product``, the product without spaces."""
        return f"{self.brand.name}_{self.name.replace(' ', '')}"


BRANDS: tuple[Brand, ...] = (
    Brand(
        "MuscleBlaze",
        (
            "Whey Prime",
            "Creatine Charge",
            "Surge Pre Workout",
            "Mass Builder",
            "Crunch Protein Bar",
            "Relay Aminos",
        ),
        ("Fitness", "Sports", "Nutrition"),
    ),
    Brand(
        "HKVitals",
        (
            "Daily Multi",
            "Clear Fish Oil",
            "Skin Collagen",
            "Biotin Bloom",
            "Dawn Vitamin D3",
            "Zinc Guard",
        ),
        ("Beauty", "Lifestyle", "Nutrition"),
    ),
    Brand(
        "Gritzo",
        (
            "Champs Milk Mix",
            "Growth Gummies",
            "Tall Teen Shake",
            "Junior Oats",
            "Iron Bites",
            "Clever Drops",
        ),
        ("Parenting", "Food", "Lifestyle"),
    ),
    Brand(
        "TrueBasics",
        ("Joint Ease", "Sleep Calm", "Heart Omega", "Gut Balance", "Greens Scoop", "Focus Ashwa"),
        ("Yoga", "Lifestyle", "Nutrition"),
    ),
)

MORE_BRANDS: tuple[Brand, ...] = (
    Brand(
        "Vanaroot",
        ("Amla Juice", "Giloy Tablets", "Moringa Tea", "Tulsi Drops", "Neem Wash", "Honey Raw"),
        ("Yoga", "Food", "Beauty"),
    ),
    Brand(
        "Nimbri",
        (
            "Light Sunscreen",
            "Night Serum",
            "Rice Cleanser",
            "Lip Butter",
            "Onion Oil",
            "Calm Toner",
        ),
        ("Beauty", "Lifestyle", "Parenting"),
    ),
    Brand(
        "Pedalio",
        (
            "Hydrate Mix",
            "Sprint Gel",
            "Long Ride Bar",
            "Recovery Shake",
            "Salt Caps",
            "Cool Flask",
        ),
        ("Sports", "Fitness", "Lifestyle"),
    ),
    Brand(
        "Khetly",
        (
            "Ragi Flakes",
            "Peanut Spread",
            "Seed Crackers",
            "Millet Muesli",
            "Date Bites",
            "Oat Milk",
        ),
        ("Food", "Nutrition", "Parenting"),
    ),
)
"""Brands that join where a world has more products than the first four have."""

VARIANTS: tuple[str, ...] = ("", "Mango", "Kesar", "Coffee", "Berry", "Travel Pack")
"""What follows a product's name once every brand has used up its plain names."""

FEW_PRODUCTS, MOST_PRODUCTS = (
    sum(len(brand.products) for brand in brands) * len(VARIANTS)
    for brands in (BRANDS, BRANDS + MORE_BRANDS)
)
"""As many products as the first four brands have, and as all have."""


def products(count: int) -> list[Product]:
    """The first ``count`` products, shared evenly among the brands, brand after brand."""
    brands = BRANDS if count <= FEW_PRODUCTS else BRANDS + MORE_BRANDS
    whole, rest = divmod(count, len(brands))
    chosen = []
    for position, brand in enumerate(brands):
        names = [f"{name} {variant}".rstrip() for variant in VARIANTS for name in brand.products]
        chosen += [Product(name, brand) for name in names[: whole + (position < rest)]]
    return chosen
