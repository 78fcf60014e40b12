"""Values of system arguments: what fits which type, as JSON and as text."""

from __future__ import annotations

import math
import re
from typing import Any

from agentconf.lint.template import OPEN

INTEGER = re.compile(r"[+-]?[0-9]+")
NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_TRUTH = frozenset({"true", "false"})
_LOOSE_TRUTH = frozenset({"1", "0", "yes", "no", "on", "off", "y", "n", "t", "f"})

_OUTLINES = {
    "integer": rf"[\s{OPEN}]*[+-]?[0-9{OPEN}]*[\s{OPEN}]*",
    "number": rf"[\s{OPEN}]*[+-]?[0-9{OPEN}]*\.?[0-9{OPEN}]*(?:[eE]{OPEN}*[+-]?[0-9{OPEN}]*)?[\s{OPEN}]*",
}


def fits(kind: str, value: Any) -> bool:
    """Tell whether a JSON value is of an argument's type.

    Args:
        kind: a scalar type of system arguments: string, integer, number or boolean.
        value: the constant; `5.0` is an integer, as in JSON Schema; `true` is no number.

    """
    if kind == "string":
        return isinstance(value, str)
    if kind == "boolean":
        return isinstance(value, bool)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    if isinstance(value, float) and not math.isfinite(value):
        return False
    return kind == "number" or value == int(value)


def reads_as(kind: str, text: str) -> bool | None:
    """Tell whether a filled-in template can be read as a scalar type.

    Args:
        kind: string, integer, number or boolean.
        text: the text; blanks around a number or truth value do not matter.

    Returns:
        None when that depends on the reader: `1` or `yes` for a boolean.

    """
    bare = text.strip()
    match kind:
        case "integer":
            return INTEGER.fullmatch(bare) is not None
        case "number":
            return NUMBER.fullmatch(bare) is not None
        case "boolean":
            return True if bare.lower() in _TRUTH else None if bare.lower() in _LOOSE_TRUTH else False
    return True


def may_read_as(kind: str, outline: str) -> bool:
    """Tell whether some values of its placeholders make a template read as a scalar type.

    Args:
        kind: string, integer, number or boolean.
        outline: the template's literal parts (see `template.outline`).

    """
    if kind == "boolean":
        pattern = ".*".join(re.escape(part) for part in outline.strip().lower().split(OPEN))
        return any(re.fullmatch(pattern, word) for word in _TRUTH | _LOOSE_TRUTH)
    return kind not in _OUTLINES or re.fullmatch(_OUTLINES[kind], outline) is not None
