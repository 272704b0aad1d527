"""Everything that README names exists."""

import re
import shlex
from pathlib import Path

import pytest
from typer.main import get_command

from benchmarks.picture import words_now, words_on
from covergenre.cli import app

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGES = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "pages").rglob("*.py"))

_COVERGENRE = r"(?:python -m )?covergenre ([^`\"\n]+)"
COMMANDS = [
    *re.findall(rf"^    {_COVERGENRE}$", README, re.MULTILINE),
    *re.findall(rf"`{_COVERGENRE}`", README),
]


def accepted(line: str) -> bool:
    """Whether the command line has the verb and every option of this line."""
    command, words = get_command(app), shlex.split(line)
    while words and hasattr(command, "commands") and words[0] in command.commands:
        command = command.commands[words.pop(0)]
    options = {name for parameter in command.params for name in (*parameter.opts, *parameter.secondary_opts)}
    verb_is_there = not hasattr(command, "commands") or (command.invoke_without_command and not words)
    return verb_is_there and {word for word in words if word.startswith("--")} <= options


def test_readme_names_commands():
    assert len(COMMANDS) > 10


@pytest.mark.parametrize("line", sorted(set(COMMANDS)))
def test_every_command_of_readme_exists(line):
    assert accepted(line)


@pytest.mark.parametrize("line", ["sing", "predict cover.jpg --loudly", "runs sing RUN", "starter"])
def test_an_unknown_command_would_be_noticed(line):
    assert not accepted(line)


@pytest.mark.parametrize("line", sorted(set(re.findall(r"\"covergenre ([a-z][^\"\\\n]+)", PAGES))))
def test_every_command_that_a_page_names_exists(line):
    assert accepted(line)


@pytest.mark.parametrize("module", sorted(set(re.findall(r"python -m (benchmarks[.\w]*)", README))))
def test_every_benchmark_of_readme_exists(module):
    path = ROOT.joinpath(*module.split("."))
    assert path.with_suffix(".py").is_file() or (path / "__main__.py").is_file()


@pytest.mark.parametrize("name", sorted(set(re.findall(r"pip install (?:-r )?(requirements[\w-]*\.txt)", README))))
def test_every_requirements_file_of_readme_exists(name):
    assert (ROOT / name).is_file()


def test_the_screenshot_matches_the_texts_of_the_app():
    assert words_on() == words_now(), "take it anew: python -m benchmarks.picture"
