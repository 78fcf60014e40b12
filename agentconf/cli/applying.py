"""Carrying out a plan: read or made, held against guards, confirmed, done, remembered, reported."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from agentconf.apply.executor import ApplyOptions, apply_plan, secret_refs
from agentconf.apply.journal import Journal, bodies, left_behind
from agentconf.apply.provenance import provenance_of
from agentconf.apply.recorder import Recorder
from agentconf.apply.signature import LINE, require_signature, signing_key, trusted_keys
from agentconf.cli.connect import connect
from agentconf.cli.draining import wait_for_calls
from agentconf.cli.memory import store_of
from agentconf.cli.pending import pending_file
from agentconf.cli.plan import render
from agentconf.cli.planning import Scope, compare, inputs_of, make
from agentconf.cli.policing import policed
from agentconf.cli.progress import progress
from agentconf.cli.project import load_sound
from agentconf.cli.signals import stop_on_interrupt
from agentconf.errors import (
    AuthenticationError,
    BlockedError,
    ConfigurationError,
    ExitCode,
    StaleError,
    UsageError,
)
from agentconf.plan import saved
from agentconf.plan.review import fits, review_hash
from agentconf.plan.stale import remainder, verify
from agentconf.project.secrets import resolve_secrets

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from agentconf.apply.event import Event
    from agentconf.apply.outcome import Report
    from agentconf.cli.options import Session
    from agentconf.model.live import LiveAgent
    from agentconf.plan.make import Reconciliation
    from agentconf.plan.plan import Blocker, Plan
    from agentconf.project.definition import Project
    from agentconf.remote.platform import AgentPlatform
    from agentconf.state.store import Snapshot, Store

    Finish = Callable[[Session, Plan, Report, Recorder], int]

AGAIN = "plan again: agentconf plan -o FILE"


@dataclass(frozen=True, slots=True)
class Run:
    """How a plan is carried out.

    Args:
        saved_plan: a file that holds the plan; None: it is made.
        auto_approve: do not ask.
        fail_fast: start nothing more after the first failure.
        concurrency: requests under way at once; None: the environment's.
        lock_timeout: seconds to wait for whoever holds the state.
        skip_stale: of a saved plan, do what has not moved.
        drain: seconds to wait for calls to end; None: calls in progress refuse.
        ignore_calls: do not ask for calls in progress.
        expect_hash: hash of the review that the plan has to be the one of; None: any.
        sign: private key that signs the journal's lines; None: they are not signed.
        require_signature: public keys of which one has to have signed the saved plan; none: nobody has to.
        command: what the journal says was run.
        undoes: id of the run that is rolled back; None: it is no rollback.

    """

    saved_plan: Path | None = None
    auto_approve: bool = False
    fail_fast: bool = False
    concurrency: int | None = None
    lock_timeout: float = 0.0
    skip_stale: bool = False
    drain: float | None = None
    ignore_calls: bool = False
    expect_hash: str | None = None
    sign: Path | None = None
    require_signature: tuple[Path, ...] = ()
    command: str = "apply"
    undoes: str | None = None


async def execute(
    session: Session,
    scope: Scope,
    run: Run,
    *,
    through: Callable[[AgentPlatform], AgentPlatform] = lambda platform: platform,
    finish: Finish | None = None,
) -> int:
    """Plan, or read a plan; check the guards; ask; do it; remember it; say how it ended.

    The state is held from before it is read until after it was written last.

    Args:
        session: the invocation.
        scope: what is covered.
        run: how it is carried out.
        through: what the platform is reached through.
        finish: says how it ended, and returns the exit code; None: as every apply does.

    Returns:
        The exit code.

    """
    stored = _read(run.saved_plan) if run.saved_plan else None
    if stored is not None and run.saved_plan is not None:
        session = _same_environment(session, stored)
        if run.require_signature:
            keys = trusted_keys(run.require_signature)
            require_signature(run.saved_plan, saved.document(stored)["hash"], keys)
    project = load_sound(session, keys=scope.destroy)
    store = store_of(session, project)
    async with connect(session, project) as platform:
        with store.lock(run.command, patience=run.lock_timeout):
            applying = _Applying(session, project, through(platform), store, scope, run, finish or told)
            return await applying.carry_out(stored)


@dataclass(frozen=True, slots=True)
class _Applying:
    """One run.

    Args:
        session: the invocation.
        project: resolved for the environment.
        platform: where.
        store: of the state; its lock is held.
        scope: what is covered.
        run: how it is carried out.
        finish: says how it ended.

    """

    session: Session
    project: Project
    platform: AgentPlatform
    store: Store
    scope: Scope
    run: Run
    finish: Finish

    async def carry_out(self, stored: Plan | None) -> int:
        """Do it all."""
        snapshot = self.store.read()
        live = await self.platform.list_agents()
        found = self._planned(stored, live, snapshot)
        plan = found.plan
        if stored is None and not self.session.json:
            self.session.output.result(render(self.session, plan, next_command=None))
        refuse(plan.blockers)
        values = _secrets(self.session, plan, found.unchecked)
        asked = bool(plan.operations) and not self.run.auto_approve
        if asked:
            _confirm(self.session, plan)
        waited = await wait_for_calls(
            self.session, self.project, plan, drain=self.run.drain, ignore=self.run.ignore_calls
        )
        if asked or waited:
            await self._still(plan)
        journal = self._journal(live, found, snapshot)
        recorder = Recorder(
            self.store, snapshot, plan.environment, found, values=values, entries=journal.take
        )
        try:
            report = await self._run(plan, values, recorder, journal)
        finally:
            journal.close()
        if recorder.fault is None:
            journal.handed_over()
        return self.finish(self.session, plan, report, recorder)

    def _journal(
        self, live: Sequence[LiveAgent], found: Reconciliation, snapshot: Snapshot | None
    ) -> Journal:
        pending = pending_file(Path(self.project.root), self.project.environment.name)
        try:
            pending.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ConfigurationError(f"cannot write {pending.parent}: {error.strerror}") from error
        touched = {one.live.id for one in found.plan.operations if one.live is not None}
        journal = Journal(
            pending,
            bodies(
                (agent for agent in live if agent.id in touched),
                snapshot.state if snapshot is not None else None,
            ),
            found.bases,
            sign=self._signer(),
        )
        journal.bring(left_behind(pending, self.store.journal))
        return journal

    def _signer(self) -> Callable[[bytes], dict[str, str]] | None:
        named = self.run.sign or self.session.environ.get("AGENTCONF_SIGNING_KEY")
        if not named:
            return None
        key = signing_key(Path(named), self.session.environ)
        return lambda line: key.sign(LINE, line)

    def _planned(
        self, stored: Plan | None, live: Sequence[LiveAgent], snapshot: Snapshot | None
    ) -> Reconciliation:
        state = snapshot.state if snapshot is not None else None
        if stored is None:
            found = make(self.session, self.project, live, self.scope, state)
            self._check_hash(found.plan)
            return found
        if inputs_of(self.project) != stored.inputs:
            raise StaleError("the files are not the ones that the plan was made from", help=AGAIN)
        moved = verify(stored, live)
        if moved and not self.run.skip_stale:
            raise StaleError("the live agents moved since the plan was made: " + "; ".join(moved), help=AGAIN)
        texts = stored.resolutions
        scope = replace(
            self.scope,
            resolve=tuple(one.text for one in texts.paths),
            ours=texts.default == "ours",
            theirs=texts.default == "theirs",
        )
        fresh = compare(self.session, self.project, live, scope, state)
        plan = remainder(stored, live) if moved else stored
        self._tell_rotated(fresh.plan, stored)
        for text in moved:
            self.session.output.info(f"Left out: {text}")
        return replace(fresh, plan=policed(self.project, plan))

    def _check_hash(self, plan: Plan) -> None:
        expected = self.run.expect_hash
        if expected is not None and not fits(expected, plan):
            raise StaleError(
                f"the plan is not the one that was reviewed: its hash is {review_hash(plan)}, "
                f"not {expected}; nothing was written",
                help="the files or the live agents moved since: review `agentconf plan` again",
            )

    def _tell_rotated(self, fresh: Plan, stored: Plan) -> None:
        """Say which secrets changed that a saved plan does not hold: it was made without them."""
        names = {ref.env for ref in secret_refs(fresh)} - {ref.env for ref in secret_refs(stored)}
        if names:
            self.session.output.error(
                f"warning: not in the plan, and changed since it was sent: {', '.join(sorted(names))}\n"
                "  help: run `agentconf apply` once more to send it"
            )

    async def _still(self, plan: Plan) -> None:
        moved = verify(plan, await self.platform.list_agents())
        if moved:
            raise StaleError(
                "the live agents moved while the question stood: " + "; ".join(moved),
                help="run `agentconf apply` again",
            )

    async def _run(self, plan: Plan, values: dict[str, str], recorder: Recorder, journal: Journal) -> Report:
        output, settings = self.session.output, self.project.environment.settings
        options = ApplyOptions(
            concurrency=self.run.concurrency or settings.concurrency,
            fail_fast=self.run.fail_fast,
            expect_organisation=settings.organisation,
        )
        with progress(output, len(plan.operations)) as shown, stop_on_interrupt(output) as stop:

            def listener(event: Event) -> None:
                journal.listener(event)
                recorder.listener(event)
                shown(event)

            if plan.operations:
                provenance = provenance_of(Path(self.project.root), self.session.environ)
                journal.begin(plan, provenance, command=self.run.command, undoes=self.run.undoes)
            async with recorder.running():
                report = await apply_plan(plan, self.platform, values, options, listener, stop=stop)
                if plan.operations:
                    journal.end(report)
                return report


def _read(path: Path) -> Plan:
    try:
        return saved.load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(
            f"cannot read {path}", help="`agentconf plan -o FILE` writes a plan"
        ) from error


def _same_environment(session: Session, plan: Plan) -> Session:
    if session.environment not in {None, plan.environment}:
        raise UsageError(
            f"the plan was made for {plan.environment!r}, not for {session.environment!r}",
            help=f"leave -e out, or plan again with `agentconf plan -e {session.environment} -o FILE`",
        )
    return replace(session, environment=plan.environment)


def refuse(blockers: tuple[Blocker, ...]) -> None:
    """Stop before the first write when a guard objects, with every objection.

    Raises:
        AuthenticationError: it is the wrong organisation.
        BlockedError: any other guard.

    """
    if not blockers:
        return
    message = "; ".join(blocker.message for blocker in blockers)
    helps = dict.fromkeys(blocker.help for blocker in blockers if blocker.help)
    kind = (
        AuthenticationError if any(blocker.guard == "organisation" for blocker in blockers) else BlockedError
    )
    raise kind(f"refused, nothing was written: {message}", help="; ".join(helps) or None)


def _secrets(session: Session, plan: Plan, unchecked: tuple[str, ...]) -> dict[str, str]:
    """Look up the secrets that are sent.

    Args:
        session: the invocation.
        plan: what is carried out.
        unchecked: variables of secrets that may have changed and are not set.

    Raises:
        ConfigurationError: one is not set that is to be sent, or of which it has to be told whether it is.

    """
    values, missing = resolve_secrets(secret_refs(plan), session.environ)
    session.output.protect(values.values())
    if missing or unchecked:
        sent = f"not set, and would have to be sent: {', '.join(missing)}" if missing else ""
        rest = sorted(set(unchecked) - set(missing))
        held = f"not set, so nobody can tell whether it changed: {', '.join(rest)}" if rest else ""
        raise ConfigurationError(
            f"{'; '.join(text for text in (sent, held) if text)}; nothing was written",
            help="export them, then apply again",
        )
    return values


def _confirm(session: Session, plan: Plan) -> None:
    if not session.output.terminal():
        raise UsageError(
            "there is no terminal to ask on", help="add --auto-approve, or apply a saved plan with it"
        )
    where = plan.environment + (f" (organisation {plan.organisation})" if plan.organisation else "")
    count = len(plan.operations)
    question = f"Apply {count} {'operation' if count == 1 else 'operations'} to {where}? Only 'yes' goes on"
    if click.prompt(question, default="no", show_default=False, err=True) != "yes":
        raise BlockedError("not confirmed; nothing was written")


def told(session: Session, plan: Plan, report: Report, recorder: Recorder) -> int:
    """Say how a run ended, and return the exit code."""
    from agentconf.report import outcome_json, outcome_text  # noqa: PLC0415 - one of them

    output = session.output
    if session.json:
        output.result(outcome_json.render(report, plan))
    elif plan.operations:
        output.result(outcome_text.render(report, plan, colour=output.colour(), width=output.width))
    return remembered(session, report, recorder)


def remembered(session: Session, report: Report, recorder: Recorder) -> int:
    """Return the exit code of a run; say so where what was done could not be remembered."""
    output = session.output
    if recorder.fault is None:
        return ExitCode(report.exit_code())
    output.error(f"warning: what was done could not be remembered: {recorder.fault.message}")
    output.error("  help: the agents are as told above; the next apply remembers them again")
    return ExitCode.PARTIAL if report.exit_code() is ExitCode.OK else ExitCode(report.exit_code())
