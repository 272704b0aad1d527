"""Covers inside sound files, written here as their formats have it."""

import struct

import pytest
from drawing import cover, encoded

from covergenre import images
from covergenre.errors import BadImage
from covergenre.images.audio import embedded_cover, is_audio

PICTURE = encoded(cover(), "JPEG")


def frame(name: bytes, data: bytes) -> bytes:
    return name + struct.pack(">I", len(data)) + b"\0\0" + data


def mp3(picture: bytes | None = PICTURE, kind: int = 3) -> bytes:
    """An ID3v2.3 tag with a title and a picture of this kind (3: front), and a frame of silence."""
    frames = frame(b"TIT2", b"\0Blue")
    if picture is not None:
        frames += frame(b"APIC", b"\0image/jpeg\0" + bytes([kind]) + b"\0" + picture)
    size = len(frames)
    syncsafe = bytes((size >> shift) & 0x7F for shift in (21, 14, 7, 0))
    return b"ID3\3\0\0" + syncsafe + frames + b"\xff\xfb\x90\x00" + bytes(413)


def flac(picture: bytes = PICTURE) -> bytes:
    """STREAMINFO and a PICTURE block."""
    stream = bytes(34)
    mime = b"image/jpeg"
    block = struct.pack(">II", 3, len(mime)) + mime + struct.pack(">IIIII", 0, 96, 96, 24, 0)
    block += struct.pack(">I", len(picture)) + picture
    return b"fLaC" + b"\0" + (34).to_bytes(3, "big") + stream + b"\x86" + len(block).to_bytes(3, "big") + block


def atom(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data) + 8) + name + data


def m4a(picture: bytes = PICTURE) -> bytes:
    """moov/udta/meta/ilst/covr."""
    covr = atom(b"covr", atom(b"data", struct.pack(">II", 13, 0) + picture))
    meta = atom(b"meta", b"\0\0\0\0" + atom(b"ilst", covr))
    return atom(b"ftyp", b"M4A \0\0\0\0") + atom(b"moov", atom(b"udta", meta))


@pytest.mark.parametrize("sound", [mp3(), flac(), m4a()], ids=["mp3", "flac", "m4a"])
def test_the_cover_is_found_and_read(sound):
    assert is_audio(sound)
    assert embedded_cover(sound) == PICTURE
    assert images.decode(sound).image == images.decode(PICTURE).image


def test_a_file_may_be_longer_than_the_limit_for_pictures(tmp_path):
    with (tmp_path / "long.mp3").open("wb") as file:
        file.write(mp3())
        file.truncate(images.MAX_BYTES + 1000)

    assert images.read(tmp_path / "long.mp3") == PICTURE


def test_a_file_without_a_cover_is_refused():
    with pytest.raises(BadImage, match="holds no cover"):
        images.decode(mp3(None))


@pytest.mark.parametrize("data", [b"ID3\4" + bytes(20), b"fLaC", mp3()[:60], b"OggS" + b"\xff" * 50])
def test_damaged_files_are_refused(data):
    with pytest.raises(BadImage):
        images.decode(data)


def test_an_embedded_file_that_is_no_picture_is_named():
    with pytest.raises(BadImage, match="a web page"):
        images.decode(mp3(b"<html>gone</html>"))


def test_pictures_are_not_audio():
    assert not any(is_audio(encoded(cover(), kind)) for kind in ("JPEG", "PNG", "WEBP", "AVIF", "GIF", "TIFF"))
