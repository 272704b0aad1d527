"""Why a cover got its answer: a sentence, the place in the picture it comes from, and the covers that voted."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import streamlit as st
from PIL import Image, ImageChops, ImageEnhance, ImageFilter

from covergenre import images
from covergenre.describe import sentence, traits
from covergenre.explain import Evidence, Saliency, Vote, evidence, saliency
from covergenre.formatting import listed, percent
from covergenre.predict import Prediction, Predictor
from pages.predict.answers import Cover
from pages.widgets.genres import display, inline
from pages.widgets.pictures import pictures_wanted
from pages.widgets.safe_text import plain, tidy
from pages.widgets.thumbnails import data_address
from pages.widgets.tiles import show_links

STYLESHEET = Path(__file__).parent / "why.css"

_SHOWN_SIDE = 480
_CHOICES = 4  # genres to ask about
_WORTH_SHOWING = 0.02  # of the votes
_OUTLINE = "#f0a27f"
_FAINT = 0.3  # what is left of the light where nothing is marked


@st.fragment
def show_why(predictor: Predictor, run: str, cover: Cover, prediction: Prediction) -> None:
    """The section "Why" of an answer; `run` names the predictor, for what is kept of it."""
    st.html(STYLESHEET)
    st.subheader("Why", anchor=False)
    st.markdown(plain(said(cover.digest, prediction, cover.data), 400))
    place, votes = st.columns([2, 3], gap="large")
    with place, st.container(key="place"):
        show_place(predictor, run, cover, prediction)
    with votes, st.container(key="votes"):
        show_votes(predictor, run, cover)


def show_place(predictor: Predictor, run: str, cover: Cover, prediction: Prediction) -> None:
    """Where in the picture the answer comes from, once it is asked for."""
    st.markdown("**Where in the picture**")
    wanted = st.toggle(
        "Show it",
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
        found = find_place(run, cover.digest, predictor, cover.data)
    marked = mark(images.decode_once(cover.data).image, found, genre, share)
    called = inline(plain(genre))
    st.image(
        data_address(images.thumbnail(marked, _SHOWN_SIDE)),
        width="stretch",
        alt=f"The cover; the parts that count most for {tidy(genre, 24)} are brightly lit",
    )
    st.caption(f"Brightly lit: the {percent(share)} of the cover that counts most for {called}.")


def show_votes(predictor: Predictor, run: str, cover: Cover) -> None:
    """The known covers that voted, by the genres that compete."""
    found = find_votes(run, cover.digest, predictor, cover.data)
    st.markdown("**Which covers voted**")
    if found is None:
        st.caption("This method does not look up covers when it answers: it learned from all of them in training.")
        return
    st.caption(summary(found))
    load = pictures_wanted()
    for number, (genre, votes) in enumerate(found.pulls.items()):
        if found.shares[genre] >= _WORTH_SHOWING:
            st.markdown(pull(genre, found.shares[genre], votes))
            show_links([vote.cover for vote in votes], load, run, f"votes{number}")


def summary(evidence: Evidence) -> str:
    """How many voted and for what, in a sentence (Markdown)."""
    shares = [
        f"{inline(plain(genre))} {percent(share)}"
        for genre, share in evidence.shares.items()
        if share >= _WORTH_SHOWING
    ]
    return (
        f"The {evidence.voters} nearest covers learned from vote, the more similar the louder: {listed(shares)}. "
        "The probabilities of the nearest neighbours are these votes, calibrated on held-out covers."
    )


def pull(genre: str, share: float, votes: Sequence[Vote]) -> str:
    """What the covers shown for a genre have to say (Markdown)."""
    loud = sum(vote.share for vote in votes)
    return f"Towards {inline(plain(genre))}: {percent(share)} of the votes, these {len(votes)} alone {percent(loud)}"


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
def find_place(run: str, digest: str, _predictor: Predictor, _data: bytes) -> Saliency:  # noqa: ARG001 (keys)
    """Where the answer comes from, found once."""
    return saliency(_predictor, images.decode_once(_data).image)


@st.cache_data(max_entries=64, show_spinner=False)
def find_votes(run: str, digest: str, _predictor: Predictor, _data: bytes) -> Evidence | None:  # noqa: ARG001 (keys)
    """Who voted, found once."""
    return evidence(_predictor, images.decode_once(_data).image, each=4)
