"""What is remembered of earlier applies: which agents are ours, and what they were when last written."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agentconf.model.agent import AgentData


@dataclass(frozen=True, slots=True)
class Remembered:
    """What is remembered of one agent.

    Args:
        id: the platform's id.
        name: the name as last applied.
        base: canonical, secret-free body as last applied, all declared template defaults in it; the base of
            the three-way comparison.
        fingerprints: of the write-only values that were sent last, by place: `slng_api_key`, or
            `tools/<tool id>/auth/<field>`; made with the state's salt.
        prevent_destroy: protection that outlives the agent's file.

    """

    id: str
    name: str
    base: AgentData = field(default_factory=dict, repr=False)
    fingerprints: Mapping[str, str] = field(default_factory=dict, repr=False)
    prevent_destroy: bool = False


@dataclass(frozen=True, slots=True)
class State:
    """One environment's memory.

    Args:
        environment: name of the environment that it belongs to.
        lineage: a UUID given at creation; tells two states apart that share a serial.
        serial: grows by one with each write; 0: never written.
        salt: of the fingerprints, 32 hexadecimal digits.
        organisation_id: whose agents these are; None while no agent told.
        agents: by agent key.

    """

    environment: str
    lineage: str
    serial: int
    salt: str = field(repr=False)
    organisation_id: str | None = None
    agents: Mapping[str, Remembered] = field(default_factory=dict)
