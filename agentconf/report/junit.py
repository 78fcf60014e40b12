"""Cases as JUnit XML, which every CI system reads: of the linter and of examples."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape, quoteattr

from agentconf.lint.finding import Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from agentconf.lint.finding import Finding

_NO_XML = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML 1.0 cannot hold, not even as references."""


@dataclass(frozen=True, slots=True)
class Case:
    """One case.

    Args:
        group: what it belongs to, such as a file or an agent.
        name: what is tested.
        failure: why it failed; None: it passed.
        kind: of a failure: a short word for its type.
        output: what else there is to say; None: nothing.

    """

    group: str
    name: str
    failure: str | None = None
    kind: str = "failure"
    output: str | None = None


def render(suite: str, cases: Sequence[Case]) -> str:
    """Write cases as one suite.

    Args:
        suite: its name.
        cases: in their order.

    """
    failures = sum(case.failure is not None for case in cases)
    counts = f'tests="{len(cases)}" failures="{failures}"'
    lines = [
        '<?xml version="1.0" encoding="utf-8"?>',
        f"<testsuites {counts}>",
        f'  <testsuite name={_attribute(suite)} {counts} errors="0" skipped="0">',
        *(line for case in cases for line in _case(case)),
        "  </testsuite>",
        "</testsuites>",
    ]
    return "\n".join(lines)


def cases_of(findings: Iterable[Finding]) -> list[Case]:
    """Make a case of each finding: errors fail, warnings and infos only say something."""
    found = []
    for finding in findings:
        start = finding.location.start
        said = (finding.message, finding.only_in, finding.why, finding.help and f"help: {finding.help}")
        text = "\n".join(filter(None, said))
        name = f"{finding.code} {finding.name} ({start.line}:{start.column})"
        fails = finding.severity is Severity.ERROR
        found.append(
            Case(
                finding.location.path,
                name,
                text if fails else None,
                finding.code,
                None if fails else f"{finding.severity}: {text}",
            )
        )
    return found or [Case("agentconf", "no findings")]


def _case(case: Case) -> Iterable[str]:
    head = f"    <testcase classname={_attribute(case.group)} name={_attribute(case.name)}"
    if case.failure is None and case.output is None:
        yield f"{head}/>"
        return
    yield f"{head}>"
    if case.failure is not None:
        message = case.failure.split("\n", 1)[0]
        yield (
            f"      <failure message={_attribute(message)} type={_attribute(case.kind)}>"
            f"{_text(case.failure)}</failure>"
        )
    if case.output is not None:
        yield f"      <system-out>{_text(case.output)}</system-out>"
    yield "    </testcase>"


def _attribute(text: str) -> str:
    return quoteattr(_NO_XML.sub("\ufffd", text))


def _text(text: str) -> str:
    return escape(_NO_XML.sub("\ufffd", text))
