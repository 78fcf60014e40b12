"""What pydantic objects to, said in the words of the file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconf.lint.finding import Severity
from agentconf.lint.fixing import removed, renamed
from agentconf.lint.issue import SchemaIssue, where
from agentconf.lint.shape import field_at, model_at, true_path
from agentconf.lint.values import wrong_value
from agentconf.model.agent import OWN_KEYS, READ_ONLY_FIELDS
from agentconf.source.suggest import suggest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pydantic_core import ErrorDetails

    from agentconf.project.definition import Definition
    from agentconf.source.tree import Path


def explain(definition: Definition, errors: Iterable[ErrorDetails]) -> Iterator[SchemaIssue]:
    """Explain the errors of a validation; fields that one mapping lacks make one issue.

    Args:
        definition: what was validated.
        errors: entries of `ValidationError.errors()`.

    Yields:
        Issues in the order of the errors.

    """
    missing: dict[Path, list[str]] = {}
    for error in errors:
        path, kind, value = true_path(definition.data, error["loc"]), error["type"], error["input"]
        match kind:
            case "missing":
                missing.setdefault(path[:-1], []).append(str(path[-1]))
            case "extra_forbidden":
                yield _unknown_field(definition, path)
            case "union_tag_not_found":
                yield _missing(definition, path, ["type"])
            case "union_tag_invalid":
                yield wrong_value(definition, (*path, "type"), value["type"], error)
            case _:
                yield wrong_value(definition, path, value, error)
    for parent, names in missing.items():
        yield _missing(definition, parent, names)


def _unknown_field(definition: Definition, path: Path) -> SchemaIssue:
    name, parent = str(path[-1]), path[:-1]
    if name in READ_ONLY_FIELDS and not parent:
        return _read_only(
            definition, path, "declare them under `template_defaults`" if "variables" in name else None
        )
    if name == "auth_type" and parent[:1] == ("tools",):
        return _read_only(definition, path, "declare `auth` with its `type` and a secret instead")
    model = model_at(definition.data, parent)
    known = () if model is None else model.model_fields
    declared = definition.tree.find(parent)[0].value
    meant = suggest(name, (field for field in known if field not in declared))
    ours = path[0] in OWN_KEYS
    return SchemaIssue(
        "AC101",
        path,
        f"unknown field `{name}`" + (f" in `{where(parent)}`" if parent else ""),
        why=None if ours else "it is sent as it is, and the platform refuses fields that it does not know",
        help=f"did you mean `{meant}`?" if meant else "remove it, or check how it is spelled",
        key=True,
        severity=Severity.ERROR if ours else None,
        fix=renamed(definition.tree.find(path)[0], name, meant) if meant else (),
        unsafe=True,
    )


def _read_only(definition: Definition, path: Path, instead: str | None) -> SchemaIssue:
    return SchemaIssue(
        "AC106",
        path,
        f"`{path[-1]}` is what the platform answers, not what it is told",
        why="an agent file is the body of a create request, which has no such field",
        help="remove it" + (f", and {instead}" if instead else ""),
        key=True,
        fix=() if instead else removed(definition.tree.find(path)[0], definition.document),
    )


def _missing(definition: Definition, parent: Path, names: list[str]) -> SchemaIssue:
    *others, last = (f"`{name}`" for name in names)
    listed = f"{', '.join(others)} and {last} are" if others else f"{last} is"
    field = field_at(definition.data, (*parent, names[0]))
    told = field.description if field is not None and not others else None
    return SchemaIssue(
        "AC102",
        (*parent, names[0]),
        f"{listed} missing" + (f" in `{where(parent)}`" if parent else ""),
        help=f"`{names[0]}`: {told}" if told else f"add {'them' if others else last}",
    )
