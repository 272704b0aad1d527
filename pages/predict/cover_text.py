"""What is written on a cover and which of it speaks for a genre; and whether to read it at all."""

import streamlit as st

from covergenre.ocr.networks import MODULE
from covergenre.packages import missing, remedy
from covergenre.predict import Prediction, Predictor
from covergenre.predict.describe import words_in_a_line
from pages.widgets.safe_text import plain, sentence


def words_wanted(predictor: Predictor) -> bool:
    """The switch for reading words, where the answer can count on them."""
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
        help="Names and titles count beside the picture. Switch it off to be answered from the picture alone.",
    )


def show_words(prediction: Prediction) -> None:
    """What was read, in a line, and all of it when it is unfolded; nothing where nobody read."""
    words = prediction.words
    if words is None:
        return
    if not words.lines:
        st.caption("No words could be read on this cover.")
        return
    with st.expander(plain(words_in_a_line(words), 160), icon=":material/match_case:"):
        st.markdown(f"Read on the cover: {plain(' / '.join(words.lines), 400)}")
        for line, genre, factor in words.spoken:
            st.markdown(f"- {plain(line, 80)}: alone it makes {plain(genre)} {factor:.1f} times as likely")
        if not words.spoken:
            st.markdown("None of it speaks for a genre.")
        if words.performer:
            st.markdown(f"Covers of {plain(words.performer, 80)} are known.")
