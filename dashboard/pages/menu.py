"""Menu: the pages of one visitor, by title."""

from __future__ import annotations

from dashboard.errors import UnknownNameError
from dashboard.pages.page import Page


class Pages(dict[str, Page]):
    """The pages by title, in the order of the menu; a name in other letters finds its page too."""

    def __missing__(self, asked: str) -> Page:
        """The page that was meant, such as ``campaigns``."""
        for title, page in self.items():
            if asked.strip().casefold() in {title.casefold(), page.name}:
                return page
        raise UnknownNameError("page", asked, self)
