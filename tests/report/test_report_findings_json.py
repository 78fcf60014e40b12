"""The JSON document of findings, and its schema."""

from __future__ import annotations

import json
from pathlib import Path

from jsonschema import Draft202012Validator

from agentconf.lint.finding import Edit, Finding, Severity
from agentconf.lint.result import LintResult
from agentconf.report.findings_json import render
from agentconf.source.document import Document, Label, Location, Span

SCHEMA = json.loads(Path("schemas/findings.schema.json").read_text(encoding="utf-8"))


def sample() -> LintResult:
    document = Document("agents/a.yaml", "phone_number: +14155551234\ntoken: sk-live-1234\n")
    document.mask(Span(34, 46))
    label = Label(Location(Document("b.yaml", "é: 1"), Span(0, 1)), "the other")
    whole = Finding(
        "AC103",
        "wrong-type",
        Severity.ERROR,
        "a number",
        Location(document, Span(14, 26)),
        "here",
        "because",
        "quote it",
        (label,),
        "a",
        (Edit(14, 26, '"+14155551234"'),),
        ("b",),
    )
    bare = Finding("AC507", "orphan-file", Severity.INFO, "an orphan", Location(document, Span(27, 46)))
    return LintResult((whole, bare), agents=3, agents_with_findings=1)


def test_the_schema_is_a_schema() -> None:
    Draft202012Validator.check_schema(SCHEMA)


def test_a_document_fits_its_schema() -> None:
    for result in (sample(), LintResult((), 0, 0)):
        assert list(Draft202012Validator(SCHEMA).iter_errors(json.loads(render(result)))) == []


def test_the_schema_wants_nothing_that_it_does_not_know() -> None:
    document = json.loads(render(sample()))
    document["findings"][0]["new"] = 1
    assert [error.validator for error in Draft202012Validator(SCHEMA).iter_errors(document)] == [
        "additionalProperties"
    ]


def test_a_finding_is_written_with_all_its_places() -> None:
    assert json.loads(render(sample()))["findings"][0] == {
        "code": "AC103",
        "name": "wrong-type",
        "severity": "error",
        "message": "a number",
        "path": "agents/a.yaml",
        "start": {"line": 1, "column": 15},
        "end": {"line": 1, "column": 27},
        "agent": "a",
        "environments": ["b"],
        "label": "here",
        "why": "because",
        "help": "quote it",
        "labels": [
            {
                "path": "b.yaml",
                "start": {"line": 1, "column": 1},
                "end": {"line": 1, "column": 2},
                "text": "the other",
            }
        ],
        "fix_unsafe": False,
        "fix": [
            {
                "start": {"line": 1, "column": 15},
                "end": {"line": 1, "column": 27},
                "text": '"+14155551234"',
            }
        ],
    }


def test_the_summary_counts() -> None:
    assert json.loads(render(sample()))["summary"] == {
        "errors": 1,
        "warnings": 0,
        "infos": 1,
        "agents": 3,
        "agents_with_findings": 1,
        "fixable": 1,
    }


def test_the_text_of_files_is_not_in_the_document() -> None:
    assert "sk-live" not in render(sample())
