"""What an unquoted scalar means: the core schema of YAML 1.2, and nothing of YAML 1.1.

So `no`, `on`, `9:30`, `1_000` and `2026-07-01` are text, and `012` is the number 12.
"""

from __future__ import annotations

import math
import re

Scalar = str | int | float | bool | None

FIRST = frozenset("-+.0123456789~nNtTfF")
"""Characters that a scalar which is not text can begin with; anything else needs no closer look."""

_CONSTANTS: dict[str, bool | None] = {
    "": None,
    "~": None,
    "null": None,
    "Null": None,
    "NULL": None,
    "true": True,
    "True": True,
    "TRUE": True,
    "false": False,
    "False": False,
    "FALSE": False,
}
_DECIMAL = re.compile(r"[-+]?[0-9]+")
_OTHER_BASE = re.compile(r"0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_SPECIAL = re.compile(r"(?P<sign>[-+]?)(?:\.inf|\.Inf|\.INF)|\.nan|\.NaN|\.NAN")
_MAX_DIGITS = 1000
_TAG = "tag:yaml.org,2002:"


def resolve(text: str) -> Scalar:
    """Read an unquoted scalar.

    Args:
        text: the scalar as it was written.

    Returns:
        None, a boolean, a number or the text itself. A whole number of more than 1,000 digits comes back as
        infinity: Python neither reads nor prints such numbers, and no field takes either.

    """
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    if _DECIMAL.fullmatch(text):
        return int(text) if len(text) <= _MAX_DIGITS else math.copysign(math.inf, -1 if text[0] == "-" else 1)
    if _FLOAT.fullmatch(text):
        return float(text)
    if _OTHER_BASE.fullmatch(text):
        return int(text, 0) if len(text) <= _MAX_DIGITS else math.inf
    if match := _SPECIAL.fullmatch(text):
        return float(text.replace(".", "")) if match["sign"] is not None else math.nan
    return text


def resolve_tagged(text: str, tag: str) -> Scalar:
    """Read a scalar with an explicit tag.

    Args:
        text: the scalar, quotes and escapes already resolved.
        tag: the tag in its long form, such as `tag:yaml.org,2002:str`; `!` alone means text.

    Raises:
        ValueError: the text does not fit the tag.
        LookupError: the tag is none of the core schema's.

    """
    if tag == "!":
        return text
    kind = tag.removeprefix(_TAG)
    types: dict[str, tuple[type, ...]] = {
        "str": (str,),
        "int": (int,),
        "float": (float, int),
        "bool": (bool,),
        "null": (type(None),),
    }
    if kind == tag or kind not in types:
        raise LookupError(tag)
    value = text if kind == "str" else resolve(text)
    if type(value) not in types[kind]:
        raise ValueError(text)
    return float(value) if kind == "float" and value is not None else value
