"""Which write-only values an update sends: those that the platform cannot have, and those it is told to."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from agentconf.model.secret import SecretRef
from agentconf.plan.canonical import identifier
from agentconf.plan.toolids import tools_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from agentconf.model.agent import AgentData

API_KEY = "slng_api_key"


class Reason(StrEnum):
    """Why a tool's secret is sent, or is not."""

    NEW = "new"
    LOST = "lost"
    TYPE = "type"
    RESENT = "sent again"
    KEPT = "kept"


@dataclass(frozen=True, slots=True)
class ToolSecret:
    """The secret of one tool.

    Args:
        tool_id: in lower case.
        auth: as declared, with its reference.
        reason: why it is sent; `KEPT` when it is not.

    """

    tool_id: str
    auth: dict[str, Any]
    reason: Reason

    @property
    def sent(self) -> bool:
        """Whether the update holds it."""
        return self.reason is not Reason.KEPT


def tool_secrets(target: AgentData, live: AgentData, *, resend: bool) -> tuple[ToolSecret, ...]:
    """Decide for each declared tool secret whether an update has to send it.

    Args:
        target: the body after the update, references in write-only places.
        live: the live body; it shows `auth: {type}` where the platform stores a secret.
        resend: send them all.

    """
    return tuple(_decided(target, live, resend=resend))


def references(value: Any) -> Iterator[SecretRef]:
    """Yield the secret references in a value."""
    match value:
        case SecretRef():
            yield value
        case dict():
            for child in value.values():
                yield from references(child)
        case list():
            for child in value:
                yield from references(child)
        case _:
            return


def _decided(target: AgentData, live: AgentData, *, resend: bool) -> Iterable[ToolSecret]:
    shown = {identifier(tool.get("id")): tool for tool in tools_of(live)}
    for tool in tools_of(target):
        auth = tool.get("auth")
        if isinstance(auth, dict) and any(references(auth)):
            key = identifier(tool.get("id"))
            yield ToolSecret(key, auth, _reason(auth, shown.get(key), resend=resend))


def _reason(auth: dict[str, Any], live: dict[str, Any] | None, *, resend: bool) -> Reason:
    if live is None:
        return Reason.NEW
    stored = live.get("auth")
    if not isinstance(stored, dict):
        return Reason.LOST
    if stored.get("type") != auth.get("type"):
        return Reason.TYPE
    return Reason.RESENT if resend else Reason.KEPT
