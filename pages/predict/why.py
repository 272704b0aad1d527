"""Why a cover got its answer: a sentence, the answer of each method, and the parts of the picture that count."""

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
    """The reasons for an answer, computed once the expander is opened; `run` names the predictor."""
    why = st.expander("Why", icon=":material/help:", key="why_open", on_change="rerun")
    if not why.open:
        return
    with why:
        st.markdown(plain(reason(cover.digest, prediction, cover.data), 400))
        st.markdown(methods(prediction), unsafe_allow_html=True)
        with st.container(key="place"):
            show_saliency(predictor, run, cover, prediction)


def methods(prediction: Prediction) -> str:
    """The probabilities of each method side by side, the one whose answer counts first; HTML, "" for one method."""
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
    """The parts of the picture that count most for a genre, computed on request."""
    shown = st.toggle(
        "Show which parts of the picture count",
        key="why_place",
        persist_state="session",
        help="Parts of the cover are blurred in turn. The more this weakens the answer, the more a part counts.",
    )
    if not shown:
        return
    genres = list(prediction.probabilities)[:_CHOICES]
    genre = st.pills(
        "Evidence for",
        genres,
        default=genres[0],
        required=True,
        format_func=lambda genre: display(tidy(genre, 24)),
        key=f"why_genre-{cover.digest}",
    )
    share = st.slider("Share of the picture to highlight", 5, 50, 20, 5, format="%d %%", key="why_share") / 100
    with st.spinner("Finding the parts that count"):
        found = find_saliency(run, cover.digest, predictor, cover.data)
    marked = mark(images.decode_once(cover.data).image, found, genre, share)
    called = inline(plain(genre))
    st.image(
        data_address(images.thumbnail(marked, _SHOWN_SIDE)),
        width="stretch",
        alt=f"The cover, with the parts that count most for {tidy(genre, 24)} highlighted",
    )
    st.caption(f"Highlighted: the {percent(share)} of the cover that counts most for {called}.")


def mark(image: Image.Image, saliency: Saliency, genre: str, share: float) -> Image.Image:
    """The cover with the part that counts most for a genre highlighted and the rest darkened."""
    small = images.shrink(image, _SHOWN_SIDE)
    region = Image.fromarray((255 * saliency.region(genre, share)).astype(np.uint8)).resize(small.size)
    region = region.point(lambda value: 255 * (value >= 128))
    dark = ImageEnhance.Brightness(small.convert("L").convert("RGB")).enhance(_FAINT)
    marked = Image.composite(small, dark, region)
    marked.paste(_OUTLINE, mask=ImageChops.difference(region.filter(ImageFilter.MaxFilter(5)), region))
    return marked


@st.cache_data(max_entries=64, show_spinner=False)
def reason(digest: str, prediction: Prediction, _data: bytes) -> str:  # noqa: ARG001 (the digest is the key)
    """The reason in a sentence."""
    return sentence(prediction, traits(images.decode_once(_data).image), inline)


@st.cache_data(max_entries=32, show_spinner=False)
def find_saliency(run: str, digest: str, _predictor: Predictor, _data: bytes) -> Saliency:  # noqa: ARG001 (keys)
    """The parts that count, computed once."""
    return saliency(_predictor, images.decode_once(_data).image)


@st.cache_data(max_entries=64, show_spinner=False)
def find_votes(run: str, digest: str, _predictor: Predictor, _data: bytes) -> Evidence | None:  # noqa: ARG001 (keys)
    """The votes, counted once."""
    return evidence(_predictor, images.decode_once(_data).image)
