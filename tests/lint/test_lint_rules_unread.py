"""A file that is missing is told once, by the reading; what it would have brought is not missed as well."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from rule_probe import check, project_findings

from agentconf.project.load import load_project

if TYPE_CHECKING:
    from pathlib import Path

    from agentconf.project.definition import Project

GONE = "tools: [{$ref: ../tools/gone.yaml}]\n"
TRIGGERED = """\
tools:
  - $ref: ../tools/gone.yaml
  - type: webhook
    name: after
    description: Runs after another.
    url: https://hooks.greenfield-clinic.net/after
    parameters: {type: object}
    source: system
    system: {triggers: [{event: tool_failed, source_tool_id: 1d0a3c52-6a43-4b7e-8f43-0d6f0c1b2a01}]}
"""


def made(folder: Path, *texts: str) -> Project:
    (folder / "agents").mkdir()
    for number, text in enumerate(texts):
        (folder / f"agents/agent-{number}.yaml").write_text(text)
    return load_project(folder, environ={})


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("AC203", "greeting: Hi {{a}}.\ntemplate_defaults: ${file:../gone.md}\n"),
        ("AC204", "system_prompt: ${file:../prompts/gone.md}\ntemplate_defaults: {a: b}\n"),
        ("AC206", f"system_prompt: Then end_call.\n{GONE}"),
        ("AC314", TRIGGERED),
        ("AC408", f"name: Desk\n{GONE}"),
    ],
)
def test_what_a_missing_file_may_bring_is_not_missed(code: str, text: str, tmp_path: Path) -> None:
    (definition,) = made(tmp_path, text).definitions
    assert ([problem.code for problem in definition.problems], check(code, definition)) == (["AC006"], [])


def test_a_name_that_has_no_value_is_nobodys_name(tmp_path: Path) -> None:
    assert project_findings("AC501", made(tmp_path, "name: ${var:gone}\n", "name: ${var:gone}\n")) == []
