"""YAML to trees, built from the parser's events.

The events come from libyaml where PyYAML has it, from PyYAML's own parser elsewhere. Trees are built here,
not by PyYAML's composer: that one recurses in C without a limit, so that a file of 200 KB can crash the
process (docs/decisions/0001-parser.md). Places come from the marks' offsets alone, never from their lines:
YAML 1.1 counts characters as line ends that no editor does.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import yaml

from agentconf.source.expansion import Anchors
from agentconf.source.scalars import FIRST, Scalar, resolve, resolve_tagged
from agentconf.source.stop import MAX_DEPTH, StopReading, problem, repeated_key, too_deep
from agentconf.source.tree import Tree

if TYPE_CHECKING:
    from collections.abc import Callable

    from agentconf.source.document import Document, Problem

PARSERS: tuple[Any, ...] = tuple(
    getattr(yaml, name) for name in ("CBaseLoader", "BaseLoader") if hasattr(yaml, name)
)
"""Sources of events, the fast one first."""

_ALIAS: type[Any] = yaml.AliasEvent
_DOCUMENT: type[Any] = yaml.DocumentStartEvent
_LIST_END: type[Any] = yaml.SequenceEndEvent
_MAPPING: type[Any] = yaml.MappingStartEvent
_MAPPING_END: type[Any] = yaml.MappingEndEvent
_SCALAR: type[Any] = yaml.ScalarEvent

_COLLECTION_TAGS = ("tag:yaml.org,2002:map", "tag:yaml.org,2002:seq", "!")
_PROPERTIES = re.compile(r"(?:(?:&[0-9A-Za-z_-]*|![^\s,\[\]{}]*)\s*)*")
_OLD_LINE_ENDS = "\x85\u2028\u2029"
_STAND_INS = "\U0010fff5\U0010fff6\U0010fff7"


def read_yaml(document: Document, problems: list[Problem], parser: Any = PARSERS[0]) -> Tree:
    """Read a YAML text.

    Args:
        document: the text.
        problems: receives what is wrong but leaves the rest readable.
        parser: one of `PARSERS`.

    Returns:
        The value of the one document in it.

    Raises:
        StopReading: the text cannot be read; only the problem in it says why.

    """
    text = document.text
    old = not text.isascii() and any(end in text for end in _OLD_LINE_ENDS)
    if old:
        text = text.translate(str.maketrans(_OLD_LINE_ENDS, _STAND_INS))
    try:
        reader = _Reader(parser(text).get_event, document, problems)
        tree = reader.stream()
    except (yaml.YAMLError, UnicodeError) as error:
        from agentconf.source.faults import stop_of  # noqa: PLC0415 - only what cannot be read needs words

        raise stop_of(error, document) from None
    return _restored(tree) if old else tree


class _Reader:
    """Builds the trees of one text."""

    __slots__ = ("_anchors", "_document", "_end", "_next", "_problems")

    def __init__(self, next_event: Callable[[], Any], document: Document, problems: list[Problem]) -> None:
        self._next = next_event
        self._document = document
        self._problems = problems
        self._anchors = Anchors(document)
        self._end = 0

    def stream(self) -> Tree:
        """Read all documents of the text; only one may hold something."""
        tree: Tree | None = None
        while (event := self._next()) is not None:
            if type(event) is not _DOCUMENT:
                continue
            self._anchors = Anchors(self._document)
            content = self._next()
            if type(content) is _SCALAR and content.value == "" and not content.style:
                continue
            if tree is not None:
                self._report_second_document(event)
                return tree
            tree = self._node(content, 1)
        if tree is None:
            raise StopReading(problem("AC001", "the file is empty", self._document, (0, 0)))
        return tree

    def _report_second_document(self, event: Any) -> None:
        place = (event.start_mark.index, event.end_mark.index)
        help_ = "one file holds one definition: move this document to a file of its own"
        self._problems.append(problem("AC003", "a second document begins here", self._document, place, help_))

    def _node(self, event: Any, depth: int) -> Tree:
        """Read a value of any kind; the caller has taken its first event."""
        start = event.start_mark.index
        if type(event) is _ALIAS:
            self._end = event.end_mark.index
            return self._anchors.alias(event.anchor, (start, self._end), depth)
        if event.anchor is not None:
            self._anchors.open(event.anchor)
        if event.anchor is not None or event.tag is not None:
            properties = _PROPERTIES.match(self._document.text, start, event.end_mark.index)
            start = properties.end() if properties else start
        if type(event) is _SCALAR:
            tree = self._scalar(event, start)
        elif depth > MAX_DEPTH:
            raise too_deep(self._document, (start, start + 1))
        else:
            if event.tag is not None and event.tag not in _COLLECTION_TAGS:
                self._report_tag(event)
            build = self._mapping if type(event) is _MAPPING else self._list
            tree = build(event, depth)
            tree.start, tree.end = start, self._end
        if event.anchor is not None:
            self._anchors.close(event.anchor, tree)
        return tree

    def _scalar(self, event: Any, start: int) -> Tree:
        """Read a scalar with all that it may carry; `start` is behind its anchor and tag."""
        end, text = event.end_mark.index, event.value
        if event.style and event.style in "|>":
            end = start + len(self._document.text[start:end].rstrip())
        self._end = end
        value: Scalar = text if event.style else resolve(text)
        if event.tag is not None:
            value = self._tagged(event)
        plain = not event.style and event.tag is None
        return Tree(value, self._document, start, end, raw=text, plain=plain)

    def _tagged(self, event: Any) -> Scalar:
        try:
            return resolve_tagged(event.value, event.tag)
        except ValueError:
            short = event.tag.rpartition(":")[2]
            place = (event.start_mark.index, event.end_mark.index)
            self._problems.append(problem("AC001", f"not a value of `!!{short}`", self._document, place))
        except LookupError:
            self._report_tag(event)
        return str(event.value)

    def _report_tag(self, event: Any) -> None:
        start = event.start_mark.index
        name = event.tag.replace("tag:yaml.org,2002:", "!!")
        at = self._document.text.find("!", start, event.end_mark.index + 1)
        place = (at, at + len(name)) if at >= 0 else (start, event.end_mark.index)
        self._problems.append(
            problem("AC001", f"the tag `{name}` has no meaning here", self._document, place, "leave it out")
        )

    def _list(self, event: Any, depth: int) -> Tree:
        document, next_event = self._document, self._next
        items: list[Tree] = []
        end = event.end_mark.index
        while type(item := next_event()) is not _LIST_END:
            if type(item) is _SCALAR and item.tag is None and item.anchor is None and not item.style:
                text, end = item.value, item.end_mark.index
                value = text if text and text[0] not in FIRST else resolve(text)
                items.append(Tree(value, document, item.start_mark.index, end, -1, -1, None, text, True))  # noqa: FBT003 - by position: a hot loop
            else:
                items.append(self._node(item, depth + 1))
                end = self._end
        self._end = item.end_mark.index if event.flow_style else end
        return Tree(items, document, 0, 0)

    def _mapping(self, event: Any, depth: int) -> Tree:
        document, next_event = self._document, self._next
        entries: dict[str, Tree] = {}
        merges: list[Tree] = []
        broken = False
        end = event.end_mark.index
        while type(key := next_event()) is not _MAPPING_END:
            if type(key) is not _SCALAR or key.tag is not None or key.anchor is not None:
                key = self._odd_key(key, event, depth)
            value = next_event()
            if type(value) is _SCALAR and not value.style and value.tag is None and value.anchor is None:
                text, end = value.value, value.end_mark.index
                scalar = text if text and text[0] not in FIRST else resolve(text)
                child = Tree(scalar, document, value.start_mark.index, end, -1, -1, None, text, True)  # noqa: FBT003 - by position: a hot loop
            else:
                child = self._node(value, depth + 1)
                end = self._end
            if key is None:
                broken = True
                continue
            name = key.value
            child.key_start, child.key_end = key.start_mark.index, key.end_mark.index
            if name == "<<" and not key.style:
                merges.append(child)
            elif name in entries:
                self._problems.append(repeated_key(name, entries[name], child))
            else:
                entries[name] = child
        if merges:
            self._merge(entries, merges)
        self._end = key.end_mark.index if event.flow_style else end
        return Tree(entries, document, 0, 0, unresolved=broken)

    def _odd_key(self, key: Any, mapping: Any, depth: int) -> Any:
        """Look at a key that is no plain text: a scalar with an anchor or a tag will do, all else is refused.

        Returns:
            The key's event; None when the entry is to be left out.

        """
        start = key.start_mark.index
        self._node(key, depth + 1)
        if type(key) is _SCALAR:
            return key
        outer = mapping.start_mark.index
        if type(key) is _MAPPING and self._document.text.startswith("{{", outer):
            from agentconf.source.faults import TEMPLATE_HELP, TEMPLATE_START  # noqa: PLC0415 - as in `read_yaml`

            place = (outer, self._end)
            self._problems.append(problem("AC001", TEMPLATE_START, self._document, place, TEMPLATE_HELP))
            return None
        words = "an alias" if type(key) is _ALIAS else f"a {'mapping' if type(key) is _MAPPING else 'list'}"
        help_ = "a key is a single text; quote it when it holds { or ["
        place = (start, self._end)
        self._problems.append(problem("AC001", f"{words} cannot be a key", self._document, place, help_))
        return None

    def _merge(self, entries: dict[str, Tree], merges: list[Tree]) -> None:
        """Carry out merge keys: what the mapping says itself wins, then the earlier of several sources."""
        for second in merges[1:]:
            self._problems.append(repeated_key("<<", merges[0], second))
        source = merges[0]
        for brought in source.value if type(source.value) is list else [source]:
            if type(brought.value) is dict:
                for name, tree in brought.value.items():
                    entries.setdefault(name, tree)
            else:
                self._problems.append(
                    problem(
                        "AC001",
                        "`<<` takes a mapping, or a list of mappings",
                        self._document,
                        (source.key_start, source.key_end),
                        "quote the key when `<<` is its name",
                    )
                )


def _restored(tree: Tree) -> Tree:
    """Put characters back into the values that YAML 1.1 takes for line ends and YAML 1.2 does not."""
    back = str.maketrans(_STAND_INS, _OLD_LINE_ENDS)
    seen: set[int] = set()
    pending = [tree]
    while pending:
        one = pending.pop()
        if id(one) in seen:
            continue
        seen.add(id(one))
        match one.value:
            case str():
                one.value = one.value.translate(back)
                one.raw = one.raw and one.raw.translate(back)
            case dict():
                pending.extend(one.value.values())
                entries = {key.translate(back): child for key, child in one.value.items()}
                one.value.clear()
                one.value.update(entries)
            case list():
                pending.extend(one.value)
            case _:
                pass
    return tree
