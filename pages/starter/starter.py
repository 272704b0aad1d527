"""The starter's card: what the predictions stand on, how often they are right, and what the figures don't say."""

import streamlit as st

from covergenre.dataset.starter import Card, MethodCard, open_starter
from covergenre.errors import BadRun
from covergenre.formatting import percent
from pages.widgets import model_card
from pages.widgets.safe_text import plain, sentence


@st.cache_resource(show_spinner=False)
def read_card() -> tuple[Card, list[str]]:
    """The card, and the sources that name no artists; read once."""
    starter = open_starter()
    named = starter.covers["artist"].ne("").groupby(starter.covers["source"]).any()
    return starter.card, named.index[~named].tolist()


def show_figures(card: Card) -> None:
    """How often it is right: where the source is new, in all, by genre, by source."""
    st.header("How often it is right", anchor=False)
    if new := model_card.by_new_source(card):
        st.markdown("**On a source it never saw**")
        st.markdown(new, unsafe_allow_html=True)
        st.caption(
            "Each source was left out of learning in turn and asked about, its covers of genres that other sources "
            "have, too. Covers of your own come from a new source: this is what to expect of them."
        )
        st.markdown("**On sources it learned from**")
    st.markdown(model_card.figures(card), unsafe_allow_html=True)
    st.caption(
        "The range beside a figure, drawn as a line below it, holds the true value with 95 % confidence. The "
        "ensemble joins the methods beside it, calibrated anew."
    )
    if card.words:
        st.markdown("**What reading words adds**")
        st.markdown(model_card.by_words(card), unsafe_allow_html=True)
        st.caption(
            f"Words can be read on {percent(card.words.readable)} of the test covers. Most of what they tell is who "
            "performs, so they help most where a performer is known."
        )
    with st.container(horizontal=True, vertical_alignment="bottom", horizontal_alignment="distribute"):
        st.header("By genre", anchor=False, width="content")
        method = choose_method(card)
    st.markdown(model_card.by_genre(method.test), unsafe_allow_html=True)
    st.caption(
        "Precision: of the covers it calls jazz, how many are jazz. Recall: of the jazz covers, how many it calls "
        "jazz. F1 is high only where both are."
    )
    st.header("By source", anchor=False)
    st.markdown(model_card.by_source(card), unsafe_allow_html=True)


def choose_method(card: Card) -> MethodCard:
    """The method whose figures by genre are shown."""
    titles = {method.name: plain(method.title) for method in card.methods}
    name = st.segmented_control(
        "Method",
        sorted(titles, key=lambda name: name != card.default),
        default=card.default,
        format_func=titles.get,
        required=True,
        key="card_method",
        label_visibility="collapsed",
    )
    return next(method for method in card.methods if method.name == name)


def show_making(card: Card, nameless: list[str]) -> None:
    """What it was made from, and how."""
    st.header("What it was made from", anchor=False)
    st.markdown(model_card.made_from(card), unsafe_allow_html=True)
    st.caption(model_card.left_out(card))
    honest, unsaid = st.columns(2, gap="large")
    with honest:
        st.header("Why the figures can be believed", anchor=False)
        st.markdown("\n\n".join(model_card.honesty(card)))
    with unsaid:
        st.header("What they don't say", anchor=False)
        st.markdown("\n\n".join(model_card.limits(card, nameless)))
    built = f"Built {plain(card.built)} with seed {card.seed}."
    st.caption(f"{built} It holds no artwork: of each cover only its vector and 54 bytes of colour.")


with st.container(key="page"):
    st.title("The starter", anchor=False)
    try:
        card, nameless = read_card()
    except BadRun as error:
        st.error(sentence(str(error)), title="The starter can't be opened")
        st.stop()
    with st.container(key="lead"):
        st.markdown(model_card.lead(card))
    show_figures(card)
    show_making(card, nameless)
