"""The words on a cover and the genres that they point to; the switch for reading them."""

import streamlit as st

from covergenre.ocr.networks import MODULE
from covergenre.packages import missing, remedy
from covergenre.predict import Prediction, Predictor
from covergenre.predict.describe import words_in_a_line
from pages.widgets.safe_text import plain, sentence


def words_wanted(predictor: Predictor) -> bool:
    """Draw the switch for reading words, if the predictor can use them; whether it is on."""
    if not predictor.weighs_words:
        return False
    if packages := missing([MODULE]):
        st.caption(sentence(remedy("reading words, so answers come from pictures alone", packages)))
        return False
    return st.toggle(
        "Read the words on covers",
        value=True,
        key="read_words",
        persist_state="session",
        help="Names and titles on the cover count, too. Turn this off to predict from the picture alone.",
    )


def show_words(prediction: Prediction) -> None:
    """A line on what was read, with all of it in an expander; nothing if nothing was to be read."""
    words = prediction.words
    if words is None:
        return
    if not words.lines:
        st.caption("No words found on this cover.")
        return
    summary = words_in_a_line(words)
    with st.expander(plain(f"{summary[:1].upper()}{summary[1:]}", 160), icon=":material/match_case:"):
        st.markdown(f"Read on the cover: {plain(' / '.join(words.lines), 400)}")
        for line, genre, factor in words.spoken:
            st.markdown(f"- {plain(line, 80)}: makes {plain(genre)} {factor:.1f} times as likely on its own")
        if not words.spoken:
            st.markdown("None of it points to a genre.")
        if words.performer:
            st.markdown(f"The training covers include {plain(words.performer, 80)}.")
