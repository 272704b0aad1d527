"""Pages as streamlit runs them, without a browser: opened, read and pressed."""

import re
import threading
from collections.abc import Callable
from html import unescape
from pathlib import Path

from at_work import LONGEST
from streamlit.testing.v1 import AppTest

from covergenre.jobs import Job
from pages.widgets.watch import jobs

ROOT = Path(__file__).parents[2]


def opened(page: str, **address: str | list[str]) -> AppTest:
    """The app as somebody finds it who comes by an address of this page."""
    app = AppTest.from_file(ROOT / "streamlit_app.py", default_timeout=LONGEST)
    app.switch_page(f"pages/{page}/{page}.py")
    app.query_params.update(address)
    return app.run()


def alone(page: str) -> AppTest:
    """A page without the app around it, before it is run."""
    return AppTest.from_file(ROOT / "pages" / page / f"{page}.py", default_timeout=LONGEST)


def said(app: AppTest) -> str:
    """All that is read on the page, without its markup."""
    assert not app.exception
    kinds = (app.title, app.header, app.subheader, app.markdown, app.caption, app.info, app.error)
    return unescape(re.sub(r"<[^>]*>", " ", "\n".join(element.value for kind in kinds for element in kind)))


def click(app: AppTest, label: str) -> AppTest:
    """Press the first button that is called so."""
    return next(button for button in app.button if button.label == label).click().run()


def press(app: AppTest, key: str) -> AppTest:
    return app.button(key=key).click().run()


def address(app: AppTest, name: str) -> list[str]:
    """What the page's address says under a name."""
    told = app.query_params.get(name, [])
    return [told] if isinstance(told, str) else list(told)


def held(name: str, about: int = 0, result: object = None) -> tuple[Job, Callable[[], None]]:
    """Work of this name that gives `result`, and what ends it: until that is called it is under way."""
    go_on = threading.Event()
    job = jobs().start(name, "Working", lambda monitor: go_on.wait(LONGEST) and result, about)

    def end() -> None:
        go_on.set()
        job.wait(LONGEST)

    return job, end
