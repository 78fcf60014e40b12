"""`agentconf demo`."""

from __future__ import annotations

import asyncio
import shlex
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from agentconf.cli.options import Session, common
from agentconf.errors import AgentconfError, ExitCode

if TYPE_CHECKING:
    from agentconf.cli.output import Output

COPIED = ("agentconf.yaml", "agents", "prompts", "tools", "environments")
"""What makes a project; the demo works on a copy, so that it can edit."""


@dataclass(frozen=True, slots=True)
class _Stage:
    output: Output
    folder: Path
    environ: dict[str, str]

    def say(self, text: str) -> None:
        bold, reset = ("\x1b[1m", "\x1b[0m") if self.output.colour() else ("", "")
        self.output.result(f"\n{bold}# {text}{reset}")

    def run(self, arguments: str, *, expect: ExitCode = ExitCode.OK) -> None:
        """Run a command as a user would, and stop the show when it does not end as told."""
        self.output.result(f"$ agentconf {arguments}")
        command = [sys.executable, "-m", "agentconf", *shlex.split(arguments)]
        ended = subprocess.run(  # noqa: S603 - our own command
            command, cwd=self.folder, env=self.environ, stdin=subprocess.DEVNULL, check=False
        )
        if ended.returncode != expect:
            raise AgentconfError(
                f"`agentconf {arguments}` ended with {ended.returncode}, not with {int(expect)}",
                help="this is a bug of agentconf: please report it with the output above",
            )
        if expect is not ExitCode.OK:
            self.output.result(f"(exit code {int(expect)})")


@click.command("demo")
@common("text")
def command(session: Session) -> int:
    """Tell the whole story on the embedded emulator, in under a minute: nothing leaves the machine.

    Works on a copy of the project in the current folder, or of a scaffolded one.
    """
    with tempfile.TemporaryDirectory(prefix="agentconf-demo-") as scratch:
        folder = Path(scratch)
        environ = _environ(session)
        stage = _Stage(session.output, folder, environ)
        key, prompt = _prepare(session, stage)
        _tell(session, stage, key, prompt)
    return 0


def _environ(session: Session) -> dict[str, str]:
    clean = {name: value for name, value in session.environ.items() if not name.startswith("AGENTCONF_")}
    if session.output.colour():
        clean["FORCE_COLOR"] = "1"
    return clean


def _prepare(session: Session, stage: _Stage) -> tuple[str, Path]:
    """Copy or scaffold the project, give each secret a made-up value, and pick the agent of the story."""
    from agentconf.cli.project import load  # noqa: PLC0415 - keeps --help light
    from agentconf.model.secret import SecretRef  # noqa: PLC0415
    from agentconf.project.discover import find_root  # noqa: PLC0415
    from agentconf.project.provenance import origins  # noqa: PLC0415

    root = find_root(session.directory)
    if (root / "agents").is_dir():
        for name in COPIED:
            source = root / name
            if source.is_dir():
                shutil.copytree(source, stage.folder / name)
            elif source.exists():
                shutil.copy(source, stage.folder / name)
    else:
        stage.run("init --quiet")
    project = load(replace(session, directory=stage.folder, environment="local", environ=stage.environ))
    for definition in project.definitions:
        for _, value, _, _ in origins(definition):
            reference = SecretRef.parse(value) if isinstance(value, str) else None
            if reference is not None:
                stage.environ[reference.env] = f"made-up-{reference.env.lower()}"
    keys = [definition.key for definition in project.definitions]
    key = "support-router" if "support-router" in keys else keys[0]
    return key, stage.folder / "prompts" / f"{key}.md"


def _tell(session: Session, stage: _Stage, key: str, prompt: Path) -> None:
    stage.say("Lint: every file, every environment, offline")
    stage.run("lint")
    stage.say("Try the examples that stand beside the agents, offline")
    stage.run("test")
    stage.say("Plan against an empty platform, then apply")
    stage.run("plan -o first.plan")
    stage.run("apply first.plan --auto-approve")
    stage.say("What was applied is what runs: the next plan is empty")
    stage.run("plan --detailed-exitcode")

    stage.say("Somebody edits the prompt in git, and somebody else the greeting in the dashboard")
    text = prompt.read_text(encoding="utf-8")
    prompt.write_text(
        text.rstrip("\n") + "\n- Ask for permission before you put anybody on hold.\n", encoding="utf-8"
    )
    _dashboard(session, stage, key, {"greeting": "Yes, hello?"})
    stage.run("plan --detailed-exitcode -o reviewed.plan", expect=ExitCode.CHANGES)

    stage.say("The live agent moves once more after the review: the reviewed plan is refused")
    _dashboard(session, stage, key, {"greeting": "Hello, hello?"})
    stage.run("apply reviewed.plan --auto-approve", expect=ExitCode.STALE)
    stage.run("apply --auto-approve")
    stage.run("plan --detailed-exitcode")

    stage.say("A mistake that would reach callers is caught before anything is sent")
    agent = stage.folder / "agents" / f"{key}.yaml"
    mistaken = (
        agent.read_text(encoding="utf-8")
        .replace("https://", "https://{{tenant}}.", 1)
        .replace("eu-central", "eu-west", 1)
    )
    agent.write_text(mistaken, encoding="utf-8")
    stage.run(f"lint agents/{key}.yaml", expect=ExitCode.FINDINGS)
    stage.say("That is the story. `agentconf init` starts yours.")


def _dashboard(session: Session, stage: _Stage, key: str, body: dict[str, object]) -> None:
    """Change a live agent behind the files' back."""
    from agentconf.cli.connect import connect  # noqa: PLC0415
    from agentconf.cli.project import load  # noqa: PLC0415

    async def edit() -> None:
        local = replace(session, directory=stage.folder, environment="local", environ=stage.environ)
        project = load(local)
        definition = project.definition(key)
        async with connect(local, project) as platform:
            for live in await platform.list_agents():
                if definition is not None and live.name == definition.data["name"]:
                    await platform.update_agent(live.id, body, {})

    asyncio.run(edit())
