import os
import sys

import pytest
import typer

from covergenre import __version__, cli, home


@pytest.fixture
def started(monkeypatch) -> list[list[str]]:
    """The commands that took the place of this one."""
    commands = []

    def take_over(_path, command):
        commands.append(command)
        raise SystemExit

    monkeypatch.setattr(os, "execv", take_over)
    return commands


def test_the_app_is_started_wherever_one_is(covergenre, started, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    covergenre("app", "--port", 8502, "--server.headless", "true")
    script = str(home.project() / "streamlit_app.py")
    options = ["--server.port", "8502", "--server.headless", "true"]
    assert started == [[sys.executable, "-P", "-m", "streamlit", "run", script, *options]]


def test_streamlit_has_the_say_over_its_own_port(covergenre, started):
    covergenre("app")
    assert started[0][-1] == str(home.project() / "streamlit_app.py")


def test_a_port_that_cannot_be_is_wrong_use(covergenre):
    assert covergenre("app", "--port", 70_000).code == 2


def test_where_no_program_takes_the_place_of_another_its_exit_code_is_passed_on(monkeypatch):
    monkeypatch.setattr(cli, "os", type("Windows", (), {"name": "nt"}))
    monkeypatch.setattr(cli.subprocess, "call", lambda _command: 3)
    with pytest.raises(typer.Exit) as ended:
        cli.start(type("Context", (), {"args": []})())
    assert ended.value.exit_code == 3


def test_the_version_is_told(covergenre):
    assert covergenre("--version").out == f"covergenre {__version__}\n"
