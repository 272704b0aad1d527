"""Takes README's screenshot of Predict: the first example with its answer, whose words are stored in the file.

    python -m benchmarks.picture

Writes docs/predict.png. A test compares the words in the file with what the app says now. Chromium and playwright are
needed.
"""

import io
import json
from collections.abc import Sequence
from pathlib import Path

from PIL import Image
from PIL.PngImagePlugin import PngInfo

from benchmarks.examples import said_of
from benchmarks.pages import apps, browser, settle
from covergenre.demo import EXAMPLES
from covergenre.predict import Predictor
from pages.widgets.verdict import verdict

ROOT = Path(__file__).resolve().parents[1]
PICTURE = ROOT / "docs" / "predict.png"
_SIZE = {"width": 1280, "height": 1000}


def main() -> None:
    """Take the picture."""
    with browser() as chromium, apps([ROOT]) as (address,):
        page = chromium.new_page(viewport=_SIZE, color_scheme="light")
        page.goto(address)
        page.locator('[class*="st-key-example-"] button').first.click()
        page.locator(".st-key-tiles-nearest .press").first.wait_for()
        page.mouse.move(0, 0)
        settle(page)
        shown = page.locator(".st-key-verdict").inner_text()
        taken = Image.open(io.BytesIO(page.screenshot()))
    words = words_now()
    missing = [each for each in words if each not in shown]
    if missing:
        raise SystemExit(f"the page does not say {missing}")
    told = PngInfo()
    told.add_text("words", json.dumps(words))
    taken.convert("P", palette=Image.Palette.ADAPTIVE).save(PICTURE, pnginfo=told, optimize=True)
    print(f"{PICTURE.relative_to(ROOT)}: {words}")


def words_on(picture: Path = PICTURE) -> Sequence[str]:
    """The words that can be read on a picture that this took."""
    with Image.open(picture) as image:
        return json.loads(image.text.get("words", "[]"))


def words_now() -> Sequence[str]:
    """What the app says of the first example: the large words, and how often such answers are right."""
    (answer,) = said_of(Predictor.open(), EXAMPLES[:1]).values()
    said = verdict(answer)
    return [said.heading, *([said.trust.words] if said.trust else [])]


if __name__ == "__main__":
    main()
