"""`agentconf drift`."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

import click

from agentconf.cli.options import Session, common
from agentconf.errors import ConfigurationError, ExitCode, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from agentconf.adopt.places import Wanted
    from agentconf.plan.change import Change
    from agentconf.plan.drift import Drift
    from agentconf.project.definition import Project


@click.command("drift")
@click.argument("agents", nargs=-1, metavar="[AGENT[:PATH]]...")
@click.option("--adopt", is_flag=True, help="Take the live values into the files.")
@common("text", "json")
def command(session: Session, agents: tuple[str, ...], *, adopt: bool) -> int:
    """Show what was changed outside since the last apply; change nothing live.

    AGENT limits it to some agents, by key. Exits with 2 when there is something.

    With --adopt, the live values are written where the files' values came from, everything else in the files
    stays as it is; AGENT:PATH takes a single one, such as support-router:models.tts_voice. Exits with 4 when
    not all could be taken.
    """
    keys = tuple(dict.fromkeys(word.partition(":")[0] for word in agents))
    if not adopt and any(":" in word for word in agents):
        raise UsageError("AGENT:PATH is for --adopt", help="name the agent alone to see its drift")
    project, drift = asyncio.run(_drift(session, keys))
    if adopt:
        return _adopt(session, project, drift, agents)
    session.output.result(_render(session, drift))
    return ExitCode.CHANGES if drift.agents else ExitCode.OK


async def _drift(session: Session, agents: tuple[str, ...]) -> tuple[Project, Drift]:
    from agentconf.cli.connect import connect  # noqa: PLC0415 - keeps --help light
    from agentconf.cli.memory import recall  # noqa: PLC0415
    from agentconf.cli.planning import Scope, compare  # noqa: PLC0415
    from agentconf.cli.project import load_sound  # noqa: PLC0415
    from agentconf.plan.drift import drift_of  # noqa: PLC0415

    project = load_sound(session)
    state = recall(session, project)
    async with connect(session, project) as platform:
        live = await platform.list_agents()
    return project, drift_of(compare(session, project, live, Scope(agents=agents), state), live)


def _render(session: Session, drift: Drift) -> str:
    from agentconf.report import drift_json, drift_text  # noqa: PLC0415 - one of them

    if session.json:
        return drift_json.render(drift)
    output = session.output
    return drift_text.render(drift, colour=output.colour(), width=output.width, verbose=output.verbose)


def _adopt(session: Session, project: Project, drift: Drift, words: tuple[str, ...]) -> int:
    from agentconf.adopt.adoption import adopt  # noqa: PLC0415
    from agentconf.report import adopted_json, adopted_text  # noqa: PLC0415

    root = Path(project.root)
    wanted = tuple(_wanted(drift, words))
    adopted = adopt(root, session.environ, project.environment.name, wanted)
    _write(root, adopted.files)
    gone = tuple(one.key for one in drift.agents if one.deleted)
    output = session.output
    if session.json:
        output.result(adopted_json.render(adopted, gone))
    else:
        output.result(adopted_text.render(adopted, gone, colour=output.colour(), width=output.width))
    return ExitCode.PARTIAL if adopted.refused or gone else ExitCode.OK


def _wanted(drift: Drift, words: tuple[str, ...]) -> Iterator[Wanted]:
    """Yield the live values that are meant.

    Raises:
        UsageError: a path leads to nothing that drifted.

    """
    from agentconf.adopt.places import Wanted  # noqa: PLC0415
    from agentconf.plan.ignored import segments  # noqa: PLC0415

    paths = [
        (key, segments(path), f"{key}:{path}")
        for key, colon, path in (w.partition(":") for w in words)
        if colon
    ]
    whole = {word for word in words if ":" not in word}
    used: set[str] = set()
    for one in drift.agents:
        for change in one.changes if one.live is not None else ():
            named = [text for key, path, text in paths if key == one.key and _leads(path, change)]
            used |= set(named)
            if (named or one.key in whole or not words) and one.live is not None:
                yield Wanted(one.key, change.place, change.after, one.live, change.before)
    if missing := [text for _, _, text in paths if text not in used]:
        raise UsageError(f"nothing drifted at {', '.join(missing)}", help="`agentconf drift` shows what did")


def _leads(path: tuple[str, ...], change: Change) -> bool:
    """Tell whether a change is at or below a path; tools are named or given by id."""
    return any(tuple(place[: len(path)]) == path for place in (tuple(map(str, change.path)), change.place))


def _write(root: Path, files: Mapping[str, str]) -> None:
    """Put texts in the place of files, all or none; a byte order mark stays."""
    from agentconf.files import marked, put_all  # noqa: PLC0415 - keeps --help light

    try:
        put_all({root / name: marked(root / name, text) for name, text in sorted(files.items())})
    except OSError as error:
        raise ConfigurationError(
            f"cannot write {error.filename}: {error.strerror}; nothing was changed",
            help="mend the permissions, or free some space",
        ) from error
