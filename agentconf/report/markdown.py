"""Markdown that GitHub renders as meant, whatever texts stand in it.

Nothing in a text can start markup, close a fence, split a table's row, notify people or link to issues.
"""

from __future__ import annotations

import re
from itertools import chain
from typing import TYPE_CHECKING

from agentconf.report.visible import visible

if TYPE_CHECKING:
    from collections.abc import Iterable

_SPECIAL = re.compile(
    r"[&<>`*\[\\|~$]"
    r"|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])"  # within a word it is no markup
    r"|(?<=\w)://"  # GitHub makes links of addresses
)
_NOTIFIES = re.compile(r"(?<![A-Za-z0-9_])@(?=[A-Za-z0-9])|(?<=[Gg][Hh])-(?=\d)")
_ISSUE = re.compile(r"#(?=\d)")
_QUOTED = re.compile(r"`([^`]+)`")
_TICKS = re.compile(r"`+")
_NO_BREAK = "&#8203;"
"""A zero-width space: GitHub looks for mentions in the rendered text, where an entity would not hide one."""


def prose(text: str) -> str:
    """Escape a sentence for a paragraph, a list or a table; what stands in backticks becomes code."""
    stretches = _QUOTED.split(visible(text))
    return "".join(code(part) if number % 2 else _plain(part) for number, part in enumerate(stretches))


def _plain(text: str) -> str:
    escaped = _NOTIFIES.sub(lambda match: f"{match[0]}{_NO_BREAK}", text)
    escaped = _ISSUE.sub(f"#{_NO_BREAK}", escaped)
    return "".join(
        part if part == _NO_BREAK else _entities(part) for part in re.split(f"({_NO_BREAK})", escaped)
    )


def code(text: str) -> str:
    """Escape a value and set it as code; it stays in one line, and is safe in a table's cell and in HTML."""
    return f"<code>{_entities(visible(text)) or '&nbsp;'}</code>"


def _entities(text: str) -> str:
    return _SPECIAL.sub(lambda match: "".join(f"&#{ord(character)};" for character in match[0]), text)


def fence(lines: Iterable[str], language: str) -> str:
    """Put lines into a fence that none of them can close.

    Args:
        lines: the content; control characters in it are made visible.
        language: what the content is highlighted as.

    """
    content = [visible(line) for line in lines]
    longest = max(map(len, chain.from_iterable(map(_TICKS.findall, content))), default=0)
    ticks = "`" * max(3, longest + 1)
    return "\n".join([f"{ticks}{language}", *content, ticks])


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """Write a table; the cells are Markdown already."""
    names = list(head)
    lines = [names, ["---"] * len(names), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def details(summary: str, body: str) -> str:
    """Fold a body away under a summary, which is HTML already."""
    return f"<details><summary>{summary}</summary>\n\n{body}\n\n</details>"


def size(text: str) -> int:
    """Measure a text as the stricter of characters and UTF-8 bytes, which is bytes."""
    return len(text.encode("utf-8"))
