"""Findings as SARIF 2.1.0, for code scanning (OASIS Static Analysis Results Interchange Format)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from agentconf import __version__
from agentconf.lint.finding import Severity
from agentconf.lint.fingerprint import fingerprints
from agentconf.lint.pages import summary
from agentconf.lint.rules import ALL

if TYPE_CHECKING:
    from collections.abc import Iterable

    from agentconf.lint.finding import Finding
    from agentconf.source.document import Location

SCHEMA: Final = "https://json.schemastore.org/sarif-2.1.0.json"
LEVELS: Final = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}


def render(findings: Iterable[Finding]) -> str:
    """Write findings as one SARIF log of one run.

    Args:
        findings: in their order; columns count characters.

    """
    found = list(findings)
    codes = sorted({finding.code for finding in found})
    rules = [rule for rule in ALL if rule.code in codes]
    run = {
        "tool": {
            "driver": {
                "name": "agentconf",
                "semanticVersion": __version__,
                "rules": [
                    {
                        "id": rule.code,
                        "name": rule.name,
                        "shortDescription": {"text": summary(rule)},
                        "help": {"text": rule.page, "markdown": rule.page},
                        "defaultConfiguration": {"level": LEVELS[rule.severity]},
                    }
                    for rule in rules
                ],
            }
        },
        "columnKind": "unicodeCodePoints",
        "results": [
            _result(finding, mark, codes.index(finding.code)) for finding, mark in fingerprints(found)
        ],
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2)


def _result(finding: Finding, mark: str, rule: int) -> dict[str, Any]:
    said = (finding.message, finding.only_in, finding.why, finding.help and f"help: {finding.help}")
    result: dict[str, Any] = {
        "ruleId": finding.code,
        "ruleIndex": rule,
        "level": LEVELS[finding.severity],
        "message": {"text": "\n".join(filter(None, said))},
        "locations": [{"physicalLocation": _place(finding.location)}],
        "partialFingerprints": {"agentconf/v1": mark},
    }
    if finding.labels:
        result["relatedLocations"] = [
            {"id": number, "message": {"text": label.text}, "physicalLocation": _place(label.location)}
            for number, label in enumerate(finding.labels, 1)
        ]
    if finding.fix:
        result["fixes"] = [_fix(finding)]
    return result


def _fix(finding: Finding) -> dict[str, Any]:
    document = finding.location.document
    replacements = []
    for edit in finding.fix:
        start, end = document.position(edit.start), document.position(edit.end)
        region = {
            "startLine": start.line,
            "startColumn": start.column,
            "endLine": end.line,
            "endColumn": end.column,
        }
        replacements.append({"deletedRegion": region, "insertedContent": {"text": edit.text}})
    change = {"artifactLocation": _artifact(finding.location.path), "replacements": replacements}
    return {"description": {"text": finding.help or finding.message}, "artifactChanges": [change]}


def _place(location: Location) -> dict[str, Any]:
    start, end = location.start, location.end
    region = {
        "startLine": start.line,
        "startColumn": start.column,
        "endLine": end.line,
        "endColumn": end.column,
    }
    return {"artifactLocation": _artifact(location.path), "region": region}


def _artifact(path: str) -> dict[str, str]:
    return {"uri": quote(path), "uriBaseId": "%SRCROOT%"}
