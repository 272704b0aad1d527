"""Where artifacts are stored, in a checkout and once installed."""

from pathlib import Path

import pytest

from covergenre import home

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture
def installed(tmp_path, monkeypatch) -> Path:
    """The folder that the package brings, as if pip had installed it."""
    folder = tmp_path / "site-packages" / "covergenre" / "_app"
    folder.mkdir(parents=True)
    monkeypatch.setattr(home, "_INSTALLED", folder)
    return folder


def test_a_home_of_an_unknown_user_is_taken_literally(monkeypatch):
    monkeypatch.setenv("COVERGENRE_HOME", "~nobody-of-that-name/covers")
    assert home.home().name == "covers"


def test_a_checkout_keeps_its_artifacts_beside_its_code(monkeypatch):
    monkeypatch.delenv("COVERGENRE_HOME")
    assert home.home() == ROOT / "artifacts"


def test_an_installed_package_keeps_artifacts_in_the_users_data_folder(installed, tmp_path, monkeypatch):
    monkeypatch.delenv("COVERGENRE_HOME")
    for variable in ("HOME", "XDG_DATA_HOME", "LOCALAPPDATA", "USERPROFILE"):
        monkeypatch.setenv(variable, str(tmp_path / "user"))
    assert home.home().is_relative_to(tmp_path / "user")
    assert home.home().name == "covergenre"


@pytest.mark.usefixtures("installed")
def test_the_environment_variable_takes_precedence(monkeypatch, tmp_path):
    monkeypatch.setenv("COVERGENRE_HOME", str(tmp_path / "chosen"))
    assert home.home() == tmp_path / "chosen"


def test_the_app_and_the_starter_of_a_checkout_are_its_own():
    assert (home.project() / "streamlit_app.py").is_file()
    assert home.starter() == ROOT / "artifacts" / "starter"


def test_an_installed_package_contains_the_app_and_the_starter(installed):
    assert home.project() == installed
    assert home.starter() == installed / "artifacts" / "starter"


def test_a_users_starter_takes_precedence(own_home):
    (own_home / "starter").mkdir()
    assert home.starter() == own_home / "starter"
