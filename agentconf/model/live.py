"""A live agent, as the platform answers it, brought into the shape that is written."""

from __future__ import annotations

from dataclasses import dataclass, field

from agentconf.model.agent import AgentData


@dataclass(frozen=True, slots=True)
class LiveAgent:
    """One agent of the platform.

    Args:
        id: the platform's id (UUID).
        name: unique among the organisation's living agents.
        organisation_id: whose it is.
        updated_at: the platform's own timestamp, kept as text: it is only compared.
        body: write shape: server fields gone, `template_defaults` from `template_variables`, `auth: {type}`
            from `auth_type`, nulls that mean "absent" gone; unknown fields kept; never a secret.
        variables: names of the variables whose defaults the answer shows; others are invisible.

    """

    id: str
    name: str
    organisation_id: str
    updated_at: str
    body: AgentData = field(repr=False)
    variables: frozenset[str] = frozenset()
