"""What was taken from the dashboard into the files, for the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconf.plan.resolution import written
from agentconf.report.ink import Ink, Style, flow
from agentconf.report.visible import visible
from agentconf.report.wording import count

if TYPE_CHECKING:
    from collections.abc import Sequence

    from agentconf.adopt.adoption import Adopted, Wanted


def render(adopted: Adopted, gone: Sequence[str], *, colour: bool, width: int) -> str:
    """Write what was taken, where, and what was not.

    Args:
        adopted: what came out.
        gone: keys of agents that were deleted outside, which no file can take.
        colour: whether ANSI colours may be used.
        width: columns of the terminal.

    """
    ink = Ink(colour)
    lines: list[str] = []
    for taken in adopted.taken:
        lines.append(f"{ink.paint(Style.STRONG, name(taken.wanted))}  {visible(taken.file)}:{taken.line}")
        if taken.note:
            lines += [f"    {line}" for line in flow([(Style.PLAIN, visible(taken.note))], width - 4, ink)]
    for refused in adopted.refused:
        lines.append(f"{ink.paint(Style.ALARM, 'not taken')}  {name(refused.wanted)}")
        lines += [f"    {line}" for line in flow([(Style.PLAIN, visible(refused.reason))], width - 4, ink)]
    lines += [""] if lines else []
    tail = [f"Taken: {count(len(adopted.taken), 'value')} into {count(len(adopted.files), 'file')}."]
    if adopted.refused:
        tail.append(f"Not taken: {count(len(adopted.refused), 'value')}; change them by hand.")
    tail += [
        f"{key} changes in {', '.join(names)} too: plan there." for key, names in adopted.elsewhere.items()
    ]
    tail += [f"{key} was deleted outside: remove its file, or apply to make it anew." for key in gone]
    for text in tail:
        lines += flow([(Style.PLAIN, visible(text))], width, ink)
    return "".join(f"{line}\n" for line in lines)


def name(wanted: Wanted) -> str:
    """Name a value as options take it, with a tool by its name."""
    place = list(wanted.place)
    if place[0] == "tools" and len(place) > 1:
        tools = wanted.live.body.get("tools") or []
        called = next((tool.get("name") for tool in tools if str(tool.get("id")).lower() == place[1]), None)
        place[1] = str(called or place[1])
    return visible(f"{wanted.key}:{written(place)}")
