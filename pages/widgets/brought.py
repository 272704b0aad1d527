"""Pictures that visitors brought, kept for a while so that a link can lead to one of them.

The link holds the digest of the picture and nothing else; whoever has it can see the picture while the server holds it.
"""

import hashlib
import threading
from collections import OrderedDict
from dataclasses import dataclass

import streamlit as st

_MOST = 128 * 2**20  # bytes of all of them
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
        self._kept: OrderedDict[str, Brought] = OrderedDict()
        self._lock = threading.Lock()

    def keep(self, name: str, data: bytes) -> str:
        """Keep a picture; its key."""
        brought = Brought(name, data, hashlib.blake2b(data, digest_size=16).hexdigest())
        with self._lock:
            self._kept[brought.key] = brought
            self._kept.move_to_end(brought.key)
            while sum(len(one.data) for one in self._kept.values()) > self._most:
                self._kept.popitem(last=False)
        return brought.key

    def get(self, key: str) -> Brought | None:
        """The picture of a key, if it is still there."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
            return self._kept.get(key)


@st.cache_resource(show_spinner=False)
def brought_pictures() -> BroughtPictures:
    """Those of this server, shared by all visitors."""
    return BroughtPictures()
