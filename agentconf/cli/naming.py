"""What campaigns are called: in the ledger, by users, and in commands that are pasted into a shell."""

from __future__ import annotations

import re
import shlex
from typing import Any

import click

_LABEL = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
"""What a campaign file takes as its `run`: letters and digits of every keyboard, and what needs no quotes."""

_OTHERS = re.compile(r"[^\w.-]+")

TEST = "~test"
"""What the name of a campaign in test mode ends with; no other one does."""


class Label(click.ParamType):  # type: ignore[type-arg]  # generic in newer versions only
    """The name of a dispatch, or the label of a campaign's run."""

    name = "label"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Take one, or end with what is wrong with it."""
        if not _LABEL.fullmatch(value):
            rule = "at most 64 letters, digits, dots, dashes and underscores, like 2026-07"
            self.fail(f"{value!r} is no name; write {rule}", param, ctx)
        return str(value)


LABEL = Label()


def campaign_id(environment: str, name: str, *, test: bool = False) -> str:
    """Name a campaign in the ledger; one in test mode is another one.

    Args:
        environment: where its agent lives.
        name: what users call it.
        test: whether every number is replaced.

    """
    return f"{environment}/{name}" + (TEST if test else "")


def dispatch_name(*parts: str) -> str:
    """Make the name of a dispatch from what it is about, such as an agent and a file."""
    return "-".join(["dispatch", *(_OTHERS.sub("-", part).strip("-") for part in parts)])


def shown(campaign_id: str) -> str:
    """Name a campaign of the ledger as users do, without its environment."""
    return campaign_id.partition("/")[2]


def command(verb: str, campaign_id: str) -> str:
    """Write the command that does something with a campaign.

    It names the environment in any case: which one is the default depends on the shell.

    Args:
        verb: such as `resume`.
        campaign_id: in the ledger.

    """
    environment, _, name = campaign_id.partition("/")
    return f"agentconf campaign {verb} {shlex.quote(name)} -e {shlex.quote(environment)}"
