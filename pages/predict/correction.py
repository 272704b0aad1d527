"""A user tells what a cover is: kept as a data set of his own, ready to train on, and undone by the same click."""

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
    """Draw the genres to choose from, and what became of the choice."""
    told, key = corrections.genre_of(cover.data), f"truth-{cover.digest}"
    with st.container(key="truth", gap="xsmall"):
        st.pills(
            "Wrong? Say what it is",
            list(dict.fromkeys([*sorted({*predictor.genres, *GENRES}), *([told] if told else [])])),
            default=told or None,
            format_func=lambda genre: display(tidy(genre, 24)),
            key=key,
            on_change=_tell,
            args=(cover, key),
            help="The cover is copied into a data set of your own, to train on. Press the genre again to undo it.",
        )
        if wrong := st.session_state.pop("not_corrected", ""):
            st.error(sentence(wrong))
        if kept := st.session_state.get("corrected") if told else None:
            _show_kept(kept, told)


def _show_kept(kept: corrections.Correction, genre: str) -> None:
    """Where the cover is now, and the way to train on it."""
    counts = listed([f"{count} {inline(plain(each, 24))}" for each, count in kept.counts.items()])
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f"Kept as {inline(plain(genre))} in {plain(kept.dataset)}: {counts}.", width="content")
        if len(kept.counts) > 1:
            st.page_link(
                TRAIN,
                label=f"Train on {plain(kept.dataset)}",
                icon=":material/model_training:",
                query_params={"dataset": kept.dataset},
            )
        else:
            st.caption("With covers of a second genre you can train on it.", width="content")


def _tell(cover: Cover, key: str) -> None:
    """A genre was chosen, or the one that was chosen before was taken back."""
    genre = st.session_state[key]
    try:
        if genre:
            st.session_state.corrected = corrections.save(cover.data, cover.name, genre)
        else:
            corrections.remove(cover.data)
    except (CoverGenreError, OSError) as error:
        st.session_state.not_corrected = in_words(error)
