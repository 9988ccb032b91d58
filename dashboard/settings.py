"""One Settings object: TOML file, environment on top, checked at start."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from dashboard.errors import SettingsError, did_you_mean, listed

PREFIX = "DASHBOARD_"
FILE = "dashboard.toml"

WHOLE = 10_000
"""Basis points of a whole: margins are whole basis points, so that every product is exact."""

LONGEST_TOLD = 40
"""Characters of a wrong value that a sentence repeats."""


@dataclass(frozen=True)
class Settings:
    """Everything that can be set, with what stands when nothing is.

    ``data`` is the folder that is served; ``poor_roas`` and ``poor_orders`` say below how many
    times break-even, a ROAS of 1 or what follows from gross margins, and with how many orders a
    creator counts as poor until the user moves the threshold; ``upload_megabytes`` caps one upload;
    ``mapping`` is a file of answers about the files of ``data``; ``save_to`` a folder in which
    visitors may save what they upload; ``procs`` how many processes serve, each on a core of its
    own.

    ``margins`` is a table of gross margins, in percent by the name of a product or brand.
    ``alert_roas`` is how many times break-even a campaign must reach, ``alert_silent_days`` how
    many days a campaign may spend without an order, ``alert_overpaid`` by how many percent a payout
    may stand above rate × units, ``alert_engagement`` from how many percent of reach engagements
    are doubted, ``alert_collapse`` below how many percent of their usual revenue a creator's
    results count as collapsed.

    ``excluded_donors`` are products or brands that are not to say what would have happened without
    a campaign, because campaigns move their sales too; ``cache`` is a folder for what can be made
    again, by default where this machine keeps such things.
    """

    data: str = "data"
    address: str = "127.0.0.1"
    port: int = 5006
    without_login: bool = False
    title: str = "Influencer ROI"
    poor_roas: float = 1.0
    poor_orders: int = 10
    upload_megabytes: int = 200
    mapping: str = ""
    save_to: str = ""
    procs: int = 1
    margins: Mapping[str, float] = field(default_factory=dict, hash=False)
    alert_roas: float = 1.0
    alert_silent_days: int = 7
    alert_overpaid: float = 1.0
    alert_engagement: float = 100.0
    alert_collapse: float = 40.0
    excluded_donors: tuple[str, ...] = ()
    cache: str = ""

    def __post_init__(self) -> None:
        _in_range("port", self.port, 0, 65535)
        _in_range("poor_roas", self.poor_roas, 0, 1000)
        _in_range("poor_orders", self.poor_orders, 0, 10**9)
        _in_range("procs", self.procs, 1, 64)
        _in_range("upload_megabytes", self.upload_megabytes, 1, 10_000)
        basis_points(self.margins)
        _in_range("alert_roas", self.alert_roas, 0, 1000)
        _in_range("alert_silent_days", self.alert_silent_days, 1, 365)
        _in_range("alert_overpaid", self.alert_overpaid, 0, 1000)
        _in_range("alert_engagement", self.alert_engagement, 1, 10_000)
        _in_range("alert_collapse", self.alert_collapse, 0, 100)

    @property
    def is_local(self) -> bool:
        """Whether only this machine can reach the server."""
        return self.address in {"127.0.0.1", "localhost", "::1"}


def _in_range(name: str, value: float, low: float, high: float) -> None:
    if not low <= value <= high:
        raise SettingsError(f"Setting {name!r} is {value}; it must be from {low} to {high:,}.")


def basis_points(percents: Mapping[str, object]) -> dict[str, int]:
    """Gross margins in whole basis points, by name in lower case.

    Raises
    ------
    SettingsError
        A margin that is no percent from 0 to 100, or has more than two decimals; a name given
        twice.
    """
    found: dict[str, int] = {}
    for name, percent in percents.items():
        if folded(name) in found:
            raise SettingsError(f"The gross margin of {name!r} is given twice. Keep one.")
        found[folded(name)] = _points(name, percent)
    return found


def folded(name: str) -> str:
    """A product's or brand's name as margins know it: case and spaces around do not matter."""
    return name.strip().lower()


def percent_typed(points: int | None) -> str:
    """Basis points as one types a percent: ``45``, ``55.5``; nothing where there are none."""
    if points is None:
        return ""
    whole, rest = divmod(points, 100)
    return f"{whole}.{rest:02}".rstrip("0").rstrip(".") if rest else f"{whole}"


def _told(percent: object) -> str:
    """What was given, as far as one reads it."""
    told = repr(percent)
    return told if len(told) <= LONGEST_TOLD else f"{told[:LONGEST_TOLD]}…"


def _points(name: str, percent: object) -> int:
    try:
        points = None if isinstance(percent, bool) else Decimal(str(percent)) * 100
    except ArithmeticError:  # no number, or one that is too large to be one
        points = None
    if points is None or not points.is_finite() or not 0 <= points <= WHOLE or points % 1:
        raise SettingsError(
            f"The gross margin of {name!r} is {_told(percent)}; it must be a percent from 0 to "
            "100, with at most two decimals."
        )
    return int(points)


NAMES = tuple(field.name for field in fields(Settings))
"""Every setting; as an environment variable in capitals behind ``DASHBOARD_``."""


def load_settings(
    file: Path | None = None, environment: Mapping[str, str] | None = None
) -> Settings:
    """Read the settings.

    Parameters
    ----------
    file
        A TOML file; by default the one ``DASHBOARD_SETTINGS`` names, else ``dashboard.toml`` where
        there is one.
    environment
        Stands above the file; by default the process's own.

    Raises
    ------
    SettingsError
        An unknown name or a value of the wrong kind; the sentence says what is allowed.
    """
    environment = os.environ if environment is None else environment
    named = environment.get(f"{PREFIX}SETTINGS")
    path = file or (Path(named) if named else Path(FILE))
    given: dict[str, Any] = {}
    if path.exists():
        given |= _from_toml(path)
    elif file or named:
        raise SettingsError(f"There is no settings file {str(path)!r}.")
    for name, text in environment.items():
        if name.startswith(PREFIX) and name != f"{PREFIX}SETTINGS":
            given[_known(name.removeprefix(PREFIX).casefold(), name)] = text
    typed = {name: _typed(name, value) for name, value in given.items()}
    return replace(Settings(), **typed)


def _from_toml(path: Path) -> dict[str, Any]:
    try:
        content = tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path} is not valid TOML: {error}.") from error
    return {_known(name, name): value for name, value in content.items()}


def _known(name: str, written: str) -> str:
    if name not in NAMES:
        raise SettingsError(f"There is no setting {written!r}. {did_you_mean(name, NAMES)}")
    return name


def _typed(name: str, value: Any) -> Any:
    """The value as the setting's own kind, from TOML or from an environment's text."""
    kind = type(getattr(Settings(), name))
    if kind is bool:
        truths = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}
        if str(value).casefold() not in truths:
            raise SettingsError(
                f"Setting {name!r} is {value!r}; it must be one of {listed(('true', 'false'))}."
            )
        return truths[str(value).casefold()]
    if kind is dict:
        return _table(name, value)
    if kind is tuple:
        return _names(name, value)
    if kind is str and not isinstance(value, str):
        raise SettingsError(f"Setting {name!r} is {value!r}; it must be text in quotes.")
    try:
        return kind(value)
    except (TypeError, ValueError) as error:
        what = "a whole number" if kind is int else "a number"
        raise SettingsError(f"Setting {name!r} is {value!r}; it must be {what}.") from error


def _names(name: str, value: Any) -> tuple[str, ...]:
    """A list as TOML gives it; from the environment its text, names between commas."""
    if isinstance(value, str):
        value = [one.strip() for one in value.split(",") if one.strip()]
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise SettingsError(
            f'Setting {name!r} must be a list of names, such as {name} = ["Creatine"] in the file, '
            "or names between commas as text."
        )
    return tuple(value)


def _table(name: str, value: Any) -> dict[str, Any]:
    """A table as TOML gives it; from the environment its text, ``{ Gritzo = 45 }``."""
    if isinstance(value, str):
        try:
            value = tomllib.loads(f"table = {value}")["table"]
        except tomllib.TOMLDecodeError:
            value = None
    if not isinstance(value, dict):
        raise SettingsError(
            f"Setting {name!r} must be a table of names and percents, such as "
            f"[{name}] with Gritzo = 45 below it in the file, or {{ Gritzo = 45 }} as text."
        )
    return value
