"""What is served, as its files are now; its ledger is held while nobody visits."""

from __future__ import annotations

from functools import lru_cache

from dashboard.dataset import Dataset, shared
from dashboard.incrementality import Kept, work_on
from dashboard.ledger import ledger_of
from dashboard.settings import Settings


class Held:
    """The dataset that was served last, with its ledger and estimates.

    Sessions share these as long as somebody holds them; between two visitors this does. When the
    files change, what was made of the old ones is let go with its last session.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._take(shared(settings.data, settings.mapping))

    def dataset(self) -> Dataset:
        """The dataset as its files are now: read again when they have changed."""
        dataset = shared(self._settings.data, self._settings.mapping)
        if dataset is not self.ledger.dataset:
            self._take(dataset)
        return dataset

    def _take(self, dataset: Dataset) -> None:
        self.ledger = ledger_of(dataset)
        kept = Kept(self._settings.cache)
        self.work = work_on(self.ledger, self._settings.excluded_donors, kept)


@lru_cache(maxsize=1)
def held(settings: Settings) -> Held:
    """What is held under these settings, for a server that runs our code anew for each visitor."""
    return Held(settings)
