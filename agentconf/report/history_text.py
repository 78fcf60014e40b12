"""Runs of an environment, for the terminal."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from agentconf.apply.history import SHORT
from agentconf.report.ink import Ink, Style, flow
from agentconf.report.table import Column, table
from agentconf.report.visible import visible
from agentconf.report.wording import count

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import tzinfo

    from agentconf.apply.history import RunRecord, Step
    from agentconf.report.ink import Piece

_HEADS = (
    Column("run"),
    Column("begun"),
    Column("command"),
    Column("who", least=8, spare=2),
    Column("commit", spare=1),
    Column("done"),
    Column("ended"),
)
_SIGNS = {"create": "+", "update": "~", "delete": "-"}


def listed(records: Sequence[RunRecord], *, more: int, colour: bool, width: int, zone: tzinfo) -> str:
    """Write runs as lines.

    Args:
        records: the newest first.
        more: how many older ones there are.
        colour: whether ANSI colours may be used.
        width: columns of the terminal.
        zone: in which moments are told.

    """
    if not records:
        return "No apply is remembered.\n"
    ink = Ink(colour)
    lines = [*table(_HEADS, [_row(one, zone) for one in records], width=width, ink=ink)]
    if more:
        lines.append(f"… and {count(more, 'older run')}: --limit shows more.")
    return "".join(f"{line}\n" for line in lines)


def _row(one: RunRecord, zone: tzinfo) -> list[Piece]:
    command = one.command + (f" of {one.undoes[:SHORT]}" if one.undoes else "")
    done = f"+{one.count('create')} ~{one.count('update')} -{one.count('delete')}"
    who = visible(str(one.provenance.get("actor") or ""))
    plain = (_moment(one.begun, zone), command, who, _commit(one), done, _ending(one))
    return [(Style.STRONG, one.id[:SHORT]), *((Style.PLAIN, text) for text in plain)]


def shown(record: RunRecord, *, colour: bool, width: int, zone: tzinfo) -> str:
    """Write one run: where it came from, what it did to each agent, and how that ended.

    Args:
        record: the run.
        colour: whether ANSI colours may be used.
        width: columns of the terminal.
        zone: in which moments are told.

    """
    ink = Ink(colour)
    told = {
        "run": record.id,
        "begun": _moment(record.begun, zone),
        "command": record.command + (f" of {record.undoes}" if record.undoes else ""),
        "ended": _ending(record),
        "environment": record.environment,
        "organisation": record.organisation,
        "who": record.provenance.get("actor"),
        "host": record.provenance.get("host"),
        "commit": _commit(record, whole=True),
        "branch": record.provenance.get("branch"),
        "repository": record.provenance.get("remote"),
        "ci": record.provenance.get("ci"),
        "version": record.tool_version,
        "hash": record.review_hash,
    }
    label = max(map(len, told))
    lines = [f"{name:{label}}  {visible(str(value))}" for name, value in told.items() if value]
    for step in record.steps:
        lines += ["", *_step(step, ink, width)]
    return "".join(f"{line}\n" for line in lines)


def _step(step: Step, ink: Ink, width: int) -> Iterator[str]:
    yield (
        f"{_SIGNS.get(step.action, '?')} {ink.paint(Style.STRONG, visible(step.key))}  "
        f"{(step.outcome or 'unknown').replace('-', ' ')}"
    )
    if step.message:
        yield from (f"    {line}" for line in flow([(Style.PLAIN, visible(step.message))], width - 4, ink))
    names = _changed(step)
    if names:
        yield from (f"    {line}" for line in flow([(Style.PLAIN, ", ".join(names))], width - 4, ink))


def _changed(step: Step) -> list[str]:
    """Name the top-level fields that are not what they were."""
    if step.before is None or step.after is None:
        return []
    names = dict.fromkeys((*step.after, *step.before))
    return [visible(name) for name in names if step.before.get(name) != step.after.get(name)]


def _commit(record: RunRecord, *, whole: bool = False) -> str:
    """Name the commit; `+` stands for what was not committed."""
    commit = str(record.provenance.get("commit") or "")
    if not commit or not record.provenance.get("dirty"):
        return commit if whole else commit[:SHORT]
    return f"{commit} with changes" if whole else f"{commit[:SHORT]}+"


def _ending(record: RunRecord) -> str:
    if record.exit_code == 0:
        return "done"
    if record.exit_code is not None:
        return f"exit code {record.exit_code}"
    return "killed" if record.aborted else "goes on, or was killed"


def _moment(text: str, zone: tzinfo) -> str:
    return datetime.fromisoformat(text).astimezone(zone).strftime("%Y-%m-%d %H:%M:%S")
