"""Laying a YAML file out: keys in order, no stray blanks. Comments, quotes, anchors and values stay.

A mapping is reordered by moving whole entries, each with the comments right above it and the blank line
before them. What comes out is read back: unless it is the same value, made of the same lines, the mapping
stays as it was.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, NamedTuple

from agentconf.source.compose import compose

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from agentconf.source.tree import Path, Tree

_BLANK = re.compile(r"[ \t]+(?=\r?\n|\Z)")


def laid_out(text: str, display: str, order: Callable[[Path, Any], Sequence[str]]) -> str | None:
    """Lay a text out.

    Args:
        text: YAML, without a byte order mark.
        display: how messages name the file.
        order: gives the keys of a mapping in their order, by its path and its data; keys that it does not
            name stay behind them as they are; none: the mapping stays as it is.

    Returns:
        The text; None when it cannot be read.

    """
    composed = compose(text, display)
    if composed.tree is None or composed.problems:
        return None
    text = _sorted(text, display, composed.tree, order)
    tree = compose(text, display).tree
    assert tree is not None, "it was read back"
    plain = _without_blanks(text, tree)
    return plain if _same(plain, text, display) else text


def _sorted(text: str, display: str, tree: Tree, order: Callable[[Path, Any], Sequence[str]]) -> str:
    """Sort mapping after mapping, the outer ones first: each move changes the places of what is below."""
    left: set[Path] = set()
    while True:
        for path, mapping in _mappings(tree, ()):
            wanted = order(path, mapping.data())
            if path in left or not wanted or _in_order(mapping, wanted):
                continue
            left.add(path)
            moved = _moved(text, mapping, wanted)
            if moved is not None and _lines(moved) == _lines(text):
                read = compose(moved, display).tree
                if read is not None and _same(moved, text, display):
                    text, tree = moved, read
                    break
        else:
            return text


def _lines(text: str) -> list[str]:
    """Return what stands in the lines, in no order; dashes go over to whichever key comes first."""
    return sorted(line.lstrip(" -") for line in text.splitlines())


def _mappings(tree: Tree, path: Path) -> Iterator[tuple[Path, Tree]]:
    if isinstance(tree.value, dict):
        yield path, tree
        for name, child in tree.value.items():
            yield from _mappings(child, (*path, name))
    elif isinstance(tree.value, list):
        for index, child in enumerate(tree.value):
            yield from _mappings(child, (*path, index))


def _in_order(mapping: Tree, wanted: Sequence[str]) -> bool:
    places = [_rank(name, wanted) for name in _names(mapping)]
    return places == sorted(places)


def _names(mapping: Tree) -> list[str]:
    """Return the keys as they stand in the file."""
    return sorted(mapping.value, key=lambda name: mapping.value[name].key_start)


def _rank(name: str, wanted: Sequence[str]) -> int:
    return wanted.index(name) if name in wanted else len(wanted)


class _Entry(NamedTuple):
    """One key with its value.

    Args:
        blank: the blank lines before it.
        comments: the comments right above it.
        body: from the key on, to the end of its last line.

    """

    blank: str
    comments: str
    body: str


def _moved(text: str, mapping: Tree, wanted: Sequence[str]) -> str | None:
    """Return the text with a mapping's entries in order; None where they cannot be told apart."""
    names = _names(mapping)
    keys = [mapping.value[name] for name in names]
    if any((key.key_document or key.document) is not mapping.document for key in keys):
        return None
    starts = [key.key_start for key in keys]
    lines = [text.rfind("\n", 0, start) + 1 for start in starts]
    column = starts[0] - lines[0]
    lead = text[lines[0] : starts[0]]
    apart = len(set(lines)) == len(lines) and starts[0] >= mapping.start
    if not apart or any(
        text[line:start] != " " * column for line, start in zip(lines[1:], starts[1:], strict=True)
    ):
        return None
    indent = " " * column
    heads = [_head(text, line, indent, floor) for line, floor in zip(lines, [0, *starts], strict=False)]
    ends = [*(blank for blank, _ in heads[1:]), _end(text, keys[-1])]
    dashed = bool(lead.strip())
    first = starts[0] if dashed else heads[0][1]
    entries = {
        name: _Entry(
            "" if index == 0 else text[heads[index][0] : heads[index][1]],
            "" if index == 0 and dashed else text[heads[index][1] : lines[index]],
            text[starts[index] : ends[index]],
        )
        for index, name in enumerate(names)
    }
    target = sorted(names, key=lambda name: (_rank(name, wanted), names.index(name)))
    if dashed and entries[target[0]].comments:
        return None
    return text[:first] + _joined(entries, names, target, indent, dashed=dashed) + text[ends[-1] :]


def _joined(
    entries: dict[str, _Entry], names: list[str], target: list[str], indent: str, *, dashed: bool
) -> str:
    """Write entries in their new order; the first one's missing blank line goes to what was first."""
    parts = []
    for position, name in enumerate(target):
        entry = entries[name]
        blank = entry.blank
        if position == 0:
            blank = ""
        elif name == names[0]:
            blank = entries[target[0]].blank
        body = entry.body if entry.body.endswith("\n") else f"{entry.body}\n"
        parts.append(f"{blank}{entry.comments}{'' if dashed and position == 0 else indent}{body}")
    whole = "".join(parts)
    return whole if entries[names[-1]].body.endswith("\n") else whole.removesuffix("\n")


def _head(text: str, line: int, indent: str, floor: int) -> tuple[int, int]:
    """Return where the blank lines before a key begin, and where its comments do."""
    comments = line
    while (above := text.rfind("\n", floor, comments - 1) + 1) > floor and text[above:comments].startswith(
        f"{indent}#"
    ):
        comments = above
    blank = comments
    while (above := text.rfind("\n", floor, blank - 1) + 1) > floor and not text[above:blank].strip():
        blank = above
    return blank, comments


def _end(text: str, last: Tree) -> int:
    """Return the offset behind the last entry's last line."""
    end = max(last.end, last.key_end)
    if end and text[end - 1] == "\n":
        return end
    following = text.find("\n", end)
    return len(text) if following < 0 else following + 1


def _without_blanks(text: str, tree: Tree) -> str:
    """Take blanks from line ends, second blank lines, and what stands behind the last line; not in texts."""
    kept = sorted((node.start, node.end) for node in _texts(tree) if "\n" in text[node.start : node.end])
    parts, at = [], 0
    for start, end in (*kept, (len(text), len(text))):
        if start < at:
            continue
        between = _BLANK.sub("", text[at:start])
        parts += [re.sub(r"((?:\r?\n){2})(?:\r?\n)+", r"\1", between), text[start:end]]
        at = end
    plain = "".join(parts)
    if kept and kept[-1][1] >= len(text.rstrip()):
        return plain
    newline = "\r\n" if "\r\n" in text else "\n"
    return plain.rstrip() + newline if plain.strip() else plain


def _texts(tree: Tree) -> Iterator[Tree]:
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node.value, dict):
            waiting += node.value.values()
        elif isinstance(node.value, list):
            waiting += node.value
        else:
            yield node


def _same(one: str, other: str, display: str) -> bool:
    """Tell whether two texts are the same value."""
    first, second = compose(one, display), compose(other, display)
    if first.tree is None or second.tree is None or first.problems or second.problems:
        return False
    return json.dumps(first.tree.data(), sort_keys=True) == json.dumps(second.tree.data(), sort_keys=True)
