"""The help of commands with very many options, or with commands of their own, in an order that helps."""

from __future__ import annotations

import click

_SECTIONS = {
    "Who speaks": (
        *("platform", "flow", "billing_device", "agent_id"),
        *("caller_number", "caller_credentials", "caller_name", "arguments"),
    ),
    "Whom to call": (
        *("to", "columns", "delimiter", "format_", "exclusions", "regions", "allow", "duplicates"),
        *("skip_invalid", "instead"),
    ),
    "When, and how fast": (
        *("window", "timezone", "deadline", "priority", "concurrency", "interval", "rate", "timeout"),
    ),
    "This run": (
        *("label", "test", "name", "resume", "dry_run", "auto_approve", "limit", "wait"),
        *("allow_drift", "redial_unknown", "workers", "detach", "show_numbers"),
    ),
}
"""Parameters under each heading; whatever is in none stands under the last one."""

_LAST = "Options"


class Sectioned(click.Command):
    """A command whose help sorts its options."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options under headings."""
        sections: dict[str, list[tuple[str, str]]] = {title: [] for title in (*_SECTIONS, _LAST)}
        for parameter in self.get_params(ctx):
            record = parameter.get_help_record(ctx)
            if record is not None and isinstance(parameter, click.Option):
                sections[_section(parameter.name or "")].append(record)
        for title, records in sections.items():
            if records:
                with formatter.section(title):
                    formatter.write_dl(records)


class InOrder(click.Group):
    """A group whose help lists its commands in the order in which they are declared."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Name the commands."""
        return list(self.commands)


def _section(name: str) -> str:
    return next((title for title, names in _SECTIONS.items() if name in names), _LAST)
