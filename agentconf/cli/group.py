"""The command group: a command's module is imported only when that command runs."""

from __future__ import annotations

import importlib

import click

COMMANDS = {
    "init": "Scaffold a project that lints clean.",
    "lint": "Check definitions, offline.",
    "fmt": "Lay YAML files out: keys in one order, comments kept.",
    "test": "Render each example and check it, offline.",
    "render": "Show texts and tool fields as a call would see them.",
    "show": "Show a resolved definition, and where its values come from.",
    "plan": "Show what would change.",
    "import": "Write live agents into files.",
    "duplicate": "Let the platform copy an agent, and write the copy's files.",
    "drift": "Show what was changed outside since the last apply.",
    "apply": "Make it so: a saved plan, or plan and confirm.",
    "destroy": "Delete agents.",
    "history": "List the applies of an environment, and what each did.",
    "rollback": "Put agents back to what they were before an apply.",
    "state": "Look at what is remembered of earlier applies, and mend it.",
    "call": "Place one call.",
    "dispatch": "Call everybody in a file.",
    "campaign": "Run a declared campaign, follow it, pause it, report on it.",
    "calls": "List calls, look at one, cancel one.",
    "session": "Open a web session with an agent.",
    "worker": "Carry campaigns out, beside other workers.",
    "explain": "Explain a lint rule or a field.",
    "lsp": "Serve editors (Language Server Protocol).",
    "schema": "Print a JSON Schema.",
    "emulator": "Serve the platforms' APIs on loopback.",
    "demo": "Tell the whole story on the emulator.",
}
"""Each command and its line in the help: listed here so that `--help` imports none of them."""

GROUPS = frozenset({"campaign", "calls", "state"})
"""Commands that have commands of their own."""


MODULES = {"import": "importing"}
"""Commands whose name cannot be a module's: it is a word of Python."""


class LazyGroup(click.Group):
    """Finds a command `name` as `command` in `agentconf.cli.name`."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Name the commands in the order in which people meet them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's signature
        """Import one command."""
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"agentconf.cli.{MODULES.get(cmd_name, cmd_name)}")
        command: click.Command = module.command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Suggest the command that was meant."""
        name = args[0]
        if name not in COMMANDS and not name.startswith("-"):
            from agentconf.source.suggest import suggest  # noqa: PLC0415 - needed for a typing error only

            guess = suggest(name, COMMANDS)
            hint = f"Did you mean {guess!r}?" if guess else "`agentconf --help` lists them."
            raise click.UsageError(f"there is no command {name!r}. {hint}", ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - click's signature
        """List commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))
