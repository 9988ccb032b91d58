"""Where the CPU of a piece of work goes: by the function of ours that was at work."""

from __future__ import annotations

import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

OURS = Path(__file__).parents[1] / "dashboard"
OUTSIDE = "(what calls it)"


@dataclass
class Spending:
    """CPU seconds of all threads, by function: with what it called of others, not of ours.

    Noting each call takes time too, so the shares say more than the seconds.
    """

    counting: Callable[[], bool] = lambda: True
    seconds: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    _stack: list[str] = field(default_factory=lambda: [OUTSIDE], repr=False)
    _names: dict[CodeType, str | None] = field(default_factory=dict, repr=False)
    _counted: bool = field(default=True, repr=False)
    _since: float = field(default_factory=time.process_time, repr=False)

    @property
    def shares(self) -> list[tuple[str, float]]:
        """Each function's share of all, the largest first."""
        total = sum(self.seconds.values())
        found = sorted(self.seconds.items(), key=lambda one: -one[1])
        return [(name, spent / total) for name, spent in found] if total else []

    def note(self, frame: FrameType, event: str, _: Any) -> None:
        """What the interpreter says at each call and return; of ours are those that count."""
        if event not in {"call", "return"}:
            return
        name = self._name(frame.f_code)
        if name is None:
            return
        self.charge()
        if event == "call":
            self._stack.append(name)
        elif len(self._stack) > 1:
            self._stack.pop()

    def charge(self) -> None:
        """Put what was spent since the last time on who was at work."""
        now = time.process_time()
        if self._counted:
            self.seconds[self._stack[-1]] += now - self._since
        self._since, self._counted = now, self.counting()

    def _name(self, code: CodeType) -> str | None:
        """``engines/here.py roll``; None where it is not ours. What stands in it is part of it."""
        if code not in self._names:
            file = Path(code.co_filename)
            ours = file.is_relative_to(OURS)
            whole = code.co_qualname.partition(".<locals>")[0]
            self._names[code] = f"{file.relative_to(OURS).as_posix()} {whole}" if ours else None
        return self._names[code]


@contextmanager
def spending(counting: Callable[[], bool] = lambda: True) -> Iterator[Spending]:
    """Watch this thread's calls; the CPU counted is that of all threads, while it is to count."""
    found = Spending(counting)
    sys.setprofile(found.note)
    try:
        yield found
    finally:
        sys.setprofile(None)
        found.charge()
