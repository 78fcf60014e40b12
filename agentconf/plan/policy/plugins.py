"""Policies of installed packages: found by their entry points, asked, and never trusted to answer well.

A project names those that it wants asked. One that is named and cannot be found, loaded or asked, or that
answers something else than verdicts, refuses the plan: whether it would have objected is not known.
"""

from __future__ import annotations

import contextlib
import sys
from dataclasses import replace
from importlib.metadata import entry_points
from itertools import islice
from threading import Thread
from typing import TYPE_CHECKING, Any, get_args

from agentconf.plan.policy.concerned import MOST_AGENTS, few
from agentconf.plan.policy.verdict import Effect, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from importlib.metadata import EntryPoint

    from agentconf.plan.policy.verdict import PolicyContext
    from agentconf.plan.policy.view import PolicyPlan

GROUP = "agentconf.policies"
"""The group of entry points."""

PLUGIN_SECONDS = 10.0
"""To wait for one plug-in, its import included; ours: a rule over a plan takes milliseconds."""

MOST_VERDICTS = 1000
"""Most verdicts of one plug-in; ours: nobody reads more, and one that never ends has to be stopped."""


class _Unfit(Exception):  # noqa: N818 - what a plug-in is, and no error that a user meets
    """What a plug-in did instead of answering."""


def ask_plugins(
    plan: PolicyPlan, names: Sequence[str], context: PolicyContext, *, seconds: float = PLUGIN_SECONDS
) -> Iterator[Verdict]:
    """Ask plug-ins, one after the other.

    Args:
        plan: what would be done.
        names: of the entry points, as the project lists them.
        context: environment, day and approvals.
        seconds: to wait for each.

    Yields:
        What they say, with the plug-in's name in the message; of one that does not answer, that it denies.

    """
    installed = entry_points(group=GROUP) if names else ()
    for name in dict.fromkeys(names):
        found = [one for one in installed if one.name == name]
        if len({one.value for one in found}) != 1:
            yield _unasked(name, _not_one(found), "install it where agentconf runs, or take it off the list")
            continue
        yield from _ask(found[0], plan, context, seconds)


def _not_one(found: Sequence[EntryPoint]) -> str:
    if not found:
        return f"no installed package has an entry point of that name in the group {GROUP}"
    packages = ", ".join(sorted(map(_package, found)))
    return f"several installed packages have one of that name: {packages}"


def _package(entry: EntryPoint) -> str:
    return entry.dist.name if entry.dist is not None else entry.value


def _ask(entry: EntryPoint, plan: PolicyPlan, context: PolicyContext, seconds: float) -> Iterator[Verdict]:
    answers: list[tuple[Verdict, ...]] = []
    failures: list[str] = []

    def run() -> None:
        try:
            answers.append(_answer(entry, plan, context))
        except _Unfit as unfit:
            failures.append(str(unfit))
        except (Exception, SystemExit) as error:  # noqa: BLE001 - foreign code: whatever it raises must refuse the plan
            # Its message may quote values; what it is called cannot.
            failures.append(f"it raised {type(error).__name__}")

    thread = Thread(target=run, name=f"policy {entry.name}", daemon=True)
    # What it prints must not get between a program and the one document on standard output.
    with contextlib.redirect_stdout(sys.stderr):
        thread.start()
        thread.join(seconds)
    if answers:
        yield from (_named(entry.name, one) for one in answers[0])
        return
    reason = f"no answer within {seconds:g} seconds" if thread.is_alive() else "it ended without an answer"
    yield _unasked(entry.name, failures[0] if failures else reason, f"mend {entry.value} ({_package(entry)})")


def _answer(entry: EntryPoint, plan: PolicyPlan, context: PolicyContext) -> tuple[Verdict, ...]:
    policy = entry.load()
    if not callable(policy):
        raise _Unfit(f"{entry.value} cannot be called")
    answer = policy(plan, context)
    try:
        verdicts = tuple(islice(iter(answer), MOST_VERDICTS + 1))
    except TypeError:
        raise _Unfit(f"it answered {type(answer).__name__}, and verdicts are wanted") from None
    if len(verdicts) > MOST_VERDICTS:
        raise _Unfit(f"it gave more than {MOST_VERDICTS:,} verdicts")
    for verdict in verdicts:
        if not isinstance(verdict, Verdict):
            raise _Unfit(f"it answered {type(verdict).__name__}, and a Verdict is wanted")
        if wrong := _wrong(verdict.message, verdict.effect, verdict.agents, verdict.paths, verdict.help):
            raise _Unfit(f"it gave a Verdict with a wrong {wrong}")
    return verdicts


def _wrong(message: Any, effect: Any, agents: Any, paths: Any, help_: Any) -> str | None:
    """Name the first part of a verdict that is not of its type; plug-ins need not be type-checked."""
    if not (isinstance(message, str) and message.strip()):
        return "message"
    if effect not in get_args(Effect):
        return "effect"
    for name, texts in (("agents", agents), ("paths", paths)):
        if not (isinstance(texts, tuple | list) and all(isinstance(one, str) for one in texts)):
            return name
    return None if isinstance(help_, str | None) else "help"


def _named(name: str, verdict: Verdict) -> Verdict:
    """Put the plug-in's name before the message, and agents and paths behind it."""
    agents, paths = few(verdict.agents, MOST_AGENTS), few(verdict.paths, MOST_AGENTS)
    whom = agents + (f" ({paths})" if paths and agents else paths)
    message = f"{name} (plug-in): {verdict.message.strip().rstrip('.')}{f': {whom}' if whom else ''}"
    return replace(verdict, message=message, agents=tuple(verdict.agents), paths=tuple(verdict.paths))


def _unasked(name: str, reason: str, help_: str) -> Verdict:
    return Verdict(f"policy {name} (plug-in) could not be evaluated: {reason}", help=help_)
