"""Which rules run and how bad their findings are: the settings, resolved against the rules there are."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from agentconf.lint.finding import Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from agentconf.lint.finding import Finding
    from agentconf.lint.rule import Rule
    from agentconf.model.project import LintSettings

_PREFIX = r"AC\d{0,2}"
_RANK = {Severity.INFO: 0, Severity.WARNING: 1, Severity.ERROR: 2}


class Selection(NamedTuple):
    """The rules that report, and with which severity.

    Args:
        codes: the rules that report; those of reading (AC0xx) are always among them.
        severities: severities that the settings set, by code.
        strict: warnings count as errors.
        unknown: what the settings name and no rule is called: setting, and the name.

    """

    codes: frozenset[str]
    severities: Mapping[str, Severity]
    strict: bool
    unknown: tuple[tuple[str, str], ...]

    def grade(self, finding: Finding) -> Severity:
        """Tell how bad a finding is under these settings."""
        severity = self.severities.get(finding.code, finding.severity)
        if is_unignorable(finding.code) and _RANK[severity] < _RANK[finding.severity]:
            severity = finding.severity
        if self.strict and severity is Severity.WARNING:
            return Severity.ERROR
        return severity


def is_unignorable(code: str) -> bool:
    """Tell whether a rule is one of reading (AC0xx): what could not be read cannot be waved through."""
    return code.startswith("AC0")


def select(settings: LintSettings, rules: Iterable[Rule]) -> Selection:
    """Resolve the settings: names, codes and prefixes of codes (`AC3`) become codes.

    Args:
        settings: the project file's, or the command line's over them.
        rules: all rules.

    """
    rules = tuple(rules)
    chosen = _codes(settings.select, rules) if settings.select else {rule.code for rule in rules}
    chosen -= _codes(settings.ignore, rules)
    always = {rule.code for rule in rules if is_unignorable(rule.code)}
    severities = {
        code: Severity(severity)
        for name, severity in settings.severity.items()
        for code in _codes([name], rules)
    }
    named = [
        (setting, name) for setting in ("select", "ignore", "severity") for name in getattr(settings, setting)
    ]
    unknown = tuple((setting, name) for setting, name in named if not _codes([name], rules))
    return Selection(frozenset(chosen | always), severities, settings.strict, unknown)


def _codes(names: Iterable[str], rules: Iterable[Rule]) -> set[str]:
    return {rule.code for name in names for rule in rules if _names(name, rule)}


def _names(name: str, rule: Rule) -> bool:
    return name in {rule.code, rule.name} or (
        re.fullmatch(_PREFIX, name) is not None and rule.code.startswith(name)
    )
