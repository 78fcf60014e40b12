"""`agentconf demo`."""

from __future__ import annotations

import asyncio
import shlex
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import click

from agentconf.cli.options import Session, common
from agentconf.errors import ExitCode

if TYPE_CHECKING:
    from agentconf.cli.stage import Story


@click.command("demo")
@common("text")
def command(session: Session) -> int:
    """Tell the whole story on the embedded emulator, in under a minute: nothing leaves the machine.

    Works on a copy of the project in the current folder when that lints clean, else on a scaffolded one.
    """
    from agentconf.cli.stage import UnfitError, copied, scaffolded  # noqa: PLC0415 - keeps --help light

    with tempfile.TemporaryDirectory(prefix="agentconf-demo-") as scratch:
        try:
            story = copied(session, Path(scratch) / "copy")
        except UnfitError as reason:
            session.output.info(f"The project here is left out: {reason}. A scaffolded one takes its place.")
            story = None
        _tell(story or scaffolded(session, Path(scratch) / "scaffolded"))
    return 0


def _tell(story: Story) -> None:
    stage = story.stage
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
    _append(stage.folder / story.prompt, "- Ask for permission before you put anybody on hold.")
    _dashboard(story, {"greeting": "Yes, hello?"})
    stage.run("plan --detailed-exitcode -o reviewed.plan", expect=ExitCode.CHANGES)

    stage.say("The live agent moves once more after the review: the reviewed plan is refused")
    _dashboard(story, {"greeting": "Hello, hello?"})
    stage.run("apply reviewed.plan --auto-approve", expect=ExitCode.STALE)
    stage.run("apply --auto-approve")
    stage.run("plan --detailed-exitcode")

    stage.say("Mistakes that would reach callers are caught before anything is sent")
    _mistake(story)
    stage.run(f"lint {shlex.quote(story.file)}", expect=ExitCode.FINDINGS)
    stage.say("That is the story. `agentconf init` starts yours.")


def _append(file: Path, line: str) -> None:
    text = file.read_text(encoding="utf-8").rstrip("\n")
    file.write_text(f"{text}\n{line}\n", encoding="utf-8")


def _mistake(story: Story) -> None:
    """Make a mistake that every prompt can hold, and one more where the agent has a webhook."""
    folder = story.stage.folder
    _append(folder / story.prompt, "{{#if open}}Say that we are open.{{/if}}")
    text = (folder / story.file).read_text(encoding="utf-8")
    mistaken = text.replace("url: https://", "url: https://{{tenant}}.", 1)
    (folder / story.file).write_text(mistaken, encoding="utf-8")


def _dashboard(story: Story, body: dict[str, object]) -> None:
    """Change a live agent behind the files' back."""
    from agentconf.cli.connect import connect  # noqa: PLC0415
    from agentconf.cli.project import load  # noqa: PLC0415

    async def edit() -> None:
        session = story.stage.session
        async with connect(session, load(session)) as platform:
            for live in await platform.list_agents():
                if live.name == story.name:
                    await platform.update_agent(live.id, body, {})

    asyncio.run(edit())
