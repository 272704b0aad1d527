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


def test_the_app_starts_from_any_directory(covergenre, started, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    covergenre("app", "--port", 8502, "--server.headless", "true")
    script = str(home.project() / "streamlit_app.py")
    options = ["--server.port", "8502", "--server.headless", "true"]
    assert started == [[sys.executable, "-P", "-m", "streamlit", "run", script, *options]]


def test_the_port_may_be_configured_in_streamlit(covergenre, started):
    covergenre("app")
    assert started[0][-1] == str(home.project() / "streamlit_app.py")


def test_an_invalid_port_is_a_usage_error(covergenre):
    assert covergenre("app", "--port", 70_000).code == 2


def test_without_exec_the_exit_code_is_passed_on(monkeypatch):
    monkeypatch.setattr(cli, "os", type("Windows", (), {"name": "nt"}))
    monkeypatch.setattr(cli.subprocess, "call", lambda _command: 3)
    with pytest.raises(typer.Exit) as ended:
        cli.start(type("Context", (), {"args": []})())
    assert ended.value.exit_code == 3


def test_the_version_is_printed(covergenre):
    assert covergenre("--version").out == f"covergenre {__version__}\n"
