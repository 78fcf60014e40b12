"""A state as a document: written the same to the byte for the same state, and read back exactly.

What is corrupt, of another tool, of another environment or of a newer version is an error that says so;
whoever reads never writes over it.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from agentconf import __version__
from agentconf.errors import ConfigurationError
from agentconf.model.memory import Remembered, State

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

FORMAT: Final = 1
"""Version of the document. It grows when a reader of the former version could misread the new one."""

KIND: Final = "agentconf-state"
"""Says whose document it is: other tools keep states too."""

MIGRATIONS: Final[Mapping[int, Any]] = {}
"""What turns a document of one format into the next one's, by the format that it takes."""

_KEEP = "nothing was written over it: restore an older copy, or move it away and apply to remember anew"


def dump(state: State, *, journal: str | None = None) -> str:
    """Write a state as JSON, with a line feed at the end.

    Args:
        state: what to write.
        journal: where the last part of the journal stands, for stores that keep it in parts.

    """
    content = {
        "kind": KIND,
        "format_version": FORMAT,
        "tool_version": __version__,
        "environment": state.environment,
        "lineage": state.lineage,
        "serial": state.serial,
        "salt": state.salt,
        "organisation_id": state.organisation_id,
        **({"journal": journal} if journal is not None else {}),
    }
    head = ",\n".join(f" {_line(name)}: {_line(value)}" for name, value in content.items())
    rows = [f"  {_line(key)}: {_line(_agent(one))}" for key, one in sorted(state.agents.items())]
    agents = "\n" + ",\n".join(rows) + "\n " if rows else ""
    return f'{{\n{head},\n "agents": {{{agents}}}\n}}\n'


_line = json.JSONEncoder(ensure_ascii=False, allow_nan=False).encode
"""An agent a line: a diff shows which ones changed, and json's fast encoder writes no indents."""


def _agent(one: Remembered) -> dict[str, Any]:
    return {
        "id": one.id,
        "name": one.name,
        "prevent_destroy": one.prevent_destroy,
        "fingerprints": dict(sorted(one.fingerprints.items())),
        "base": one.base,
    }


def load(
    text: str | bytes,
    *,
    address: str,
    environment: str | None,
    migrations: Mapping[int, Callable[[dict[str, Any]], dict[str, Any]]] = MIGRATIONS,
) -> State:
    """Read a state.

    Args:
        text: the document.
        address: where it stands, for messages.
        environment: whose it should be; None: anybody's.
        migrations: from older formats, by the format that they take.

    Raises:
        ConfigurationError: it is no such document, or one that this version cannot read.

    """
    data = _current(_parsed(text, address), address, migrations)
    try:
        state = _state(data)
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
        raise ConfigurationError(f"the state in {address} is corrupt ({error!r})", help=_KEEP) from None
    if environment is not None and state.environment != environment:
        raise ConfigurationError(
            f"the state in {address} is of the environment {state.environment!r}, not of {environment!r}",
            help="give each environment a `state` of its own",
        )
    return state


def _parsed(text: str | bytes, address: str) -> dict[str, Any]:
    try:
        data = json.loads(text, object_pairs_hook=_unique, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise ConfigurationError(
            f"the state in {address} is corrupt: it is not JSON ({error})", help=_KEEP
        ) from None
    if not isinstance(data, dict) or data.get("kind") != KIND:
        raise ConfigurationError(
            f"what stands in {address} is no state of agentconf", help="check the setting `state`; " + _KEEP
        )
    return data


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands in it twice")
    return found


def _no_number(name: str) -> Any:
    raise ValueError(f"{name} is no number")


def _current(
    data: dict[str, Any],
    address: str,
    migrations: Mapping[int, Callable[[dict[str, Any]], dict[str, Any]]],
) -> dict[str, Any]:
    """Bring an older document up to this version's format."""
    found = data.get("format_version")
    if not isinstance(found, int) or isinstance(found, bool):
        raise ConfigurationError(f"the state in {address} is corrupt: it has no format_version", help=_KEEP)
    if found > FORMAT:
        raise ConfigurationError(
            f"the state in {address} has format {found}, written by agentconf {data.get('tool_version')}; "
            f"this is {__version__} and reads formats up to {FORMAT}",
            help="upgrade agentconf; nothing was written over it",
        )
    while found < FORMAT:
        if found not in migrations:
            raise ConfigurationError(f"the state in {address} has the unknown format {found}", help=_KEEP)
        data = {**migrations[found](data), "format_version": found + 1}
        found += 1
    return data


def _state(data: dict[str, Any]) -> State:
    bytes.fromhex(_text(data, "salt"))
    return State(
        environment=_text(data, "environment"),
        lineage=_text(data, "lineage"),
        serial=_whole(data, "serial"),
        salt=_text(data, "salt"),
        organisation_id=None if data["organisation_id"] is None else _text(data, "organisation_id"),
        agents={key: _remembered(one) for key, one in _mapping(data, "agents").items()},
    )


def _remembered(data: Any) -> Remembered:
    prints = _mapping(data, "fingerprints")
    return Remembered(
        id=_text(data, "id"),
        name=_text(data, "name"),
        base=_mapping(data, "base"),
        fingerprints={place: _text(prints, place) for place in prints},
        prevent_destroy=_switch(data, "prevent_destroy"),
    )


def _text(data: dict[str, Any], name: str) -> str:
    value = data[name]
    if not isinstance(value, str):
        raise TypeError(f"{name} is no text")
    return value


def _whole(data: dict[str, Any], name: str) -> int:
    value = data[name]
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise TypeError(f"{name} is no count")
    return value


def _switch(data: dict[str, Any], name: str) -> bool:
    value = data[name]
    if not isinstance(value, bool):
        raise TypeError(f"{name} is neither true nor false")
    return value


def _mapping(data: dict[str, Any], name: str) -> dict[str, Any]:
    value = data[name]
    if not isinstance(value, dict):
        raise TypeError(f"{name} is no mapping")
    return value
