"""Carrying fixes out: in rounds, until nothing is left to mend, and never at the price of a file."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from agentconf.lint.finding import Severity
from agentconf.project.discover import SUFFIXES
from agentconf.source.compose import compose

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from agentconf.lint.finding import Edit, Finding
    from agentconf.lint.result import LintResult

ROUNDS = 20
"""Rounds at most; ours: a fix that makes another finding possible takes one more round each."""


@dataclass(slots=True)
class Mended:
    """What came out.

    Args:
        result: the findings that are left.
        texts: new content by path.
        count: how many findings were mended.
        refused: files that a fix would have broken; they are as they were before it.

    """

    result: LintResult
    texts: dict[str, str] = field(default_factory=dict)
    count: int = 0
    refused: set[str] = field(default_factory=set)


def mend(result: LintResult, look: Callable[[Mapping[str, str]], LintResult], *, unsafe: bool) -> Mended:
    """Mend what can be mended.

    Args:
        result: what the linter found.
        look: lints the project with other texts in place of files.
        unsafe: also with fixes that may change what an agent says or does.

    """
    mended = Mended(result)
    for _ in range(ROUNDS):
        before = dict(mended.texts)
        done = {
            path: count
            for path, findings in _by_file(mended.result.findings, unsafe=unsafe).items()
            if path not in mended.refused and (count := _mend_file(mended, path, findings))
        }
        if not done:
            break
        after = look(mended.texts)
        worse = _errors(after) - _errors(mended.result)
        spoilt = {path for path in done if worse[path] > 0}
        if spoilt:
            mended.refused |= spoilt
            mended.texts = {
                path: before[path] if path in spoilt else text
                for path, text in mended.texts.items()
                if path not in spoilt or path in before
            }
            after = look(mended.texts)
        mended.count += sum(count for path, count in done.items() if path not in spoilt)
        mended.result = after
    return mended


def _errors(result: LintResult) -> Counter[str]:
    """Count errors by file."""
    return Counter(one.location.path for one in result.findings if one.severity is Severity.ERROR)


def fixable(finding: Finding, *, unsafe: bool) -> bool:
    """Tell whether a finding is mended by these kinds of fixes."""
    return bool(finding.fix) and (unsafe or not finding.unsafe)


def _by_file(findings: Iterable[Finding], *, unsafe: bool) -> dict[str, list[Finding]]:
    found: dict[str, list[Finding]] = {}
    for finding in findings:
        if fixable(finding, unsafe=unsafe):
            found.setdefault(finding.location.path, []).append(finding)
    return found


def _mend_file(mended: Mended, path: str, findings: list[Finding]) -> int:
    """Apply the fixes of one file that do not touch each other; return how many."""
    text = findings[0].location.document.text
    taken: list[Finding] = []
    for finding in findings:
        if not any(_touch(one, other) for one in finding.fix for known in taken for other in known.fix):
            taken.append(finding)
    changed = _applied(text, taken)
    if _breaks(path, text, changed):
        sound: list[Finding] = []
        for finding in taken:
            if not _breaks(path, text, _applied(text, [*sound, finding])):
                sound.append(finding)
        if len(sound) < len(taken):
            mended.refused.add(path)
        taken, changed = sound, _applied(text, sound)
    if taken:
        mended.texts[path] = changed
    return len(taken)


def _applied(text: str, findings: Iterable[Finding]) -> str:
    edits = sorted((edit for finding in findings for edit in finding.fix), reverse=True)
    for edit in edits:
        text = text[: edit.start] + edit.text + text[edit.end :]
    return text


def _breaks(path: str, before: str, after: str) -> bool:
    """Tell whether a text can be read less well than before."""
    if not path.lower().endswith(SUFFIXES):
        return False
    return len(compose(after, path).problems) > len(compose(before, path).problems)


def _touch(one: Edit, other: Edit) -> bool:
    return one.start <= other.end and other.start <= one.end
