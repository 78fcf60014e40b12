"""Where a live value goes: to the place that the file's value came from, or into the agent's own file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from agentconf.adopt.copy import walk
from agentconf.adopt.draft import written_tool
from agentconf.adopt.literal import escaped, fits_a_file
from agentconf.errors import ConfigurationError
from agentconf.model.agent import AgentBody
from agentconf.model.fields import fields_of
from agentconf.model.secret import SecretRef
from agentconf.plan.canonical import canonical_part, identifier
from agentconf.plan.change import ABSENT
from agentconf.plan.toolids import tools_of, with_tool_ids
from agentconf.project.discover import PROJECT_FILE
from agentconf.source.edit import GONE, edit

if TYPE_CHECKING:
    from agentconf.adopt.copy import Copy
    from agentconf.model.live import LiveAgent
    from agentconf.project.definition import Definition
    from agentconf.source.tree import Path as Place
    from agentconf.source.tree import Tree

_ORDER = tuple(fields_of(AgentBody))
_WHOLE_TOOL = 2
_TOOL_FIELD = 3


@dataclass(frozen=True, slots=True)
class Wanted:
    """One live value that is to be taken.

    Args:
        key: the agent's key.
        place: keys from the body's root, tools by id.
        value: the live value; `ABSENT` where there is none.
        live: the whole live agent.
        before: what the files say; `ABSENT` where they say nothing.

    """

    key: str
    place: tuple[str, ...]
    value: Any
    live: LiveAgent
    before: Any = ABSENT


@dataclass(frozen=True, slots=True)
class Step:
    """An edit of one file.

    Args:
        file: from the project's root.
        path: in the file; empty: the file's whole text.
        value: what is to stand there; `GONE` removes it.
        note: what a reader should know.

    """

    file: str
    path: Place
    value: Any
    note: str | None = None

    def done(self, text: str) -> tuple[int, str]:
        """Carry it out in the file's text, and return the line and the new text.

        Raises:
            ConfigurationError: it cannot be done without touching something else.

        """
        if not self.path:
            return 1, self.value
        order = _ORDER if len(self.path) == 1 else ()
        edited = edit(text, self.file, self.path, self.value, order=order)
        return edited.line, edited.text


def in_place(copy: Copy, one: Wanted) -> Step:
    """Find the file and the place that a value came from.

    Raises:
        ConfigurationError: it cannot be changed there.

    """
    definition = copy.definition(one.key)
    path = resolved(definition, one)
    found, depth = definition.tree.find(path)
    if depth < len(path):
        return in_own_file(copy, one)
    if (found.reference or "").startswith("${file:"):
        return _whole_file(copy, found, one)
    if "${env:" in (found.reference or ""):
        raise ConfigurationError(
            f"{found.reference} stands there, and what it stands for may be a secret: change it by hand"
        )
    document, raw = copy.origin(found)
    notes = [f"was {found.reference}"] if found.reference and "${" in found.reference else []
    if document == PROJECT_FILE and raw[:1] == ("defaults",):
        notes.append(f"a default of the project, which so far only {one.key} takes")
    value = GONE if one.value is ABSENT else _value(one)
    return Step(document, raw, value, "; ".join(notes) or None)


def in_own_file(copy: Copy, one: Wanted) -> Step:
    """Write a value into the agent's own file, beside whatever brings another one.

    Raises:
        ConfigurationError: it cannot be written there.

    """
    definition = copy.definition(one.key)
    path = resolved(definition, one)
    if any("${env:" in (part.reference or "") for part in _along(definition.tree, path)):
        raise ConfigurationError("a reference to the environment stands there: change it by hand")
    display = definition.document.path
    if one.place[0] == "tools" and len(one.place) == _WHOLE_TOOL:
        return _tool(copy, display, one, path)
    if one.value is not ABSENT:
        return Step(display, path, _value(one), "an override in the agent's own file")
    _, depth = copy.raw(display).find(path)
    if depth == len(path):
        return Step(display, path, GONE)
    return Step(display, path, None, "an override in the agent's own file")


def has(definition: Definition, one: Wanted) -> bool:
    """Tell whether an agent declares a value; a whole tool is compared without its secret."""
    path = resolved(definition, one)
    found, depth = definition.tree.find(path)
    if depth < len(path) or one.value is ABSENT:
        return depth < len(path) and one.value is ABSENT
    if path[0] == "tools" and len(path) == _WHOLE_TOOL:
        return bool(_plain(found.data()) == _plain(one.value))
    return bool(found.data() == one.value)


def resolved(definition: Definition, one: Wanted) -> Place:
    """Turn a tool's id into its index among the declared ones; a new tool's is behind the last."""
    if one.place[0] != "tools" or len(one.place) == 1:
        return one.place
    tools = tools_of(with_tool_ids(definition.key, definition.body, one.live.body))
    for index, tool in enumerate(tools):
        if identifier(tool.get("id")) == one.place[1]:
            return ("tools", index, *one.place[2:])
    return ("tools", len(tools), *one.place[2:])


def _plain(tool: Any) -> Any:
    """Return a tool in the form that is compared, without what nobody reads back."""
    model = fields_of(AgentBody)["tools"].model_of(tool)
    shown = {name: value for name, value in tool.items() if name not in ("auth", "id")}
    plain = canonical_part(shown, model) if model is not None else shown
    return identifier(tool.get("id")), plain


def _whole_file(copy: Copy, found: Tree, one: Wanted) -> Step:
    """Write a text into the file that brings it."""
    if not isinstance(one.value, str) or not fits_a_file(one.value):
        raise ConfigurationError(f"{found.document.path} cannot hold it")
    before = copy.text(found.document.path)
    newline = "\r\n" if "\r\n" in before else "\n"
    end = newline if before.endswith("\n") or not before else ""
    return Step(found.document.path, (), one.value.replace("\n", newline) + end)


def _tool(copy: Copy, display: str, one: Wanted, path: Place) -> Step:
    """Add a tool to the agent's list, or take it out."""
    tree = copy.raw(display)
    if one.value is ABSENT:
        return Step(display, path, GONE)
    listed = tree.value.get("tools") if isinstance(tree.value, dict) else None
    secrets: dict[str, str] = {}
    shown = written_tool(one.value, (one.key, str(one.value.get("name") or one.value.get("type"))), secrets)
    note = f"set {', '.join(secrets)} before an apply sends it" if secrets else None
    if listed is None or not listed.value:
        return Step(display, ("tools",), [shown], note)
    return Step(display, ("tools", len(listed.value)), shown, note)


def _along(tree: Tree, path: Place) -> tuple[Tree, ...]:
    """Return what a path leads to, and all below it; nothing where it leads nowhere."""
    found, depth = tree.find(path)
    if depth < len(path):
        return ()
    return tuple(below for _, below in walk(found) if not isinstance(below.value, SecretRef))


def _value(one: Wanted) -> Any:
    """Return a live value as it is written; of `auth` the type only, since nobody reads a secret."""
    if len(one.place) >= _TOOL_FIELD and one.place[2] == "auth":
        raise ConfigurationError("a secret is never read: declare `auth` by hand")
    return escaped(one.value)
