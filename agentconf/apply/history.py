"""What a journal tells: runs, what each did, and how it ended."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from agentconf.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from agentconf.model.agent import AgentData

SHORT = 8
"""Characters of a run's id that lists show, and the fewest that name one."""


@dataclass(frozen=True, slots=True)
class Step:
    """One operation of a run.

    Args:
        key: the agent's key.
        name: the agent's name afterwards.
        action: create, update or delete.
        agent_id: the platform's id; None where it is not known.
        outcome: as an apply tells it; None: it was begun, and nobody knows how it ended.
        message: why it was not done.
        before: what was live; None of a creation.
        after: what it was to be; None of a deletion.

    """

    key: str
    name: str
    action: str
    agent_id: str | None = None
    outcome: str | None = None
    message: str | None = None
    before: AgentData | None = field(default=None, repr=False)
    after: AgentData | None = field(default=None, repr=False)

    @property
    def wrote(self) -> bool:
        """Whether it changed something, or may have."""
        return self.outcome in {"done", "unknown", None}


@dataclass(frozen=True, slots=True)
class RunRecord:
    """One run.

    Args:
        id: its id.
        begun: when, as written.
        command: which command did it.
        undoes: the run that it rolled back.
        environment: where.
        organisation: whose agents.
        tool_version: of agentconf.
        review_hash: of the plan.
        provenance: where it came from.
        steps: its operations, in the order in which they began.
        exit_code: how it ended; None: it was killed, or goes on.
        aborted: whether it is known to have been killed.

    """

    id: str
    begun: str
    command: str
    undoes: str | None
    environment: str
    organisation: str | None
    tool_version: str
    review_hash: str
    provenance: Mapping[str, Any]
    steps: tuple[Step, ...] = ()
    exit_code: int | None = None
    aborted: bool = False

    def count(self, action: str) -> int:
        """Count what was done of one action."""
        return sum(step.action == action and step.outcome == "done" for step in self.steps)

    @property
    def wrote(self) -> bool:
        """Whether it changed something, or may have."""
        return any(step.wrote for step in self.steps)


def runs(lines: Iterable[str]) -> tuple[RunRecord, ...]:
    """Read a journal, the oldest run first. Lines of kinds that this version does not know are passed over.

    Raises:
        ConfigurationError: a line is no entry of a journal.

    """
    entries: dict[str, list[dict[str, Any]]] = {}
    for number, line in enumerate(lines, 1):
        entry = _entry(line, number)
        if isinstance(entry.get("run"), str):
            entries.setdefault(entry["run"], []).append(entry)
    found = [_run(several) for several in entries.values()]
    return tuple(sorted((one for one in found if one is not None), key=lambda one: (one.begun, one.id)))


def find(records: Sequence[RunRecord], run: str) -> RunRecord:
    """Return the run of an id, or of its beginning.

    Raises:
        ConfigurationError: there is none, or several.

    """
    found = [one for one in records if one.id.startswith(run)] if len(run) >= 4 else []  # noqa: PLR2004 - shorter ones mean anything
    if len(found) == 1:
        return found[0]
    message = f"{len(found)} runs begin with {run!r}" if found else f"there is no run {run!r}"
    raise ConfigurationError(message, help="`agentconf history` lists them")


def _entry(line: str, number: int) -> dict[str, Any]:
    try:
        entry = json.loads(line)
    except ValueError:
        entry = None
    if not isinstance(entry, dict) or "kind" not in entry:
        raise ConfigurationError(
            f"line {number:,} of the journal is corrupt", help="restore the journal from a copy"
        )
    return entry


def _run(entries: list[dict[str, Any]]) -> RunRecord | None:
    begun = next((one for one in entries if one["kind"] == "apply-begun"), None)
    if begun is None:
        return None
    ended = next((one for one in entries if one["kind"] == "apply-ended"), None)
    steps: dict[str, Step] = {}
    for one in entries:
        if one["kind"] in {"operation-begun", "operation-ended"}:
            steps[one["key"]] = _step(one, steps.get(one["key"]))
    return RunRecord(
        id=begun["run"],
        begun=begun["at"],
        command=begun["command"],
        undoes=begun["undoes"],
        environment=begun["environment"],
        organisation=begun["organisation"],
        tool_version=begun["tool_version"],
        review_hash=begun["review_hash"],
        provenance=begun["provenance"],
        steps=tuple(steps.values()),
        exit_code=ended["exit_code"] if ended is not None else None,
        aborted=ended is None and any(one["kind"] == "apply-aborted" for one in entries),
    )


def _step(entry: dict[str, Any], former: Step | None) -> Step:
    return Step(
        key=entry["key"],
        name=entry["name"],
        action=entry["action"],
        agent_id=entry["agent_id"],
        outcome=entry.get("outcome"),
        message=entry.get("message"),
        before=entry.get("before", former.before if former is not None else None),
        after=entry.get("after"),
    )
