"""Which rules report, and how bad their findings are."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from samples import extend, lint, project

from agentconf.lint.engine import lint_project
from agentconf.lint.finding import Severity
from agentconf.lint.rules import ALL
from agentconf.lint.settings import select
from agentconf.model.project import LintSettings
from agentconf.source.compose import compose

if TYPE_CHECKING:
    from agentconf.lint.result import LintResult

MISTAKES = "zone: 1\nname: no\ncreated_at: now\n"
"""An unknown field (AC101), an ambiguous scalar (AC005), a read-only field (AC106)."""


def run(**settings: object) -> LintResult:
    return lint(extend(MISTAKES), settings=LintSettings.model_validate(settings))


def codes(**settings: object) -> set[str]:
    return {finding.code for finding in run(**settings).findings if finding.severity is not Severity.INFO}


def test_all_rules_report_by_default() -> None:
    assert codes() == {"AC005", "AC101", "AC106"}


@pytest.mark.parametrize("name", ["AC101", "unknown-field"])
def test_a_rule_is_ignored_by_code_or_name(name: str) -> None:
    assert codes(ignore=[name]) == {"AC005", "AC106"}


def test_a_prefix_ignores_all_its_rules() -> None:
    assert codes(ignore=["AC1"]) == {"AC005"}


def test_select_leaves_only_what_it_names_and_what_cannot_be_ignored() -> None:
    assert codes(select=["read-only-field"]) == {"AC005", "AC106"}


def test_ignore_takes_out_of_what_select_names() -> None:
    assert codes(select=["AC1"], ignore=["AC106"]) == {"AC005", "AC101"}


@pytest.mark.parametrize("name", ["AC005", "AC0", "AC", "ambiguous-scalar"])
def test_rules_of_reading_cannot_be_ignored(name: str) -> None:
    assert "AC005" in codes(ignore=[name])


def severities(**settings: object) -> dict[str, Severity]:
    return {
        one.code: one.severity for one in run(**settings).findings if one.code in {"AC005", "AC101", "AC106"}
    }


def test_the_severity_of_a_rule_is_a_setting() -> None:
    assert severities(severity={"unknown-field": "info", "AC106": "warning"}) == {
        "AC005": Severity.WARNING,
        "AC101": Severity.INFO,
        "AC106": Severity.WARNING,
    }


def test_the_severity_of_many_rules_is_set_by_prefix() -> None:
    assert severities(severity={"AC1": "info"})["AC106"] is Severity.INFO


def test_the_severity_of_a_rule_of_reading_is_only_raised() -> None:
    assert severities(severity={"AC005": "info"})["AC005"] is Severity.WARNING
    assert severities(severity={"AC005": "error"})["AC005"] is Severity.ERROR


def test_strict_makes_warnings_errors_and_leaves_infos() -> None:
    found = severities(strict=True, severity={"AC106": "info"})
    assert found == {"AC005": Severity.ERROR, "AC101": Severity.ERROR, "AC106": Severity.INFO}


def test_names_that_no_rule_has_are_told() -> None:
    settings = LintSettings(select=["AC3", "tools"], ignore=["AC999"], severity={"unknown": "info"})
    assert select(settings, ALL).unknown == (
        ("select", "tools"),
        ("ignore", "AC999"),
        ("severity", "unknown"),
    )


@pytest.mark.parametrize("name", ["AC1012", "AC", "C101", "ac101"])
def test_only_codes_of_the_right_form_are_prefixes(name: str) -> None:
    assert bool(select(LintSettings(ignore=[name]), ALL).unknown) is (name != "AC")


PROJECT_FILE = """\
version: 1
lint:
  ignore: [AC999, unknwon-field]
  severity: {AC888: error}
"""


def test_an_unknown_name_is_found_in_the_project_file() -> None:
    composed = compose(PROJECT_FILE, "agentconf.yaml")
    settings = LintSettings(ignore=["AC999", "unknwon-field"], severity={"AC888": "error"}, select=["AC7"])
    one = replace(project(), document=composed.document, tree=composed.tree)
    found = [
        (str(finding.location), finding.message, finding.help)
        for finding in lint_project([one], settings).findings
        if finding.code == "AC902"
    ]
    assert found == [
        ("<command line>:1:1", "no rule is called `AC7`", found[0][2]),
        ("agentconf.yaml:3:12", "no rule is called `AC999`", found[1][2]),
        ("agentconf.yaml:3:19", "no rule is called `unknwon-field`", "did you mean `unknown-field`?"),
        ("agentconf.yaml:4:14", "no rule is called `AC888`", found[3][2]),
    ]


def test_an_unknown_name_without_a_project_file_is_the_command_line_s() -> None:
    (finding,) = (one for one in run(select=["AC1", "zzzzzz"]).findings if one.code == "AC902")
    assert finding.location.document.text == "--select zzzzzz"
    assert finding.help == "the rules are listed in docs/rules"
