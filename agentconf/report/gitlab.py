"""Findings as a Code Quality report, which GitLab shows in merge requests."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from agentconf.lint.finding import Severity
from agentconf.lint.fingerprint import fingerprints

if TYPE_CHECKING:
    from collections.abc import Iterable

    from agentconf.lint.finding import Finding

_SEVERITIES: Final = {Severity.ERROR: "major", Severity.WARNING: "minor", Severity.INFO: "info"}
"""GitLab's scale: info, minor, major, critical, blocker (its documentation, Code Quality report format)."""


def render(findings: Iterable[Finding]) -> str:
    """Write findings as a JSON array of issues.

    Args:
        findings: in their order.

    """
    issues = [
        {
            "description": f"{finding.code} {finding.message}",
            "check_name": finding.name,
            "fingerprint": mark,
            "severity": _SEVERITIES[finding.severity],
            "location": {
                "path": finding.location.path,
                "lines": {"begin": finding.location.start.line, "end": finding.location.end.line},
            },
        }
        for finding, mark in fingerprints(findings)
    ]
    return json.dumps(issues, indent=2)
