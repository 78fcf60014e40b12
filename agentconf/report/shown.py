"""How changes are laid out: short values side by side, long texts as passages, a tool's fields together."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any

from agentconf.model.redact import redact
from agentconf.plan.change import ABSENT, Origin
from agentconf.report.values import is_long, json_text, value_text
from agentconf.report.visible import visible

if TYPE_CHECKING:
    from agentconf.plan.change import Change, Operation

_ORIGINS = {
    Origin.THEIRS: "changed in the dashboard; apply puts it back",
    Origin.BOTH: "conflict: changed here and in the dashboard",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One change, as text.

    Args:
        path: the field, within its group.
        before: the live value; None when there is none.
        after: the value that the file wants; None when there is none.
        aside: what stands beside it: the plan's own note, who changed it.
        impacts: what it touches, most serious first.
        passage: whether the values are long, or have several lines.
        sides: of a conflict, what each side made of the last applied value: `yours` and `theirs`.

    """

    path: str
    before: str | None
    after: str | None
    aside: str
    impacts: str
    passage: bool
    sides: tuple[tuple[str, Entry], ...] = ()


@dataclass(frozen=True, slots=True)
class Group:
    """Changes that belong together.

    Args:
        title: `tools / name`; None for the agent's own fields and for tools that come or go as a whole.
        entries: the changes, in the plan's order.

    """

    title: str | None
    entries: tuple[Entry, ...]


def groups(operation: Operation) -> tuple[Group, ...]:
    """Lay out the changes of an operation, those of one tool together.

    A change of name is left out where the operation says already what the agent is renamed from.
    """
    renamed = operation.renamed_from is not None
    changes = [change for change in operation.changes if not (renamed and change.path == ("name",))]
    return tuple(
        Group(title, tuple(_entry(change) for change in run)) for title, run in groupby(changes, _title)
    )


def _title(change: Change) -> str | None:
    match change.path:
        case ("tools", str(name), _, *_):
            return f"tools / {visible(name)}"
        case _:
            return None


def _entry(change: Change) -> Entry:
    before, after = value_text(change.before, change.path), value_text(change.after, change.path)
    if before is not None and before == after:
        before, after = _exact(change.before, change), _exact(change.after, change)
    sides = _sides(change) if change.origin is Origin.BOTH else ()
    asides = [text for text in (change.note, _ORIGINS.get(change.origin)) if text]
    return Entry(
        path=path_text(change.path),
        before=before,
        after=after,
        aside=visible("; ".join(asides)),
        impacts=", ".join(impact.value for impact in change.impacts),
        passage=_is_passage(change, before, after),
        sides=sides,
    )


def _is_passage(change: Change, *texts: str | None) -> bool:
    return not _is_tool(change.path) and any(is_long(text) for text in texts if text)


def _sides(change: Change) -> tuple[tuple[str, Entry], ...]:
    """Show a conflict from the value that both sides began with."""
    base = value_text(change.base, change.path)
    found = []
    for name, value in (("yours", change.after), ("theirs", change.before)):
        text = value_text(value, change.path)
        found.append((name, Entry(name, base, text, "", "", _is_passage(change, base, text))))
    return tuple(found)


def _exact(value: Any, change: Change) -> str | None:
    return None if value is ABSENT else json_text(redact(value, change.path))


def _is_tool(path: tuple[str | int, ...]) -> bool:
    match path:
        case ("tools", str()):
            return True
        case _:
            return False


def path_text(path: tuple[str | int, ...]) -> str:
    """Write a path as people do: `models.tts_voice`, `fallbacks.stt[0]`, `tools / name`.

    A field of a tool is named within the tool.
    """
    match path:
        case ("tools", str(name)):
            return f"tools / {visible(name)}"
        case ("tools", str(), *rest):
            inner = tuple(rest)
        case _:
            inner = path
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{visible(part)}" for part in inner)
    return text.removeprefix(".")


def arrow(entry: Entry) -> str:
    """Write a short change in a line: `a → b`, `added: b`, `removed: a`."""
    if entry.before is None and entry.after is None:
        return "absent"
    if entry.before is None:
        return f"added: {entry.after}"
    if entry.after is None:
        return f"removed: {entry.before}"
    return f"{entry.before} → {entry.after}"
