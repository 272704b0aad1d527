"""The command line: one thin function a verb, which asks the library and prints.

Figures and answers go to stdout, as text or with `--json` as one object a line; progress and errors go to stderr. The
exit code is 0 when all went well, 2 when the command was used wrongly, 1 otherwise.
"""

import sys
import warnings
from typing import Annotated

import typer

from covergenre import __version__
from covergenre.cli import (
    audit,
    compare,
    data,
    networks,
    predict,
    processing,
    runs,
    serving,
    starter,
    study,
    train,
    web,
)
from covergenre.cli.console import complain, say_anything
from covergenre.errors import CoverGenreError, in_words, is_no_room

app = typer.Typer(
    name="covergenre",
    epilog="Where there is no command covergenre, python -m covergenre does the same.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)
for part in (predict, data, processing, web, networks, audit, train, compare, study, serving):
    app.add_typer(part.app)
app.add_typer(runs.app)
app.add_typer(starter.app)


def _print_version(asked: bool) -> None:
    if asked:
        print(f"covergenre {__version__}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Tell the genre of a music album from its cover."""


def main() -> None:
    """Run the command line; a user's mistake ends in one line on stderr, never in a traceback."""
    say_anything()
    warnings.filterwarnings("ignore", module="PIL")  # of what is refused or forgiven in our own words
    try:
        app(prog_name="covergenre")
    except CoverGenreError as error:
        complain(error)
        sys.exit(1)
    except (KeyboardInterrupt, BrokenPipeError):
        sys.stderr.close()  # whoever stopped us or hung up knows
        sys.exit(1)
    except Exception as error:
        if not isinstance(error, OSError) and not is_no_room(error):
            raise
        complain(in_words(error))
        sys.exit(1)
