"""A definition that does not validate: every mistake explained, and the sound parts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconf.lint.foreign import other_format
from agentconf.lint.issue import SchemaIssue
from agentconf.lint.masking import mask_secrets
from agentconf.lint.mistakes import explain
from agentconf.lint.salvage import sound_parts
from agentconf.lint.schema import is_tombstone
from agentconf.lint.values import not_json
from agentconf.model.agent import Agent

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pydantic_core import ErrorDetails

    from agentconf.project.definition import Definition
    from agentconf.source.tree import Path


def diagnose(
    definition: Definition,
    errors: list[ErrorDetails],
    unfit: Iterable[tuple[Path, float | str]],
) -> tuple[Agent, tuple[SchemaIssue, ...]]:
    """Explain what is wrong with a definition, and keep the rest.

    Args:
        definition: the agent, resolved.
        errors: what pydantic objects to.
        unfit: values that JSON cannot carry.

    """
    foreign = other_format(definition.data)
    if foreign is not None:
        return Agent.model_construct(), (_foreign(*foreign),)
    if is_tombstone(definition):
        errors = [error for error in errors if error["type"] != "missing" or error["loc"] == ("name",)]
    issues = [not_json(definition, path, value) for path, value in unfit]
    said = {issue.path for issue in issues}
    issues += (issue for issue in explain(definition, errors) if issue.path not in said)
    for issue in issues:
        if issue.code in {"AC101", "AC320"} or "auth" in issue.path:
            mask_secrets(definition.tree, issue.path)
    return sound_parts(definition, errors), tuple(issues)


def _foreign(tool: str, path: Path) -> SchemaIssue:
    return SchemaIssue(
        "AC107",
        path,
        f"this is an agent in the format of {tool}",
        why=f"`{path[-1]}` is a key of {tool}; agent files here are the create body of the SLNG agents API",
        help="write `name`, `system_prompt`, `greeting`, `language`, `region` and `models` anew; "
        "the prompt can stay in its file and be pulled in with ${file:…}",
        key=True,
    )
