"""Files that mean harm: run in a process of their own, with bounded memory and time."""

from __future__ import annotations

import subprocess
import sys

import pytest

HARNESS = """
import resource, sys
resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30))
resource.setrlimit(resource.RLIMIT_CPU, (10, 10))
from agentconf.source.compose import compose
text = eval(sys.argv[1])
composed = compose(text, sys.argv[2])
print(composed.tree is None, *(problem.code for problem in composed.problems))
"""

LAUGHS = "'a0: &a0 [x, x]\\n' + ''.join(f'a{i}: &a{i} [*a{i-1}, *a{i-1}]\\n' for i in range(1, 60))"
MERGES = (
    "'a0: &a0 {x0: 1, y0: 2}\\n' + ''.join("
    "f'a{i}: &a{i} {{<<: [*a{i-1}, *a{i-1}], x{i}: *a{i-1}}}\\n' for i in range(1, 60))"
)
CHAIN = (
    "'a0: &a0 ' + '['*90 + ']'*90 + '\\n' + ''.join("
    "f'a{i}: &a{i} ' + '['*90 + f'*a{i-1}' + ']'*90 + '\\n' for i in range(1, 30))"
)


@pytest.mark.parametrize(
    ("text", "name", "outcome"),
    [
        ("'- ' * 100_000 + 'x'", "a.yaml", "True AC001"),
        ("'[' * 100_000", "a.yaml", "True AC001"),
        ("'{a: ' * 100_000", "a.yaml", "True AC001"),
        ("'? ' * 100_000 + 'x'", "a.yaml", "True AC001"),
        ("'[' * 100_000", "a.json", "True AC001"),
        (LAUGHS, "a.yaml", "True AC004"),
        (MERGES, "a.yaml", "True AC004"),
        (CHAIN, "a.yaml", "True AC001"),
        ("'a: ' + '9' * 1_000_000", "a.yaml", "False"),
        ("'a: \"' + 'x' * 5_000_000", "a.yaml", "True AC001"),
        ("'a: ' + '&x ' * 50_000", "a.yaml", "True AC001"),
    ],
)
def test_a_file_that_means_harm_ends_in_a_problem(text: str, name: str, outcome: str) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", HARNESS, text, name], capture_output=True, text=True, timeout=60, check=False
    )
    assert (ended.returncode, ended.stdout.strip(), ended.stderr) == (0, outcome, "")
