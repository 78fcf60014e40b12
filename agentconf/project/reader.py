"""The project's files: each is read and composed once, and none outside of the project is."""

from __future__ import annotations

import os
import posixpath
import re
from typing import TYPE_CHECKING, NamedTuple

from agentconf.project.discover import is_inside
from agentconf.project.secrets import hide_in_text
from agentconf.source.compose import Composed, compose_document
from agentconf.source.document import Document, Problem
from agentconf.source.read import read_document
from agentconf.source.suggest import suggest

if TYPE_CHECKING:
    from pathlib import Path

_ELSEWHERE = re.compile(r"[/~]|[A-Za-z]:[\\/]|[A-Za-z][A-Za-z0-9+.-]*://")


class Refusal(NamedTuple):
    """Why a reference leads to no file.

    Args:
        code: AC006 or AC007.
        message: one sentence.
        help: the next action, when there is one to name.

    """

    code: str
    message: str
    help: str | None = None


class Reader:
    """Reads texts and trees by display path: from the root, with forward slashes.

    Args:
        root: the project's folder, absolute.

    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self._real_root = os.path.realpath(root)
        self._documents: dict[str, Document | Problem] = {}
        self._composed: dict[str, Composed] = {}
        self._located: dict[tuple[str, str], str | Refusal] = {}

    def put(self, display: str, text: str) -> None:
        """Use a text in place of a file's content, whether there is such a file or not."""
        self._documents[display] = Document(display, text)
        self._composed.pop(display, None)
        self._located.clear()

    def holds(self, display: str) -> bool:
        """Tell whether there is a file, or a text in its place."""
        return isinstance(self._documents.get(display), Document) or os.path.exists(self.root / display)  # noqa: PTH110 - takes any name, NUL included

    def contains(self, display: str) -> bool:
        """Tell whether a file, all links followed, is in the project; a text in its place always is."""
        real = os.path.realpath(self.root / display)
        return display in self._documents or is_inside(self._real_root, real)

    def text(self, display: str) -> Document | Problem:
        """Return a file's text, or the problem (AC008) that keeps it from being read."""
        if display not in self._documents:
            file = os.path.join(self.root, display)  # noqa: PTH118 - cheaper than a `Path` for every file
            self._documents[display] = read_document(file, display)
        return self._documents[display]

    def composed(self, display: str) -> Composed:
        """Return a file's tree with places; without a tree when it cannot be read."""
        if display not in self._composed:
            document = self.text(display)
            if isinstance(document, Problem):
                return Composed(document.location.document, None, (document,))
            composed = compose_document(document)
            if composed.problems:
                hide_in_text(document)
            self._composed[display] = composed
        return self._composed[display]

    def locate(self, base: str, reference: str) -> str | Refusal:
        """Follow a path that stands in a file.

        Args:
            base: display path of the file that it stands in.
            reference: the path, relative to that file.

        Returns:
            The display path of the file that is meant, or why there is none: it leaves the project (AC007) or
            does not exist (AC006).

        """
        key = (posixpath.dirname(base), reference)
        if key not in self._located:
            self._located[key] = self._locate(*key)
        return self._located[key]

    def _locate(self, folder: str, reference: str) -> str | Refusal:
        if refusal := _misspelt(reference):
            return refusal
        display = posixpath.normpath(posixpath.join(folder, reference))
        if display.startswith(("../", "/")) or display == "..":
            return Refusal("AC007", f"`{reference}` leads out of the project", "move the file into it")
        if not self.holds(display):
            return self._missing(folder, reference, display)
        if not self.contains(display):
            return Refusal("AC007", f"`{reference}` is a link that leads out of the project")
        return display

    def _missing(self, folder: str, reference: str, display: str) -> Refusal:
        message = f"there is no file `{display}`"
        if os.path.islink(self.root / display):  # noqa: PTH114 - as in `holds`
            return Refusal("AC006", f"`{display}` is a link that leads nowhere")
        if self.holds(posixpath.normpath(reference)):
            right = posixpath.relpath(reference, folder or ".")
            return Refusal("AC006", message, f"paths are relative to the file they stand in: `{right}`")
        parent, name = posixpath.split(display)
        close = suggest(name, self._names(parent))
        if close is None:
            return Refusal("AC006", message)
        return Refusal(
            "AC006", message, f"did you mean `{posixpath.join(posixpath.dirname(reference), close)}`?"
        )

    def _names(self, folder: str) -> list[str]:
        """List a folder of the project; nothing when it is none, or is not in the project."""
        path = os.path.realpath(self.root / folder)
        try:
            return sorted(os.listdir(path)) if is_inside(self._real_root, path) else []  # noqa: PTH208 - names only
        except OSError:
            return []


def _misspelt(reference: str) -> Refusal | None:
    """Tell what is wrong with a path before any file is looked for."""
    if not reference.strip():
        return Refusal("AC006", "a path is missing here", "write a path relative to this file")
    if "\0" in reference:
        return Refusal("AC006", "the path holds a NUL character", "take it away")
    if _ELSEWHERE.match(reference):
        help_ = "write a path relative to this file, inside of the project"
        return Refusal("AC007", f"`{reference}` is not a file of this project", help_)
    if "\\" in reference:
        return Refusal("AC006", f"`{reference}` holds backslashes", "paths are written with `/`")
    return None
