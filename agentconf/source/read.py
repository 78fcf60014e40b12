"""Files to texts: UTF-8, regular files of a sane size, nothing else."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

from agentconf.source.document import Document, Location, Problem, Span

if TYPE_CHECKING:
    from pathlib import Path

MAX_BYTES = 10 * 1024 * 1024
"""Largest file that is read. The longest prompts are a few hundred KiB; this is only a guard."""

_BOM = "\N{ZERO WIDTH NO-BREAK SPACE}"
_MARKS = {
    b"\xff\xfe\0\0": "UTF-32",
    b"\0\0\xfe\xff": "UTF-32",
    b"\xff\xfe": "UTF-16",
    b"\xfe\xff": "UTF-16",
}
"""Byte order marks of other encodings, the longer ones first."""


def read_document(file: Path | str, display: str) -> Document | Problem:
    """Read a text file.

    Args:
        file: where it is.
        display: how messages name it.

    Returns:
        The text without a byte order mark, line ends as they are; a problem (AC008) when it cannot be read,
        is larger than 10 MiB, is not UTF-8 or holds a NUL.

    """
    try:
        data = _read_bytes(file)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        return _unreadable(display, f"cannot read the file: {reason}")
    if data is None:
        what = "a folder, not a file" if os.path.isdir(file) else "not a regular file"  # noqa: PTH112 - as given
        return _unreadable(display, what)
    if len(data) > MAX_BYTES:
        return _unreadable(display, f"the file is larger than {MAX_BYTES // 1024 // 1024} MiB")
    return _decode(data, display)


def _read_bytes(file: Path | str) -> bytes | None:
    """Return the content, at most one byte more than is allowed; None for a device, a pipe or a folder."""
    descriptor = os.open(file, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            return None
        # A file that comes in one read needs no stream; one that has grown, or tells no size, does.
        data = os.read(descriptor, min(status.st_size, MAX_BYTES) + 1)
        if len(data) == status.st_size:
            return data
        with open(descriptor, "rb", closefd=False) as stream:
            return data + stream.read(MAX_BYTES + 1 - len(data))
    finally:
        os.close(descriptor)


def _decode(data: bytes, display: str) -> Document | Problem:
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        return _undecodable(data, error.start, display)
    text = text.removeprefix(_BOM)
    nul = text.find("\0")
    if nul < 0:
        return Document(display, text)
    document = _hidden(display, text)
    help_ = "save the file as UTF-8 text"
    return Problem("AC008", "the file holds a NUL character", Location(document, Span(nul, nul + 1)), help_)


def _undecodable(data: bytes, start: int, display: str) -> Problem:
    for mark, name in _MARKS.items():
        if data.startswith(mark):
            return _unreadable(display, f"the file is {name}, not UTF-8", "save the file as UTF-8")
    before = data[:start].decode().removeprefix(_BOM)
    document = _hidden(display, before + data[start:].decode(errors="replace"))
    location = Location(document, Span(len(before), len(before) + 1))
    return Problem(
        "AC008", f"the file is not UTF-8: byte 0x{data[start]:02x}", location, "save the file as UTF-8"
    )


def _hidden(display: str, text: str) -> Document:
    """Make a document that gives places but shows nothing: nobody can tell what stands in it."""
    document = Document(display, text)
    document.mask(Span(0, len(text)))
    return document


def _unreadable(display: str, message: str, help_: str | None = None) -> Problem:
    return Problem("AC008", message, Location(Document(display, ""), Span(0, 0)), help_)
