"""The process that works estimates out: what ``Work`` hands it comes in, lines of JSON go out."""

from __future__ import annotations

import json
import os
import pickle
import sys
from typing import Any

from dashboard.incrementality.estimating import solve
from dashboard.incrementality.keeping import to_plain


def main() -> None:
    """Read what is prepared, solve it, and say after each campaign how far it is."""
    if hasattr(os, "nice"):
        os.nice(10)  # pages come first

    def say(**told: Any) -> None:
        sys.stdout.write(json.dumps(told) + "\n")
        sys.stdout.flush()

    prepared = pickle.load(sys.stdin.buffer)  # noqa: S301  # by the process that started this one
    found = solve(prepared, tell=lambda done, of: say(done=done, of=of))
    say(found=to_plain(found))


main()
