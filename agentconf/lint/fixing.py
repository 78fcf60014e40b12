"""Edits that mend a finding: of one value, key or stretch of text, and of no other byte."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from agentconf.lint.finding import Edit

if TYPE_CHECKING:
    from agentconf.source.document import Document, Location
    from agentconf.source.tree import Tree

_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_./-]*")
"""Texts that need no quotes in any place of YAML and are no number, date or truth value of it."""

_WORDS = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n"})


def rewritten(tree: Tree, text: str) -> tuple[Edit, ...]:
    """Replace a scalar by another text; nothing where it does not stand in the file as such.

    Args:
        tree: the scalar.
        text: what it is to say: letters, digits, `_`, `.`, `/`, `-` and `:`.

    """
    source = tree.document.text[tree.start : tree.end]
    if tree.reference is not None or not isinstance(tree.value, str) or source.strip("\"'") != tree.value:
        return ()
    quote = source[:1] if source[:1] in {'"', "'"} and len(source) > 1 else ""
    if not quote and (not _PLAIN.fullmatch(text) or text.lower() in _WORDS):
        quote = "'"
    return (Edit(tree.start, tree.end, f"{quote}{text}{quote}"),)


def replaced(location: Location, expected: str, text: str) -> tuple[Edit, ...]:
    """Replace a stretch of a text, if the file says there what was expected.

    Args:
        location: where it stands.
        expected: what should stand there.
        text: what is to stand there; nothing that YAML or a quote could take for something else.

    """
    span = location.span
    if location.document.text[span.start : span.end] != expected:
        return ()
    return (Edit(span.start, span.end, text),)


def renamed(tree: Tree, name: str, text: str) -> tuple[Edit, ...]:
    """Write a key otherwise.

    Args:
        tree: the value.
        name: the key as it is.
        text: the key as it is to be: a field's name.

    """
    document = tree.key_document or tree.document
    source = document.text[tree.key_start : tree.key_end]
    if tree.key_start < 0 or source.strip("\"'") != name:
        return ()
    quote = source[:1] if source[:1] in {'"', "'"} else ""
    return (Edit(tree.key_start, tree.key_end, f"{quote}{text}{quote}"),)


def removed(tree: Tree, document: Document) -> tuple[Edit, ...]:
    """Take a key away with its value, where it has its lines to itself.

    Args:
        tree: the value.
        document: the file that it has to stand in.

    """
    if tree.document is not document or tree.key_start < 0 or (tree.key_document or document) is not document:
        return ()
    text = document.text
    begin = text.rfind("\n", 0, tree.key_start) + 1
    ending = text.find("\n", tree.end)
    end = len(text) if ending < 0 else ending + 1
    around = text[begin : tree.key_start] + text[tree.end : end]
    if begin == 0 or around.strip() or text[tree.end - 1 : tree.end] == "\n":
        return ()
    return (Edit(begin, end, ""),)


def preceded(tree: Tree, line: str, document: Document) -> tuple[Edit, ...]:
    """Put a key in front of another one of the same mapping.

    Args:
        tree: the value of the key that stands there.
        line: the new key and its value, such as `id: …`.
        document: the file that it has to stand in.

    """
    if tree.key_start < 0 or (tree.key_document or tree.document) is not document:
        return ()
    text = document.text
    before = text[: tree.key_start].rstrip()
    if before.endswith(("{", ",")):
        return (Edit(tree.key_start, tree.key_start, f"{line}, "),)
    begin = text.rfind("\n", 0, tree.key_start) + 1
    newline = "\r\n" if text[begin - 2 : begin] == "\r\n" else "\n"
    lead = text[begin : tree.key_start]
    if lead.strip(" -"):
        return ()
    return (Edit(tree.key_start, tree.key_start, f"{line}{newline}{' ' * len(lead)}"),)


def without_comment(location: Location) -> tuple[Edit, ...]:
    """Take a comment away: its line, where it has one to itself, else from the blanks before it on.

    Args:
        location: a place in the comment.

    """
    text, start = location.document.text, location.span.start
    begin = text.rfind("\n", 0, start) + 1
    ending = text.find("\n", start)
    end = len(text) if ending < 0 else ending
    mark = text.rfind("#", begin, start)
    if mark < 0 or text[mark:end].count("ignore[") != 1 or "," in text[mark:end].partition("]")[0]:
        return ()
    if not text[begin:mark].strip():
        return (Edit(begin, min(end + 1, len(text)), ""),)
    return (Edit(begin + len(text[begin:mark].rstrip()), end - text[begin:end].endswith("\r"), ""),)
