"""File names as ZIP programs of several systems write them."""

import io
import struct
import zipfile
import zlib

import pytest

from covergenre.exchange.zip_names import readable_names


def names(*stored: bytes, extra: bytes = b"", utf8: bool = False) -> list[str]:
    """What names of these bytes are read as."""
    placeholders = [f"{at:03}".ljust(len(name), "x")[: len(name)] for at, name in enumerate(stored)]
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for placeholder in placeholders:
            info = zipfile.ZipInfo(placeholder)
            info.extra = extra
            archive.writestr(info, b"x")
    data = file.getvalue()
    for placeholder, name in zip(placeholders, stored, strict=True):
        data = data.replace(placeholder.encode(), name)
    if utf8:
        data = data.replace(b"PK\x01\x02\x14\x03\x14\0\0\0", b"PK\x01\x02\x14\x03\x14\0\0\x08")
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return list(readable_names(archive.infolist()).values())


def test_backslashes_without_slashes_separate_folders():
    assert names(b"jazz\\a.jpg", b"rap\\deep\\b.jpg") == ["jazz/a.jpg", "rap/deep/b.jpg"]


def test_a_backslash_among_slashes_is_kept():
    assert names(b"jazz/AC\\DC.jpg") == ["jazz/AC\\DC.jpg"]


@pytest.mark.parametrize("utf8", [True, False])
def test_utf8_names_are_read_with_and_without_the_flag(utf8):
    assert names("Bossa Nová/a.jpg".encode(), "Mu\u0301sica/b.jpg".encode(), utf8=utf8) == [
        "Bossa Nová/a.jpg",
        "M\u00fasica/b.jpg",
    ]


@pytest.mark.parametrize(
    ("code_page", "folders"),
    [
        ("cp932", ("ソウル", "ジャズ", "演歌")),
        ("cp949", ("재즈", "록")),
        ("cp866", ("Джаз", "Рок")),
        ("gbk", ("爵士", "摇滚")),
        ("cp437", ("Café", "Música")),
        ("cp850", ("Chanson française", "Öst")),
    ],
)
def test_the_code_page_is_detected_from_all_names_together(code_page, folders):
    assert names(*(f"{folder}/0.jpg".encode(code_page) for folder in folders)) == [f"{each}/0.jpg" for each in folders]


def test_the_unicode_extra_field_takes_precedence():
    old = b"J\xff\xffzz/a.jpg"
    path = "Jäzz/a.jpg".encode()
    extra = struct.pack("<HHBL", 0x7075, 5 + len(path), 1, zlib.crc32(old)) + path

    assert names(old, extra=extra) == ["Jäzz/a.jpg"]


def test_the_unicode_extra_field_of_another_name_is_ignored():
    path = "Jäzz/a.jpg".encode()
    extra = struct.pack("<HHBL", 0x7075, 5 + len(path), 1, 7) + path

    assert names(b"J\x84zz/a.jpg", extra=extra) == ["Jäzz/a.jpg"]
    assert names(b"Jazz\x84.jpg", extra=extra) == ["Jazzä.jpg"]


def test_damaged_extra_fields_are_ignored():
    extra = struct.pack("<HH", 0x7075, 2) + b"ab"
    assert names(b"jazz\x84.jpg", extra=extra) == ["jazzä.jpg"]
