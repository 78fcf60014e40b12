"""Where in a text an edit goes, and how a new value is written there: as what stands around it."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from agentconf.source.emit import to_yaml
from agentconf.source.scalars import resolve

if TYPE_CHECKING:
    from collections.abc import Sequence

    from agentconf.source.tree import Tree

_WIDE = 100_000
_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9 _./@+-]*[A-Za-z0-9_./@+-]|[A-Za-z]")
_OLD_WORDS = re.compile(r"(?i:y|yes|n|no|on|off|true|false|null)")
_DASH = re.compile(r"-[ \t\r\n]*(?:#[^\n]*\n[ \t\r\n]*)*$")
_Stretch = tuple[int, int, str]


class Layout:
    """One text.

    Args:
        text: all of it.
        as_json: whether it is JSON.

    """

    def __init__(self, text: str, *, as_json: bool) -> None:
        self._text = text
        self._json = as_json
        self._newline = "\r\n" if "\r\n" in text else "\n"

    def replaced(self, old: Tree, parent: Tree, value: Any) -> _Stretch:
        """Put a value in the place of another."""
        if self._flows(parent) or self._json:
            return old.start, old.end, self._inline(value, old)
        if isinstance(value, (dict, list)) and value:
            return self._collection(old, value)
        if isinstance(old.value, (dict, list)) and not self._flows(old):
            start = self._after_colon(old) if old.key_end >= 0 else self._dash(old) + 1
            return start, old.end, f" {self._text_at(value, old)}"
        if isinstance(value, str):
            return old.start, old.end, self._text_value(value, old, self._indent_of(old))
        if old.start == old.end:
            return self._after_colon(old), old.end, f" {self._inline(value, old)}"
        return old.start, old.end, self._inline(value, old)

    def added(self, mapping: Tree, key: str, value: Any, order: Sequence[str]) -> _Stretch:
        """Add a key to a mapping, behind the nearest one that comes before it."""
        entries = mapping.value
        before = [name for name in order[: order.index(key)] if name in entries] if key in order else []
        local = [name for name in entries if self._within(entries[name], mapping)]
        anchor = next((name for name in reversed(before) if name in local), None)
        if self._flows(mapping) or self._json:
            return self._added_inline(mapping, anchor or (local[-1] if local else None), key, value)
        if not local:
            return (
                mapping.end,
                mapping.end,
                f"{self._newline}{self._entry(key, value, self._column(mapping.start))}",
            )
        column = self._column(entries[local[0]].key_start)
        if anchor is None and key in order:
            at = entries[local[0]].key_start
            return at, at, f"{self._entry(key, value, column)}{self._newline}{' ' * column}"
        at = self._line_end(entries[anchor or local[-1]].end)
        lead = "" if at == 0 or self._text[at - 1 : at] == "\n" else self._newline
        tail = self._newline if at == len(self._text) and not lead else ""
        return at, at, f"{lead}{' ' * column}{self._entry(key, value, column)}{tail}"

    def appended(self, items: Tree, value: Any) -> _Stretch:
        """Add an item behind a list's last one."""
        if self._flows(items) or self._json:
            if not items.value:
                return items.start + 1, items.start + 1, self._inline(value, None)
            last = items.value[-1]
            gap = self._gap(items, last)
            return last.end, last.end, f",{gap}{self._inline(value, None)}"
        column = self._column(items.start)
        at = self._line_end(items.value[-1].end)
        body = self._block(value, column + 2).lstrip(" ")
        lead = "" if self._text[at - 1 : at] == "\n" else self._newline
        return at, at, f"{lead}{' ' * column}- {body}"

    def without(self, parent: Tree, last: str | int) -> _Stretch:
        """Take an entry of a mapping or an item of a list away."""
        found = parent.value[last]
        several = len(parent.value) > 1
        if self._flows(parent) or self._json:
            return self._without_inline(parent, last)
        if not several:
            start = self._after_colon(parent)
            return start, parent.end, " {}" if isinstance(parent.value, dict) else " []"
        start = found.key_start if isinstance(last, str) else self._dash(found)
        line = self._line_start(start)
        if self._text[line:start].strip():
            return start, self._following(parent, start), ""
        end = self._line_end(found.end)
        return line, min(end + len(self._newline_at(end)), len(self._text)), ""

    def _following(self, parent: Tree, start: int) -> int:
        """Return where the entry behind one begins."""
        if isinstance(parent.value, dict):
            places: list[int] = [child.key_start for child in parent.value.values()]
        else:
            places = [self._dash(child) for child in parent.value]
        return min(place for place in places if place > start)

    def _added_inline(self, mapping: Tree, anchor: str | None, key: str, value: Any) -> _Stretch:
        name = json.dumps(key, ensure_ascii=False) if self._json else self._key(key)
        entry = f"{name}: {self._inline(value, None)}"
        if anchor is None:
            return mapping.start + 1, mapping.start + 1, entry
        last = mapping.value[anchor]
        return last.end, last.end, f",{self._gap(mapping, last)}{entry}"

    def _gap(self, holder: Tree, child: Tree) -> str:
        """Return what parts entries: a line's end and an indent where they stand in lines, else a blank."""
        start = child.key_start if child.key_start >= 0 else child.start
        line = self._line_start(start)
        if line > holder.start and not self._text[line:start].strip():
            return self._newline + self._text[line:start]
        return " "

    def _without_inline(self, parent: Tree, last: str | int) -> _Stretch:
        children = list(parent.value.values()) if isinstance(parent.value, dict) else parent.value
        found = parent.value[last]
        place = next(index for index, child in enumerate(children) if child is found)
        if place:
            return children[place - 1].end, found.end, ""
        start = found.key_start if found.key_start >= 0 else found.start
        if len(children) == 1:
            return start, found.end, ""
        following = children[1]
        return start, following.key_start if following.key_start >= 0 else following.start, ""

    def _collection(self, old: Tree, value: Any) -> _Stretch:
        kind = type(value)
        if type(old.value) is kind and old.value and not self._flows(old):
            column = self._column(old.start)
            return old.start, old.end, self._block(value, column).lstrip(" ").rstrip("\r\n")
        if old.key_start < 0:
            column = self._column(self._dash(old)) + 2
            return old.start, old.end, self._block(value, column).lstrip(" ").rstrip("\r\n")
        column = self._column(old.key_start) + 2
        body = self._block(value, column).rstrip("\r\n")
        return self._after_colon(old), old.end, f"{self._newline}{body}"

    def _text_value(self, value: str, old: Tree, column: int) -> str:
        """Write a text: a block where it has lines, else as the old one was quoted where that can hold it."""
        emitted = to_yaml({"k": value}, width=_WIDE)[3:].rstrip("\n")
        if emitted.startswith("|"):
            head, _, body = emitted.partition("\n")
            lines = [f"{' ' * column}{line[2:]}" if line.strip() else "" for line in body.split("\n")]
            if head[1:2].isdigit():
                head = f"|{column - self._column_of_key(old)}{head[2:]}"
            comment = re.match(r"[|>][^\n#]*?([ \t]+#[^\r\n]*)", self._text[old.start : old.end])
            return self._newline.join([head + (comment[1] if comment else ""), *lines]).rstrip("\r\n")
        written = self._text[old.start : old.end]
        if written.startswith('"') and old.raw is not None:
            return json.dumps(value, ensure_ascii=False) if emitted[:1] != '"' else emitted
        if written.startswith("'") and emitted[:1] != '"':
            return "'" + value.replace("'", "''") + "'"
        if old.start == old.end:
            return f" {emitted}"
        return emitted

    def _text_at(self, value: Any, old: Tree) -> str:
        """Write a scalar behind a colon or a dash, where a collection stood before."""
        if not isinstance(value, str):
            return self._inline(value, None)
        emitted = to_yaml({"k": value}, width=_WIDE)[3:].rstrip("\n")
        if not emitted.startswith("|"):
            return emitted
        head, _, body = emitted.partition("\n")
        column = self._column_of_key(old)
        lines = [f"{' ' * column}{line}" if line.strip() else "" for line in body.split("\n")]
        return self._newline.join([head, *lines]).rstrip("\r\n")

    def _column_of_key(self, old: Tree) -> int:
        return self._column(old.key_start) if old.key_start >= 0 else self._column(self._dash(old))

    def _indent_of(self, old: Tree) -> int:
        """Return the column at which the lines of a block scalar begin here."""
        if self._text[old.start : old.start + 1] in {"|", ">"}:
            body = self._text.find("\n", old.start, old.end)
            for line in self._text[body + 1 : old.end].split("\n") if body >= 0 else ():
                if line.strip():
                    return len(line) - len(line.lstrip(" "))
        return self._column_of_key(old) + 2

    def _entry(self, key: str, value: Any, column: int) -> str:
        text = to_yaml({key: value}, width=_WIDE).rstrip("\n")
        return self._indented(text, column).lstrip(" ")

    def _block(self, value: Any, column: int) -> str:
        return self._indented(to_yaml(value, width=_WIDE).rstrip("\n"), column)

    def _indented(self, text: str, column: int) -> str:
        return self._newline.join(f"{' ' * column}{line}" if line else line for line in text.split("\n"))

    def _inline(self, value: Any, old: Tree | None) -> str:
        if self._json or isinstance(value, (dict, list)):
            return json.dumps(value, ensure_ascii=False)
        if isinstance(value, str):
            quoted = old is not None and self._text[old.start : old.start + 1] in {'"', "'"}
            safe = (
                _PLAIN.fullmatch(value)
                and not _OLD_WORDS.fullmatch(value)
                and isinstance(resolve(value), str)
            )
            return value if safe and not quoted else json.dumps(value, ensure_ascii=False)
        return json.dumps(value)

    def _key(self, key: str) -> str:
        return (
            key
            if _PLAIN.fullmatch(key) and not _OLD_WORDS.fullmatch(key)
            else json.dumps(key, ensure_ascii=False)
        )

    def _flows(self, tree: Tree) -> bool:
        """Tell whether a collection is written in brackets."""
        return isinstance(tree.value, (dict, list)) and self._text[tree.start : tree.start + 1] in {"{", "["}

    def _within(self, child: Tree, holder: Tree) -> bool:
        return holder.start <= child.key_start < holder.end

    def _after_colon(self, tree: Tree) -> int:
        return self._text.index(":", tree.key_end) + 1 if tree.key_end >= 0 else tree.start

    def _dash(self, item: Tree) -> int:
        found = _DASH.search(self._text, 0, item.start)
        return found.start() if found else item.start

    def _column(self, at: int) -> int:
        return at - self._line_start(at)

    def _line_start(self, at: int) -> int:
        return self._text.rfind("\n", 0, at) + 1

    def _line_end(self, at: int) -> int:
        """Return the offset of the end of a line, before its line feed."""
        found = self._text.find("\n", at)
        end = len(self._text) if found < 0 else found
        return end - 1 if end > at and self._text[end - 1] == "\r" else end

    def _newline_at(self, at: int) -> str:
        return (
            "\r\n" if self._text.startswith("\r\n", at) else "\n" if self._text.startswith("\n", at) else ""
        )
