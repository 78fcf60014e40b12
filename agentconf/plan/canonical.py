"""The one form in which agents can be compared: defaults out, line ends and numbers settled.

What differs only in how it is written is the same here: a field that holds its default and one that is
absent, `10` and `10.0`, CRLF and LF in a text, tools in another order, upper and lower case in a UUID. What
the platform never shows (write-only values) is not here. Fields that the models do not know are kept.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

from agentconf.model.agent import AgentBody, AgentData
from agentconf.model.fields import FieldSpec, ModelClass, fields_of
from agentconf.model.secret import SecretRef

_Object = dict[str, Any]
_Settle = Callable[[Any], Any]
_encode = json.JSONEncoder(sort_keys=True, allow_nan=False, separators=(",", ":"), default=str).encode


def canonical(body: AgentData) -> AgentData:
    """Bring a body into the form that is compared.

    The result is a body too: bringing it into the form once more changes nothing. Tools are ordered by id,
    because their order has no meaning.

    Args:
        body: in write shape; is not changed.

    """
    return canonical_part(body, AgentBody)


def canonical_part(data: _Object, model: ModelClass) -> _Object:
    """Bring one object of a body into the form that is compared.

    Args:
        data: the object; is not changed.
        model: what it follows.

    """
    rules = _rules(model)
    result: _Object = {}
    for name, value in data.items():
        rule = rules.get(name)
        if rule is None:
            if value is not None and type(value) is not SecretRef:
                result[name] = free(value)
        elif value is None:
            if rule.keep_null:
                result[name] = None
        elif not rule.hidden:
            settled = rule.settle(value)
            default = rule.default if rule.default_in is None else rule.default_in(data)
            if settled != default or type(settled) is not type(default):
                result[name] = settled
    return result


def text_of(value: Any) -> str:
    """Write JSON data in the one way that tells all values apart: `true` is not `1`.

    Raises:
        ValueError: a number is not finite; JSON has none such.

    """
    return _encode(value)


def same(one: Any, other: Any) -> bool:
    """Tell whether two canonical values are the same JSON; `true` is not `1`."""
    return bool(one == other) and _same_kinds(one, other)


def _same_kinds(one: Any, other: Any) -> bool:
    """Tell whether equal values are of equal types all the way down."""
    kind = type(one)
    if kind is not type(other):
        return False
    if kind is dict:
        for name, value in one.items():
            if type(value) is not str and not _same_kinds(value, other[name]):
                return False
    elif kind is list:
        return all(_same_kinds(mine, theirs) for mine, theirs in zip(one, other, strict=True))
    return True


def digest(body: AgentData) -> str:
    """Return the SHA-256, as hex, of a body's canonical form: of everything that the platform shows.

    A detached trunk (`null`) and an absent one are the same to a reader of the live agent.
    """
    return sha256({name: value for name, value in canonical(body).items() if value is not None})


def sha256(value: Any) -> str:
    """Return the SHA-256, as hex, of JSON data."""
    return hashlib.sha256(text_of(value).encode("ascii")).hexdigest()


def free(value: Any) -> Any:
    """Settle the numbers of JSON data that has no model: an integral float is an integer.

    Secret references are left out of objects: they stand for values that no answer shows.
    """
    kind = type(value)
    if kind is str or kind is bool or kind is int:
        return value
    if kind is dict:
        return {name: free(child) for name, child in value.items() if type(child) is not SecretRef}
    if kind is list:
        return [free(child) for child in value]
    return int(value) if kind is float and value.is_integer() else value


def identifier(value: Any) -> Any:
    """Return an id as the platform writes it, in lower case; anything but a text stays as it is."""
    return value.lower() if isinstance(value, str) else value


@dataclass(frozen=True, slots=True)
class _Rule:
    """How one field is settled: what `FieldSpec` says, made ready for many calls."""

    settle: _Settle
    default: Any
    default_in: Callable[[_Object], Any] | None
    keep_null: bool
    hidden: bool


@cache
def _rules(model: ModelClass) -> dict[str, _Rule]:
    specs = fields_of(model)
    return {
        name: _Rule(
            settle=_settler(spec),
            default=free(spec.default),
            default_in=partial(spec.default_in, specs=specs) if spec.default_by else None,
            keep_null=spec.dashboard,
            hidden=spec.write_only,
        )
        for name, spec in specs.items()
    }


def _settler(spec: FieldSpec) -> _Settle:
    """Choose how a field's values are settled."""
    if spec.opaque:
        return free
    if spec.identifier:
        return identifier
    if spec.nested is None and spec.discriminator is None:
        return _plain
    if spec.sealed:
        one = partial(_seal, spec=spec)
    elif spec.nested is not None:
        one = partial(_nested, model=spec.nested)
    else:
        one = partial(_variant, spec=spec)
    if not spec.is_list:
        return one
    return partial(_tools if spec.name == "tools" else _list, settle=one)


def _nested(value: Any, model: ModelClass) -> Any:
    return canonical_part(value, model) if isinstance(value, dict) else free(value)


def _variant(value: Any, spec: FieldSpec) -> Any:
    model = spec.model_of(value) if isinstance(value, dict) else None
    return free(value) if model is None else canonical_part(value, model)


def _seal(value: Any, spec: FieldSpec) -> Any:
    """Keep of an object with write-only values what an answer shows: which kind it is."""
    key = str(spec.discriminator)
    return {key: value.get(key)} if isinstance(value, dict) else free(value)


def _list(value: Any, settle: _Settle) -> Any:
    return [settle(one) for one in value] if isinstance(value, list) else free(value)


def _tools(value: Any, settle: _Settle) -> Any:
    tools = _list(value, settle)
    return sorted(tools, key=_tool_order) if isinstance(tools, list) and len(tools) > 1 else tools


def _tool_order(tool: Any) -> tuple[str, str]:
    known = tool.get("id") if isinstance(tool, dict) else None
    return (known, "") if isinstance(known, str) else ("", text_of(tool))


def _plain(value: Any) -> Any:
    """Settle a value without a model: line ends of texts, also inside lists and maps, and numbers."""
    kind = type(value)
    if kind is str:
        return value.replace("\r\n", "\n").replace("\r", "\n") if "\r" in value else value
    if kind is list:
        return [_plain(child) for child in value]
    if kind is dict:
        return {name: _plain(child) for name, child in value.items()}
    return free(value)
