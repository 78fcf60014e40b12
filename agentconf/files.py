"""Files put in place whole: a killed process leaves the old content or the new one, never a part of it."""

from __future__ import annotations

import codecs
import contextlib
import os
import stat
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

NEW_FILE = 0o666
"""Permissions of a new file before the process's umask takes some away, as open(2) gives them."""


def marked(path: Path, text: str) -> bytes:
    """Return a text as a file's content, with the byte order mark that the file has."""
    mark = codecs.BOM_UTF8 if path.is_file() and path.read_bytes().startswith(codecs.BOM_UTF8) else b""
    return mark + text.encode()


def put(path: Path, content: bytes, *, mode: int | None = None) -> None:
    """Write a file in one step, onto the disk.

    Args:
        path: of the file; a symbolic link stays one, and what it leads to is written.
        content: all of it.
        mode: permissions; None: those of the file that is there, else of any new one.

    Raises:
        OSError: it cannot be written; what was there is untouched.

    """
    target = path.resolve()
    scratch = _scratch(target, content, mode)
    try:
        scratch.replace(target)
    finally:
        scratch.unlink(missing_ok=True)
    _settle(target.parent)


def put_all(contents: Mapping[Path, bytes], *, new: bool = False) -> None:
    """Write several files, or none of them.

    Args:
        contents: what each is to hold.
        new: none of them may be there yet; folders are made for them.

    Raises:
        OSError: one cannot be written, or is there already; all are as they were, and new folders are gone.

    """
    ready: list[tuple[Path, Path]] = []
    done: list[tuple[Path, bytes | None]] = []
    made: list[Path] = []
    try:
        for path, content in contents.items():
            target = path.resolve()
            if new:
                made += _folders(target.parent)
            ready.append((_scratch(target, content, None), target))
        for scratch, target in ready:
            former = None if new else target.read_bytes()
            if new:
                os.link(scratch, target)  # unlike a rename, it refuses to replace what is there
            else:
                scratch.replace(target)
            done.append((target, former))
    except BaseException:
        _drop(ready)
        _take_back(done, made)
        raise
    _drop(ready)
    for target in contents:
        _settle(target.parent)


def _drop(ready: Sequence[tuple[Path, Path]]) -> None:
    for scratch, _ in ready:
        scratch.unlink(missing_ok=True)


def _take_back(done: Sequence[tuple[Path, bytes | None]], made: Sequence[Path]) -> None:
    for target, former in reversed(done):
        if former is None:
            target.unlink(missing_ok=True)
        else:
            put(target, former)
    for folder in reversed(made):
        with contextlib.suppress(OSError):  # somebody else put something into it
            folder.rmdir()


def _folders(folder: Path) -> list[Path]:
    """Make a folder and those above it, and return the ones that were not there, the highest first."""
    missing = [one for one in (folder, *folder.parents) if not one.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    return missing[::-1]


def _scratch(target: Path, content: bytes, mode: int | None) -> Path:
    """Write a file beside another one, with its permissions, and see that the disk has it."""
    scratch = target.with_name(f".{target.name}.{os.getpid()}.{time.monotonic_ns()}.partial")
    try:
        with os.fdopen(
            os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_EXCL, NEW_FILE if mode is None else mode), "wb"
        ) as file:
            if mode is None and target.exists():
                os.fchmod(file.fileno(), stat.S_IMODE(target.stat().st_mode))
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        scratch.unlink(missing_ok=True)
        raise
    return scratch


def _settle(folder: Path) -> None:
    """See that the disk has a folder's entries; some file systems sync no folders."""
    with contextlib.suppress(OSError):
        opened = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(opened)
        finally:
            os.close(opened)
