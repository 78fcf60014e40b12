"""Which write-only values an update sends.

Those that the platform cannot have, those that changed since they were sent, and those it is told to.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from agentconf.model.secret import SecretRef
from agentconf.plan.canonical import identifier
from agentconf.plan.toolids import tools_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from agentconf.model.agent import AgentData
    from agentconf.plan.ignored import Ignored

API_KEY = "slng_api_key"


class Reason(StrEnum):
    """Why a secret is sent, or is not."""

    NEW = "new"
    LOST = "lost"
    TYPE = "type"
    RESENT = "sent again"
    ROTATED = "rotated"
    UNCHANGED = "unchanged"
    UNCHECKED = "unchecked"
    KEPT = "kept"

    @property
    def sent(self) -> bool:
        """Whether an update holds it."""
        return self not in (Reason.UNCHANGED, Reason.UNCHECKED, Reason.KEPT)


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of secrets: what was sent last, and what is set here.

    Args:
        sent: fingerprints by place, as the state remembers them.
        set_here: fingerprints by environment variable; variables that are not set are not in it.

    """

    sent: Mapping[str, str]
    set_here: Mapping[str, str]

    def reason(self, place: str, references_: Iterable[SecretRef]) -> Reason:
        """Tell of a secret that the platform has whether it is the one that was sent.

        Args:
            place: `slng_api_key`, or what `place_of` says.
            references_: what it is made from.

        """
        former = self.sent.get(place)
        if former is None:
            return Reason.KEPT
        now = [self.set_here.get(reference.env) for reference in references_]
        if None in now:
            return Reason.UNCHECKED
        return Reason.UNCHANGED if former in now else Reason.ROTATED


@dataclass(frozen=True, slots=True)
class ToolSecret:
    """The secret of one tool.

    Args:
        tool_id: in lower case.
        auth: as declared, with its reference.
        reason: why it is sent, or is not.

    """

    tool_id: str
    auth: dict[str, Any]
    reason: Reason

    @property
    def sent(self) -> bool:
        """Whether the update holds it."""
        return self.reason.sent


def place_of(tool_id: str, name: str) -> str:
    """Name the place of a tool's secret, as fingerprints are remembered.

    Args:
        tool_id: of the tool.
        name: of the field in `auth`.

    """
    return f"tools/{identifier(tool_id)}/auth/{name}"


def key_reason(body: AgentData, known: Known, *, resend: bool) -> Reason | None:
    """Tell whether an update has to send `slng_api_key`; None where the file declares none.

    Args:
        body: as declared.
        known: what is known of secrets.
        resend: send it.

    """
    reference = body.get(API_KEY)
    if not isinstance(reference, SecretRef):
        return None
    return Reason.RESENT if resend else known.reason(API_KEY, [reference])


def tool_secrets(target: AgentData, live: AgentData, known: Known, resend: Ignored) -> tuple[ToolSecret, ...]:
    """Decide for each declared tool secret whether an update has to send it.

    Args:
        target: the body after the update, references in write-only places.
        live: the live body; it shows `auth: {type}` where the platform stores a secret.
        known: what is known of secrets.
        resend: places whose secrets are sent in any case.

    """
    return tuple(_decided(target, live, known, resend))


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


def places(body: AgentData) -> Iterator[tuple[str, SecretRef]]:
    """Yield where secrets stand in a body, and which ones.

    Args:
        body: as declared or as it is sent; tools with their ids.

    """
    key = body.get(API_KEY)
    if isinstance(key, SecretRef):
        yield API_KEY, key
    for tool in tools_of(body):
        auth = tool.get("auth")
        for name, value in auth.items() if isinstance(auth, dict) else ():
            if isinstance(value, SecretRef):
                yield place_of(str(tool.get("id")), name), value


def _decided(target: AgentData, live: AgentData, known: Known, resend: Ignored) -> Iterable[ToolSecret]:
    shown = {identifier(tool.get("id")): tool for tool in tools_of(live)}
    for tool in tools_of(target):
        auth = tool.get("auth")
        if isinstance(auth, dict) and any(references(auth)):
            key = identifier(tool.get("id"))
            again = resend.at("tools").tool(tool).at("auth").whole
            yield ToolSecret(key, auth, _reason(key, auth, shown.get(key), known, resend=again))


def _reason(
    key: str, auth: dict[str, Any], live: dict[str, Any] | None, known: Known, *, resend: bool
) -> Reason:
    if live is None:
        return Reason.NEW
    stored = live.get("auth")
    if not isinstance(stored, dict):
        return Reason.LOST
    if stored.get("type") != auth.get("type"):
        return Reason.TYPE
    if resend:
        return Reason.RESENT
    found = [
        known.reason(place_of(key, name), [value])
        for name, value in auth.items()
        if isinstance(value, SecretRef)
    ]
    return next((one for one in _STRONGEST if one in found), Reason.KEPT)


_STRONGEST = (Reason.ROTATED, Reason.UNCHECKED, Reason.KEPT, Reason.UNCHANGED)
