"""Read what pytest reported: whether browser tests ran, and whether what failed may try again."""

from __future__ import annotations

import sys
from pathlib import Path
from xml.etree import ElementTree as ET
from xml.etree.ElementTree import Element

TRIES = 3
"""So many browser tests may fail at first; more is a fault, not a slow machine."""


def main(arguments: list[str]) -> None:
    if arguments[0] == "may-try-again":
        may_try_again(suite(arguments[1]))
    else:
        conclude([suite(path) for path in arguments])


def suite(path: str) -> Element:
    if not Path(path).exists():
        sys.exit("pytest wrote no report: it ended before its tests did.")
    found = ET.parse(path).getroot().find("testsuite")
    if found is None:
        sys.exit("pytest wrote a report without tests.")
    return found


def cases(of: Element, *outcomes: str) -> list[str]:
    """The names of the tests that ended so; of all where no outcome is named."""
    return [
        f"{case.get('classname')}.{case.get('name')}"
        for case in of.findall("testcase")
        if not outcomes or any(case.find(outcome) is not None for outcome in outcomes)
    ]


def in_browser(names: list[str]) -> list[str]:
    return [name for name in names if name.startswith("tests.ui.")]


def may_try_again(first: Element) -> None:
    failed = cases(first, "failure", "error")
    if not failed:
        sys.exit("pytest failed without a failing test.")
    if in_browser(failed) != failed or len(failed) > TRIES:
        sys.exit(f"{len(failed)} failed.")
    print(f"==== once more: {', '.join(failed)} ====")


def conclude(suites: list[Element]) -> None:
    first, *again = suites
    browser = in_browser(cases(first))
    skipped = in_browser(cases(first, "skipped"))
    if not browser:
        sys.exit("No browser test ran: tests/ui has no case in the report.")
    if skipped:
        sys.exit(f"Browser tests were skipped: {', '.join(skipped)}.")
    retried = [name for second in again for name in cases(second)]
    if set(retried) != set(cases(first, "failure", "error")):
        sys.exit("What failed at first was not what was tried again.")
    seconds = sum(float(one.get("time", 0)) for one in suites)
    left_out = len(cases(first, "skipped"))
    late = f" ({len(retried)} of them at the second try: {', '.join(retried)})" if retried else ""
    print(
        f"==== {len(cases(first)) - left_out} passed{late}, {left_out} skipped in {seconds:.2f}s, "
        f"{len(browser)} of them in a browser ===="
    )


main(sys.argv[1:])
