"""The app: its settings, its logo and the way to its pages. Start it with `streamlit run streamlit_app.py`.

Streamlit reads this file twice: as a module when the server starts, and as a script at every run of a page.
"""

from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import RedirectResponse
from starlette.routing import Route
from streamlit.runtime.pages_manager import PagesManager

from covergenre.api.hosts import OnlyKnownHosts
from covergenre.api.pictures import picture_routes
from covergenre.api.routes import routes
from pages.widgets.history import keep_history

STYLE = Path(__file__).parent / "pages" / "widgets"


def show() -> None:
    """One run of the page that the address names."""
    st.set_page_config(page_icon=(STYLE / "icon.svg").read_text(encoding="utf-8"), layout="wide")
    st.logo((STYLE / "logo.svg").read_text(encoding="utf-8"), size="large")
    st.html(STYLE / "style.css")

    page = st.navigation(
        [
            st.Page(
                "pages/predict/predict.py",
                title="Predict",
                icon=":material/album:",
                default=True,
                help="Drop album covers: their likely genres, and the albums that look most like them.",
            ),
            st.Page(
                "pages/browse/browse.py",
                title="Browse",
                icon=":material/grid_view:",
                help="Walk from cover to similar cover, meet the genres, and see all known covers on a map.",
            ),
            st.Page(
                "pages/explore/explore.py",
                title="Explore",
                icon=":material/troubleshoot:",
                help="A data set of covers: what is in it, what is wrong with it, and how to mend that.",
            ),
            st.Page(
                "pages/train/train.py",
                title="Train",
                icon=":material/model_training:",
                help="Teach a method on your covers: start it, follow it, and see what came of it.",
            ),
            st.Page(
                "pages/compare/compare.py",
                title="Compare",
                icon=":material/balance:",
                help="Finished runs side by side: which is better, whether it truly is, and on which covers.",
            ),
            st.Page(
                "pages/starter/starter.py",
                title="The starter",
                icon=":material/fact_check:",
                help="What the predictions stand on: the covers, how often the answer is right, and what is missing.",
            ),
        ],
        position="top",
    )
    st.set_page_config(page_title=f"{page.title} · covergenre")
    keep_history()
    page.run()


def to_start(request: Request) -> RedirectResponse:
    """Predict is the page at the root; who asks for it by name gets there, too."""
    return RedirectResponse(request.url.replace(path="/"))


if __name__ == "__main__":
    show()
else:  # the server itself, as it starts
    # Until `st.navigation` has run once, Streamlit takes the files right in pages/ for the pages. There are none, and
    # so it would tell the first visitor of a page's own address that there is no such page.
    PagesManager.uses_pages_directory = False
    app = st.App(
        __file__,
        routes=[Route("/predict", to_start), *routes(), *picture_routes()],
        middleware=[Middleware(OnlyKnownHosts)],
    )
