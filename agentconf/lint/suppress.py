"""Comments that wave a finding through: `# agentconf: ignore[rule-name] reason`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from agentconf.lint.settings import is_unignorable
from agentconf.lint.walk import walk
from agentconf.source.compose import compose
from agentconf.source.document import Document, Location, Span

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from collections.abc import Set as AbstractSet

    from agentconf.lint.finding import Finding
    from agentconf.project.definition import Definition

_MARK = "agentconf:"
_COMMENT = r"(?:^|(?<=\s))#[ \t]*agentconf:[ \t]*ignore\b(?:[ \t]*\[(?P<rules>[^\]\r\n]*)\])?"
_NAME = r"[^\s,]+"


class Suppression(NamedTuple):
    """One rule that one comment names.

    Args:
        rule: name or code, as written; empty when the comment names none.
        location: the name in the comment.
        line: the line that the comment is about, from 1.

    """

    rule: str
    location: Location
    line: int


class Raised(NamedTuple):
    """A finding, and the agent that it was said of.

    Args:
        finding: what a rule said.
        definition: the agent; None for the project's own files.
        environments: in which it holds.

    """

    finding: Finding
    definition: Definition | None
    environments: AbstractSet[str] = frozenset()


def suppressions(document: Document) -> tuple[Suppression, ...]:
    """Read a document's comments; those behind a value are about its line, others about the next line.

    What stands in a quoted text or a block scalar is no comment. JSON has none.

    Args:
        document: a YAML or JSON document.

    """
    if _MARK not in document.text or document.path.endswith(".json"):
        return ()
    texts = _texts(document)
    return tuple(
        suppression
        for match in re.finditer(_COMMENT, document.text)
        if not any(span.start <= match.start() < span.end for span in texts)
        for suppression in _named(document, match)
    )


def unsuppressed(
    raised: Sequence[Raised], comments: Sequence[Suppression]
) -> tuple[list[Raised], set[Suppression]]:
    """Take out the findings that a comment names.

    Args:
        raised: what the rules said.
        comments: of all documents.

    Returns:
        The findings that no comment names, and the comments that named one.

    """
    if not comments:
        return list(raised), set()
    by_line: dict[tuple[str, int], list[Suppression]] = {}
    for comment in comments:
        by_line.setdefault((comment.location.path, comment.line), []).append(comment)
    kept: list[Raised] = []
    used: set[Suppression] = set()
    for one in raised:
        naming = {
            comment
            for line in _lines_about(one.finding, one.definition)
            for comment in by_line.get(line, ())
            if comment.rule in {one.finding.code, one.finding.name} and not is_unignorable(one.finding.code)
        }
        used |= naming
        if not naming:
            kept.append(one)
    return kept, used


def _lines_about(finding: Finding, definition: Definition | None) -> set[tuple[str, int]]:
    """Tell which lines a finding is about: the one it starts on, and the one of its key.

    The key's line serves findings in the middle of a block scalar, and those in a text that `${file:…}`
    pulled in: no comment can stand there.
    """
    place = finding.location
    lines = {(place.path, place.start.line)}
    for node in walk(definition.tree) if definition is not None else ():
        if node.document is place.document and node.start <= place.span.start < node.end:
            key = node.key_location
            if isinstance(node.value, str):
                lines.add((key.path, key.start.line))
    return lines


def _named(document: Document, comment: re.Match[str]) -> Iterator[Suppression]:
    line = _subject(document, document.position(comment.start()).line)
    names = list(re.finditer(_NAME, comment["rules"] or ""))
    if not names:
        yield Suppression("", Location(document, Span(*comment.span())), line)
    for name in names:
        start = comment.start("rules") + name.start()
        yield Suppression(name[0], Location(document, Span(start, start + len(name[0]))), line)


def _subject(document: Document, line: int) -> int:
    """Tell which line a comment is about: its own, or the next one that is more than a comment."""
    while document.line(line).lstrip().startswith("#") and line < document.line_count:
        line += 1
    return line


def _texts(document: Document) -> list[Span]:
    """Return the stretches in which `#` starts no comment."""
    tree = compose(document.text, document.path).tree
    nodes = () if tree is None else walk(tree)
    return [_content(node.span, document.text) for node in nodes if isinstance(node.value, str)]


def _content(span: Span, text: str) -> Span:
    """Leave out the header line of a block scalar, where a comment may stand."""
    if not text.startswith(("|", ">"), span.start):
        return span
    header = text.find("\n", span.start, span.end)
    return Span(header if header >= 0 else span.end, span.end)
