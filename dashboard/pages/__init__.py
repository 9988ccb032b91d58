"""One file a page; PAGES names them in the order of the menu."""

from __future__ import annotations

from dashboard.pages.overview import Overview
from dashboard.pages.page import Page, Row

__all__ = ["PAGES", "Page", "Row"]

PAGES: tuple[type[Page], ...] = (Overview,)
"""The pages, in the order of the menu; the first is where visitors arrive."""
