"""Every page in its main states, light and dark, checked by axe."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from drawing import genre_folders
from visiting import wait_until_idle

from covergenre.dataset.registry import register
from covergenre.dataset.starter import open_starter

pytestmark = pytest.mark.browser

STREAMLITS_OWN = {
    "presentation-role-conflict": "the place to drop files has the role presentation and a name",
}
"""Rules that Streamlit's own widgets violate, with the reason; the pages cannot fix these."""

EXAMPLE = '[class*="st-key-example-"] button'
COVER = open_starter().covers["content_hash"].iloc[7][:16]
STATES = {
    "Predict": ("/",),
    "an answer, with why": ("/", EXAMPLE, ".st-key-why summary"),
    "covers": ("/browse",),
    "a cover": (f"/browse?cover={COVER}",),
    "portraits": ("/browse?view=Portraits",),
    "map": ("/browse?view=Map",),
    "basket": (f"/browse?view=Basket&keep={COVER}",),
    "overview": ("/explore?see=Overview",),
    "gallery": ("/explore?see=Gallery",),
    "findings": ("/explore?see=Findings",),
    "repair": ("/explore?see=Repair",),
    "Train": ("/train",),
    "Compare": ("/compare",),
    "The starter": ("/starter",),
}


@pytest.fixture(scope="module")
def server(serve, tmp_path_factory) -> str:
    """The app on a home with one data set."""
    folder = tmp_path_factory.mktemp("accessible")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COVERGENRE_HOME", str(folder / "home"))
        register("mine", genre_folders(folder / "covers", ("jazz", "rap"), 10))
    return serve(folder / "home")


@pytest.mark.parametrize("state", STATES)
def test_axe_reports_no_violations_of_our_own(visit, state):
    path, *clicks = STATES[state]
    page = visit(path)
    for click in clicks:
        page.locator(click).first.click()
        page.locator(".gallery li").first.wait_for()
        wait_until_idle(page)
    found = []  # by night only the colours are others
    for scheme, rules in {"light": {}, "dark": {"runOnly": ["color-contrast", "link-in-text-block"]}}.items():
        page.emulate_media(color_scheme=scheme)
        page.wait_for_function(
            "scheme => getComputedStyle(document.querySelector('.stApp')).colorScheme === scheme", arg=scheme
        )
        wait_until_idle(page)
        found += [
            (scheme, rule["id"], node["html"][:200])
            for rule in Axe().run(page, options={"resultTypes": ["violations"], **rules}).response["violations"]
            for node in rule["nodes"]
            if rule["id"] not in STREAMLITS_OWN
        ]
    assert found == []
