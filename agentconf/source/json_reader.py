"""JSON to trees: the strict grammar of RFC 8259, with places and plain words."""

from __future__ import annotations

import json.decoder
import re
from typing import TYPE_CHECKING, Any, NoReturn

from agentconf.source.scalars import resolve
from agentconf.source.stop import MAX_DEPTH, StopReading, problem, repeated_key, too_deep
from agentconf.source.tree import Tree

if TYPE_CHECKING:
    from agentconf.source.document import Document, Problem

_BLANK = re.compile(r"[ \t\n\r]*")
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?")
_WORD = re.compile(r"[-+]?\w[\w.]*")
_SURROGATE = re.compile("[\ud800-\udfff]")
_CONSTANTS = {"true": True, "false": False, "null": None}
_scan_string: Any = json.decoder.scanstring  # type: ignore[attr-defined]


def read_json(document: Document, problems: list[Problem]) -> Tree:
    """Read a JSON text.

    Args:
        document: the text.
        problems: receives what is wrong but leaves the rest readable (keys that stand twice).

    Raises:
        StopReading: the text cannot be read; the problem in it says why.

    """
    reader = _Reader(document, problems)
    nul = document.text.find("\0")
    if nul >= 0:
        message = "the character U+0000 cannot stand in a text file"
        raise StopReading(problem("AC008", message, document, (nul, nul + 1)))
    at = reader.blank(0)
    if at == len(document.text):
        raise StopReading(problem("AC001", "the file is empty", document, (0, 0)))
    tree = reader.value(at, 1)
    end = reader.blank(tree.end)
    if end < len(document.text):
        reader.refuse(end, "there is text behind the end of the JSON value", "one file holds one value")
    return tree


class _Reader:
    """Reads values of one text."""

    def __init__(self, document: Document, problems: list[Problem]) -> None:
        self._document = document
        self._text = document.text
        self._problems = problems

    def refuse(self, at: int, message: str, help_: str | None = None) -> NoReturn:
        """Give up at a place."""
        if self._text.startswith(("//", "/*", "#"), at):
            message, help_ = "JSON has no comments", "remove the comment, or keep the file as YAML"
        raise StopReading(problem("AC001", message, self._document, (at, at + 1), help_))

    def blank(self, at: int) -> int:
        """Skip white space."""
        match = _BLANK.match(self._text, at)
        return match.end() if match else at

    def value(self, at: int, depth: int) -> Tree:
        """Read the value that begins at an offset."""
        match self._text[at : at + 1]:
            case '"':
                text, end = self._string(at)
                return Tree(text, self._document, at, end, raw=text)
            case "{" | "[" as bracket:
                if depth > MAX_DEPTH:
                    raise too_deep(self._document, (at, at + 1))
                return self._object(at, depth) if bracket == "{" else self._array(at, depth)
            case _:
                return self._scalar(at)

    def _scalar(self, at: int) -> Tree:
        word = _WORD.match(self._text, at)
        raw = word[0] if word else ""
        number = _NUMBER.match(self._text, at)
        if number is not None and number.end() >= at + len(raw):
            value = resolve(number[0])
            return Tree(value, self._document, at, number.end(), raw=number[0], plain=True)
        if raw in _CONSTANTS:
            return Tree(_CONSTANTS[raw], self._document, at, at + len(raw), raw=raw, plain=True)
        return self._refuse_scalar(at, raw)

    def _refuse_scalar(self, at: int, raw: str) -> NoReturn:
        character = self._text[at : at + 1]
        if raw.lstrip("+-") in ("NaN", "Infinity", "nan", "inf"):
            self.refuse(at, f"JSON has no `{raw}`", "use a number or null")
        if raw.lower() in ("true", "false", "null", "none"):
            self.refuse(at, f"JSON has no `{raw}`", "write true, false or null")
        if raw and raw[0] in "+-0123456789":
            self.refuse(at, f"`{raw}` is not a number in JSON", "no plus sign, no leading zero; or quote it")
        if character == "'":
            self.refuse(at, "JSON texts stand in double quotes", "use \" instead of '")
        if raw:
            self.refuse(at, f"`{raw}` needs quotes in JSON", 'write it as "…"')
        self.refuse(at, "a value is missing here" if character else "the file ends where a value is expected")

    def _string(self, at: int) -> tuple[str, int]:
        try:
            text, end = _scan_string(self._text, at + 1, True)  # noqa: FBT003 - by position: a C function
        except json.JSONDecodeError as error:
            self._refuse_string(at, error)
        if _SURROGATE.search(text):
            self.refuse(at, "half of a surrogate pair", r"write both halves, such as \ud83d\ude00")
        return text, end

    def _refuse_string(self, at: int, error: json.JSONDecodeError) -> NoReturn:
        if "Unterminated" in error.msg:
            self.refuse(at, "the quote that opens here is never closed", "close it")
        if "control character" in error.msg:
            self.refuse(error.pos, "a line break or tab inside of a text", r"write \n or \t")
        self.refuse(error.pos, "unknown escape in a text", r"write \\ for a backslash")

    def _array(self, at: int, depth: int) -> Tree:
        items: list[Tree] = []
        here = self.blank(at + 1)
        if self._text.startswith("]", here):
            return Tree(items, self._document, at, here + 1)
        while True:
            items.append(self.value(here, depth + 1))
            end, closed = self._after(items[-1].end, at, "]")
            if closed:
                return Tree(items, self._document, at, end)
            here = end

    def _object(self, at: int, depth: int) -> Tree:
        entries: dict[str, Tree] = {}
        here = self.blank(at + 1)
        if self._text.startswith("}", here):
            return Tree(entries, self._document, at, here + 1)
        while True:
            if not self._text.startswith('"', here):
                self._refuse_key(here)
            name, end = self._string(here)
            colon = self.blank(end)
            if not self._text.startswith(":", colon):
                self.refuse(colon, "`:` is missing behind the key")
            child = self.value(self.blank(colon + 1), depth + 1)
            child.key_start, child.key_end = here, end
            if name in entries:
                self._problems.append(repeated_key(name, entries[name], child))
            else:
                entries[name] = child
            here, closed = self._after(child.end, at, "}")
            if closed:
                return Tree(entries, self._document, at, here)

    def _after(self, at: int, opened: int, bracket: str) -> tuple[int, bool]:
        """Read what stands behind an entry: a comma and another entry, or the closing bracket."""
        here = self.blank(at)
        if self._text.startswith(bracket, here):
            return here + 1, True
        if here == len(self._text):
            self.refuse(opened, "the bracket that opens here is never closed", "close it")
        if not self._text.startswith(",", here):
            self.refuse(here, f"`,` or `{bracket}` is missing here")
        following = self.blank(here + 1)
        if self._text.startswith(bracket, following):
            self.refuse(here, f"a comma before the closing `{bracket}`", "remove the comma")
        return following, False

    def _refuse_key(self, at: int) -> NoReturn:
        if not self._text[at : at + 1]:
            self.refuse(at, "the file ends where a key is expected")
        self.refuse(at, "a key has to stand in double quotes", 'write "key": value')
