"""Findings as workflow commands: GitHub shows them on the lines of a pull request."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from agentconf.lint.finding import Severity

if TYPE_CHECKING:
    from collections.abc import Iterable

    from agentconf.lint.finding import Finding

_COMMANDS: Final = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}


def render(findings: Iterable[Finding], *, prefix: str = "") -> str:
    """Write each finding as a workflow command.

    Args:
        findings: what to annotate.
        prefix: the project's folder within the repository, such as `voice/`; GitHub counts from its root.

    """
    return "\n".join(_command(finding, prefix) for finding in findings)


def _command(finding: Finding, prefix: str) -> str:
    start, end = finding.location.start, finding.location.end
    properties = {
        "file": f"{prefix}{finding.location.path}",
        "line": start.line,
        "endLine": end.line,
        "col": start.column,
        "title": f"{finding.code} {finding.name}",
    }
    if end.line == start.line:
        properties["endColumn"] = end.column
    listed = ",".join(f"{name}={_property(str(value))}" for name, value in properties.items())
    lines = (finding.message, finding.only_in, finding.why, finding.help and f"help: {finding.help}")
    return f"::{_COMMANDS[finding.severity]} {listed}::{_data(chr(10).join(filter(None, lines)))}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
