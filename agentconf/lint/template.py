"""The platform's placeholder language: `{{name}}`, substitution and nothing else.

A name is a letter, digit or underscore, then letters, digits, underscores and dashes; blanks around it do not
matter. Single braces are plain text, so that a template may hold JSON: `{"id": {{id}}}` has one placeholder.
Two braces are never plain text: the platform counts them (API contract, createAgent: "Unmatched handlebars
braces in template").
"""

from __future__ import annotations

import re
from enum import Enum
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

NAME_LIMIT = 64
"""Longest name of a runtime argument (SLNG documentation, Tool personalization: runtime arguments)."""

OPEN = "\0"
"""Stands in an `outline` for whatever a value may be."""

_SIMPLE = re.compile(r"\{\{ *(\w[\w-]*) *\}\}")
_BRACES = re.compile(r"\{+|\}+")
_NAME = re.compile(r"\w[\w-]*")
_PLAIN_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
_PATH = re.compile(r"[\w@.][\w@.\[\]/-]*")
_WORD_BEHIND = re.compile(r"[^\s{}]{0,40}")
_TRIPLE = 3


class FaultKind(Enum):
    """What is wrong between braces; the value says it in words."""

    UNMATCHED = "braces that have no counterpart"
    NESTED = "a placeholder inside a placeholder"
    EMPTY = "a placeholder without a name"
    BLOCK = "a block"
    BLOCK_END = "the end of a block"
    PARTIAL = "a partial"
    COMMENT = "a comment"
    UNESCAPED = "an unescaped placeholder"
    PATH = "a path"
    WORDS = "a helper call, or a name with blanks"
    EXPRESSION = "an expression"


_MARKS = {
    "": FaultKind.EMPTY,
    "#": FaultKind.BLOCK,
    "^": FaultKind.BLOCK,
    "/": FaultKind.BLOCK_END,
    ">": FaultKind.PARTIAL,
    "!": FaultKind.COMMENT,
    "&": FaultKind.UNESCAPED,
}


class Placeholder(NamedTuple):
    """One `{{name}}`.

    Args:
        name: the variable.
        start: offset of the first brace.
        end: offset behind the last brace.

    """

    name: str
    start: int
    end: int

    @property
    def plain(self) -> bool:
        """Whether the name is an ASCII identifier, dashes allowed: what every reader takes for a name."""
        return _PLAIN_NAME.fullmatch(self.name) is not None


class Fault(NamedTuple):
    """Braces that are no placeholder.

    Args:
        kind: what is wrong.
        start: offset of the first brace.
        end: offset behind the last character that belongs to it.
        words: the names that occur in it; a default of such a name is not unused.

    """

    kind: FaultKind
    start: int
    end: int
    words: frozenset[str] = frozenset()

    @property
    def unbalanced(self) -> bool:
        """Whether it is the braces that are wrong, not what stands between them."""
        return self.kind in (FaultKind.UNMATCHED, FaultKind.NESTED)


class MissingVariableError(KeyError):
    """A text cannot be filled in: a variable has no value.

    Args:
        names: the variables, in the order of the text.

    """

    def __init__(self, names: tuple[str, ...]) -> None:
        super().__init__(*names)
        self.names = names

    def __str__(self) -> str:
        return "no value for " + ", ".join(self.names)


@lru_cache(maxsize=4096)
def scan(text: str) -> tuple[Placeholder | Fault, ...]:
    """Find the placeholders of a text, and the braces that are none, in order."""
    if "{{" not in text and "}}" not in text:
        return ()
    return _simple(text) or tuple(_Scanner(text).parts())


def _simple(text: str) -> tuple[Placeholder, ...]:
    """Find the placeholders of a text that has no other braces, as most have; nothing when it has."""
    found = tuple(Placeholder(match[1], *match.span()) for match in _SIMPLE.finditer(text))
    braces = 2 * len(found)
    if text.count("{") != braces or text.count("}") != braces or any(one.name == "else" for one in found):
        return ()
    return found


@lru_cache(maxsize=4096)
def placeholders(text: str) -> tuple[Placeholder, ...]:
    """Find the placeholders of a text, in order."""
    return tuple(part for part in scan(text) if isinstance(part, Placeholder))


@lru_cache(maxsize=4096)
def variables(text: str) -> tuple[str, ...]:
    """Name the variables of a text, each once, in order."""
    return tuple(dict.fromkeys(placeholder.name for placeholder in placeholders(text)))


def outline(text: str) -> str:
    """Return the literal parts of a text, with `OPEN` in place of each placeholder."""
    parts, at = [], 0
    for placeholder in placeholders(text):
        parts.append(text[at : placeholder.start].replace(OPEN, "\N{REPLACEMENT CHARACTER}"))
        at = placeholder.end
    return OPEN.join([*parts, text[at:].replace(OPEN, "\N{REPLACEMENT CHARACTER}")])


def mentions(text: str) -> frozenset[str]:
    """Name what stands between double braces: variables, and the words of what is no placeholder."""
    names: set[str] = set()
    for part in scan(text):
        names |= {part.name} if isinstance(part, Placeholder) else part.words
    return frozenset(names)


def substitute(text: str, values: Mapping[str, str]) -> str:
    """Fill in the placeholders, as the platform does: once, by plain substitution.

    Args:
        text: may hold faults; these stay as they are.
        values: by variable; values of other variables do no harm, placeholders in a value stay.

    Raises:
        MissingVariableError: variables of the text have no value.

    """
    missing = tuple(name for name in variables(text) if name not in values)
    if missing:
        raise MissingVariableError(missing)
    pieces, offset = [], 0
    for placeholder in placeholders(text):
        pieces += [text[offset : placeholder.start], values[placeholder.name]]
        offset = placeholder.end
    return "".join([*pieces, text[offset:]])


def _classify(content: str) -> FaultKind | None:
    """Tell what stands between double braces; None when it is a name."""
    inner = content.strip().strip("~").strip()
    words = inner.split()
    if inner[:1] in _MARKS:
        return _MARKS[inner[:1]]
    if words[0] == "else":
        return FaultKind.BLOCK_END
    if "~" in content:
        return FaultKind.EXPRESSION
    if all(_NAME.fullmatch(word) for word in words):
        return None if len(words) == 1 else FaultKind.WORDS
    return FaultKind.PATH if _PATH.fullmatch(inner) else FaultKind.EXPRESSION


class _Scanner:
    """Walks over the runs of braces of one text."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.runs = [match.span() for match in _BRACES.finditer(text)]
        self.pairs = self._pairs()
        self.single = 0  # single braces that are open in the plain text before

    def parts(self) -> Iterator[Placeholder | Fault]:
        """Yield placeholders and faults in order."""
        index = 0
        while index < len(self.runs):
            start, end = self.runs[index]
            width = end - start
            if width == 1:
                self.single = max(self.single + (1 if self.text[start] == "{" else -1), 0)
                index += 1
            elif self.text[start] == "}":
                self.single = max(self.single - width, 0)
                yield Fault(FaultKind.UNMATCHED, start, end)
                index += 1
            else:
                last = self.pairs.get(index)
                yield from self._stretch(index, last)
                index = index + 1 if last is None else last + 1

    def _pairs(self) -> dict[int, int]:
        """Match runs of two and more braces: index of the opening run → index of the closing one."""
        pairs: dict[int, int] = {}
        waiting: list[int] = []
        for index, (start, end) in enumerate(self.runs):
            if end - start == 1:
                continue
            if self.text[start] == "{":
                waiting.append(index)
            elif waiting:
                pairs[waiting.pop()] = index
        return pairs

    def _stretch(self, first: int, last: int | None) -> Iterator[Placeholder | Fault]:
        """Read from an opening run to the closing one."""
        start, inside = self.runs[first]
        if last is None:
            word = _WORD_BEHIND.match(self.text, inside)
            yield self._fault(FaultKind.UNMATCHED, start, word.end() if word else inside)
            return
        close, end = self.runs[last]
        opening, closing = inside - start, end - close
        content = self.text[inside:close]
        spare = closing - opening
        if any(stop - begin > 1 for begin, stop in self.runs[first + 1 : last]):
            yield self._fault(FaultKind.NESTED, start, end)
        elif opening > _TRIPLE or spare < 0 or (spare == 1 and not self.single):
            kind = FaultKind.EXPRESSION if spare == 0 else FaultKind.UNMATCHED
            yield self._fault(kind, start, end)
        else:
            yield self._read(content, opening, start, end - spare)
            if spare > 1:
                yield Fault(FaultKind.UNMATCHED, end - spare, end)
            self.single = max(self.single - spare, 0)

    def _read(self, content: str, opening: int, start: int, end: int) -> Placeholder | Fault:
        """Read what stands between well-matched braces."""
        kind = FaultKind.UNESCAPED if opening == _TRIPLE else _classify(content)
        if kind is None:
            return Placeholder(content.strip(), start, end)
        return self._fault(kind, start, end)

    def _fault(self, kind: FaultKind, start: int, end: int) -> Fault:
        return Fault(kind, start, end, frozenset(_NAME.findall(self.text[start:end])))
