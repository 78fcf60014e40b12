"""What a plan may pass over: rules that can never say error."""

from __future__ import annotations

import inspect

import pytest

from agentconf.lint.finding import Severity
from agentconf.lint.rule import Rule
from agentconf.lint.rules import ALL


@pytest.mark.parametrize("rule", ALL, ids=lambda rule: rule.code)
def test_a_rule_that_is_an_error_may_fail(rule: Rule) -> None:
    assert rule.may_fail or rule.severity is not Severity.ERROR


def test_few_rules_that_warn_have_findings_that_are_errors() -> None:
    checked = [rule for rule in ALL if rule.scope != "elsewhere" and rule.severity is not Severity.ERROR]
    assert [rule.code for rule in checked if rule.may_fail] == ["AC208", "AC209"]


@pytest.mark.parametrize("rule", [rule for rule in ALL if not rule.may_fail], ids=lambda rule: rule.code)
def test_a_rule_that_cannot_fail_names_no_error_in_its_code(rule: Rule) -> None:
    source = inspect.getsource(inspect.getmodule(rule.check) or rule.check)
    others = [
        other
        for other in ALL
        if other.may_fail and inspect.getmodule(other.check) is inspect.getmodule(rule.check)
    ]
    assert others or "severity=Severity.ERROR" not in source
    assert "severity=Severity.ERROR" not in inspect.getsource(rule.check)
