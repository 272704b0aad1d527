"""Helpers for AppTests: pages are opened, read and clicked without a browser."""

import re
import threading
from collections.abc import Callable
from html import unescape
from pathlib import Path

from streamlit.testing.v1 import AppTest
from workers import TIMEOUT

from covergenre.jobs import Job
from pages.widgets.watch import jobs

ROOT = Path(__file__).parents[2]


def open_app(page: str, **query: str | list[str]) -> AppTest:
    """The app opened at a URL of this page with these query parameters."""
    app = AppTest.from_file(ROOT / "streamlit_app.py", default_timeout=TIMEOUT)
    app.switch_page(f"pages/{page}/{page}.py")
    app.query_params.update(query)
    return app.run()


def single_page(page: str) -> AppTest:
    """A page without the app around it, before it is run."""
    return AppTest.from_file(ROOT / "pages" / page / f"{page}.py", default_timeout=TIMEOUT)


def page_text(app: AppTest) -> str:
    """All text on the page, without markup."""
    assert not app.exception
    kinds = (app.title, app.header, app.subheader, app.markdown, app.caption, app.info, app.error)
    return unescape(re.sub(r"<[^>]*>", " ", "\n".join(element.value for kind in kinds for element in kind)))


def click(app: AppTest, label: str) -> AppTest:
    """Click the first button with this label."""
    return next(button for button in app.button if button.label == label).click().run()


def press(app: AppTest, key: str) -> AppTest:
    return app.button(key=key).click().run()


def query_param(app: AppTest, name: str) -> list[str]:
    """The values of a query parameter of the page's address."""
    values = app.query_params.get(name, [])
    return [values] if isinstance(values, str) else list(values)


def pending_job(name: str, about: int = 0, result: object = None) -> tuple[Job, Callable[[], None]]:
    """A job of this name, and a function that ends it; the job runs until that is called, and then returns `result`."""
    go_on = threading.Event()
    job = jobs().start(name, "Working", lambda monitor: go_on.wait(TIMEOUT) and result, about)

    def end() -> None:
        go_on.set()
        job.wait(TIMEOUT)

    return job, end
