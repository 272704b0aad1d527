"""The file names in a ZIP, decoded: each system writes them in its own encoding, and few declare which.

flag 0x800                  UTF-8
extra field 0x7075          UTF-8 beside the old name (Info-ZIP)
neither, valid UTF-8        UTF-8 all the same (macOS)
neither                     a Windows code page, detected from all names together
backslashes alone           folders (Windows PowerShell 5.1, .NET)
"""

import re
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Mapping, Sequence

_UTF8_FLAG = 0x800
_UNICODE_PATH = 0x7075
_FALLBACK = "cp437"  # the default of the ZIP specification; Western names are alike in cp850

# Tried in this order: the first in which all names make sense is taken.
_CODE_PAGES: tuple[tuple[str, Callable[[str], bool]], ...] = (
    ("cp932", lambda letters: _all(letters, _CJK + _KANA) and bool(re.search("[\u3040-\u30ff]", letters))),
    (_FALLBACK, lambda letters: all(unicodedata.name(letter, "").startswith("LATIN") for letter in letters)),
    ("cp949", lambda letters: _all(letters, _HANGUL)),
    ("cp866", lambda letters: _all(letters, _CYRILLIC)),
    ("gb18030", lambda letters: _all(letters, _CJK)),
    ("big5", lambda letters: _all(letters, _CJK)),
    ("cp932", lambda letters: _all(letters, _CJK + _KANA)),
)
_KANA = "\u3040-\u30ff\uff66-\uff9f"
_CJK = "\u3000-\u303f\u4e00-\u9fff\uff01-\uff65"
_HANGUL = "\uac00-\ud7a3"
_CYRILLIC = "\u0400-\u045f"


def readable_names(infos: Sequence[zipfile.ZipInfo]) -> Mapping[int, str]:
    """The name of each entry by its offset, with "/" between folders and in Unicode's composed form (NFC)."""
    raw = {info.header_offset: _raw(info) for info in infos}
    unknown = [name for info in infos if isinstance(name := raw[info.header_offset], bytes)]
    code_page = _code_page(unknown)
    decoded = {at: name if isinstance(name, str) else name.decode(code_page, "replace") for at, name in raw.items()}
    return {at: unicodedata.normalize("NFC", _with_slashes(name)) for at, name in decoded.items()}


def _raw(info: zipfile.ZipInfo) -> str | bytes:
    """The name where its encoding is declared or UTF-8, else its bytes."""
    name = info.orig_filename.split("\0", 1)[0]
    if info.flag_bits & _UTF8_FLAG or name.isascii():
        return name
    stored = name.encode(_FALLBACK)
    if declared := _unicode_path(info.extra, stored):
        return declared
    try:
        return stored.decode("utf-8")
    except UnicodeDecodeError:
        return stored


def _unicode_path(extra: bytes, stored: bytes) -> str:
    """The name in the Unicode extra field, if its checksum is that of the stored name; else ""."""
    at = 0
    while at + 4 <= len(extra):
        kind, length = struct.unpack_from("<HH", extra, at)
        data = extra[at + 4 : at + 4 + length]
        at += 4 + length
        if kind == _UNICODE_PATH and len(data) > 5 and struct.unpack_from("<BL", data) == (1, zlib.crc32(stored)):
            return data[5:].decode("utf-8", "ignore")
    return ""


def _code_page(names: Sequence[bytes]) -> str:
    for code_page, makes_sense in _CODE_PAGES:
        try:
            letters = "".join(letter for name in names for letter in name.decode(code_page) if not letter.isascii())
        except UnicodeDecodeError:
            continue
        if letters and makes_sense(letters) and (code_page != _FALLBACK or _stand_alone(names)):
            return code_page
    return _FALLBACK


def _stand_alone(names: Sequence[bytes]) -> bool:
    """Whether letters beyond ASCII mostly stand alone among others, as in Western words."""
    runs = [run for name in names for run in re.findall(rb"[\x80-\xff]+", name)]
    return 2 * sum(len(run) == 1 for run in runs) > len(runs)


def _all(letters: str, ranges: str) -> bool:
    return re.fullmatch(f"[{ranges}]+", letters) is not None


def _with_slashes(name: str) -> str:
    """Backslashes as separators, unless there are slashes, too."""
    return name if "/" in name else name.replace("\\", "/")
