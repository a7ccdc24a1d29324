"""The content of a text file: unpacked within a limit, and decoded."""

from __future__ import annotations

import bz2
import codecs
import gzip
import lzma
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from hiss.data.tables.limits import read_limited
from hiss.errors import DataError, escaped

PACKED: Mapping[str, Any] = {".gz": gzip.open, ".bz2": bz2.open, ".xz": lzma.open}
PACKINGS = (*PACKED, ".zip")
"""Endings of files that hold another one, compressed."""
ALPHABETS = (
    "cp1251", "koi8_r", "cp1253", "cp1255", "cp1256", "cp874", "cp932", "euc_jp", "gb18030", "big5",
    "cp949",
)  # fmt: skip
"""Encodings of Cyrillic, Greek, Hebrew, Arabic, Thai, Japanese, Chinese and Korean."""
SAMPLE = 200_000
"""Bytes by which an encoding is recognised."""
ENCODINGS = {
    "latin-1": "Latin-1",
    "iso8859-2": "Latin-2",
    "cp1250": "Windows-1250",
    "cp1252": "Windows-1252",
}
SIGN_IN_WORD = r"[^\W\d_][^\x00-\x7f\w’·][^\W\d_]|[£¥¦¯±²³¹¼½¾¬¤][^\W\d_]"
"""A sign between two letters, or one before a letter that stands before numbers or behind words."""
WESTERN = (
    "äöüß", "äåæöøé", "àâæçèéêëîïôœùûüÿ", "áéíñóúüªº", "àáâãçéêíóôõúü", "àáèéìíîòóùú",
    "àçèéíïòóúü", "áæéíðóöúýþ", "éëïóöü", "äöõüšž",
)  # fmt: skip
"""The accented letters of German, the Nordic languages, French, Spanish, Portuguese, Italian,
Catalan, Icelandic, Dutch and Estonian."""
CENTRAL = (
    "ąćęłńóśźż", "áčďéěíňóřšťúůýž", "áäčďéíĺľňóôŕšťúýž", "áéíóöőúüű", "ćčđšž", "âîăşţ",
)  # fmt: skip
"""Those of Polish, Czech, Slovak, Hungarian, Croatian, Bosnian and Slovene, and Romanian."""


def unpacked(path: Path) -> bytes:
    """Return a file's bytes, those of the file within it if it is compressed.

    Raises:
        DataError: if it is damaged, holds several files, or is too large once it is unpacked.
    """
    try:
        with _opened(path) as file:
            return read_limited(path, file)
    except DataError:
        raise
    except Exception as error:  # zipfile, zlib and lzma have a dozen of them for bad files
        reason = escaped(str(error)).rstrip(".")
        raise DataError(f"{path}: this cannot be unpacked: {reason}.") from error


def decoded(path: Path, content: bytes, encoding: str) -> tuple[str, str]:
    """Return a text and the encoding it was written in.

    Args:
        path: of the file, for messages.
        content: of the file.
        encoding: as stated; empty to recognise it.

    Raises:
        DataError: if it is not text.
    """
    name = encoding or _recognised(path, content)
    try:
        text = content.decode(name)
    except (UnicodeError, LookupError) as error:
        hint = "Leave --encoding out, or state the one it was saved in: utf-8, latin-1, cp1252 …"
        raise DataError(f"{path}: this is not {name} text: {escaped(str(error))}.", hint) from error
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        what = f"received a NUL byte in line {line}" if line > 1 else "received NUL bytes"
        raise DataError(f"{path}: expected text, {what}: this is not a text file.")
    return text.removeprefix("\ufeff"), name


def encoding_in_words(encoding: str) -> str:
    """Return the usual name of an encoding; empty for UTF-8."""
    name = codecs.lookup(encoding).name
    if name.startswith("utf-8"):
        return ""
    return {"iso8859-1": "Latin-1"}.get(name) or ENCODINGS.get(name, name.upper())


@contextmanager
def _opened(path: Path) -> Iterator[IO[bytes] | Any]:
    ending = path.suffix.lower()
    if ending == ".zip":
        with zipfile.ZipFile(path) as archive, archive.open(_only_member(path, archive)) as file:
            yield file
    else:
        with PACKED.get(ending, open)(path, "rb") as file:
            yield file


def _only_member(path: Path, archive: zipfile.ZipFile) -> zipfile.ZipInfo:
    hidden = ("__MACOSX/", ".")
    members = [
        each
        for each in archive.infolist()
        if not each.is_dir() and not each.filename.startswith(hidden)
    ]
    if len(members) != 1:
        names = ", ".join(escaped(each.filename) for each in members[:6]) or "none"
        raise DataError(f"{path}: expected one file in it, received {names}.", "Unpack it.")
    return members[0]


def _recognised(path: Path, content: bytes) -> str:
    """Return the encoding of a file: Unicode if it can be, or else what its letters suggest."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if wide := _wide(content[:SAMPLE]):
        return wide
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        if b"\0" in content:
            text = "expected text, received NUL bytes: this is not a text file"
            raise DataError(f"{path}: {text}.") from None
        return _not_unicode(content)
    return "utf-8"


def _wide(content: bytes) -> str:
    """Return the kind of UTF-16 whose mark is missing: most bytes at even or odd places are 0."""
    even, odd = content[::2].count(0), content[1::2].count(0)
    if max(even, odd) * 4 < len(content) or min(even, odd) * 20 > len(content):
        return ""
    return "utf-16-be" if even > odd else "utf-16-le"


def _not_unicode(content: bytes) -> str:
    """Return the encoding of text that is not Unicode.

    Accented letters stand among ASCII's; the words of other alphabets have none of these.
    charset-normalizer tells such alphabets apart. The encodings of Latin letters it does not, from
    the few accents of a table: Central European is what has the letters of one such language, and
    is no Western text. The most frequent is Windows-1252, of which Latin-1 is a part.
    """
    first = max(0, next(n for n, byte in enumerate(content) if byte > 127) - SAMPLE // 2)
    sample = content[first : first + SAMPLE]
    in_words = sum(map(len, re.findall(rb"[\x80-\xff]{3,}", sample)))
    if 2 * in_words > sum(byte > 127 for byte in sample):
        from charset_normalizer import from_bytes

        best = from_bytes(sample, cp_isolation=[*ALPHABETS]).best()
        if best is not None:
            return best.encoding
    if not _letters_of(WESTERN, sample, "cp1252"):
        letters = {name: _letters_of(CENTRAL, sample, name) for name in ("cp1250", "iso8859-2")}
        if any(letters.values()):
            return max(letters, key=lambda name: letters[name])
    try:
        content.decode("cp1252")
    except UnicodeDecodeError:
        return "latin-1"
    return "cp1252" if any(0x80 <= byte < 0xA0 for byte in set(content)) else "latin-1"


def _letters_of(languages: Sequence[str], sample: bytes, encoding: str) -> int:
    """Return how many letters beyond ASCII there are, if one of some languages has all of them.

    Bytes that stand for signs within words are no text of these languages: 0.
    """
    try:
        text = sample.decode(encoding)
    except UnicodeDecodeError:
        return 0
    letters = [each for each in text.lower() if each > "\x7f" and each.isalpha()]
    known = any(set(letters) <= set(each) for each in languages)
    return len(letters) if known and not re.search(SIGN_IN_WORD, text) else 0
