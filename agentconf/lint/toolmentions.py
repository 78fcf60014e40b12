"""Tools that a prompt names: careful guesses, for a prompt is prose."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from agentconf.lint.template import scan
from agentconf.lint.toolset import SEEN_AS
from agentconf.source.suggest import suggest

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

_WORD = re.compile(r"[\w-]*")
_IDENTIFIER = re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)+")
_BEHIND = re.compile(r"[\"'`\u201d\u2019]?\s(?:tool|function|webhook)\b", re.IGNORECASE)
_BEFORE = re.compile(r"\b(?:tool|function|webhook)\s[\"'`\u201c\u2018]?\Z", re.IGNORECASE)
_MISSPELT = 0.8
_PLATFORM = frozenset({*SEEN_AS.values(), "human_transfer"})


class Mention(NamedTuple):
    """A name in a prompt that can only mean a tool, and that no tool has.

    Args:
        name: as it stands.
        start: offset of its first character.
        end: offset behind it.
        meant: the tool that was probably meant.

    """

    name: str
    start: int
    end: int
    meant: str | None = None


def absent_tools(prompt: str, tools: Collection[str], others: Collection[str]) -> Iterator[Mention]:
    """Find the tools that a prompt names and that are not there, each once.

    A name is taken for a tool's when it is one of the platform's (`end_call`), when "tool", "function" or
    "webhook" stands beside it, or when it stands in backticks and is nearly the name of a tool.

    Args:
        prompt: the text.
        tools: names of the tools that are there, as the model or the platform knows them.
        others: names that mean something else, such as variables and parameters.

    """
    holes = [(part.start, part.end) for part in scan(prompt)]
    seen = {*tools, *others}
    for start, end in _identifiers(prompt):
        name = prompt[start:end]
        if name in seen or any(first <= start < last for first, last in holes):
            continue
        meant = _meant(name, tools)
        ticked = prompt[max(start - 1, 0) : start] == prompt[end : end + 1] == "`"
        clear = name in _PLATFORM or name in SEEN_AS or _beside(prompt, start, end)
        if clear or (ticked and meant is not None):
            seen.add(name)
            yield Mention(name, start, end, meant)


def _identifiers(prompt: str) -> Iterator[tuple[int, int]]:
    """Find the names that hold an underscore; from underscore to underscore, for prompts are long."""
    underscore = prompt.find("_")
    while underscore >= 0:
        start = underscore
        while start > 0 and (prompt[start - 1].isalnum() or prompt[start - 1] in "_-"):
            start -= 1
        word = _WORD.match(prompt, start)
        end = word.end() if word else underscore + 1
        if _IDENTIFIER.fullmatch(prompt, start, end):
            yield start, end
        underscore = prompt.find("_", end)


def _beside(prompt: str, start: int, end: int) -> bool:
    """Tell whether the text calls what stands there a tool."""
    before = prompt[max(start - 12, 0) : start]
    return _BEHIND.match(prompt, end) is not None or _BEFORE.search(before) is not None


def _meant(name: str, tools: Collection[str]) -> str | None:
    """Find the tool that was meant: by its kind's name, or by a name that is nearly the same."""
    if SEEN_AS.get(name) in tools:
        return SEEN_AS[name]
    from difflib import SequenceMatcher  # noqa: PLC0415 - needed only for names that no tool has

    near = suggest(name, tools)
    return near if near and SequenceMatcher(None, name, near).ratio() >= _MISSPELT else None
