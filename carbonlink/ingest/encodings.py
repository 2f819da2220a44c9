"""Which encoding a text file has, decided by rule from its bytes."""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterator

import numpy as np

from ..errors import DataError

Parts = Callable[[], Iterator[bytes]]
"""A function that yields a file's bytes from the start, in parts that end with a line feed."""

_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
_UTF8_MARK = b"\xef\xbb\xbf"
_ONE_SIDED = 4
"""So many zero bytes at one place of the pairs for each at the other show which half is high."""
_PLAIN_SHARE = 0.2
_RARE_SHARE = 0.2
_BEYOND = re.compile(rb"[\x80-\xff]")
_COMMON_CHINESE = re.compile(rb"[\xa1-\xfe]{2}")
_FOUR_BYTES = re.compile(rb"[\x81-\xfe][0-9][\x81-\xfe][0-9]")
_RUN = re.compile(rb"[\x80-\xff]+")
_ACCENTED = re.compile(
    rb"(?<=[A-Za-z])[\xc0-\xff](?![\x80-\xff])|(?<![\x80-\xff])[\xc0-\xff](?=[A-Za-z])"
)
_ACCENTS = re.compile(
    rb"(?<=[A-Za-z])[\xc0-\xff]{1,2}(?![\x80-\xff])"
    rb"|(?<![\x80-\xff])[\xc0-\xff]{1,2}(?=[A-Za-z])"
)
_RESAVE = "Save it again as UTF-8 csv, or export it again from its source."


def decode(content: bytes, name: str) -> tuple[str, str]:
    """Return a file's text and its encoding, decided by rule.

    Parameters
    ----------
    content : bytes
        The whole file.
    name : str
        File name, for the message.

    Returns
    -------
    tuple of str
        Text without byte-order mark, and its encoding as `encoding_of` has it.

    Raises
    ------
    DataError
        The bytes are no text, or text of which the encoding is not settled.
    """
    encoding = encoding_of(lambda: iter((content,)), name)
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        raise undecodable(name, encoding) from error
    if "\x00" in text:
        raise DataError(f"{name} is not a text file: it holds zero bytes.", _RESAVE)
    return text, encoding


def undecodable(name: str, encoding: str) -> DataError:
    """Return the error for a file that is not text of the encoding that the rule finds."""
    tried = encoding if encoding.startswith("utf") else f"utf-8 nor {encoding}"
    neither = "not" if encoding.startswith("utf") else "neither"
    return DataError(f"{name} is {neither} {tried} text.", _RESAVE)


def encoding_of(parts: Parts, name: str) -> str:
    """Return the encoding of a text file.

    Parameters
    ----------
    parts : callable
        Yields the file's bytes; called several times, so that the file need not be held.
    name : str
        File name, for the message.

    Returns
    -------
    {"utf-16", "utf-8-sig", "utf-16-le", "utf-16-be", "utf-8", "cp1252", "gb18030"}
        To be decoded strictly: the text may still break the rules of its encoding.

    Notes
    -----
    The first of these that holds decides:

    1. A byte-order mark.
    2. Zero bytes in a fifth or more of the pairs of bytes, nearly all at one of the two places:
       UTF-16 with its high bytes there (Latin letters and digits have a high byte of zero).
    3. Valid UTF-8.
    4. Every byte beyond ASCII stands alone beside a Latin letter, as the accents of Western
       European text do and hardly any Chinese character does: cp1252.
    5. At least four fifths of the characters beyond ASCII are pairs of bytes of the common Chinese
       characters (A1–FE twice) or four-byte ones: GB18030.

    Anything else is refused, and so is text whose accents stand in pairs (ção), which could be
    Chinese characters: the wrong text is never read in silence.
    """
    start = next(iter(parts()), b"")
    if start.startswith(_UTF16_MARKS):
        return "utf-16"
    if wide := _wide(parts, name):
        return wide
    if start.startswith(_UTF8_MARK):
        return "utf-8-sig"
    if _is_utf8(parts):
        return "utf-8"
    return _eight_bits(parts, name)


def _wide(parts: Parts, name: str) -> str | None:
    """UTF-16 by the places of its zero bytes, None without any; others are no text."""
    zeros, size = np.zeros(2, int), 0
    for part in parts():
        if b"\x00" in part:
            places = np.flatnonzero(np.frombuffer(part, np.uint8) == 0) + size
            zeros += np.bincount(places % 2, minlength=2)
        size += len(part)
    few, many = sorted(zeros)
    if not many:
        return None
    if size % 2 or 2 * many < _PLAIN_SHARE * size or few * _ONE_SIDED > many:
        raise DataError(f"{name} is not a text file: it holds zero bytes.", _RESAVE)
    return "utf-16-be" if zeros[0] > zeros[1] else "utf-16-le"


def _is_utf8(parts: Parts) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for part in parts():
            decoder.decode(part)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _around_beyond(part: bytes) -> bytes:
    """The bytes beyond ASCII, each run of them between its two neighbours."""
    table = np.frombuffer(part, np.uint8)
    beyond = table > 127
    near = beyond.copy()
    near[1:] |= beyond[:-1]
    near[:-1] |= beyond[1:]
    return table[near].tobytes()


def _eight_bits(parts: Parts, name: str) -> str:
    """Western European or Chinese text, or a refusal where that is not settled."""
    beyond = common = four = runs = alone = accents = 0
    for part in map(_around_beyond, parts()):
        beyond += len(_BEYOND.findall(part))
        common += len(_COMMON_CHINESE.findall(part))
        four += len(_FOUR_BYTES.findall(part))
        runs += len(_RUN.findall(part))
        alone += len(_ACCENTED.findall(part))
        accents += len(_ACCENTS.findall(part))
    if alone == beyond:
        return "cp1252"
    if accents == runs:
        raise DataError(
            f"{name} may hold Western European accents or Chinese characters: its bytes do not say "
            "which.",
            _RESAVE,
        )
    rare = beyond - 2 * common - 2 * four
    if rare > _RARE_SHARE * (common + four + rare):
        raise DataError(f"{name} is neither utf-8 nor gb18030 nor cp1252 text.", _RESAVE)
    return "gb18030"
