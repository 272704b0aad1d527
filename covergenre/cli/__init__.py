"""The command line: one thin function per command, which calls the library and prints the result.

Figures and answers go to stdout, as text or with `--json` as one object a line; progress and errors go to stderr. The
exit code is 0 when all went well, 2 when the command was used wrongly, 1 otherwise.
"""

import os
import subprocess
import sys
import warnings
from typing import Annotated

import typer

from covergenre import __version__, home
from covergenre.cli import audit, compare, data, predict, runs, starter, study, train, web
from covergenre.cli.console import escape_unencodable, print_error
from covergenre.cli.options import option
from covergenre.errors import CoverGenreError, in_words, is_no_room

app = typer.Typer(
    name="covergenre",
    epilog="Where the command covergenre is not installed, python -m covergenre does the same.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)
for part in (predict, data, web, audit, train, compare, study, runs, starter):
    app.add_typer(part.app)


def _print_version(wanted: bool) -> None:
    if wanted:
        print(f"covergenre {__version__}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Tell the genre of a music album from its cover."""


@app.command(name="app", context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def start(
    context: typer.Context,
    port: Annotated[int | None, option("Where the app listens.", shown="8501", min=1, max=65535)] = None,
) -> None:
    """Start the app and open it in a browser; all other options go to streamlit run.

    Example: covergenre app --server.headless true
    """
    port_options = [] if port is None else ["--server.port", str(port)]
    script = home.project() / "streamlit_app.py"
    # With -P, no file in the current folder is imported in place of one of the app's modules.
    command = [sys.executable, "-P", "-m", "streamlit", "run", str(script), *port_options, *context.args]
    if os.name == "nt":  # where exec returns to the shell at once
        raise typer.Exit(subprocess.call(command))
    os.execv(command[0], command)


def main() -> None:
    """Run the command line; a user's mistake gives one line on stderr, never a traceback."""
    escape_unencodable()
    warnings.filterwarnings("ignore", module="PIL")  # the project has messages of its own for bad pictures
    try:
        app(prog_name="covergenre")
    except CoverGenreError as error:
        print_error(error)
        sys.exit(1)
    except (KeyboardInterrupt, BrokenPipeError):
        sys.stderr.close()  # no message for whoever stopped it
        sys.exit(1)
    except Exception as error:
        if not isinstance(error, OSError) and not is_no_room(error):
            raise
        print_error(in_words(error))
        sys.exit(1)
