"""The YAML parsers' complaints, in plain words, at the place that is to be mended.

Both parsers of PyYAML speak here: libyaml says "did not find expected key" where the other one says
"expected <block end>, but found …".
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import yaml

from agentconf.source.document import Label, Location, Span
from agentconf.source.stop import StopReading, problem

if TYPE_CHECKING:
    from collections.abc import Callable

    from agentconf.source.document import Document

_UNREADABLE = re.compile("[^\t\n\r -~\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_CONFLICT = re.compile(r"^(?:<{7}|={7}|>{7})(?: |$)", re.MULTILINE)
_QUOTE = "put the whole value in quotes"

TEMPLATE_START = "an unquoted text cannot begin with `{{`"
TEMPLATE_HELP = "put the whole value in quotes: an unquoted `{{` opens a mapping in YAML"


@dataclass(frozen=True, slots=True)
class _Fault:
    """A complaint: what the parser said, where, and what it was reading."""

    document: Document
    words: str
    at: int
    since: int | None
    reading: str

    @property
    def character(self) -> str:
        return self.document.text[self.at : self.at + 1]

    @property
    def line_before(self) -> str:
        """The text between the line's beginning and the place."""
        return self.document.text[: self.at].rpartition("\n")[2]

    @property
    def open_bracket(self) -> int:
        """The last bracket before the place that nothing closes, quotes not minded."""
        closed = 0
        for at in range(min(self.at, len(self.document.text)) - 1, -1, -1):
            character = self.document.text[at]
            closed += character in "]}"
            if character in "[{":
                if not closed:
                    return at
                closed -= 1
        return self.at

    def stop(
        self, message: str, help_: str | None = None, *, at: int | None = None, label: str = ""
    ) -> StopReading:
        """Make the stop, by default at the place that the parser named."""
        place = self.at if at is None else at
        labels: tuple[Label, ...] = ()
        if label and self.since is not None and self.since != place:
            labels = (Label(Location(self.document, Span(self.since, self.since + 1)), label),)
        return StopReading(problem("AC001", message, self.document, (place, place + 1), help_, labels=labels))


def stop_of(error: yaml.YAMLError | UnicodeError, document: Document) -> StopReading:
    """Turn what a parser raised into the stop that ends the reading.

    Args:
        error: what PyYAML raised; a Unicode error for a lone surrogate.
        document: the text that was being read.

    """
    if not isinstance(error, yaml.MarkedYAMLError):
        return _unreadable(document)
    mark: Any = error.problem_mark or error.context_mark
    since = error.context_mark.index if error.context_mark else None
    fault = _Fault(document, error.problem or "", mark.index, since, error.context or "")
    conflict = _CONFLICT.search(document.text)
    if conflict is not None and conflict.start() <= fault.at + 1:
        return fault.stop("a merge conflict is left in the file", "resolve it", at=conflict.start())
    if fault.character == "\t" or "tab character" in fault.words:
        return fault.stop("a tab cannot indent YAML", "indent with spaces")
    for pattern, explain in _EXPLANATIONS:
        if re.search(pattern, fault.words):
            return explain(fault)
    return fault.stop(f"not YAML: {fault.words}")


def _unreadable(document: Document) -> StopReading:
    found = _UNREADABLE.search(document.text)
    at = found.start() if found else 0
    name = f"U+{ord(found[0]):04X}" if found else "of no text"
    message = f"the character {name} cannot stand in a text file"
    return StopReading(
        problem("AC008", message, document, (at, at + 1), "remove it, and save the file as UTF-8")
    )


def _colon(fault: _Fault) -> StopReading:
    if ": " in fault.line_before:
        return fault.stop("a second `: ` in an unquoted text", _QUOTE)
    return fault.stop("a key cannot stand here", "check the indentation, and that the line above is complete")


def _list(fault: _Fault) -> StopReading:
    return fault.stop("a list cannot begin here", "begin its first `- ` on a line of its own")


def _no_colon(fault: _Fault) -> StopReading:
    return fault.stop(
        "a line without `: ` where a key is expected",
        "indent the line when it continues a text, or add the colon",
        at=fault.since,
    )


def _open_quote(fault: _Fault) -> StopReading:
    return fault.stop("the quote that opens here is never closed", "close it", at=fault.since)


def _bracket(fault: _Fault) -> StopReading:
    if fault.character == "{" and fault.line_before.endswith("$"):
        return fault.stop(
            "an unquoted `${` inside of { } or [ ]", 'put the reference in quotes: "${…}"', at=fault.at - 1
        )
    if not fault.character:
        return fault.stop("the bracket that opens here is never closed", "close it", at=fault.since)
    return fault.stop(
        "`,` or the closing bracket is missing here",
        "close the bracket, or quote the text that it belongs to",
        label="opened here",
    )


def _key(fault: _Fault) -> StopReading:
    if "collection" in fault.reading:
        return _item(fault)
    before = fault.line_before
    if "{{" in before and fault.character not in ("", "\n"):
        start = before.index("{{")
        return fault.stop(TEMPLATE_START, TEMPLATE_HELP, at=fault.at - len(before) + start)
    if before.rstrip().endswith(('"', "'")):
        return fault.stop("there is text behind the closing quote", _QUOTE)
    if fault.character == "-":
        return fault.stop("a list item where a key is expected", "check the indentation")
    return fault.stop(
        "the indentation fits no mapping above",
        "begin the line in the same column as the other keys of its mapping",
        label="this mapping is still open",
    )


def _item(fault: _Fault) -> StopReading:
    return fault.stop(
        "a list item has to begin with `- `", "check the indentation", label="this list is still open"
    )


def _start(fault: _Fault) -> StopReading:
    return fault.stop(f"an unquoted text cannot begin with `{fault.character}`", _QUOTE)


def _content(fault: _Fault) -> StopReading:
    if not fault.character.strip():
        return fault.stop("the bracket that opens here is never closed", "close it", at=fault.open_bracket)
    return fault.stop(f"a value is missing before `{fault.character}`", "quote it when it is the value")


def _second_value(fault: _Fault) -> StopReading:
    return fault.stop("the file's value has ended above", "check the indentation; one file holds one mapping")


def _escape(fault: _Fault) -> StopReading:
    at = fault.document.text.rfind("\\", 0, fault.at + 1)
    return fault.stop(
        "unknown escape in a double-quoted text", "write `\\\\` for a backslash, or use single quotes", at=at
    )


def _name(fault: _Fault) -> StopReading:
    sign = "*" if "alias" in fault.reading else "&"
    return fault.stop(
        f"an unquoted text cannot begin with `{sign}`: it names an anchor in YAML", _QUOTE, at=fault.since
    )


def _tag(fault: _Fault) -> StopReading:
    return fault.stop("this tag has no meaning here", "leave it out")


def _version(fault: _Fault) -> StopReading:
    return fault.stop("this is no version of YAML that can be read", "leave the %YAML line out")


def _header(fault: _Fault) -> StopReading:
    return fault.stop("text behind `|` or `>`", "begin the text on the next line")


_EXPLANATIONS: tuple[tuple[str, Callable[[_Fault], StopReading]], ...] = (
    (r"mapping (?:values|keys) are not allowed", _colon),
    (r"sequence entries are not allowed", _list),
    (r"could not find expected ':'", _no_colon),
    (r"unexpected (?:end of stream|document)", _open_quote),
    (r"expected ',' or", _bracket),
    (r"expected '-' indicator", _item),
    (r"cannot start any token", _start),
    (r"expected (?:the )?node content", _content),
    (r"escape|hexdecimal|hexadecimal", _escape),
    (r"alphabetic or numeric", _name),
    (r"undefined tag handle", _tag),
    (r"incompatible YAML", _version),
    (r"expected '?<document start>", _second_value),
    (r"comment or (?:a )?line break|indentation indicator", _header),
    (r"expected key|expected <block end>", _key),
)
