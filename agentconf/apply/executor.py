"""Carrying out a plan: many operations at a time, each ending in one of four ways."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from agentconf.apply.carry import WrongOrganisationError, carry_out
from agentconf.apply.event import Finished, Listener, Started
from agentconf.apply.outcome import Outcome, Report, Result
from agentconf.apply.schedule import Queue, Stage, prerequisites, stages
from agentconf.errors import AuthenticationError, ConfigurationError
from agentconf.model.secret import SecretRef
from agentconf.stop import Stop

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from agentconf.plan.plan import Plan
    from agentconf.remote.platform import AgentPlatform


UNANSWERED = 5
"""So many operations in a row without any answer of the platform, and no further one is started."""

_ANSWERED = frozenset({Outcome.DONE, Outcome.FAILED})
_CUT_OFF = f"the platform gave no answer to {UNANSWERED} operations in a row"


@dataclass(frozen=True, slots=True)
class ApplyOptions:
    """How a plan is carried out.

    Args:
        concurrency: operations under way at once; at least 1.
        fail_fast: whether nothing more is started once one operation was not done.
        expect_organisation: id of the organisation that must answer; None: any.

    """

    concurrency: int = 8
    fail_fast: bool = False
    expect_organisation: str | None = None


async def apply_plan(
    plan: Plan,
    platform: AgentPlatform,
    secrets: Mapping[str, str],
    options: ApplyOptions,
    listener: Listener,
    *,
    stop: Stop | None = None,
) -> Report:
    """Carry out a plan.

    One failed operation stops no other, unless it comes first for them (`after`), or `fail_fast` is set.
    Deletions are the exception: they are done only when everything before them in the plan is done, since
    what they remove may be what a failed write was to replace. Where nobody is let in, nothing more is tried,
    nor when several operations in a row (`UNANSWERED`) got no answer from the platform.

    With an expected organisation of which no live agent is known yet, operations go one by one until an
    answer has shown that it is the right one.

    Args:
        plan: what to do; to be checked against the live agents just before, as this function does not.
        platform: where.
        secrets: values by environment variable, for all `secret_refs`.
        options: how.
        listener: told of every operation's start and end.
        stop: lets the caller stop early.

    Raises:
        ConfigurationError: a secret has no value; nothing was sent.
        AuthenticationError: the plan was made for another organisation; nothing was sent.

    """
    _check_organisation(plan, options.expect_organisation)
    missing = sorted(ref.env for ref in secret_refs(plan) if not secrets.get(ref.env))
    if missing:
        raise ConfigurationError(
            f"the plan sends secrets that are not set: {', '.join(missing)}", help="set these variables"
        )
    return await _Apply(plan, platform, secrets, options, listener=listener, stop=stop or Stop()).run()


def _check_organisation(plan: Plan, expected: str | None) -> None:
    if expected is not None and plan.organisation not in (None, expected):
        raise AuthenticationError(
            f"the plan was made for the organisation {plan.organisation}, not for {expected}",
            help="use the key of the right organisation, and plan again",
        )


def secret_refs(plan: Plan) -> frozenset[SecretRef]:
    """Name the secrets that carrying out a plan would send."""
    return frozenset(ref for operation in plan.operations for ref in _refs(operation.body))


def _refs(value: Any) -> Iterator[SecretRef]:
    match value:
        case SecretRef():
            yield value
        case dict():
            for part in value.values():
                yield from _refs(part)
        case list() | tuple():
            for part in value:
                yield from _refs(part)


class _Apply:
    """One run over one plan."""

    def __init__(
        self,
        plan: Plan,
        platform: AgentPlatform,
        secrets: Mapping[str, str],
        options: ApplyOptions,
        *,
        listener: Listener,
        stop: Stop,
    ) -> None:
        self._operations = plan.operations
        self._platform = platform
        self._secrets = secrets
        self._options = options
        self._listener = listener
        self._stop = stop
        self._before = prerequisites(plan.operations)
        self._results: dict[int, Result] = {}
        self._running: dict[asyncio.Task[Result], int] = {}
        self._begun: set[int] = set()
        self._failed = False
        self._unanswered = 0
        self._denied: str | None = None
        self._organisation = options.expect_organisation
        self._verified = self._organisation is None or plan.organisation == self._organisation

    async def run(self) -> Report:
        forget = self._stop.tell(self._asked)
        try:
            for stage in stages(self._operations):
                await self._run_stage(stage)
        finally:
            forget()
            await self._abandon()
        results = tuple(self._results[index] for index in range(len(self._operations)))
        return Report(results, interrupted=self._stop.requested, denied=self._denied)

    async def _run_stage(self, stage: Stage) -> None:
        queue = Queue(stage, self._before)
        held = stage.deletes and self._failed
        while True:
            self._start(queue, held=held)
            if not self._running:
                return
            ended, _ = await asyncio.wait(self._running, return_when=asyncio.FIRST_COMPLETED)
            for task in sorted(ended, key=self._running.__getitem__):
                index = self._running.pop(task)
                self._end(index, self._result(index, task))
                queue.ended(index)

    def _start(self, queue: Queue, *, held: bool) -> None:
        """Start what may start; what may never start ends here as not attempted."""
        while len(self._running) < self._places and (index := queue.take()) is not None:
            if reason := self._reason_against(index, held=held):
                self._end(index, self._not_attempted(index, reason))
                queue.ended(index)
            else:
                self._running[asyncio.create_task(self._carry_out(index))] = index

    @property
    def _places(self) -> int:
        return self._options.concurrency if self._verified else 1

    def _reason_against(self, index: int, *, held: bool) -> str | None:
        if (reason := self._reason_against_all()) is not None:
            return reason
        for place in self._before[index]:
            if self._results[place].outcome is not Outcome.DONE:
                return f"waits for {self._operations[place].name!r}, which was not done"
        if held:
            return "deletions are made only when everything before them is done"
        if self._options.fail_fast and self._failed:
            return "an operation before it was not done (fail-fast)"
        return None

    def _reason_against_all(self) -> str | None:
        if self._stop.requested:
            return "stopped before it began"
        if self._denied is not None:
            return "the platform denied access before"
        return _CUT_OFF if self._unanswered >= UNANSWERED else None

    def _not_attempted(self, index: int, reason: str) -> Result:
        help_ = "apply again when the platform can be reached" if reason == _CUT_OFF else None
        return Result(self._operations[index], Outcome.NOT_ATTEMPTED, reason, help=help_)

    async def _carry_out(self, index: int) -> Result:
        operation = self._operations[index]
        self._begun.add(index)
        self._listener(Started(operation))
        return await carry_out(operation, self._platform, self._secrets, self._organisation)

    def _result(self, index: int, task: asyncio.Task[Result]) -> Result:
        """Read how a task ended. A bug's exception goes on to the caller."""
        operation = self._operations[index]
        if task.cancelled():
            return self._cancelled(index)
        try:
            result = task.result()
        except AuthenticationError as error:
            self._denied = self._denied or error.message
            agent_id = error.agent_id if isinstance(error, WrongOrganisationError) else None
            return Result(operation, Outcome.FAILED, error.message, agent_id, error.help)
        self._verified = self._verified or (result.outcome is Outcome.DONE and result.agent_id is not None)
        return result

    def _cancelled(self, index: int) -> Result:
        operation = self._operations[index]
        if index not in self._begun:
            return Result(operation, Outcome.NOT_ATTEMPTED, "stopped before it began")
        known = operation.live.id if operation.live else None
        message = "stopped while it was under way; it may have been carried out"
        return Result(operation, Outcome.UNKNOWN, message, known, "`agentconf plan` tells what there is now")

    def _end(self, index: int, result: Result) -> None:
        self._results[index] = result
        self._count_unanswered(result)
        self._failed = self._failed or result.outcome is not Outcome.DONE
        self._listener(Finished(result, len(self._results), len(self._operations)))

    def _count_unanswered(self, result: Result) -> None:
        """Count operations in a row without an answer; an answer begins anew, unless it comes too late."""
        if result.unanswered:
            self._unanswered += 1
        elif result.outcome in _ANSWERED and self._unanswered < UNANSWERED:
            self._unanswered = 0

    def _asked(self) -> None:
        if self._stop.forced:
            self._cancel()

    def _cancel(self) -> None:
        for task in self._running:
            task.cancel()

    async def _abandon(self) -> None:
        """Leave nothing running behind: only a bug or the caller's own cancellation gets here with tasks."""
        self._cancel()
        await asyncio.gather(*self._running, return_exceptions=True)
