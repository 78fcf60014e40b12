"""`agentconf history`."""

from __future__ import annotations

from pathlib import Path

import click

from agentconf.cli.options import Session, common
from agentconf.errors import UsageError


@click.command("history")
@click.argument("words", nargs=-1, metavar="[show RUN]")
@click.option("--limit", type=click.IntRange(min=1), default=20, metavar="N", help="Default: 20, the newest.")
@click.option("--agent", "agents", multiple=True, metavar="AGENT", help="Only runs of an agent (repeatable).")
@click.option(
    "--verify",
    type=click.Path(dir_okay=False, path_type=Path),
    multiple=True,
    metavar="KEY",
    help="Check that every line was signed by this public key (repeatable: any of them).",
)
@common("text", "json")
def command(
    session: Session, words: tuple[str, ...], limit: int, agents: tuple[str, ...], verify: tuple[Path, ...]
) -> int:
    """List the applies of an environment, newest first; `history show RUN` shows one.

    RUN is a run's id, or how it begins.
    """
    from agentconf.cli.project import load_intact  # noqa: PLC0415 - keeps --help light
    from agentconf.cli.records import lines_of  # noqa: PLC0415

    lines = lines_of(session, load_intact(session))
    if verify:
        return _verify(session, lines, verify)
    match words:
        case ():
            return _list(session, lines, limit, frozenset(agents))
        case ("show", run):
            return _show(session, lines, run)
        case _:
            raise UsageError(
                "`history` takes nothing, or `show RUN`", help="`agentconf history` lists the runs"
            )


def _list(session: Session, lines: tuple[str, ...], limit: int, agents: frozenset[str]) -> int:
    from agentconf.apply.history import runs  # noqa: PLC0415
    from agentconf.report import history_json, history_text  # noqa: PLC0415

    found = [one for one in runs(lines) if not agents or agents & {step.key for step in one.steps}]
    shown = tuple(reversed(found))[:limit]
    output = session.output
    if session.json:
        output.result(history_json.listed(shown))
    else:
        output.result(
            history_text.listed(
                shown,
                more=len(found) - len(shown),
                colour=output.colour(),
                width=output.width,
                zone=output.zone,
            )
        )
    return 0


def _show(session: Session, lines: tuple[str, ...], run: str) -> int:
    from agentconf.apply.history import find, runs  # noqa: PLC0415
    from agentconf.report import history_json, history_text  # noqa: PLC0415

    record = find(runs(lines), run)
    output = session.output
    if session.json:
        output.result(history_json.shown(record))
    else:
        output.result(
            history_text.shown(record, colour=output.colour(), width=output.width, zone=output.zone)
        )
    return 0


def _verify(session: Session, lines: tuple[str, ...], keys: tuple[Path, ...]) -> int:
    from agentconf.apply.signature import LINE, trusted_keys, unsigned  # noqa: PLC0415
    from agentconf.errors import BlockedError  # noqa: PLC0415

    trusted = trusted_keys(keys)
    faults = []
    for number, line in enumerate(lines, 1):
        content, signature = unsigned(line)
        if (fault := trusted.check(LINE, content, signature)) is not None:
            faults.append(f"line {number:,}: {fault}")
    if faults:
        more = f" and {len(faults) - 1:,} more" if len(faults) > 1 else ""
        raise BlockedError(
            f"the journal does not hold: {faults[0]}{more}",
            help="lines are signed by `apply --sign KEY`; what was written without it is not",
        )
    session.output.result(f"{len(lines):,} lines, all signed.")
    return 0
