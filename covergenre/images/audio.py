"""The cover inside an audio file: MP3, FLAC, M4A and what else `tinytag` reads."""

import io
from pathlib import Path

from covergenre.errors import BadImage

EXTENSIONS = frozenset({".mp3", ".flac", ".m4a", ".mp4", ".ogg", ".oga", ".opus", ".wav", ".aiff", ".aif", ".wma"})

_BEGINNINGS = (b"ID3", b"fLaC", b"OggS", b"\xff\xfb", b"\xff\xfa", b"\xff\xf3", b"\xff\xf2")


def is_audio(data: bytes) -> bool:
    """Whether these bytes begin like an audio file."""
    wave = data[:4] in (b"RIFF", b"FORM") and data[8:12] in (b"WAVE", b"AIFF", b"AIFC")
    return data.startswith(_BEGINNINGS) or data[4:11] in (b"ftypM4A", b"ftypM4B", b"ftypmp4") or wave


def embedded_cover(sound: bytes | Path) -> bytes:
    """The bytes of the front cover in an audio file, else of its first picture; BadImage when there is none."""
    from tinytag import TinyTag

    try:
        file = sound if isinstance(sound, Path) else None
        tags = TinyTag.get(file, None if isinstance(sound, Path) else io.BytesIO(sound), image=True, duration=False)
        picture = tags.images.front_cover or tags.images.any
    except OSError:
        raise
    except Exception as error:  # hostile bytes bring any exception out of a reader
        raise BadImage(f"this sound file can't be read ({error}): take its cover as a picture of its own") from error
    if picture is None or not picture.data:
        raise BadImage("this sound file holds no cover: take its cover as a picture of its own")
    return picture.data
