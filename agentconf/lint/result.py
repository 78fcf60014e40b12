"""What a run of the linter came to."""

from __future__ import annotations

from dataclasses import dataclass

from agentconf.lint.finding import Finding, Severity


@dataclass(frozen=True, slots=True)
class LintResult:
    """The findings of all environments, each reported once.

    Args:
        findings: ordered by path, position and code.
        agents: how many agents were looked at.
        agents_with_findings: how many of them have at least one finding.
        not_run: codes of rules that could not run, because the catalogue of models is not installed.

    """

    findings: tuple[Finding, ...]
    agents: int
    agents_with_findings: int
    not_run: tuple[str, ...] = ()

    @property
    def errors(self) -> int:
        """Number of findings that stop plan and apply."""
        return self._count(Severity.ERROR)

    @property
    def warnings(self) -> int:
        """Number of findings that would stop them under `--strict`."""
        return self._count(Severity.WARNING)

    @property
    def infos(self) -> int:
        """Number of findings that are only worth knowing."""
        return self._count(Severity.INFO)

    @property
    def fixable(self) -> int:
        """Number of findings that carry the edits that mend them for certain."""
        return sum(bool(finding.fix) and not finding.unsafe for finding in self.findings)

    @property
    def guessable(self) -> int:
        """Number of findings whose edits are a guess, or may change what an agent says or does."""
        return sum(bool(finding.fix) and finding.unsafe for finding in self.findings)

    def _count(self, severity: Severity) -> int:
        return sum(finding.severity is severity for finding in self.findings)
