"""Findings as GitHub workflow commands."""

from __future__ import annotations

from typing import Any

import pytest

from agentconf.lint.finding import Finding, Severity
from agentconf.report.github import render
from agentconf.source.document import Document, Location, Span

TEXT = "name: a\nurl: https://x\ngreeting: |\n  b\n  c\n"


def finding(start: int, end: int, path: str = "agents/a.yaml", **fields: Any) -> Finding:
    message = fields.pop("message", "wrong")
    return Finding(
        "AC306",
        "url-placeholder",
        Severity.ERROR,
        message,
        Location(Document(path, TEXT), Span(start, end)),
        **fields,
    )


def test_a_finding_is_a_command_with_its_place() -> None:
    assert render([finding(8, 11)]) == (
        "::error file=agents/a.yaml,line=2,endLine=2,col=1,title=AC306 url-placeholder,endColumn=4::wrong"
    )


def test_a_span_of_several_lines_has_no_end_column() -> None:
    assert render([finding(23, 40)]) == (
        "::error file=agents/a.yaml,line=3,endLine=5,col=1,title=AC306 url-placeholder::wrong"
    )


@pytest.mark.parametrize(
    ("severity", "command"),
    [(Severity.ERROR, "error"), (Severity.WARNING, "warning"), (Severity.INFO, "notice")],
)
def test_severities_have_commands(severity: Severity, command: str) -> None:
    one = Finding("AC1", "a", severity, "b", Location(Document("a", TEXT), Span(0, 0)))
    assert render([one]).startswith(f"::{command} ")


def test_reason_and_help_follow_the_message_on_lines_of_their_own() -> None:
    assert render([finding(0, 4, why="because", help="do it")]).endswith("::wrong%0Abecause%0Ahelp: do it")


def test_what_would_end_a_command_or_a_property_is_escaped() -> None:
    shown = render([finding(0, 4, path="a:b,c%\n.yaml", message="50%\r\n::error::x, y: z")])
    assert shown.startswith("::error file=a%3Ab%2Cc%25%0A.yaml,")
    assert shown.endswith("::50%25%0D%0A::error::x, y: z")
    assert "\n" not in shown


def test_each_finding_is_a_line() -> None:
    assert len(render([finding(0, 4), finding(8, 11)]).splitlines()) == 2


def test_the_folder_of_the_project_leads_the_path() -> None:
    assert "file=voice/agents/a.yaml," in render([finding(0, 4)], prefix="voice/")


def test_an_annotation_says_in_which_environments_it_holds() -> None:
    location = Location(Document("a.yaml", "name: x"), Span(0, 4))
    one = Finding("AC401", "unknown-region", Severity.ERROR, "no region", location, environments=("b",))
    assert render([one]).endswith("::no region%0Ain environment b")
