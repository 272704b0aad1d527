"""Pictures that visitors brought, kept for a while so that a link can lead to one of them.

The link holds the digest of the picture and nothing else. It leads there in the browser that brought the picture, after
a reload too; in any other it leads nowhere.
"""

import hashlib
import threading
from collections import OrderedDict
from dataclasses import dataclass
from itertools import cycle

import streamlit as st

_MOST = 128 * 2**20  # bytes of all of them
_COOKIE = "_streamlit_xsrf"
_MARK = "own-"


@dataclass(frozen=True)
class Brought:
    """A picture somebody brought: the name and the bytes of its file, and their digest."""

    name: str
    data: bytes
    digest: str

    @property
    def key(self) -> str:
        """What it goes by where known covers go by `Neighbour.key`."""
        return f"{_MARK}{self.digest}"


def is_brought(key: str) -> bool:
    """Whether a key is that of a picture somebody brought, still there or not."""
    return key.startswith(_MARK)


class BroughtPictures:
    """The pictures brought last. Safe to use from several threads."""

    def __init__(self, most: int = _MOST) -> None:
        """`most`: bytes that all pictures may have together; those not asked for longest go first."""
        self._most = most
        self._kept: OrderedDict[tuple[str, str], Brought] = OrderedDict()
        self._lock = threading.Lock()

    def keep(self, name: str, data: bytes, owner: str = "") -> str:
        """Keep a picture for whoever brought it (see `visitor`); its key."""
        brought = Brought(name, data, hashlib.blake2b(data, digest_size=16).hexdigest())
        with self._lock:
            self._kept[owner, brought.key] = brought
            self._kept.move_to_end((owner, brought.key))
            while sum(len(one.data) for one in self._kept.values()) > self._most:
                self._kept.popitem(last=False)
        return brought.key

    def get(self, key: str, owner: str = "") -> Brought | None:
        """The picture of a key, if it is still there and this visitor brought it."""
        with self._lock:
            if (owner, key) in self._kept:
                self._kept.move_to_end((owner, key))
            return self._kept.get((owner, key))


def visitor() -> str:
    """What tells this browser from others, the same after a reload; "" where it isn't known.

    It is the secret of Streamlit's own cookie against forged requests: "2|mask|secret xor mask|time", in hex, under a
    new mask each time.
    """
    try:
        _, mask, masked, _ = str(st.context.cookies.get(_COOKIE, "")).split("|")
        return bytes(
            one ^ other for one, other in zip(bytes.fromhex(masked), cycle(bytes.fromhex(mask)), strict=False)
        ).hex()
    except ValueError:
        return ""


@st.cache_resource(show_spinner=False)
def brought_pictures() -> BroughtPictures:
    """Those of this server, shared by all visitors."""
    return BroughtPictures()
