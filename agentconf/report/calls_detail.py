"""What a platform tells of one call, read carefully: any field may be missing or be something else.

The callee's number stands in many of its fields, so that it is replaced in every text that is handed on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable

    from agentconf.remote.calling import CallRecord

_SHORTEST: Final = 7
"""Digits from which a number is looked for within texts; shorter ones would be found everywhere."""

_LISTS: Final = ("call_events", "tool_executions")
_TEXTS: Final = ("rendered_prompt", "arguments")


@dataclass(frozen=True, slots=True)
class Detail:
    """One call, with its number replaced throughout.

    Args:
        events: what happened, in the platform's order (API contract, CallEvent).
        executions: tools that ran (API contract, ToolExecutionOut).
        prompt: what the agent was told; None when the platform does not say.
        arguments: values of the agent's variables.
        more: the other fields that the platform sent.

    """

    events: tuple[Mapping[str, Any], ...]
    executions: tuple[Mapping[str, Any], ...]
    prompt: str | None
    arguments: Mapping[str, str]
    more: Mapping[str, Any]

    @classmethod
    def of(cls, call: CallRecord, number: Callable[[str], str]) -> Detail:
        """Read a call.

        Args:
            call: as the platform tells of it.
            number: how a number is written: its pseudonym, or itself when that was asked for.

        """
        told = hidden(call.detail, call.to, number(call.to) if call.to else "")
        events, executions = ([*filter(_is_mapping, _items(told.get(name)))] for name in _LISTS)
        prompt = told.get("rendered_prompt")
        return cls(
            tuple(events),
            tuple(executions),
            prompt if isinstance(prompt, str) and prompt else None,
            hidden(dict(call.arguments), call.to, number(call.to) if call.to else ""),
            {name: value for name, value in told.items() if name not in {*_LISTS, *_TEXTS}},
        )


def hidden(value: Any, to: str, shown: str) -> Any:
    """Copy JSON data with a number replaced in every text, with its `+` and without.

    Args:
        value: a value of JSON.
        to: the number.
        shown: what stands for it.

    """
    digits = to.removeprefix("+")
    if to == shown or len(digits) < _SHORTEST:
        return _plain(value)
    return _replaced(value, to, digits, shown)


def _replaced(value: Any, to: str, digits: str, shown: str) -> Any:
    match value:
        case str():
            return value.replace(to, shown).replace(digits, shown)
        case Mapping():
            return {
                _replaced(str(name), to, digits, shown): _replaced(one, to, digits, shown)
                for name, one in value.items()
            }
        case list() | tuple():
            return [_replaced(one, to, digits, shown) for one in value]
        case _:
            return value


def _plain(value: Any) -> Any:
    """Copy what JSON can hold."""
    match value:
        case Mapping():
            return {str(name): _plain(one) for name, one in value.items()}
        case list() | tuple():
            return [_plain(one) for one in value]
        case _:
            return value


def _items(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list) else ()


def _is_mapping(value: Any) -> bool:
    return isinstance(value, Mapping)
