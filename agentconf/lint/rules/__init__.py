"""All rules, in code order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconf.lint.rules import (
    arguments,
    environments,
    linter,
    models,
    project,
    prompts,
    schema,
    secrets,
    source,
    speech,
    telephony,
    texts,
    tools,
    tooluse,
    urls,
    variables,
    voice,
)

if TYPE_CHECKING:
    from agentconf.lint.rule import Rule

ALL: tuple[Rule, ...] = tuple(
    sorted(
        (
            *source.RULES,
            *schema.RULES,
            *texts.RULES,
            *variables.RULES,
            *tools.RULES,
            *urls.RULES,
            *telephony.RULES,
            *arguments.RULES,
            *secrets.RULES,
            *voice.RULES,
            *speech.RULES,
            *models.RULES,
            *prompts.RULES,
            *tooluse.RULES,
            *project.RULES,
            *environments.RULES,
            *linter.RULES,
        ),
        key=lambda rule: rule.code,
    )
)
"""Every rule; a module's `RULES` is its list."""


def find(code_or_name: str) -> Rule | None:
    """Return the rule of that code or name."""
    return next((rule for rule in ALL if code_or_name in {rule.code, rule.name}), None)
