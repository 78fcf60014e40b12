"""What a place is and what may stand there: hovers and completions."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING

from lsprotocol.types import CompletionItem, CompletionItemKind

from agentconf.lint.catalogue import catalogue
from agentconf.lint.pages import page
from agentconf.lint.rules import find
from agentconf.lint.toolset import SEEN_AS, raw_tools_of
from agentconf.lsp.workspace import path_at
from agentconf.model.agent import REGIONS
from agentconf.model.explain import explain_field
from agentconf.model.tools import tool_name
from agentconf.project.discover import find_parts

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from agentconf.lsp.workspace import View
    from agentconf.project.definition import Definition
    from agentconf.source.tree import Path as Place

_OPEN = re.compile(r"\{\{\s*([\w-]*)\Z")
_INCLUDE = re.compile(r"(?:\$\{file:|\$ref[\"']?\s*:\s*[\"']?)([^\s\"'{}]*)\Z")
_VARIABLE = re.compile(r"\$\{var:([^{}\n]*)\Z")
_WORD = re.compile(r"[A-Za-z_][\w-]*\Z")
_FIELDS = {
    ("models", "stt"): "stt",
    ("models", "tts"): "tts",
    ("models", "fallbacks", "stt"): "stt",
    ("models", "fallbacks", "tts", "model"): "tts",
}


def hover(view: View, display: str, offset: int) -> str | None:
    """Return Markdown on what stands at an offset: the rules that object to it, else its field."""
    pages = [
        page(rule)
        for finding in view.findings
        if finding.location.path == display
        and finding.location.span.start <= offset <= finding.location.span.end
        if (rule := find(finding.code)) is not None
    ]
    if pages:
        return "\n\n---\n\n".join(dict.fromkeys(pages))
    tree = view.tree(display)
    if tree is None or not display.endswith((".yaml", ".yml", ".json")):
        return None
    path, _, _ = path_at(tree, offset)
    text = explain_field(_field(display, path)) if path else None
    return None if text is None else f"```text\n{text}\n```"


def _field(display: str, path: Place) -> str:
    """Name a field as `explain` takes it."""
    folder = display.partition("/")[0]
    lead = {"tools": "tools.", "environments": "environment.", "campaigns": "campaign."}.get(folder, "")
    if "/" not in display:
        lead = "project."
    return lead + ".".join(str(part) for part in path if isinstance(part, str))


def completions(view: View, display: str, text: str, offset: int) -> list[CompletionItem]:
    """Return what may stand at an offset."""
    before = text[text.rfind("\n", 0, offset) + 1 : offset]
    users = list(view.users(display))
    if _OPEN.search(before):
        return _items(_variables(users), CompletionItemKind.Variable, "variable")
    if match := _INCLUDE.search(before):
        folders = ("prompts",) if "${file:" in match[0] else ("tools", "agents")
        start = posixpath.dirname(display) or "."
        names = (posixpath.relpath(name, start) for name in find_parts(view.root, folders))
        return _items(names, CompletionItemKind.File, "file of the project")
    if _VARIABLE.search(before):
        names = (name for project in view.projects for name in project.environment.variables)
        return _items(names, CompletionItemKind.Constant, "variable of the project")
    if display.startswith("prompts/"):
        return _items(_tools(users), CompletionItemKind.Function, "tool") if _WORD.search(before) else []
    return _values(view, display, before, text, offset, users)


def _values(
    view: View, display: str, before: str, text: str, offset: int, users: list[Definition]
) -> list[CompletionItem]:
    path = _path_of_line(view, display, before, text, offset)
    plain = tuple(part for part in path if isinstance(part, str))
    if plain[-1:] == ("region",):
        return _items(REGIONS, CompletionItemKind.EnumMember, "region")
    known = catalogue() or {}
    if (service := _FIELDS.get(plain)) is not None:
        names = (one.id for one in known.values() if one.service == service)
        return _items(names, CompletionItemKind.EnumMember, f"model ({service})")
    if plain[-1:] in {("tts_voice",), ("voice",)}:
        spoken = {str((one.data.get("models") or {}).get("tts")) for one in users}
        names = (name for model in spoken if model in known for name in known[model].voices)
        return _items(names, CompletionItemKind.EnumMember, "voice")
    if plain == ("system_prompt",) and _WORD.search(before):
        return _items(_tools(users), CompletionItemKind.Function, "tool")
    return []


def _path_of_line(view: View, display: str, before: str, text: str, offset: int) -> Place:
    """Return the path of the value that is being typed; a key whose value is not there yet counts, too."""
    tree = view.tree(display)
    if tree is not None:
        path, found, _ = path_at(tree, offset)
        if path and not isinstance(found.value, dict):
            return path
    key = re.search(r"([\w-]+)[\"']?\s*:\s*[\"']?[^\s:]*\Z", before)
    if key is None:
        return ()
    return (*_parents(text, offset, before), key[1])


def _parents(text: str, offset: int, before: str) -> tuple[str, ...]:
    """Return the keys above a line of block YAML, by how far they are indented."""
    if "{" in before:
        lead = re.match(r"\s*-?\s*([\w-]+)\s*:\s*\{", before)
        return (lead[1],) if lead is not None else ()
    depth = len(before) - len(before.lstrip(" -"))
    found: list[str] = []
    for line in reversed(text[:offset].split("\n")[:-1]):
        key = re.match(r"[ -]*([\w-]+)\s*:\s*(?:#.*)?$", line)
        indent = len(line) - len(line.lstrip(" -"))
        if key is not None and indent < depth:
            found.insert(0, key[1])
            depth = indent
    return tuple(found)


def _variables(users: Iterable[Definition]) -> Iterator[str]:
    for one in users:
        yield from (name for name in one.data.get("template_defaults") or {} if isinstance(name, str))
        for example in one.data.get("examples") or ():
            if isinstance(example, dict) and isinstance(example.get("arguments"), dict):
                yield from example["arguments"]


def _tools(users: Iterable[Definition]) -> Iterator[str]:
    for one in users:
        names = (tool_name(tool) for tool in raw_tools_of(one))
        yield from (SEEN_AS.get(name, name) for name in names if name is not None)


def _items(names: Iterable[str], kind: CompletionItemKind, detail: str) -> list[CompletionItem]:
    return [CompletionItem(label=name, kind=kind, detail=detail) for name in sorted(set(names))]
