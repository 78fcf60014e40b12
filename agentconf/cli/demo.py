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
    from agentconf.cli.stage import Stage, Story


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

    _reconcile(story)
    if story.caller is not None:
        _call(stage, story.caller)

    stage.say("Mistakes that would reach callers are caught before anything is sent")
    _mistake(story)
    stage.run(f"lint {shlex.quote(story.file)}", expect=ExitCode.FINDINGS)
    stage.say("That is the story. `agentconf init` starts yours.")


def _reconcile(story: Story) -> None:
    """Change one prompt on both sides, and take an apply back."""
    stage = story.stage
    prompt = stage.folder / story.prompt
    stage.say("Git and the dashboard both change the same prompt: refused until somebody says how it ends")
    before = prompt.read_text(encoding="utf-8").rstrip("\n")
    _append(prompt, "- Offer to call back.")
    _dashboard(story, {"system_prompt": f"{before}\n- Never apologise twice."})
    stage.run("apply --auto-approve", expect=ExitCode.BLOCKED)
    stage.run("apply --auto-approve --ours")

    stage.say("A prompt got out that callers should not hear: it is taken back")
    before = prompt.read_text(encoding="utf-8")
    _append(prompt, "- Shout.")
    stage.run("apply --auto-approve")
    stage.run("history")
    stage.run("rollback --auto-approve")
    prompt.write_text(before, encoding="utf-8")
    stage.run("plan --detailed-exitcode")


def _call(stage: Stage, caller: str) -> None:
    """Call the people of the agent's own examples, at numbers that belong to nobody."""
    stage.say("Call people: first a list with a typing error, then the right one, on the emulator")
    wrong, right = _contacts(stage, caller)
    stage.run(f"dispatch {caller} {wrong} --auto-approve", expect=ExitCode.FINDINGS)
    stage.run(f"dispatch {caller} {right} --interval 100ms --auto-approve")
    stage.say("Nobody is called twice")
    stage.run(f"dispatch {caller} {right} --auto-approve", expect=ExitCode.BLOCKED)


def _contacts(stage: Stage, caller: str) -> tuple[str, str]:
    """Write two files of contacts from an agent's examples; one has a letter too many in its header."""
    import csv  # noqa: PLC0415
    import io  # noqa: PLC0415

    from agentconf.cli.project import find_definition, load, sound_agent  # noqa: PLC0415

    agent = sound_agent(find_definition(load(stage.session), caller))
    rows = [dict(example.arguments) for example in agent.examples if example is not None]
    columns = ["to", *dict.fromkeys(name for row in rows for name in row)]
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, restval="")
    writer.writeheader()
    writer.writerows({"to": f"+141555501{at:02}", **row} for at, row in enumerate(rows))
    (stage.folder / "contacts.csv").write_text(text.getvalue(), encoding="utf-8")
    mistaken = text.getvalue().replace(columns[-1], f"{columns[-1]}s", 1)
    (stage.folder / "mistaken.csv").write_text(mistaken, encoding="utf-8")
    return "mistaken.csv", "contacts.csv"


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
