"""Where the demo plays: a copy of the project at hand, or a scaffolded one."""

from __future__ import annotations

import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from agentconf.errors import AgentconfError, ExitCode

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from agentconf.cli.options import Session
    from agentconf.project.definition import Definition, Project

COPIED = ("agentconf.yaml", "agents", "prompts", "tools", "environments")
"""What makes a project; the demo works on a copy, so that it can edit."""

FAVOURITE = "support-router"
"""The agent of the story, where a project has it: the one of the project that comes with agentconf."""


@dataclass(frozen=True, slots=True)
class Stage:
    """A folder to run commands in.

    Args:
        session: the folder's, for its local environment.

    """

    session: Session

    @property
    def folder(self) -> Path:
        """Return where the project of the story is."""
        return self.session.directory

    def say(self, text: str) -> None:
        """Say what comes next."""
        output = self.session.output
        bold, reset = ("\x1b[1m", "\x1b[0m") if output.colour() else ("", "")
        output.result(f"\n{bold}# {text}{reset}")

    def run(self, arguments: str, *, expect: ExitCode = ExitCode.OK) -> None:
        """Run a command as a user would, and stop the show when it does not end as told."""
        self.session.output.result(f"$ agentconf {arguments}")
        command = [sys.executable, "-m", "agentconf", *shlex.split(arguments)]
        ended = subprocess.run(  # noqa: S603 - our own command
            command, cwd=self.folder, env=self.session.environ, stdin=subprocess.DEVNULL, check=False
        )
        if ended.returncode != expect:
            raise AgentconfError(
                f"`agentconf {arguments}` ended with {ended.returncode}, not with {int(expect)}",
                help="this is a bug of agentconf: please report it with the output above",
            )
        if expect is not ExitCode.OK:
            self.session.output.result(f"(exit code {int(expect)})")


@dataclass(frozen=True, slots=True)
class Story:
    """The agent that things happen to.

    Args:
        stage: where.
        name: its name on the platform.
        file: its definition, from the stage's folder.
        prompt: its prompt, from the stage's folder.
        caller: the handle of an agent that can call out and has examples of what to say; None: there is none.

    """

    stage: Stage
    name: str
    file: str
    prompt: str
    caller: str | None = None


class UnfitError(Exception):
    """The project at hand cannot be the stage; the message says why."""


def _stage(session: Session, folder: Path) -> Stage:
    """Set a stage that knows no platform and no credential but what the demo makes up."""
    environ = {name: value for name, value in session.environ.items() if not name.startswith("AGENTCONF_")}
    environ["FORCE_COLOR" if session.output.colour() else "NO_COLOR"] = "1"
    return Stage(replace(session, directory=folder, environment="local", environ=environ))


def copied(session: Session, folder: Path) -> Story | None:
    """Copy the project at hand.

    Args:
        session: what the user asked for.
        folder: where to; it does not exist.

    Returns:
        A story, or None when there is no project.

    Raises:
        UnfitError: there is one, and it cannot be told about.

    """
    from agentconf.project.discover import find_root  # noqa: PLC0415 - keeps --help light

    root = find_root(session.directory)
    if not (root / "agents").is_dir():
        return None
    folder.mkdir()
    try:
        for name in COPIED:
            source = root / name
            if source.is_dir():
                shutil.copytree(source, folder / name, symlinks=True, copy_function=shutil.copyfile)
            elif source.exists():
                shutil.copyfile(source, folder / name)
    except OSError as error:
        raise UnfitError("it cannot be copied") from error
    return _story(_stage(session, folder))


def scaffolded(session: Session, folder: Path) -> Story:
    """Scaffold a project.

    Args:
        session: what the user asked for.
        folder: where to; it does not exist.

    """
    folder.mkdir()
    stage = _stage(session, folder)
    stage.say("Begin with a scaffolded project")
    stage.run("init")
    return _story(stage)


def _story(stage: Stage) -> Story:
    """Make sure that the project can be told about, give each secret a made-up value, and pick an agent."""
    from agentconf.cli.project import load, open_loader  # noqa: PLC0415
    from agentconf.cli.test import try_examples  # noqa: PLC0415
    from agentconf.lint.engine import lint_project  # noqa: PLC0415

    try:
        loader = open_loader(stage.session)
        projects = [loader.project(name) for name in loader.environment_names]
        result = lint_project(projects, projects[0].settings.lint)
        project = load(stage.session)
    except AgentconfError as error:
        raise UnfitError(error.message) from error
    settings = project.environment.settings
    if result.errors or result.warnings:
        raise UnfitError("it does not lint clean")
    if not settings.emulator or settings.organisation or settings.require_approval:
        raise UnfitError("its environment `local` is more than an emulator")
    if try_examples(project, project.definitions).failed:
        raise UnfitError("not all of its examples pass")
    environ = {**stage.session.environ, **dict(_made_up(project))}
    return _cast(Stage(replace(stage.session, environ=environ)), project)


def _made_up(project: Project) -> Iterator[tuple[str, str]]:
    from agentconf.model.secret import SecretRef  # noqa: PLC0415
    from agentconf.project.provenance import origins  # noqa: PLC0415

    for definition in project.definitions:
        for _, value, _, _ in origins(definition):
            reference = SecretRef.parse(value) if isinstance(value, str) else None
            if reference is not None:
                yield reference.env, f"made-up-{reference.env.lower()}"


def _cast(stage: Stage, project: Project) -> Story:
    """Pick an agent whose prompt has a file of its own and whose greeting the files decide."""
    fitting = {definition.key: definition for definition in project.definitions if _fits(definition)}
    if not fitting:
        raise UnfitError("none of its agents has its prompt in prompts/")
    chosen = fitting.get(FAVOURITE) or next(iter(fitting.values()))
    prompt = chosen.tree.value["system_prompt"].document.path
    callers = [one for one in project.definitions if _calls_out(one)]
    callers.sort(key=lambda one: "outbound_greeting" not in one.data)
    return Story(
        stage, chosen.data["name"], chosen.document.path, prompt, callers[0].key if callers else None
    )


def _calls_out(definition: Definition) -> bool:
    data = definition.data
    return bool(data.get("sip_outbound_trunk_id") and data.get("examples"))


def _fits(definition: Definition) -> bool:
    from agentconf.lint.schema import is_tombstone  # noqa: PLC0415

    prompt = definition.tree.value.get("system_prompt")
    return (
        prompt is not None
        and not is_tombstone(definition)
        and prompt.document.path.startswith("prompts/")
        and "greeting" in definition.data
        and not {"system_prompt", "greeting"} & set(definition.lifecycle.ignore_changes)
    )
