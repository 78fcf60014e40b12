"""An import for the terminal: which files, what they could not carry, what comes next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconf.report.ink import Ink, Style, flow
from agentconf.report.visible import visible
from agentconf.report.wording import count

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from agentconf.adopt.draft import Drafted
    from agentconf.adopt.importing import Chosen


def render(made: Sequence[Drafted], chosen: Chosen, *, written: bool, colour: bool, width: int) -> str:
    """Write what was imported.

    Args:
        made: the agents, as they were written.
        chosen: which ones were meant.
        written: whether the files are there now.
        colour: whether ANSI colours may be used.
        width: columns of the terminal.

    """
    ink = Ink(colour)
    lines = [line for one in made for line in _agent(one, ink)]
    lines += [""] if lines else []
    for text in _said(made, chosen, written=written):
        lines += flow([(Style.PLAIN, text)], width, ink)
    return "".join(f"{line}\n" for line in lines)


def _agent(one: Drafted, ink: Ink) -> Iterator[str]:
    yield f"{ink.paint(Style.STRONG, visible(one.key))}  {visible(one.live.name)} ({one.live.id})"
    for path in one.files:
        yield f"    {visible(path)}"


def _said(made: Sequence[Drafted], chosen: Chosen, *, written: bool) -> Iterator[str]:
    verb = "Imported" if written else "Would import"
    again = f" {count(len(chosen.declared), 'agent')} declared already." if chosen.declared else ""
    yield f"{verb} {count(len(made), 'agent')}; a plan finds no difference.{again}"
    secrets = {name: what for one in made for name, what in one.secrets.items()}
    if secrets:
        yield "Not carried: values that the platform never shows. Set these before an apply sends them:"
        for name, what in secrets.items():
            yield f"  {name}: {visible(what)}"
    trunks = [one.key for one in made if one.trunks]
    if trunks:
        names = ", ".join(map(visible, trunks))
        yield f"Left to the dashboard: trunks of {names} (--with-trunks writes them)."
    if made:
        yield "Not known: defaults of variables that no prompt or greeting uses, which no answer shows."
    if made and written:
        yield "Next: agentconf lint; then agentconf apply, which writes nothing and begins to remember."
