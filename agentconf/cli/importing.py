"""`agentconf import`."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from agentconf.cli.options import Session, common
from agentconf.errors import ConfigurationError, UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from agentconf.adopt.draft import Drafted, Options
    from agentconf.adopt.importing import Chosen
    from agentconf.model.live import LiveAgent
    from agentconf.plan.plan import Plan
    from agentconf.project.definition import Project


@click.command("import")
@click.argument("agents", nargs=-1, metavar="[NAME|ID]...")
@click.option("--all", "everything", is_flag=True, help="Import every live agent that no file declares.")
@click.option("--as", "key", metavar="KEY", help="Key for the one agent that is imported.")
@click.option("--factor-tools", is_flag=True, help="Put tools that several of them share into tools/.")
@click.option("--with-trunks", is_flag=True, help="Write trunks too, which are attached in the dashboard.")
@click.option("--dry-run", is_flag=True, help="Say what would be written; write nothing.")
@common("text", "json")
def command(
    session: Session,
    agents: tuple[str, ...],
    everything: bool,
    key: str | None,
    factor_tools: bool,
    with_trunks: bool,
    dry_run: bool,
) -> int:
    """Write live agents into files, so that a plan finds no difference. Nothing live is changed.

    Prompts go to prompts/, secrets become references to environment variables, which you set.
    """
    from agentconf.report import import_json, import_text  # noqa: PLC0415 - keeps --help light

    if everything == bool(agents):
        raise UsageError("name agents, or give --all", help='agentconf import "Support Router"')
    if key is not None and len(agents) != 1:
        raise UsageError("--as is for one agent")
    project, live, chosen = asyncio.run(_chosen(session, agents, key))
    options = writing(project, trunks=with_trunks, factor_tools=factor_tools)
    made = _prepared(session, project, live, chosen, options)
    if not dry_run:
        write_new(Path(project.root), made)
    output = session.output
    if session.json:
        output.result(import_json.render(made, chosen, written=not dry_run))
    else:
        output.result(
            import_text.render(made, chosen, written=not dry_run, colour=output.colour(), width=output.width)
        )
    return 0


def writing(project: Project, *, trunks: bool = False, factor_tools: bool = False) -> Options:
    """Tell how a project's files are written."""
    from agentconf.adopt.draft import Options  # noqa: PLC0415 - keeps --help light

    settings = project.environment.settings
    contract = settings.contract or project.settings.contract
    given = contract == "managed" or "slng_api_key" in project.settings.defaults
    return Options(
        key_reference=None if given else "${env:SLNG_API_KEY}",
        trunks=trunks,
        schemas=(Path(project.root) / "schemas" / "agent.schema.json").exists(),
        factor_tools=factor_tools,
    )


async def _chosen(
    session: Session, wanted: Sequence[str], key: str | None
) -> tuple[Project, Sequence[LiveAgent], Chosen]:
    from agentconf.adopt.importing import choose, with_sent_defaults  # noqa: PLC0415
    from agentconf.adopt.naming import check_key  # noqa: PLC0415
    from agentconf.cli.connect import connect  # noqa: PLC0415
    from agentconf.cli.memory import recall  # noqa: PLC0415
    from agentconf.cli.planning import Scope, compare  # noqa: PLC0415
    from agentconf.cli.project import load_sound  # noqa: PLC0415

    project = load_sound(session)
    state = recall(session, project)
    async with connect(session, project) as platform:
        live = await platform.list_agents()
    ids = compare(session, project, live, Scope(), state).ids
    keys = [one.key for one in project.definitions]
    chosen = choose(
        with_sent_defaults(live, state), wanted, keys, {identifier: one for one, identifier in ids.items()}
    )
    if key is not None:
        check_key(key, keys)
        chosen = replace(chosen, agents=((key, chosen.agents[0][1]),))
    return project, live, chosen


def _prepared(
    session: Session, project: Project, live: Sequence[LiveAgent], chosen: Chosen, options: Options
) -> list[Drafted]:
    from agentconf.adopt.importing import prepare  # noqa: PLC0415
    from agentconf.cli.readback import plan_of, read_with  # noqa: PLC0415

    keys = tuple(key for key, _ in chosen.agents)

    def check(files: Mapping[str, str]) -> Plan:
        return plan_of(session, read_with(session, project, files), live, keys)

    return prepare(chosen, options, Path(project.root), check) if keys else []


def write_new(root: Path, made: Sequence[Drafted]) -> None:
    """Put all files in place, or none."""
    from agentconf.files import put_all  # noqa: PLC0415 - keeps --help light

    texts = {root / name: text.encode() for one in made for name, text in one.files.items()}
    try:
        put_all(texts, new=True)
    except FileExistsError as error:
        raise ConfigurationError(
            f"{error.filename2 or error.filename} is there already; nothing was written"
        ) from error
    except OSError as error:
        raise ConfigurationError(
            f"cannot write {error.filename}: {error.strerror}; nothing was written"
        ) from error
