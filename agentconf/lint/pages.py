"""The pages of the rules, made of their docstrings: docs/rules/*.md, and what `explain` shows.

`python -m agentconf.lint.pages docs/rules` writes them.
"""

from __future__ import annotations

import inspect
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from agentconf.lint.rules import ALL

if TYPE_CHECKING:
    from collections.abc import Sequence

    from agentconf.lint.rule import Rule

SECTIONS = ("Why", "Bad", "Good", "Source")
"""Headings of a rule's docstring, in this order."""

_HEADING = re.compile(r"^## (\w+)\n", re.MULTILINE)
_NOTE_LINE = re.compile(r"^[ ]*#[ ]*(?:as is|expect: .*)\n", re.MULTILINE)
_NOTE = re.compile(r"[ ]+#[ ]*expect: .*$", re.MULTILINE)


def page(rule: Rule) -> str:
    """Write a rule's page as Markdown.

    Args:
        rule: what the page is about.

    """
    body = _NOTE.sub("", _NOTE_LINE.sub("", "".join(_section(rule, name) for name in SECTIONS)))
    return f"# {rule.code} {rule.name}\n\n{summary(rule)}\n\nSeverity: {rule.severity}\n{body}"


def page_name(rule: Rule) -> str:
    """Name the file of a rule's page."""
    return f"{rule.code}-{rule.name}.md"


def summary(rule: Rule) -> str:
    """Return a rule's first sentence."""
    return " ".join(_HEADING.split(inspect.cleandoc(rule.page), maxsplit=1)[0].split())


def sections(rule: Rule) -> dict[str, str]:
    """Return a rule's sections, heading to text, in the order in which they stand."""
    parts = _HEADING.split(inspect.cleandoc(rule.page) + "\n")
    return dict(zip(parts[1::2], (text.strip("\n") for text in parts[2::2]), strict=True))


def index() -> str:
    """Write the table of all rules."""
    rows = "".join(
        f"| [{rule.code}]({page_name(rule)}) | {rule.name} | {rule.severity} | {summary(rule)} |\n"
        for rule in ALL
    )
    return f"# Rules\n\n| code | name | severity | what it finds |\n|---|---|---|---|\n{rows}"


def write_pages(folder: Path) -> None:
    """Write all pages and their index; pages of rules that are gone are removed.

    Args:
        folder: where they go; made when it is not there.

    """
    folder.mkdir(parents=True, exist_ok=True)
    pages = {page_name(rule): page(rule) for rule in ALL} | {"README.md": index()}
    for stale in folder.glob("AC*.md"):
        if stale.name not in pages:
            stale.unlink()
    for name, text in pages.items():
        (folder / name).write_text(text, encoding="utf-8")


def _section(rule: Rule, name: str) -> str:
    text = sections(rule).get(name, "").replace("```\n```", "```\n\n```")
    return f"\n## {name}\n\n{text}\n"


def main(arguments: Sequence[str]) -> int:
    """Write the pages into the folder that the command line names."""
    if len(arguments) != 1:
        sys.stderr.write("usage: python -m agentconf.lint.pages FOLDER\n")
        return 64
    write_pages(Path(arguments[0]))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
