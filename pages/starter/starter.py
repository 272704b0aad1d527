"""The starter's card: the data behind the predictions, how accurate they are, and what the figures don't say."""

import streamlit as st

from covergenre.dataset.starter import Card, MethodCard, open_starter
from covergenre.errors import BadRun
from covergenre.formatting import percent
from pages.widgets import model_card
from pages.widgets.safe_text import plain, sentence


@st.cache_resource(show_spinner=False)
def read_card() -> tuple[Card, list[str]]:
    """The card, and the sources without artists; read once."""
    starter = open_starter()
    named = starter.covers["artist"].ne("").groupby(starter.covers["source"]).any()
    return starter.card, named.index[~named].tolist()


def show_figures(card: Card) -> None:
    """The accuracy on new sources, on known ones, by genre and by source."""
    st.header("Accuracy", anchor=False)
    if new := model_card.by_new_source(card):
        st.markdown("**On new sources**")
        st.markdown(new, unsafe_allow_html=True)
        st.caption(
            "Each source in turn is held out from training and tested, on the genres that other sources have, too. "
            "Your covers come from a new source: expect these figures for them."
        )
        st.markdown("**On known sources**")
    st.markdown(model_card.figures(card), unsafe_allow_html=True)
    st.caption(
        "Ranges are 95 % confidence intervals, drawn as lines below the figures. The ensemble combines the other "
        "methods and is calibrated again."
    )
    if card.words:
        st.markdown("**What reading words adds**")
        st.markdown(model_card.by_words(card), unsafe_allow_html=True)
        st.caption(
            f"{percent(card.words.readable)} of the test covers have readable words. They mostly name the performer, "
            "so they help most if the performer is known."
        )
    with st.container(horizontal=True, vertical_alignment="bottom", horizontal_alignment="distribute"):
        st.header("By genre", anchor=False, width="content")
        method = choose_method(card)
    st.markdown(model_card.by_genre(method.test), unsafe_allow_html=True)
    st.caption(
        "Precision: the share of covers predicted as jazz that are jazz. Recall: the share of jazz covers predicted as "
        "jazz. F1 is high only if both are."
    )
    st.header("By source", anchor=False)
    st.markdown(model_card.by_source(card), unsafe_allow_html=True)


def choose_method(card: Card) -> MethodCard:
    """Draw the choice of the method whose figures by genre are shown."""
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
    """The data, how the figures were made, and what they don't say."""
    st.header("The data", anchor=False)
    st.markdown(model_card.made_from(card), unsafe_allow_html=True)
    st.caption(model_card.left_out(card))
    honest, unsaid = st.columns(2, gap="large")
    with honest:
        st.header("Why you can trust the figures", anchor=False)
        st.markdown("\n\n".join(model_card.honesty(card)))
    with unsaid:
        st.header("What the figures don't say", anchor=False)
        st.markdown("\n\n".join(model_card.limits(card, nameless)))
    built = f"Built {plain(card.built)} with seed {card.seed}."
    st.caption(f"{built} It contains no artwork, only a vector and 54 bytes of colours for each cover.")


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
