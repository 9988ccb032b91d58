"""Settings are checked at start: a wrong one stops with its name and what is allowed."""

from pathlib import Path

import pytest

from dashboard.errors import SettingsError
from dashboard.settings import NAMES, Settings, load_settings

NOWHERE: dict[str, str] = {}


def test_without_file_and_environment_the_defaults_stand(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert load_settings(environment=NOWHERE) == Settings()


def test_the_environment_stands_above_the_file(tmp_path: Path) -> None:
    file = tmp_path / "dashboard.toml"
    file.write_text('port = 6001\ntitle = "Ours"\n')
    settings = load_settings(file, {"DASHBOARD_PORT": "6002", "HOME": "/root"})
    assert (settings.port, settings.title) == (6002, "Ours")


def test_an_unknown_setting_is_named_with_the_nearest_one(tmp_path: Path) -> None:
    file = tmp_path / "dashboard.toml"
    file.write_text("prot = 6001\n")
    with pytest.raises(SettingsError, match=r"no setting 'prot'. Did you mean 'port'\?"):
        load_settings(file, NOWHERE)
    with pytest.raises(SettingsError, match=r"no setting 'DASHBOARD_DATTA'. Did you mean 'data'"):
        load_settings(environment={"DASHBOARD_DATTA": "x"})


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("port = 'many'", "must be a whole number"),
        ("port = 70000", "must be from 0 to 65,535"),
        ("poor_roas = -1", "must be from 0"),
        ("upload_megabytes = 0", "must be from 1"),
        ("without_login = 'perhaps'", "must be one of true, false"),
        ("title = 3", "must be text in quotes"),
        ("port = ", "is not valid TOML"),
    ],
)
def test_a_wrong_value_is_named_with_what_is_allowed(
    tmp_path: Path, line: str, sentence: str
) -> None:
    file = tmp_path / "dashboard.toml"
    file.write_text(line)
    with pytest.raises(SettingsError, match=sentence):
        load_settings(file, NOWHERE)


def test_a_named_file_that_is_not_there_is_an_error() -> None:
    with pytest.raises(SettingsError, match="There is no settings file"):
        load_settings(environment={"DASHBOARD_SETTINGS": "/nowhere.toml"})


def test_only_loopback_is_local() -> None:
    assert Settings().is_local
    assert not Settings(address="0.0.0.0").is_local
    assert set(NAMES) >= {"data", "address", "port", "without_login"}
