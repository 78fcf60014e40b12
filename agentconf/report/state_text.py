"""What is remembered, for the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconf.report.ink import Ink, Style, cells, flow
from agentconf.report.visible import visible
from agentconf.report.wording import count, short

if TYPE_CHECKING:
    from agentconf.model.memory import State


def listed(state: State, address: str, *, colour: bool, width: int) -> str:
    """Write the agents of a state as lines: key, name, id, what is known of them.

    Args:
        state: what is remembered.
        address: where.
        colour: whether ANSI colours may be used.
        width: columns of the terminal.

    """
    ink = Ink(colour)
    keys = max((cells(visible(key)) for key in state.agents), default=0)
    lines = []
    for key, one in sorted(state.agents.items()):
        shown = visible(key)
        words = [one.id, visible(one.name)]
        words += [count(len(one.fingerprints), "secret")] if one.fingerprints else []
        words += ["protected"] if one.prevent_destroy else []
        lines.append(f"{ink.paint(Style.STRONG, shown)}{' ' * (keys - cells(shown))}  {' · '.join(words)}")
    whose = f"organisation {short(state.organisation_id)}" if state.organisation_id else "no organisation yet"
    agents = f"{count(len(state.agents), 'agent')} of {visible(state.environment)}"
    tail = f"{agents} ({whose}), serial {state.serial}, in {visible(address)}"
    lines += flow([(Style.PLAIN, tail)], width, ink)
    return "".join(f"{line}\n" for line in lines)
