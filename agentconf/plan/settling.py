"""Changes that both sides made: which of them are settled, and what is left live."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconf.model.agent import AgentBody
from agentconf.model.fields import FieldSpec, ModelClass, fields_of
from agentconf.plan.canonical import identifier
from agentconf.plan.change import Origin
from agentconf.plan.resolution import Resolutions, Side
from agentconf.plan.toolids import tools_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from agentconf.model.agent import AgentData
    from agentconf.plan.change import Change, Operation
    from agentconf.plan.diff import KeyPath


def settled(
    key: str, operation: Operation | None, resolutions: Resolutions
) -> tuple[tuple[Change, ...], tuple[KeyPath, ...]]:
    """Go through what both sides changed.

    A path that the user names as theirs is left live also where only the dashboard changed it.

    Args:
        key: the agent's key.
        operation: what would be done if every conflict ended with the file's value; None: nothing.
        resolutions: what the user decided.

    Returns:
        The conflicts that nobody settled, and the places, tools by id, that keep their live value.

    """
    named = Resolutions(None, resolutions.paths)
    conflicts, kept = [], []
    for change in operation.changes if operation is not None else ():
        if change.origin not in (Origin.BOTH, Origin.THEIRS):
            continue
        chosen = resolutions if change.origin is Origin.BOTH else named
        side = chosen.side(key, tuple(map(str, change.path)), change.place)
        if side is Side.THEIRS:
            kept.append(change.place)
        elif side is None and change.origin is Origin.BOTH:
            conflicts.append(change)
    return tuple(conflicts), tuple(kept)


def reach(path: KeyPath, bodies: Sequence[AgentData]) -> KeyPath:
    """Return the place, at or above a path, that can be left to the live side by itself.

    Free objects (`parameters`, `execution_policy` of tomorrow) are written as a whole.

    Args:
        path: keys from the root; tools by id.
        bodies: the declared and the live body, for the types of tools.

    """
    name = path[0]
    if name != "tools" or len(path) < 3:  # noqa: PLR2004 - tools, id, field
        return tuple(_reached(path, AgentBody)) if name != "tools" else path
    tool = next(
        (one for body in bodies for one in tools_of(body) if identifier(one.get("id")) == path[1]), {}
    )
    model = fields_of(AgentBody)["tools"].model_of(tool)
    return (*path[:2], *_reached(path[2:], model))


def _reached(path: KeyPath, model: ModelClass | None) -> Iterator[str]:
    for name in path:
        yield name
        spec = fields_of(model).get(name) if model is not None else None
        if spec is None or not _opens(spec):
            return
        model = spec.nested


def _opens(spec: FieldSpec) -> bool:
    """Tell whether the parts of a field are compared and written one by one."""
    if spec.opaque or spec.sealed or spec.is_list:
        return False
    return spec.name == "template_defaults" or spec.nested is not None
