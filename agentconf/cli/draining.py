"""The guard that is asked last: nobody is in a call with an agent that is about to go or to be rerouted."""

from __future__ import annotations

import asyncio
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NoReturn

import click

from agentconf.cli.moments import Duration
from agentconf.errors import BlockedError, RemoteError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from agentconf.apply.underway import Exposed
    from agentconf.cli.options import Session
    from agentconf.cli.output import Output
    from agentconf.plan.plan import Plan
    from agentconf.project.definition import Project
    from agentconf.remote.calling import CallPlatform

FIRST_PAUSE = 0.25
"""Seconds between the first two looks; each further pause is twice as long."""

LONGEST_PAUSE = 5.0
"""Seconds between two looks at most; ours: a look takes three requests an agent, and calls are short."""

_IGNORE = "--ignore-calls applies whatever calls there are"


class _Seconds(Duration):
    """A length of time; a number without a unit is seconds."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Read one, or end with what is wrong with it."""
        plain = isinstance(value, str) and value.replace(".", "", 1).isdecimal()
        return super().convert(f"{value}s" if plain else value, param, ctx)


def drain_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options about calls in progress: those of every command that applies a plan."""
    for option in (
        click.option("--ignore-calls", is_flag=True, help="Do not look whether calls are in progress."),
        click.option(
            "--drain",
            type=_Seconds(),
            metavar="SECONDS",
            help="Wait so long for calls in progress with agents that go or are rerouted.",
        ),
    ):
        command = option(command)
    return command


async def wait_for_calls(
    session: Session, project: Project, plan: Plan, *, drain: float | None, ignore: bool
) -> bool:
    """See to it that no call is in progress with an agent that is deleted or whose routing changes.

    It belongs behind the last question and before the first write. A call that begins in between is not seen.

    Args:
        session: the invocation.
        project: resolved for the plan's environment.
        plan: what is about to be done.
        drain: seconds to wait for calls to end; None does not wait.
        ignore: do not ask.

    Returns:
        Whether it waited: the live agents may have moved meanwhile.

    Raises:
        BlockedError: there are calls, and waiting was not asked for or not enough; or it cannot be told.

    """
    from agentconf.apply.underway import exposed  # noqa: PLC0415 - keeps --help light
    from agentconf.cli.calling import connect_calls  # noqa: PLC0415

    agents = exposed(plan)
    if ignore or not agents:
        return False
    async with connect_calls(session, project, "slng") as platform:
        calls = await _look(platform, agents)
        if not calls:
            return False
        if drain is None:
            _refuse(calls, "are in progress", "--drain SECONDS waits until they are over")
        await _drain(session.output, platform, agents, calls, drain)
    return True


async def _drain(
    output: Output,
    platform: CallPlatform,
    agents: tuple[Exposed, ...],
    calls: Mapping[str, int],
    seconds: float,
) -> None:
    """Look again and again until no call is left or the time is up."""
    from agentconf.model.duration import duration_text  # noqa: PLC0415 - only when there are calls

    last = time.monotonic() + seconds
    pause = FIRST_PAUSE
    with _waiting(output, duration_text(seconds)) as show:
        while calls:
            show(calls)
            left = last - time.monotonic()
            if left <= 0:
                _refuse(
                    calls, f"are still in progress after {duration_text(seconds)}", "give --drain more time"
                )
            await asyncio.sleep(min(pause, left))
            pause = min(2 * pause, LONGEST_PAUSE)
            calls = await _look(platform, agents)


async def _look(platform: CallPlatform, agents: tuple[Exposed, ...]) -> Mapping[str, int]:
    from agentconf.apply.underway import calls_underway  # noqa: PLC0415 - keeps --help light

    try:
        return await calls_underway(platform, agents)
    except RemoteError as error:
        raise BlockedError(
            f"nothing was written: whether calls are in progress cannot be told: {error.message}",
            help=f"{error.help}; {_IGNORE}" if error.help else _IGNORE,
        ) from error


def _refuse(calls: Mapping[str, int], how: str, help_: str) -> NoReturn:
    raise BlockedError(
        f"nothing was written: calls {how} with agents that would go or be routed otherwise: {_told(calls)}",
        help=f"{help_}; {_IGNORE}",
    )


def _told(calls: Mapping[str, int]) -> str:
    return ", ".join(f"{name} ({number:,})" for name, number in calls.items())


@contextmanager
def _waiting(output: Output, patience: str) -> Iterator[Callable[[Mapping[str, int]], None]]:
    """Give what shows the calls that are waited for: a line that changes on a terminal, else one line."""
    if output.quiet:
        yield lambda _: None
    elif output.terminal() and output.colour(stderr=True):
        from rich.console import Console  # noqa: PLC0415 - on terminals only

        with Console(stderr=True).status("") as status:
            yield lambda calls: status.update(f"Waiting up to {patience} for calls to end: {_told(calls)}")
    else:
        said: list[str] = []

        def once(calls: Mapping[str, int]) -> None:
            if not said:
                said.append(f"Waiting up to {patience} for calls to end: {_told(calls)}")
                output.info(said[0])

        yield once
