"""Crop and straighten a photographed cover, and predict it again."""

from pathlib import PurePath

import streamlit as st
from PIL import Image

from covergenre import images
from covergenre.predict.saved_queries import Cover
from pages.predict import session
from pages.widgets.safe_text import tidy
from pages.widgets.thumbnails import data_address

_SHOWN_SIDE = 320
_WHOLE = (0, 100)
_MOST_TURNED = 20.0  # degrees
_LEAST_SIDE = 10  # per cent of the picture


def show_crop(cover: Cover) -> None:
    """Draw the menu with the tools."""
    with st.popover("Crop", icon=":material/crop_rotate:"):
        _tools(cover)


def cut(image: Image.Image, turn: float, across: tuple[int, int], down: tuple[int, int]) -> Image.Image:
    """The part of a picture, rotated clockwise by `turn` degrees, between two positions each way, in per cent."""
    straight = image.rotate(-turn, Image.Resampling.BICUBIC, fillcolor=_edge(image)) if turn else image
    (left, right), (top, bottom) = (_apart(*pair) for pair in (across, down))
    width, height = straight.size
    return straight.crop((width * left // 100, height * top // 100, width * right // 100, height * bottom // 100))


@st.fragment
def _tools(cover: Cover) -> None:
    key = cover.digest
    turn = st.slider("Rotate", -_MOST_TURNED, _MOST_TURNED, 0.0, 0.5, format="%.1f°", key=f"turn-{key}")
    across = st.slider("Horizontal", *_WHOLE, _WHOLE, format="%d %%", key=f"across-{key}")
    down = st.slider("Vertical", *_WHOLE, _WHOLE, format="%d %%", key=f"down-{key}")
    part = cut(images.decode_once(cover.data).image, turn, across, down)
    st.image(data_address(images.thumbnail(part, _SHOWN_SIDE)), alt=f"The cropped {tidy(cover.name)}")
    untouched = not turn and (across, down) == (_WHOLE, _WHOLE)
    if st.button("Predict this part", type="primary", disabled=untouched, key=f"cut-{key}"):
        st.session_state.uploader += 1  # a new uploader, so that it does not list another cover
        session.show([Cover.of(f"{PurePath(cover.name).stem}, cropped.png", images.png(part))])
        st.rerun()


def _apart(start: int, end: int) -> tuple[int, int]:
    """The two positions, far enough apart for a picture."""
    start = min(start, 100 - _LEAST_SIDE)
    return start, max(end, start + _LEAST_SIDE)


def _edge(image: Image.Image) -> tuple[int, ...]:
    """The mean colour, which fills the corners that a rotation leaves empty."""
    return tuple(image.convert("RGB").resize((1, 1), Image.Resampling.BOX).tobytes())
