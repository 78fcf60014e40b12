"""A copy that the platform made, for the terminal: its files, and what was not copied."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconf.report.ink import Ink, Style, flow
from agentconf.report.visible import visible

if TYPE_CHECKING:
    from agentconf.adopt.draft import Drafted


def render(made: Drafted, *, colour: bool, width: int) -> str:
    """Write what was written.

    Args:
        made: the copy's files.
        colour: whether ANSI colours may be used.
        width: columns of the terminal.

    """
    ink = Ink(colour)
    lines = [f"{ink.paint(Style.STRONG, visible(made.key))}  {visible(made.live.name)} ({made.live.id})"]
    lines += [f"    {visible(path)}" for path in made.files]
    lines.append("")
    for text in (
        "Written; a plan finds no difference. Not copied: its inbound trunk, its calls.",
        f"Next: edit {visible(next(iter(made.files)))}, then agentconf plan.",
    ):
        lines += flow([(Style.PLAIN, text)], width, ink)
    return "".join(f"{line}\n" for line in lines)
