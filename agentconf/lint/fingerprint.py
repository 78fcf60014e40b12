"""What tells a finding from others across edits of its file: never its line."""

from __future__ import annotations

import hashlib
from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from agentconf.lint.finding import Finding


def likeness(finding: Finding) -> str:
    """Return what a finding has in common with itself before and after the lines around it moved."""
    parts = (finding.code, finding.location.path, finding.agent or "", finding.message)
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:32]


def fingerprints(findings: Iterable[Finding]) -> Iterator[tuple[Finding, str]]:
    """Give each finding a fingerprint of its own: of several alike, the first, the second and so on.

    Args:
        findings: of one run, in their order.

    """
    seen: Counter[str] = Counter()
    for finding in findings:
        like = likeness(finding)
        seen[like] += 1
        number = seen[like]
        yield finding, like if number == 1 else hashlib.sha256(f"{like}:{number}".encode()).hexdigest()[:32]
