"""Bytes to lines of text: UTF-8 and nothing else, with a word on what to do about the rest."""

from __future__ import annotations

import codecs
import re
from typing import TYPE_CHECKING, NoReturn

from agentconf.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

LONGEST = 16 * 2**20
"""Bytes of a line at most; ours: what has no line ends should not fill the memory."""

_PIECES = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
_SAVE = "save it as CSV UTF-8 (comma delimited), the format that spreadsheets offer for export"
_FOREIGN = (
    (b"PK\x03\x04", "is a spreadsheet or an archive, not text", _SAVE),
    (b"\xd0\xcf\x11\xe0", "is an old spreadsheet, not text", _SAVE),
    (b"\x1f\x8b", "is compressed", "decompress it: gunzip"),
    (codecs.BOM_UTF16_LE, "is UTF-16, not UTF-8", f"{_SAVE}; or convert it: iconv -f UTF-16 -t UTF-8"),
    (codecs.BOM_UTF16_BE, "is UTF-16, not UTF-8", f"{_SAVE}; or convert it: iconv -f UTF-16 -t UTF-8"),
)


def read_lines(stream: BinaryIO, display: str) -> Iterator[str]:
    r"""Read a text line by line, each with its end: `\n`, `\r\n` or `\r`. A byte order mark is left out.

    Args:
        stream: read once, from where it stands to its end.
        display: the file, as users know it.

    Raises:
        ConfigurationError: it is not UTF-8, or holds what no text does; with the line.

    """
    line, offset = 1, 0
    while data := stream.readline(LONGEST + 1):
        if offset == 0:
            _check_kind(data, display)
        text = _decode(data, display, line, offset)
        if offset == 0:
            text = text.removeprefix("\ufeff")
        offset += len(data)
        if "\r" in text and (text.count("\r") > 1 or not text.endswith("\r\n")):
            pieces = _PIECES.findall(text)
            yield from pieces
            line += len(pieces)
        else:
            yield text
            line += 1


def _check_kind(data: bytes, display: str) -> None:
    for start, message, help_ in _FOREIGN:
        if data.startswith(start):
            raise ConfigurationError(f"{display} {message}", help=help_, where=display)


def _decode(data: bytes, display: str, line: int, offset: int) -> str:
    if len(data) > LONGEST:
        raise ConfigurationError(
            f"line {line} has no end within {LONGEST // 2**20} MiB",
            help="give a text file with a contact a line",
            where=f"{display}:{line}",
        )
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        _refuse_byte(data, error.start, display, line, offset)
    if "\0" in text:
        line += text.count("\r", 0, text.index("\0"))
        raise ConfigurationError(
            f"line {line} holds a NUL byte (byte {offset + data.index(0) + 1} of the file)",
            help=f"if it is UTF-16: {_SAVE}; or convert it: iconv -f UTF-16LE -t UTF-8",
            where=f"{display}:{line}",
        )
    return text


def _refuse_byte(data: bytes, at: int, display: str, line: int, offset: int) -> NoReturn:
    line += data.count(b"\r", 0, at)
    raise ConfigurationError(
        f"line {line} is not UTF-8: byte 0x{data[at]:02X} (byte {offset + at + 1} of the file)",
        help=f"{_SAVE}; or convert it, if it is from Windows: iconv -f WINDOWS-1252 -t UTF-8",
        where=f"{display}:{line}",
    )
