"""One Settings object: TOML file, environment on top, checked at start."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

from dashboard.errors import SettingsError, did_you_mean, listed

PREFIX = "DASHBOARD_"
FILE = "dashboard.toml"


@dataclass(frozen=True)
class Settings:
    """Everything that can be set, with what stands when nothing is.

    ``data`` is the folder that is served; ``poor_roas`` and ``poor_orders`` say from which ROAS and
    with how many orders a creator counts as poor until the user moves the threshold;
    ``upload_megabytes`` caps one upload; ``mapping`` is a file of answers about the files of
    ``data``; ``save_to`` a folder in which visitors may save what they upload.
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

    def __post_init__(self) -> None:
        _in_range("port", self.port, 0, 65535)
        _in_range("poor_roas", self.poor_roas, 0, 1000)
        _in_range("poor_orders", self.poor_orders, 0, 10**9)
        _in_range("upload_megabytes", self.upload_megabytes, 1, 10_000)

    @property
    def is_local(self) -> bool:
        """Whether only this machine can reach the server."""
        return self.address in {"127.0.0.1", "localhost", "::1"}


def _in_range(name: str, value: float, low: float, high: float) -> None:
    if not low <= value <= high:
        raise SettingsError(f"Setting {name!r} is {value}; it must be from {low} to {high:,}.")


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
    if kind is str and not isinstance(value, str):
        raise SettingsError(f"Setting {name!r} is {value!r}; it must be text in quotes.")
    try:
        return kind(value)
    except (TypeError, ValueError) as error:
        what = "a whole number" if kind is int else "a number"
        raise SettingsError(f"Setting {name!r} is {value!r}; it must be {what}.") from error
