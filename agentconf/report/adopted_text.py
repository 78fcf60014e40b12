"""What was taken from the dashboard into the files, for the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from agentconf.plan.resolution import written
from agentconf.report.ink import Ink, Style, flow
from agentconf.report.values import is_long, value_text
from agentconf.report.visible import visible
from agentconf.report.wording import count

if TYPE_CHECKING:
    from collections.abc import Sequence

    from agentconf.adopt.adoption import Adopted
    from agentconf.adopt.places import Wanted

SHOWN = 40
"""Characters of a long value that are shown."""


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
        lines += [f"    {line}" for line in flow([(Style.PLAIN, _change(taken.wanted))], width - 4, ink)]
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


def _change(wanted: Wanted) -> str:
    """Write what a value was and is, in a line; of a long one how it begins."""
    before, after = (_side(value, wanted.place) for value in (wanted.before, wanted.value))
    if before is None:
        return f"added: {after}"
    return f"removed: {before}" if after is None else f"{before} → {after}"


def _side(value: Any, place: tuple[str, ...]) -> str | None:
    text = value_text(value, place)
    if text is None or not is_long(text):
        return text
    first, *more = text.splitlines()
    return f"{first[:SHOWN].rstrip()}…" + (f" ({count(len(more) + 1, 'line')})" if more else "")


def name(wanted: Wanted) -> str:
    """Name a value as options take it, with a tool by its name."""
    place = list(wanted.place)
    if place[0] == "tools" and len(place) > 1:
        tools = wanted.live.body.get("tools") or []
        called = next((tool.get("name") for tool in tools if str(tool.get("id")).lower() == place[1]), None)
        place[1] = str(called or place[1])
    return visible(f"{wanted.key}:{written(place)}")
