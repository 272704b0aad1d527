"""A fixture that runs the command line and returns what it printed."""

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from covergenre.cli import main


@dataclass(frozen=True)
class CommandResult:
    """What a command printed, and its exit code."""

    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[Any]:
        """The objects on stdout, one a line."""
        return [json.loads(line) for line in self.out.splitlines()]


@pytest.fixture
def covergenre(monkeypatch, capsys) -> Callable[..., CommandResult]:
    """Runs `covergenre` with these arguments."""

    def run(*arguments: object) -> CommandResult:
        monkeypatch.setattr(sys, "argv", ["covergenre", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            main()
        code = ended.value.code or 0
        result = capsys.readouterr()
        return CommandResult(code, result.out, result.err)

    return run
