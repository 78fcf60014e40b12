"""Runs single rules over an agent of which only what matters is written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from samples import extend, project

from agentconf.lint.rule import Context, Cursor, ProjectCursor
from agentconf.lint.rules import (
    arguments,
    environments,
    models,
    prompts,
    speech,
    telephony,
    texts,
    tools,
    tooluse,
    urls,
    variables,
    voice,
)
from agentconf.lint.rules import project as whole
from agentconf.lint.schema import soundness
from agentconf.model.agent import REGIONS

if TYPE_CHECKING:
    from agentconf.lint.finding import Finding
    from agentconf.project.definition import Definition, Project

RULES = {
    rule.code: rule
    for module in (
        texts,
        variables,
        urls,
        telephony,
        tools,
        arguments,
        voice,
        speech,
        models,
        prompts,
        tooluse,
        whole,
        environments,
    )
    for rule in module.RULES
}
UUID = "1d0a3c52-6a43-4b7e-8f43-0d6f0c1b2a0"
"""All but the last digit of a tool's id."""


def findings(code: str, text: str, *, key: str = "example") -> list[Finding]:
    """Run one rule over the sound agent with some keys of its own."""
    return check(code, extend(text, key))


def check(code: str, definition: Definition) -> list[Finding]:
    """Run one rule over a definition."""
    context = Context(project(definition), REGIONS, "keyed")
    agent, _ = soundness(definition)
    return list(RULES[code].check(agent, Cursor(definition, RULES[code], context)))


def marks(code: str, text: str, *, key: str = "example") -> list[str]:
    """Tell of each finding how bad it is and what it underlines, as `error {{name}}`."""
    return [f"{finding.severity.value} {underlined(finding)}" for finding in findings(code, text, key=key)]


def underlined(finding: Finding) -> str:
    """Return the characters that a finding points at."""
    span = finding.location.span
    return finding.location.document.text[span.start : span.end]


def labelled(finding: Finding) -> list[tuple[str, str]]:
    """Return the further places of a finding: what is said of them, and their characters."""
    places = ((label.text, label.location) for label in finding.labels)
    return [(text, place.document.text[place.span.start : place.span.end]) for text, place in places]


def webhook(url: str, extra: str = "") -> str:
    """Write an agent with one webhook."""
    quoted = "'" + url.replace("'", "''") + "'"
    return (
        "tools:\n"
        "  - type: webhook\n"
        "    name: look_up\n"
        "    description: Looks something up.\n"
        f"    url: {quoted}\n"
        f"    parameters: {{type: object, properties: {{}}}}\n{extra}"
    )


def system_webhook(argument: str, extra: str = "") -> str:
    """Write an agent with one system webhook of one argument."""
    return webhook(
        "https://hooks.greenfield-clinic.net/calls",
        "    source: system\n"
        f"    system: {{triggers: [{{event: call_end}}], arguments: [{argument}]}}\n{extra}",
    )


def transfer(number: str, extra: str = "") -> str:
    """Write an agent with one human transfer."""
    return f"tools:\n  - {{type: human_transfer, name: hand_over, phone_number: '{number}'}}\n{extra}"


def clock(timezone: str, extra: str = "") -> str:
    """Write an agent with the date and time tool."""
    return f"tools:\n  - {{type: built_in, built_in: current_datetime, timezone: '{timezone}'}}\n{extra}"


def project_findings(code: str, project: Project) -> list[Finding]:
    """Run one project rule."""
    return list(RULES[code].check(project, ProjectCursor(RULES[code], Context(project, REGIONS, "keyed"))))
