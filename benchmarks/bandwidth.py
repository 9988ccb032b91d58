"""How fast this machine reads its memory, and what reading rows or cells once would take."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

ROW_BYTES = {"date": 4, "pair": 4, "item": 4, "orders": 8, "revenue": 8}
"""What a question needs of a tracking row, as whole numbers: no text, no customer."""
A_ROW = sum(ROW_BYTES.values())


@dataclass(frozen=True)
class Bandwidth:
    """Bytes a second that one thread reads, and two at once."""

    one: float
    two: float

    @property
    def best(self) -> float:
        """What the machine reads a second at most."""
        return max(self.one, self.two)

    def milliseconds(self, read: float) -> float:
        """What reading so many bytes once takes at best."""
        return read / self.best * 1000


def measure(size: int = 1 << 30, times: int = 7) -> Bandwidth:
    """Add up an array of so many bytes, far more than the caches hold; the best of some times."""
    numbers = np.ones(size // 8, np.int64)
    halves = np.array_split(numbers, 2)
    with ThreadPoolExecutor(2) as threads:
        one = min(_seconds(numbers.sum) for _ in range(times))
        two = min(_seconds(lambda: list(threads.map(np.sum, halves))) for _ in range(times))
    return Bandwidth(numbers.nbytes / one, numbers.nbytes / two)


def _seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began
