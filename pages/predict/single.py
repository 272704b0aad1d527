"""One prediction: the genre, how far to trust it, the probabilities and the most similar covers; more under "Why"."""

import io
from urllib.parse import urlencode

import streamlit as st
from PIL import Image

from covergenre.formatting import listed, percent
from covergenre.predict import Prediction, Predictor
from covergenre.predict.explain import Evidence
from covergenre.predict.saved_queries import Cover
from pages.browse.upload import upload_key
from pages.predict import session
from pages.predict.answers import Answer
from pages.predict.correction import show_correction
from pages.predict.cover_text import show_words
from pages.predict.crop import show_crop
from pages.predict.snippets import show_snippets
from pages.predict.why import find_votes, show_why
from pages.widgets import bars, verdict
from pages.widgets.collection_choice import KEY, collection_title
from pages.widgets.genres import css_colour, inline
from pages.widgets.pictures import choose_pictures
from pages.widgets.safe_text import plain, sentence
from pages.widgets.thumbnails import data_address, small
from pages.widgets.tiles import show_grid, tile

BROWSE = "pages/browse/browse.py"
SIZES = (8, 16, 24)
PREVIEW_SIDE = 720
_WORTH_NAMING = 0.1


@st.cache_data(max_entries=64, show_spinner=False)
def preview(digest: str, _data: bytes, name: str) -> str:  # noqa: ARG001 (the digest is a key)
    """The cover as the page shows it: HTML that contains the picture, so that its size is known at once."""
    jpeg = small(_data, PREVIEW_SIDE)
    width, height = Image.open(io.BytesIO(jpeg)).size
    alt = plain(f"The cover {name}", 120)
    return f'<img src="{data_address(jpeg)}" alt="{alt}" style="aspect-ratio: {width} / {height}">'


def show_single(cover: Cover, answer: Answer, predictor: Predictor, run: str) -> None:
    """One cover with its prediction, or why there is none."""
    prediction = answer.prediction
    if prediction is None:
        failed = f"{plain(cover.name)} could not be read"
        st.error(sentence(answer.error), title=failed, icon=":material/broken_image:")
        return
    left, right = st.columns([2, 3], gap="large")
    with left, st.container(key="cover"):
        st.markdown(preview(cover.digest, cover.data, cover.name), unsafe_allow_html=True)
        st.caption(plain(cover.name))
    with right:
        with st.container(key="verdict"):
            show_verdict(prediction, cover.drawn_as)
        show_words(prediction)
        st.markdown(bars.bars(prediction.probabilities), unsafe_allow_html=True)
        if predictor.card and predictor.card.missing:
            st.caption(verdict.not_a_choice(predictor.card.missing))
        show_correction(cover, predictor)
        with st.container(key="actions", horizontal=True, vertical_alignment="center", gap="small"):
            show_crop(cover)
            show_snippets(cover, run)
            st.button(
                "Delete",
                icon=":material/delete:",
                type="tertiary",
                on_click=session.delete_covers,
                help="The cover is saved for a while under the address in your browser, and anyone with the address "
                "can see it. This deletes it.",
            )
    show_nearest(cover, prediction, predictor, run)
    with st.container(key="why"):
        show_why(predictor, run, cover, prediction)


def show_verdict(prediction: Prediction, drawn_as: str) -> None:
    """The genre in large letters, and how far to trust it."""
    words = verdict.verdict(prediction)
    st.header(words.heading, anchor=False)
    if drawn_as:
        st.markdown(f"**{compare(prediction.genre, drawn_as)}**")
    st.markdown(words.explanation)
    if words.trust:
        with st.container(key="trust", horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown(verdict.dots(words.trust.tenths), unsafe_allow_html=True, width="content")
            st.markdown(words.trust.words, help=words.trust.counted, width="content")
    if prediction.note:
        st.caption(sentence(prediction.note))


def compare(genre: str, drawn_as: str) -> str:
    """What an example was drawn as, and whether the answer is right."""
    return f"Drawn as {inline(drawn_as)}: the answer is {'right' if genre == drawn_as else 'wrong'}."


@st.fragment
def show_nearest(cover: Cover, prediction: Prediction, predictor: Predictor, run: str) -> None:
    """The grid of the most similar covers with their votes; each, and the cover itself, can be opened in Browse."""
    with st.container(key="nearest-head", horizontal=True, vertical_alignment="bottom"):
        st.header("Most similar covers", anchor=False, width="stretch")
        size = st.segmented_control(
            "Number of similar covers",
            SIZES,
            default=SIZES[0],
            required=True,
            key="nearest",
            label_visibility="collapsed",
            persist_state="session",
        )
    found = find_votes(run, cover.digest, predictor, cover.data)
    if found:
        st.markdown(votes_strip(found), unsafe_allow_html=True)
    nearest = prediction.neighbours[:size]
    load = choose_pictures(nearest, "nearest")
    votes = found.votes if found else None
    tiles = [tile(each, load, votes, f"browse?{urlencode(browse_address(run, each.key))}") for each in nearest]
    if key := show_grid(tiles, "nearest", lambda _: None):
        st.switch_page(BROWSE, query_params=browse_address(run, key))
    if not st.session_state.unkept:
        own = browse_address(run, upload_key(st.query_params["answer"], session.open_index() or 0))
        st.page_link(BROWSE, label="Browse from this cover", icon=":material/explore:", query_params=own)


def browse_address(run: str, cover: str) -> dict[str, str]:
    """The parameters that open a cover in Browse, among the covers of `run`."""
    return {KEY: collection_title(run), "cover": cover}


def votes_strip(found: Evidence) -> str:
    """The votes by genre, in words and as a strip in the colours of the genres; HTML."""
    shares = [(plain(genre, 24), share) for genre, share in found.shares.items() if share > 0]
    named = [f"{inline(genre)} {percent(share)}" for genre, share in shares if share >= _WORTH_NAMING]
    parts = ((share, css_colour(genre), f"{inline(genre)} {percent(share)}") for genre, share in shares)
    return (
        f'<div class="votes">The {found.voters} most similar covers vote, weighted by similarity: '
        f"{listed(named)}.{bars.strip(parts)}</div>"
    )
