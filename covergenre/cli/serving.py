"""app: the app in a browser."""

import os
import subprocess
import sys
from typing import Annotated

import typer

from covergenre import home
from covergenre.cli.options import option

Port = Annotated[int | None, option("Where the app listens.", shown="8501", min=1, max=65535)]

app = typer.Typer()


@app.command(name="app", context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def start(context: typer.Context, port: Port = None) -> None:
    """Start the app and open it in a browser; all other options go to streamlit run.

    Example: covergenre app --server.headless true
    """
    port_options = [] if port is None else ["--server.port", str(port)]
    script = home.project() / "streamlit_app.py"
    # With -P, nothing in the current folder passes for one of the app's modules.
    command = [sys.executable, "-P", "-m", "streamlit", "run", str(script), *port_options, *context.args]
    if os.name == "nt":  # there, a program can't take the place of another
        raise typer.Exit(subprocess.call(command))
    os.execv(command[0], command)
