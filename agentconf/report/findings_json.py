"""Findings for programs: one JSON document, described by schemas/findings.schema.json."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from agentconf.lint.finding import Edit, Finding
    from agentconf.lint.result import LintResult
    from agentconf.source.document import Location, Position

VERSION: Final = 1
"""Version of the format: it grows with what is taken away or means something else, not with additions."""


def render(result: LintResult) -> str:
    """Write a run of the linter as one JSON document.

    Args:
        result: what the linter came to.

    """
    document = {
        "format_version": VERSION,
        "findings": [_finding(finding) for finding in result.findings],
        "summary": {
            "errors": result.errors,
            "warnings": result.warnings,
            "infos": result.infos,
            "agents": result.agents,
            "agents_with_findings": result.agents_with_findings,
            "fixable": result.fixable,
        },
        "not_run": list(result.not_run),
    }
    return json.dumps(document, indent=2)


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "code": finding.code,
        "name": finding.name,
        "severity": str(finding.severity),
        "message": finding.message,
        **_place(finding.location),
        "agent": finding.agent,
        "environments": None if finding.environments is None else list(finding.environments),
        "label": finding.label,
        "why": finding.why,
        "help": finding.help,
        "labels": [{**_place(label.location), "text": label.text} for label in finding.labels],
        "fix_unsafe": finding.unsafe,
        "fix": [_edit(finding, edit) for edit in finding.fix],
    }


def _edit(finding: Finding, edit: Edit) -> dict[str, Any]:
    document = finding.location.document
    return {
        "start": _position(document.position(edit.start)),
        "end": _position(document.position(edit.end)),
        "text": edit.text,
    }


def _place(location: Location) -> dict[str, Any]:
    return {"path": location.path, "start": _position(location.start), "end": _position(location.end)}


def _position(position: Position) -> dict[str, int]:
    return {"line": position.line, "column": position.column}
