"""A baseline: the findings that an old repository had when the linter came, which are no news.

An entry stands for a rule, a file and a message, and for how many findings of that kind; lines do not count,
so an edit above changes nothing. One finding more than there were is news.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from agentconf.errors import ConfigurationError
from agentconf.lint.fingerprint import likeness
from agentconf.lint.settings import is_unignorable

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from agentconf.lint.finding import Finding
    from agentconf.lint.result import LintResult

VERSION: Final = 1
"""Version of the file's format."""


@dataclass(frozen=True, slots=True)
class Baseline:
    """What is no news.

    Args:
        counts: how many findings of a kind there were, by what they have in common.

    """

    counts: Mapping[str, int]

    def news(self, result: LintResult) -> tuple[LintResult, int]:
        """Take away what is no news.

        Args:
            result: a run of the linter.

        Returns:
            The rest of it, and how many entries nothing needs any more.

        """
        left = Counter(self.counts)
        kept = []
        for finding in result.findings:
            like = likeness(finding)
            if left[like] > 0 and not is_unignorable(finding.code):
                left[like] -= 1
            else:
                kept.append(finding)
        agents = {one.agent for one in kept if one.agent is not None}
        return replace(result, findings=tuple(kept), agents_with_findings=len(agents)), sum(left.values())


def dump(result: LintResult) -> str:
    """Write the baseline that makes a run's findings no news, one entry a line."""
    groups: dict[str, list[Finding]] = {}
    for finding in result.findings:
        if not is_unignorable(finding.code):
            groups.setdefault(likeness(finding), []).append(finding)
    rows = sorted(
        (
            {
                "path": found[0].location.path,
                "code": found[0].code,
                "message": found[0].message,
                "count": len(found),
                "fingerprint": like,
            }
            for like, found in groups.items()
        ),
        key=lambda row: (str(row["path"]), str(row["code"]), str(row["message"])),
    )
    lines = ",\n".join(f"  {json.dumps(row, ensure_ascii=False)}" for row in rows)
    body = f"\n{lines}\n " if lines else ""
    return f'{{\n "format_version": {VERSION},\n "findings": [{body}]\n}}\n'


def load(path: Path, display: str) -> Baseline:
    """Read a baseline.

    Args:
        path: of the file.
        display: how messages name it.

    Raises:
        ConfigurationError: it is not there, or is none.

    """
    try:
        data: Any = json.loads(path.read_bytes())
        if data["format_version"] != VERSION:
            raise ConfigurationError(
                f"the baseline {display} has format {data['format_version']}; this version reads {VERSION}",
                help="write it anew: agentconf lint --write-baseline " + display,
            )
        counts: Counter[str] = Counter()
        for row in data["findings"]:
            counts[str(row["fingerprint"])] += int(row["count"])
        return Baseline(counts)
    except FileNotFoundError as error:
        raise ConfigurationError(
            f"there is no baseline {display}",
            help=f"agentconf lint --write-baseline {display} writes it",
        ) from error
    except OSError as error:
        raise ConfigurationError(f"cannot read the baseline {display}: {error.strerror}") from error
    except (ValueError, KeyError, TypeError) as error:
        raise ConfigurationError(
            f"{display} is no baseline of the linter",
            help=f"write it anew: agentconf lint --write-baseline {display}",
        ) from error
