"""Why a cover got its answer: a sentence, what each method says, and the place in the picture it comes from."""

import numpy as np
import streamlit as st
from PIL import Image, ImageChops, ImageEnhance, ImageFilter

from covergenre import images
from covergenre.formatting import percent
from covergenre.predict import Prediction, Predictor
from covergenre.predict.describe import sentence, traits
from covergenre.predict.explain import Evidence, Saliency, evidence, saliency
from covergenre.predict.saved_queries import Cover
from pages.widgets import bars
from pages.widgets.genres import display, inline
from pages.widgets.safe_text import plain, tidy
from pages.widgets.thumbnails import data_address

_SHOWN_SIDE = 480
_CHOICES = 4  # genres to ask about
_OUTLINE = "#f0a27f"
_FAINT = 0.3  # what is left of the light where nothing is marked


@st.fragment
def show_why(predictor: Predictor, run: str, cover: Cover, prediction: Prediction) -> None:
    """What is behind an answer, once it is asked for; `run` names the predictor, for what is kept of it."""
    why = st.expander("Why", icon=":material/help:", key="why_open", on_change="rerun")
    if not why.open:
        return
    with why:
        st.markdown(plain(said(cover.digest, prediction, cover.data), 400))
        st.markdown(methods(prediction), unsafe_allow_html=True)
        with st.container(key="place"):
            show_saliency(predictor, run, cover, prediction)


def methods(prediction: Prediction) -> str:
    """Each method's probabilities, side by side where there is room, in one order; HTML. "" when there is one method.

    The first is the one whose answer counts.
    """
    if len(prediction.answers) < 2:
        return ""
    first, *others = prediction.answers
    titles = {first: f"{plain(first)} (the answer)", **{other: plain(other) for other in others}}
    columns = (
        f"<section><strong>{titles[name]}</strong>{bars.bars(answer)}</section>"
        for name, answer in prediction.answers.items()
    )
    return f'<div class="methods">{"".join(columns)}</div>'


def show_saliency(predictor: Predictor, run: str, cover: Cover, prediction: Prediction) -> None:
    """Where in the picture the answer comes from, once it is asked for."""
    wanted = st.toggle(
        "Show where in the picture it comes from",
        key="why_place",
        persist_state="session",
        help="Parts of the cover are blurred one after another. The more the answer suffers, the more a part counts.",
    )
    if not wanted:
        return
    genres = list(prediction.probabilities)[:_CHOICES]
    genre = st.pills(
        "What speaks for",
        genres,
        default=genres[0],
        required=True,
        format_func=lambda genre: display(tidy(genre, 24)),
        key=f"why_genre-{cover.digest}",
    )
    share = st.slider("How much of the picture to mark", 5, 50, 20, 5, format="%d %%", key="why_share") / 100
    with st.spinner("Looking where it comes from"):
        found = find_saliency(run, cover.digest, predictor, cover.data)
    marked = mark(images.decode_once(cover.data).image, found, genre, share)
    called = inline(plain(genre))
    st.image(
        data_address(images.thumbnail(marked, _SHOWN_SIDE)),
        width="stretch",
        alt=f"The cover; the parts that count most for {tidy(genre, 24)} are brightly lit",
    )
    st.caption(f"Brightly lit: the {percent(share)} of the cover that counts most for {called}.")


def mark(image: Image.Image, saliency: Saliency, genre: str, share: float) -> Image.Image:
    """The cover with the part that speaks most for a genre in full light and the rest in the dark."""
    shown = images.shrink(image, _SHOWN_SIDE)
    region = Image.fromarray((255 * saliency.region(genre, share)).astype(np.uint8)).resize(shown.size)
    region = region.point(lambda value: 255 * (value >= 128))
    dark = ImageEnhance.Brightness(shown.convert("L").convert("RGB")).enhance(_FAINT)
    marked = Image.composite(shown, dark, region)
    marked.paste(_OUTLINE, mask=ImageChops.difference(region.filter(ImageFilter.MaxFilter(5)), region))
    return marked


@st.cache_data(max_entries=64, show_spinner=False)
def said(digest: str, prediction: Prediction, _data: bytes) -> str:  # noqa: ARG001 (the digest is the key)
    """The sentence."""
    return sentence(prediction, traits(images.decode_once(_data).image), inline)


@st.cache_data(max_entries=32, show_spinner=False)
def find_saliency(run: str, digest: str, _predictor: Predictor, _data: bytes) -> Saliency:  # noqa: ARG001 (keys)
    """Where the answer comes from, found once."""
    return saliency(_predictor, images.decode_once(_data).image)


@st.cache_data(max_entries=64, show_spinner=False)
def find_votes(run: str, digest: str, _predictor: Predictor, _data: bytes) -> Evidence | None:  # noqa: ARG001 (keys)
    """Who voted, found once."""
    return evidence(_predictor, images.decode_once(_data).image)
