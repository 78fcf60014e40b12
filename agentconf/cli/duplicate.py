"""`agentconf duplicate`."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from agentconf.cli.moments import Duration
from agentconf.cli.options import Session, common
from agentconf.cli.plan import IMPACTS
from agentconf.errors import ConfigurationError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from agentconf.adopt.draft import Drafted
    from agentconf.apply.outcome import Report
    from agentconf.apply.recorder import Recorder
    from agentconf.model.live import LiveAgent
    from agentconf.model.memory import State
    from agentconf.plan.options import Desired
    from agentconf.plan.plan import Plan
    from agentconf.project.definition import Project


@click.command("duplicate")
@click.argument("agent", metavar="AGENT")
@click.option("--name", required=True, metavar="NAME", help="Name of the copy.")
@click.option("--as", "key", metavar="KEY", help="Key of the copy (default: made from its name).")
@click.option(
    "--allow", type=click.Choice(IMPACTS), multiple=True, help="Approve an impact class (repeatable)."
)
@click.option("--auto-approve", is_flag=True, help="Do not ask; needed where there is no terminal.")
@click.option(
    "--lock-timeout",
    type=Duration(),
    default="0s",
    metavar="DURATION",
    help="Wait so long for another apply to end (default: 0s).",
)
@click.option(
    "--sign",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="KEY",
    help="Sign the journal's lines with a private key (default: AGENTCONF_SIGNING_KEY).",
)
@common("text", "json")
def command(
    session: Session, agent: str, name: str, key: str | None, allow: tuple[str, ...], **run: Any
) -> int:
    """Let the platform copy the live agent of a key, and write the copy's files.

    The stored secrets of its tools are copied with it; its inbound trunk and its calls are not. It is a plan
    like any other: shown, held against guards and policies, confirmed, remembered.
    """
    from agentconf.apply.copying import Copying  # noqa: PLC0415 - keeps --help light
    from agentconf.cli.applying import Run, execute  # noqa: PLC0415
    from agentconf.cli.planning import Scope  # noqa: PLC0415

    copy = asyncio.run(_prepared(session, agent, name, key))
    scope = Scope(desired=(copy.desired,), copies={copy.key: agent}, allow=allow)
    carried = Run(command="duplicate", **run)
    copying = partial(Copying, original=copy.original.id)
    return asyncio.run(execute(session, scope, carried, through=copying, finish=copy.finish))


@dataclass(frozen=True, slots=True)
class _Copy:
    """A copy that is about to be made.

    Args:
        root: the project's folder.
        source: key of the original.
        original: the live agent.
        key: of the copy.
        desired: what the copy is to be.
        draft: writes the files of a live copy.

    """

    root: Path
    source: str
    original: LiveAgent
    key: str
    desired: Desired
    draft: Callable[[LiveAgent], Drafted]

    def finish(self, session: Session, plan: Plan, report: Report, recorder: Recorder) -> int:
        """Write the files of what the platform made, and say how it ended."""
        from agentconf.cli.applying import remembered, told  # noqa: PLC0415 - keeps --help light
        from agentconf.cli.importing import write_new  # noqa: PLC0415
        from agentconf.report import duplicate_json, duplicate_text  # noqa: PLC0415

        (result,) = report.results
        if result.live is None:
            code = told(session, plan, report, recorder)
            if result.agent_id is not None:
                session.output.error(f"  help: agentconf import {result.agent_id} writes the copy's files")
            return code
        try:
            made = self.draft(result.live)
            write_new(self.root, [made])
        except ConfigurationError as error:
            raise ConfigurationError(
                f"the copy is live ({result.live.id}), and its files are not written: {error.message}",
                help=f"mend that, then: agentconf import {result.live.id}",
            ) from error
        output = session.output
        if session.json:
            output.result(duplicate_json.render(made, self.source, self.original))
            return remembered(session, report, recorder)
        code = told(session, plan, report, recorder)
        output.result(duplicate_text.render(made, colour=output.colour(), width=output.width))
        return code


async def _prepared(session: Session, source: str, name: str, key: str | None) -> _Copy:
    """Find the original, and make sure that files can be written for its copy before it is made.

    Raises:
        UsageError: the original is not live, or the name or the key is taken.
        ConfigurationError: no files give the copy.

    """
    from agentconf.adopt.copy import Copy  # noqa: PLC0415 - keeps --help light
    from agentconf.adopt.duplication import copy_of, draft, with_defaults_of  # noqa: PLC0415
    from agentconf.adopt.importing import with_sent_defaults  # noqa: PLC0415
    from agentconf.cli.connect import connect  # noqa: PLC0415
    from agentconf.cli.importing import writing  # noqa: PLC0415
    from agentconf.cli.memory import recall  # noqa: PLC0415
    from agentconf.cli.planning import Scope, compare  # noqa: PLC0415
    from agentconf.cli.project import load_sound, require_sound  # noqa: PLC0415
    from agentconf.cli.readback import plan_of, read_with  # noqa: PLC0415
    from agentconf.plan.options import desired_of  # noqa: PLC0415
    from agentconf.plan.toolids import with_tool_ids  # noqa: PLC0415

    project = load_sound(session)
    state = recall(session, project)
    async with connect(session, project) as platform:
        live = with_sent_defaults(await platform.list_agents(), state)
    found = compare(session, project, live, Scope(agents=(source,)), state)
    original = next((one for one in live if one.id == found.ids.get(source)), None)
    if original is None:
        raise UsageError(
            f"{source} is not live, so there is nothing to copy", help="agentconf apply creates it"
        )
    if found.plan.operations:
        session.output.error(
            f"warning: {source} is not live as its files say: the copy is what is live\n"
            f"  help: agentconf plan {source} shows the difference"
        )
    key = _free(project, live, state, name, key)
    files, options = Copy(Path(project.root), session.environ, project.environment.name, {}), writing(project)

    def fits(made: Drafted) -> bool:
        read = read_with(session, project, made.files)
        return not plan_of(session, read, [*live, made.live], [made.key]).operations

    def drafted(copy: LiveAgent) -> Drafted:
        made = draft(files, source, copy, key, options, fits)
        if not fits(made):
            raise ConfigurationError("an override of the environment or `defaults` of the project changes it")
        return made

    planned = drafted(copy_of(original, name))
    whole = read_with(session, project, planned.files)
    require_sound(session, whole)
    definition = whole.definition(key)
    assert definition is not None, "it was read back"
    desired = desired_of(definition)
    body = with_tool_ids(key, desired.body, original.body)

    def written(copy: LiveAgent) -> Drafted:
        return drafted(with_defaults_of(original, copy))

    return _Copy(Path(project.root), source, original, key, replace(desired, body=body), written)


def _free(
    project: Project, live: Sequence[LiveAgent], state: State | None, name: str, key: str | None
) -> str:
    """Return the copy's key, once it is known that nobody has its name or its key."""
    from agentconf.adopt.naming import check_key, handle  # noqa: PLC0415 - keeps --help light

    if not name.strip():
        raise UsageError("--name is empty", help="agentconf duplicate AGENT --name 'Night Desk'")
    declared = next((one for one in project.definitions if one.body.get("name") == name), None)
    if declared is not None:
        raise UsageError(f"{declared.key} is named {name!r} already", help="choose another name with --name")
    if any(one.name == name for one in live):
        raise UsageError(f"there is a live agent {name!r} already", help="choose another name with --name")
    taken = {one.key for one in project.definitions} | set(state.agents if state is not None else ())
    if key is None:
        return handle(name, taken)
    check_key(key, taken)
    return key
