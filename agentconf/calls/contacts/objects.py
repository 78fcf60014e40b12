"""JSONL to rows: one JSON object a line."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, NamedTuple, NoReturn

from agentconf.calls.contacts.raw import RawContact
from agentconf.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Iterator

_UNFIT = re.compile("[\0\ud800-\udfff]")
"""What JSON can escape and no text may hold: NUL, and halves of characters."""


class _Number(str):
    """A number, spelled as it was written."""

    __slots__ = ()


class _BadRowError(ValueError):
    def __init__(self, message: str, help_: str | None = None) -> None:
        super().__init__(message)
        self.help = help_


class _Pairs(NamedTuple):
    """An object's keys and values, as they stand."""

    pairs: list[tuple[str, object]]


def read_objects(lines: Iterator[str], display: str) -> Iterator[RawContact]:
    """Read rows; blank lines are skipped.

    Args:
        lines: of the text, with their ends.
        display: the file, as users know it.

    Raises:
        ConfigurationError: the text is one JSON document instead of one a line.

    """
    decoder = json.JSONDecoder(
        object_pairs_hook=_Pairs, parse_int=_Number, parse_float=_Number, parse_constant=_constant
    )
    empty = True
    for number, text in enumerate(lines, 1):
        bare = text.strip()
        if not bare:
            continue
        if empty and bare.startswith("["):
            raise ConfigurationError(
                f"{display} is a JSON array, not JSON Lines",
                help="write one object a line; jq -c '.[]' does it",
                where=f"{display}:{number}",
            )
        empty = False
        yield _row(number, bare, decoder)
    if empty:
        raise ConfigurationError(
            f"{display} is empty",
            help='write a contact a line, such as {"to": "+14155550100"}',
            where=display,
        )


def _row(line: int, text: str, decoder: json.JSONDecoder) -> RawContact:
    try:
        values, numeric = _values(_object(text, decoder))
    except _BadRowError as error:
        return RawContact(line, {}, str(error), error.help)
    return RawContact(line, values, numeric=numeric)


def _object(text: str, decoder: json.JSONDecoder) -> _Pairs:
    one = "write one JSON object, on one line"
    try:
        value = decoder.decode(text)
    except json.JSONDecodeError as error:
        message = f"the line is not JSON: {error.msg} at character {error.pos + 1}"
        raise _BadRowError(message, one) from error
    except RecursionError as error:
        raise _BadRowError("the line is nested too deeply", one) from error
    if not isinstance(value, _Pairs):
        raise _BadRowError("the line is not a JSON object", 'write it like {"to": "+14155550100"}')
    return value


def _values(found: _Pairs) -> tuple[dict[str, str], frozenset[str]]:
    """Return the texts of an object by key, and the keys of those that are numbers."""
    values: dict[str, str] = {}
    numeric = set()
    seen = set()
    for written, value in found.pairs:
        key = written.strip()
        if key in seen:
            raise _BadRowError(f"the key `{key}` stands twice", "leave one of them")
        seen.add(key)
        text = _text(key, value)
        if _UNFIT.search(key) or _UNFIT.search(text):
            raise _BadRowError(f"`{ascii(key)[1:-1]}` holds a NUL or half a character", "write it without")
        if text:
            values[key] = text
        if isinstance(value, _Number):
            numeric.add(key)
    return values, frozenset(numeric)


def _text(key: str, value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None:
        return ""
    if isinstance(value, str):
        return str(value).strip()
    kind = "an object" if isinstance(value, _Pairs) else "a list"
    raise _BadRowError(f"the value of `{key}` is {kind}", "values are texts, numbers, true, false or null")


def _constant(name: str) -> NoReturn:
    raise _BadRowError(f"`{name}` is no value of JSON", "write a text or a number")
