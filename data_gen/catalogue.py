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

VARIANTS: tuple[str, ...] = ("", "Mango", "Kesar", "Coffee", "Berry", "Travel Pack")
"""What follows a product's name once every brand has used up its plain names."""

MOST_PRODUCTS = sum(len(brand.products) for brand in BRANDS) * len(VARIANTS)


def products(count: int) -> list[Product]:
    """The first ``count`` products, shared evenly among the brands, brand after brand."""
    whole, rest = divmod(count, len(BRANDS))
    chosen = []
    for position, brand in enumerate(BRANDS):
        names = [f"{name} {variant}".rstrip() for variant in VARIANTS for name in brand.products]
        chosen += [Product(name, brand) for name in names[: whole + (position < rest)]]
    return chosen
