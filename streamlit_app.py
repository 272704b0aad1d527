"""The app: its settings, logo and pages. Start it with `streamlit run streamlit_app.py`.

Streamlit reads this file as a module when the server starts, and as a script at every run of a page.
"""

from dataclasses import replace
from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse
from starlette.routing import Route
from streamlit.runtime.pages_manager import PagesManager

from covergenre.api import connection_limits
from covergenre.api.frontend import FrontendMiddleware, PageDescription
from covergenre.api.hosts import AllowedHosts
from covergenre.api.pictures import picture_routes
from covergenre.api.routes import routes
from covergenre.report import STYLES as REPORT
from pages.widgets.history import keep_history
from pages.widgets.training import show_training

STYLE = Path(__file__).parent / "pages" / "widgets"

PAGES = {
    "predict": (
        "album",
        PageDescription(
            "Predict",
            "Upload album covers to see their likely genres and the most similar albums.",
            "What does this cover sound like?",
        ),
    ),
    "browse": (
        "grid_view",
        PageDescription(
            "Browse",
            "Go from cover to similar cover, see what genres look like, and all known covers on a map.",
            "Browse the covers",
        ),
    ),
    "explore": (
        "troubleshoot",
        PageDescription(
            "Explore",
            "See what is in a data set of covers and what is wrong with it, and repair it.",
            "Explore a data set and repair it",
        ),
    ),
    "train": (
        "model_training",
        PageDescription(
            "Train",
            "Train a method on your covers, follow its progress, and see the results.",
            "Train on your covers",
        ),
    ),
    "compare": (
        "balance",
        PageDescription(
            "Compare",
            "Compare finished runs: which is better, whether the difference is real, and on which covers.",
            "Which run is better?",
        ),
    ),
    "starter": (
        "fact_check",
        PageDescription(
            "The starter",
            "The data behind the predictions, how accurate they are, and what is missing.",
            "The starter",
        ),
    ),
}
"""The pages by the name in their address: icon, title, description and heading."""

EARLY = (
    *("BidiComponent", "Button", "ButtonGroup", "FileUploader", "Html", "Pagination", "Selectbox", "TextField"),
    *("TextInput", "WidgetLabel", "purify.es", "recordbatch", "rehype-raw", "serialization"),
)
"""Scripts of Streamlit that nearly every page needs before it is complete."""


def show() -> None:
    """One run of the page that the address names."""
    st.set_page_config(page_icon=(STYLE / "icon.svg").read_text(encoding="utf-8"), layout="wide")
    st.logo((STYLE / "logo.svg").read_text(encoding="utf-8"), size="large")

    page = st.navigation(
        [
            st.Page(
                f"pages/{name}/{name}.py",
                title=page.title,
                icon=f":material/{icon}:",
                default=name == "predict",
                help=page.text,
            )
            for name, (icon, page) in PAGES.items()
        ],
        position="top",
    )
    st.set_page_config(page_title=titled(page.title))
    with keep_history():
        st.session_state.came_from = st.session_state.get("page", page.title)
        st.session_state.page = page.title
        if page.title != PAGES["train"][1].title:
            show_training()
        page.run()


def to_start(request: Request) -> RedirectResponse:
    """Predict is the page at the root, and can be asked for by name, too."""
    return RedirectResponse(request.url.replace(path="/"))


def robots(_: Request) -> PlainTextResponse:
    """Search engines may index the pages, but no answers, pictures or choices."""
    return PlainTextResponse("User-agent: *\nDisallow: /*?\nDisallow: /pictures/\nDisallow: /api/\n")


def documents() -> dict[str, PageDescription]:
    """The description of each page, by its path on the server."""
    pages = {name: replace(page, title=titled(page.title)) for name, (_, page) in PAGES.items()}
    return {"/": pages["predict"], **{f"/{name}": page for name, page in pages.items() if name != "predict"}}


def head() -> str:
    """The head of every page: the styles, and scripts that Streamlit would otherwise load late."""
    folder = Path(st.__file__).parent / "static"
    files = (file for name in EARLY for file in sorted(folder.glob(f"static/js/{name}.*.js")))
    links = (f'<link rel="modulepreload" crossorigin href="./{file.relative_to(folder).as_posix()}">' for file in files)
    return f"<style>{stylesheet()}</style>{''.join(links)}"


def stylesheet() -> str:
    """The styles of all pages, nested to outweigh those of Streamlit, which come later.

    Those of a component, which are beside its script, apply inside it alone.
    """
    files = [STYLE / "style.css", *sorted(STYLE.parent.rglob("*.css"))]
    ours = [file for file in dict.fromkeys((*files, *REPORT)) if not file.with_suffix(".js").exists()]
    return "html {\n" + "\n".join(file.read_text(encoding="utf-8") for file in ours) + "}"


def titled(title: str) -> str:
    """The title of a browser tab."""
    return f"{title} · covergenre"


if __name__ == "__main__":
    show()
else:  # the server itself, as it starts
    # Until `st.navigation` has run once, Streamlit takes the files right in pages/ for the pages. There are none, and
    # so it would tell the first visitor of a page's own address that there is no such page.
    PagesManager.uses_pages_directory = False
    connection_limits.install()
    app = st.App(
        __file__,
        routes=[Route("/predict", to_start), Route("/robots.txt", robots), *routes(), *picture_routes()],
        middleware=[Middleware(AllowedHosts), Middleware(FrontendMiddleware, pages=documents(), head=head())],
    )
