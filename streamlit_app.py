"""The app: its settings, its logo and the way to its pages. Start it with `streamlit run streamlit_app.py`.

Streamlit reads this file twice: as a module when the server starts, and as a script at every run of a page.
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
            "Drop album covers: their likely genres, and the albums that look most like them.",
            "What does this cover sound like?",
        ),
    ),
    "browse": (
        "grid_view",
        PageDescription(
            "Browse",
            "Walk from cover to similar cover, meet the genres, and see all known covers on a map.",
            "Browse the covers",
        ),
    ),
    "explore": (
        "troubleshoot",
        PageDescription(
            "Explore",
            "A data set of covers: what is in it, what is wrong with it, and how to mend that.",
            "Explore a data set and repair it",
        ),
    ),
    "train": (
        "model_training",
        PageDescription(
            "Train",
            "Teach a method on your covers: start it, follow it, and see what came of it.",
            "Train on your covers",
        ),
    ),
    "compare": (
        "balance",
        PageDescription(
            "Compare",
            "Finished runs side by side: which is better, whether it truly is, on which covers.",
            "Which run is better?",
        ),
    ),
    "starter": (
        "fact_check",
        PageDescription(
            "The starter",
            "What the predictions stand on: the covers, how often the answer is right, what is missing.",
            "The starter",
        ),
    ),
}
"""The pages by the name in their address: an icon, what each is called, what is said of it, and its heading."""

EARLY = (
    *("BidiComponent", "Button", "ButtonGroup", "FileUploader", "Html", "Pagination", "Selectbox", "TextField"),
    *("TextInput", "WidgetLabel", "purify.es", "recordbatch", "rehype-raw", "serialization"),
)
"""Scripts of Streamlit that nearly every page needs before it looks as it will."""


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
    """Predict is the page at the root; who asks for it by name gets there, too."""
    return RedirectResponse(request.url.replace(path="/"))


def robots(_: Request) -> PlainTextResponse:
    """What search engines may look at: the pages, but no answers, pictures or choices."""
    return PlainTextResponse("User-agent: *\nDisallow: /*?\nDisallow: /pictures/\nDisallow: /api/\n")


def documents() -> dict[str, PageDescription]:
    """What is said of each page, by its path on the server."""
    told = {name: replace(page, title=titled(page.title)) for name, (_, page) in PAGES.items()}
    return {"/": told["predict"], **{f"/{name}": page for name, page in told.items() if name != "predict"}}


def head() -> str:
    """What every page has in its head: the styles, and what Streamlit would ask for only once it needs it."""
    folder = Path(st.__file__).parent / "static"
    files = (file for name in EARLY for file in sorted(folder.glob(f"static/js/{name}.*.js")))
    links = (f'<link rel="modulepreload" crossorigin href="./{file.relative_to(folder).as_posix()}">' for file in files)
    return f"<style>{stylesheet()}</style>{''.join(links)}"


def stylesheet() -> str:
    """The styles of all pages, nested so that they outweigh those of Streamlit, which come later.

    Those of a component, which stand beside its script, are for what is inside it alone.
    """
    files = [STYLE / "style.css", *sorted(STYLE.parent.rglob("*.css"))]
    ours = [file for file in dict.fromkeys((*files, *REPORT)) if not file.with_suffix(".js").exists()]
    return "html {\n" + "\n".join(file.read_text(encoding="utf-8") for file in ours) + "}"


def titled(title: str) -> str:
    """What a tab is called."""
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
