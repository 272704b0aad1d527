"""Correct a prediction: the cover is saved with its genre in a data set of one's own, to train on."""

import streamlit as st

from covergenre.errors import CoverGenreError, in_words
from covergenre.formatting import listed
from covergenre.predict import Predictor
from covergenre.predict.saved_queries import Cover
from covergenre.repair import corrections
from pages.widgets.genres import GENRES, display, inline
from pages.widgets.safe_text import plain, sentence, tidy

TRAIN = "pages/train/train.py"


def show_correction(cover: Cover, predictor: Predictor) -> None:
    """Draw the genres to choose from, and what was saved."""
    genre, key = corrections.genre_of(cover.data), f"truth-{cover.digest}"
    with st.container(key="truth", gap="xsmall"):
        st.pills(
            "Wrong? Choose the right genre",
            list(dict.fromkeys([*sorted({*predictor.genres, *GENRES}), *([genre] if genre else [])])),
            default=genre or None,
            format_func=lambda genre: display(tidy(genre, 24)),
            key=key,
            on_change=_save,
            args=(cover, key),
            help="Saves a copy of the cover in a data set of your own, to train on. Click the genre again to undo.",
        )
        if error := st.session_state.pop("not_corrected", ""):
            st.error(sentence(error))
        if saved := st.session_state.get("corrected") if genre else None:
            _show_saved(saved, genre)


def _show_saved(saved: corrections.Correction, genre: str) -> None:
    """Where the cover was saved, with a link to train on it."""
    counts = listed([f"{count} {inline(plain(each, 24))}" for each, count in saved.counts.items()])
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f"Saved as {inline(plain(genre))} in {plain(saved.dataset)}: {counts}.", width="content")
        if len(saved.counts) > 1:
            st.page_link(
                TRAIN,
                label=f"Train on {plain(saved.dataset)}",
                icon=":material/model_training:",
                query_params={"dataset": saved.dataset},
            )
        else:
            st.caption("Add covers of a second genre to train on it.", width="content")


def _save(cover: Cover, key: str) -> None:
    """Save the cover with the genre chosen, or remove it again."""
    genre = st.session_state[key]
    try:
        if genre:
            st.session_state.corrected = corrections.save(cover.data, cover.name, genre)
        else:
            corrections.remove(cover.data)
    except (CoverGenreError, OSError) as error:
        st.session_state.not_corrected = in_words(error)
