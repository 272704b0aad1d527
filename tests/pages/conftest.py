"""Predictions and neighbours made by hand."""

from collections.abc import Callable
from dataclasses import replace

import pytest
import streamlit as st
from drawing import cover

from covergenre.images import signature
from covergenre.predict import Failure, Neighbour, Prediction
from pages.predict.answers import Answer

_NEIGHBOUR = Neighbour(
    source="spotify",
    id="4aoy2NnmDpWvjWi9taOHYe",
    genre="jazz",
    part="train",
    artist="Ada Lane",
    album="Blue Hours",
    year=1961,
    similarity=0.876,
    path=None,
    page_url="https://open.spotify.com/album/4aoy2NnmDpWvjWi9taOHYe",
    image_url="https://i.scdn.co/image/ab67",
    signature=signature(cover("jazz")),
)


@pytest.fixture(autouse=True)
def fresh_server():
    """What one test's server has cached is not there for the next."""
    st.cache_resource.clear()
    st.cache_data.clear()


@pytest.fixture
def neighbour() -> Callable[..., Neighbour]:
    """A neighbour with all fields known; `fields` replaces some of them."""
    return lambda **fields: replace(_NEIGHBOUR, **fields)


@pytest.fixture
def prediction(neighbour) -> Callable[..., Prediction]:
    """A prediction with these shares of the method that counts, the likeliest first; the other method says the same."""

    def make(shares: dict[str, float] | None = None, **fields) -> Prediction:
        shares = shares or {"jazz": 0.72, "pop": 0.2, "edm": 0.08}
        made = Prediction(
            name="cover.jpg",
            genre=next(iter(shares)),
            probabilities=shares,
            answers={"Logistic regression": shares, "Nearest neighbours": shares},
            neighbours=(neighbour(),),
            seen=None,
            unfamiliar=0.3,
            seconds=0.1,
        )
        return replace(made, **fields)

    return make


@pytest.fixture
def answer(prediction) -> Callable[..., Answer]:
    """The answer to a cover that could be read."""
    return lambda **fields: Answer(prediction(**fields), "data:image/jpeg;base64,AAAA")


@pytest.fixture
def failure() -> Callable[..., Answer]:
    """The answer to a file that could not be read."""
    return lambda name="notes.jpg", error="this file is not a picture": Answer(Failure(name, error), "")
