"""How a program gets the prediction on screen: from the shell, from Python and over HTTP."""

import json
import os
import shlex

import streamlit as st

from covergenre.api.routes import SWITCH
from covergenre.predict import STARTER
from covergenre.predict.saved_queries import Cover


def show_snippets(cover: Cover, run: str) -> None:
    """Draw the menu with the snippets."""
    with st.popover("Use the API", icon=":material/code:"):
        st.markdown("Get this prediction from a program:")
        shell, python, http = snippets(cover.name, run, st.context.url or "http://localhost:8501")
        st.code(shell, language="bash")
        st.code(python, language="python")
        st.code(http, language="bash")
        if os.environ.get(SWITCH) != "1":
            st.caption(f"The HTTP API is off. Start the app with {SWITCH}=1 to turn it on.")


def snippets(name: str, run: str, address: str) -> tuple[str, str, str]:
    """The commands for the shell, for Python and for HTTP; `address` is that of the app."""
    file = shlex.quote(name.replace("\n", " "))
    base = address.split("?")[0].rstrip("/")
    shell = f"covergenre predict {file} --json" + ("" if run == STARTER else f" --run {shlex.quote(run)}")
    opened = "Predictor.open()" if run == STARTER else f"Predictor.open({run!r})"
    python = (
        "from pathlib import Path\nfrom covergenre.predict import Predictor\n\n"
        f"prediction = {opened}.predict(Path({json.dumps(name, ensure_ascii=False)}).read_bytes())\n"
        "print(prediction.genre, prediction.probabilities)"
    )
    asked = "" if run == STARTER else f"?run={run}"
    at = shlex.quote(f"@{name}".replace("\n", " "))
    kind = "-H 'Content-Type: application/octet-stream'"
    return shell, python, f"curl {kind} --data-binary {at} {shlex.quote(f'{base}/api/predict{asked}')}"
