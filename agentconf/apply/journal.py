"""The journal of applies: who did what to which agent, and what it replaced (schemas/journal.schema.json).

A line is written to a file of its own on this machine before and after each operation, so that a killed
process leaves behind what it was about to do. The lines are handed to the state's store with its next write;
what a killed process could not hand over, the next run does, once.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TextIO
from uuid import uuid4

from agentconf import __version__
from agentconf.apply.event import Event, Finished, Started
from agentconf.apply.outcome import Outcome
from agentconf.plan.canonical import canonical, sha256
from agentconf.plan.change import Action
from agentconf.plan.review import review_hash
from agentconf.state.entry import FORMAT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

    from agentconf.apply.outcome import Report, Result
    from agentconf.apply.provenance import Provenance
    from agentconf.model.agent import AgentData
    from agentconf.model.live import LiveAgent
    from agentconf.model.memory import State
    from agentconf.plan.change import Operation
    from agentconf.plan.plan import Plan

_Entry = dict[str, Any]


@dataclass(slots=True)
class Journal:
    """The lines of one run. `listener` takes the apply's events.

    Args:
        pending: the file on this machine that holds lines which no store has yet.
        before: what the live agents that are touched were when the plan was made, by id, in the form that is
            compared.
        after: what they are to be, by key.
        run: id of the run.
        sign: signs a line; None: lines are not signed.

    """

    pending: Path
    before: Mapping[str, AgentData] = field(repr=False)
    after: Mapping[str, AgentData] = field(repr=False)
    run: str = field(default_factory=lambda: str(uuid4()))
    sign: Callable[[bytes], dict[str, str]] | None = None
    _lines: list[str] = field(default_factory=list)
    _file: TextIO | None = field(default=None, repr=False)

    def begin(self, plan: Plan, provenance: Provenance, *, command: str, undoes: str | None = None) -> None:
        """Write down that a plan is about to be carried out.

        Args:
            plan: the plan.
            provenance: where the run comes from.
            command: which command does it.
            undoes: the run that it rolls back; None: it is no rollback.

        """
        self._write(
            "apply-begun",
            command=command,
            undoes=undoes,
            environment=plan.environment,
            organisation=plan.organisation,
            tool_version=__version__,
            review_hash=review_hash(plan),
            operations=len(plan.operations),
            provenance=provenance.to_data(),
        )

    def listener(self, event: Event) -> None:
        """Write down an operation's start and end."""
        match event:
            case Started(operation=operation):
                begun = self._operation(operation)
                self._write("operation-begun", **begun, before=self.before.get(begun["agent_id"] or ""))
            case Finished(result=result):
                self._write("operation-ended", **self._ended(result))

    def end(self, report: Report) -> None:
        """Write down how it ended."""
        counts = {outcome.value.replace("-", "_"): report.count(outcome) for outcome in Outcome}
        self._write("apply-ended", outcomes=counts, exit_code=int(report.exit_code()))

    def take(self) -> Sequence[str]:
        """Return the lines that came in since the last time, the oldest first."""
        taken, self._lines = self._lines, []
        return taken

    def handed_over(self) -> None:
        """Forget what stands on this machine: a store has all of it."""
        self.close()
        self.pending.unlink(missing_ok=True)

    def close(self) -> None:
        """Let go of the file on this machine; what stands in it stays."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def bring(self, lines: Iterable[str]) -> None:
        """Put lines that a killed run left behind before this run's own."""
        self._lines[:0] = lines

    def _operation(self, operation: Operation) -> _Entry:
        agent_id = operation.live.id if operation.live is not None else None
        before = self.before.get(agent_id or "")
        return {
            "key": operation.key,
            "name": operation.name,
            "action": operation.action.value,
            "agent_id": agent_id,
            "before_digest": None if before is None else sha256(before),
        }

    def _ended(self, result: Result) -> _Entry:
        operation = result.operation
        entry = self._operation(operation)
        after = None if operation.action is Action.DELETE else self.after.get(operation.key)
        return {
            **entry,
            "agent_id": result.agent_id or entry["agent_id"],
            "outcome": result.outcome.value,
            "message": result.message,
            "after": after,
        }

    def _write(self, kind: str, **content: Any) -> None:
        entry = {
            "format_version": FORMAT,
            "kind": kind,
            "id": str(uuid4()),
            "run": self.run,
            "at": datetime.now(UTC).isoformat(timespec="microseconds"),
            **content,
        }
        line = json.dumps(entry, ensure_ascii=False, allow_nan=False)
        if self.sign is not None:
            line = json.dumps({**entry, "signature": self.sign(line.encode())}, ensure_ascii=False)
        self._lines.append(line)
        # What a killed process has written stays: the system keeps it. A power cut may take the last second.
        if self._file is None:
            self._file = self.pending.open("a", encoding="utf-8")
        self._file.write(f"{line}\n")
        self._file.flush()


def left_behind(pending: Path, known: Callable[[], Iterable[str]]) -> tuple[str, ...]:
    """Return the lines of runs that were killed before a store had them, and a line that says so.

    Args:
        pending: the file on this machine.
        known: gives the lines that the store has; asked only when something was left behind.

    """
    try:
        text = pending.read_bytes().decode("utf-8", "replace")
    except FileNotFoundError:
        return ()
    entries = [entry for line in text.split("\n")[:-1] if (entry := _read(line)) is not None]
    if not entries:
        return ()
    have = {entry["id"] for line in known() if (entry := _read(line)) is not None}
    ended = {entry["run"] for entry in entries if entry["kind"] in {"apply-ended", "apply-aborted"}}
    begun = {entry["run"]: entry for entry in entries}
    aborted = [_aborted(run) for run in begun if run not in ended]
    return tuple(
        json.dumps(entry, ensure_ascii=False) for entry in (*entries, *aborted) if entry["id"] not in have
    )


def _aborted(run: str) -> _Entry:
    return {
        "format_version": FORMAT,
        "kind": "apply-aborted",
        "id": str(uuid4()),
        "run": run,
        "at": datetime.now(UTC).isoformat(timespec="microseconds"),
    }


def _read(line: str) -> _Entry | None:
    """Read a line; None for one that was torn."""
    try:
        entry = json.loads(line)
    except ValueError:
        return None
    return entry if isinstance(entry, dict) and isinstance(entry.get("id"), str) else None


def bodies(live: Iterable[LiveAgent], state: State | None) -> dict[str, AgentData]:
    """Return what live agents are, by id, in the form that is compared.

    Template defaults that no answer shows are taken from what was sent last.

    Args:
        live: the agents.
        state: what is remembered; None: nothing.

    """
    remembered = {one.id: one.base for one in state.agents.values()} if state is not None else {}
    found = {}
    for agent in live:
        body = {name: value for name, value in canonical(agent.body).items() if value is not None}
        hidden = remembered.get(agent.id, {}).get("template_defaults", {})
        known = {
            name: value for name, value in hidden.items() if name not in agent.variables and value is not None
        }
        if known:
            body["template_defaults"] = {**known, **body.get("template_defaults", {})}
        found[agent.id] = body
    return found
