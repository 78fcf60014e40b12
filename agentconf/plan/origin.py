"""Who made a difference: the file, the dashboard, or both, by what was last applied."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from agentconf.model.agent import AgentBody, AgentData
from agentconf.model.fields import fields_of
from agentconf.plan.canonical import same
from agentconf.plan.change import ABSENT, Origin
from agentconf.plan.diff import look

if TYPE_CHECKING:
    from agentconf.plan.diff import KeyPath

_COMPUTED = frozenset(name for name, spec in fields_of(AgentBody).items() if spec.computed)


def origin_of(base: AgentData, path: KeyPath, before: Any, after: Any) -> tuple[Origin, Any]:
    """Tell where a difference comes from, and what was there before either side changed it.

    A field that the platform fills in by itself, and that was not declared until now, is a change of the
    file: what the platform filled in was nobody's edit.

    Args:
        base: the remembered canonical body; empty when nothing is remembered.
        path: keys from the root; tools by id.
        before: the live value, default filled in.
        after: the declared value, default filled in.

    Returns:
        The origin, and the base's value, default filled in; `ABSENT` where there is none, or no base.

    """
    if not base:
        return Origin.UNKNOWN, ABSENT
    former = look(base, path)
    if _equal(former, before) or (former is ABSENT and path[0] in _COMPUTED):
        return Origin.YOURS, former
    return (Origin.THEIRS if _equal(former, after) else Origin.BOTH), former


def _equal(one: Any, other: Any) -> bool:
    """Compare two values, of which either may be absent; a detached trunk is an absent one."""
    if one in (ABSENT, None) or other in (ABSENT, None):
        return one in (ABSENT, None) and other in (ABSENT, None)
    return same(one, other)
