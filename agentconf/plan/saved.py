"""A plan as a file: written, read back exactly, refused when it was edited or made by another version."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from agentconf import __version__
from agentconf.errors import ConfigurationError, UsageError
from agentconf.model.impact import Impact
from agentconf.plan.canonical import sha256
from agentconf.plan.change import ABSENT, Action, Change, ChangeKind, LiveRef, Operation, Origin
from agentconf.plan.document import FORMAT, document
from agentconf.plan.encode import decode
from agentconf.plan.plan import Blocker, Note, Plan
from agentconf.plan.resolution import Resolutions
from agentconf.plan.stale import verify

if TYPE_CHECKING:
    from agentconf.model.agent import AgentData

__all__ = ["FORMAT", "document", "dump", "load", "verify"]

_AGAIN = "plan again: agentconf plan -o FILE"


def dump(plan: Plan) -> str:
    """Write a plan as JSON, with a line feed at the end."""
    return json.dumps(document(plan), indent=2, allow_nan=False) + "\n"


def load(text: str) -> Plan:
    """Read a saved plan.

    Raises:
        ConfigurationError: it is not a saved plan, was edited, or was made by another version.

    """
    data = _parsed(text)
    _check(data)
    try:
        return _plan(data)
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError, UsageError) as error:
        raise ConfigurationError(
            f"the saved plan is not as this version writes it ({error})", help=_AGAIN
        ) from None


def _parsed(text: str) -> dict[str, Any]:
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        raise ConfigurationError("the file is not a saved plan: it is not JSON", help=_AGAIN) from None
    if not isinstance(data, dict) or "format_version" not in data:
        raise ConfigurationError("the file is not a saved plan: it has no format_version", help=_AGAIN)
    return data


def _check(data: dict[str, Any]) -> None:
    found, version = data["format_version"], data.get("tool_version")
    if found != FORMAT or isinstance(found, bool):
        raise ConfigurationError(
            f"the saved plan has format {found!r}, made by agentconf {version}; this is {__version__} and "
            f"reads format {FORMAT}",
            help=_AGAIN,
        )
    content = {name: value for name, value in data.items() if name != "hash"}
    try:
        intact = sha256(content) == data.get("hash")
    except (ValueError, RecursionError):
        intact = False
    if not intact:
        raise ConfigurationError(
            "the saved plan was changed after it was made: its hash does not fit", help=_AGAIN
        )
    if version != __version__:
        raise ConfigurationError(
            f"the saved plan was made by agentconf {version}; this is {__version__}", help=_AGAIN
        )


def _plan(data: dict[str, Any]) -> Plan:
    return Plan(
        environment=data["environment"],
        organisation=data["organisation"],
        operations=tuple(_read_operation(one) for one in data["operations"]),
        unchanged=tuple(data["unchanged"]),
        unmanaged=tuple(data["unmanaged"]),
        blockers=tuple(Blocker(**one) for one in data["blockers"]),
        notes=tuple(Note(**one) for one in data["notes"]),
        agents=data["summary"]["agents"],
        live=data["summary"]["live"],
        inputs=data["inputs"],
        version=data["tool_version"],
        allowed=tuple(Impact(one) for one in data["allowed"]),
        resolutions=Resolutions.read(data["resolutions"]),
    )


def _read_operation(data: dict[str, Any]) -> Operation:
    live = data["live"]
    body: AgentData = decode(data["body"])
    return Operation(
        key=data["key"],
        name=data["name"],
        action=Action(data["action"]),
        changes=tuple(_read_change(one) for one in data["changes"]),
        body=body,
        expected=decode(data["expected"]),
        live=LiveRef(**live) if live is not None else None,
        after=tuple(data["after"]),
        renamed_from=data["renamed_from"],
    )


def _read_change(data: dict[str, Any]) -> Change:
    return Change(
        path=tuple(data["path"]),
        kind=ChangeKind(data["kind"]),
        before=decode(data["before"]) if "before" in data else ABSENT,
        after=decode(data["after"]) if "after" in data else ABSENT,
        impacts=tuple(Impact(one) for one in data["impacts"]),
        note=data["note"],
        origin=Origin(data["origin"]),
        base=decode(data["base"]) if "base" in data else ABSENT,
        place=tuple(data["place"]),
    )
