"""References in a text: where each leads."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, NamedTuple

from agentconf.lint.toolset import raw_tools_of
from agentconf.model.tools import tool_name
from agentconf.project.discover import is_inside
from agentconf.source.document import Document, Location, Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agentconf.lsp.workspace import View
    from agentconf.project.definition import Definition

_FILE = re.compile(r"\$\{file:([^{}\n]+)\}|\$ref[\"']?\s*:\s*[\"']?([^\s\"'#,}]+)")
_VARIABLE = re.compile(r"\$\{var:([^{}\n:]+)")
_PLACEHOLDER = re.compile(r"\{\{\s*([A-Za-z_][\w-]*)\s*\}\}")
_WORD = re.compile(r"[A-Za-z_][\w-]*")


class Reference(NamedTuple):
    """A stretch of a text that stands for something elsewhere.

    Args:
        start: offset of its first character.
        end: offset behind it.
        kind: `file`, `var`, `placeholder` or `word`.
        name: what is referred to.

    """

    start: int
    end: int
    kind: str
    name: str


def reference_at(text: str, offset: int) -> Reference | None:
    """Return the reference that an offset is in; the narrowest kind first."""
    for pattern, kind in (
        (_FILE, "file"),
        (_VARIABLE, "var"),
        (_PLACEHOLDER, "placeholder"),
        (_WORD, "word"),
    ):
        for match in pattern.finditer(text, text.rfind("\n", 0, offset) + 1):
            if match.start() > offset:
                break
            if offset <= match.end():
                name = next(group for group in (*match.groups(), match[0]) if group is not None)
                return Reference(match.start(), match.end(), kind, name.strip())
    return None


def targets(view: View, display: str, reference: Reference) -> Iterator[Location]:
    """Yield the places that a reference leads to.

    Args:
        view: the project.
        display: the file that it stands in.
        reference: the reference.

    """
    match reference.kind:
        case "file":
            yield from _file(view, display, reference.name)
        case "var":
            for project in view.projects:
                tree = project.environment.trees.get(reference.name)
                if tree is not None:
                    yield tree.key_location
        case "placeholder":
            for definition in view.users(display):
                found, depth = definition.tree.find(("template_defaults", reference.name))
                if depth == 2:  # noqa: PLR2004 - template_defaults, name
                    yield found.key_location
        case _:
            for definition in view.users(display):
                yield from _tool(definition, reference.name)


def _file(view: View, display: str, name: str) -> Iterator[Location]:
    folder = PurePosixPath(display).parent
    path = (view.root / folder / name).resolve()
    if path.is_file() and is_inside(str(view.root.resolve()), str(path)):
        document = view.loader.reader.text(view.display(path))
        if isinstance(document, Document):
            yield Location(document, Span(0, 0))


def _tool(definition: Definition, name: str) -> Iterator[Location]:
    for index, tool in enumerate(raw_tools_of(definition)):
        if tool_name(tool) == name:
            yield definition.locate(("tools", index, "name"))
