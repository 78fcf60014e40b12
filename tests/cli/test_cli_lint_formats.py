"""What other programs read of the linter, held against their schemas; counts; baselines."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import xmlschema
from cli_inside import inside
from conftest import ROOT, Ended, Project, clean_environ

SCHEMAS = ROOT / "tests" / "data" / "schemas"
MISTAKEN = """\
name: Router
region: eu-central
language: en
slng_api_key: ${env:SLNG_API_KEY}
system_prompt: ${file:../prompts/über uns.md}
greeting: "Hello {{#if x}}, <b>&\\u0085 {{y}} 😀 ]]>"
models: {stt: 'a/stt', llm: b/llm, tts: c/tts, tts_voice: v}
zone: 1
tools:
  - {type: template, id: 1d0a3c52-6a43-4b7e-8f43-0d6f0c1b2a01, template: hangup}
  - {type: built_in, id: 1d0a3c52-6a43-4b7e-8f43-0d6f0c1b2a01, built_in: current_datetime}
"""
CODE_QUALITY: dict[str, Any] = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["description", "check_name", "fingerprint", "severity", "location"],
        "properties": {
            "description": {"type": "string"},
            "check_name": {"type": "string"},
            "fingerprint": {"type": "string", "minLength": 1},
            "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
            "location": {
                "type": "object",
                "required": ["path", "lines"],
                "properties": {
                    "path": {"type": "string", "pattern": "^[^/.]"},
                    "lines": {
                        "type": "object",
                        "required": ["begin"],
                        "properties": {"begin": {"type": "integer", "minimum": 1}},
                    },
                },
            },
        },
    },
}
"""GitLab documentation, Code Quality report format: what it reads of an issue."""


@pytest.fixture
def project(tmp_path: Path) -> Project:
    made = Project(tmp_path)
    made.write("agentconf.yaml", "version: 1\n")
    made.write("agents/router.yaml", MISTAKEN)
    made.write("prompts/über uns.md", "You help {{z}}.\nUse end_call, {{#each}}.\n")
    return made


def lint(project: Project, *arguments: str) -> Ended:
    return inside(project.root, "lint", *arguments)


def expected(project: Project) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(lint(project, "--json").out)["findings"]
    return found


def test_sarif_fits_its_schema_and_says_the_same(project: Project) -> None:
    project.write("agents/router.yaml", MISTAKEN + "inbound_greeting: 12:30\n")
    ended = lint(project, "--output-format", "sarif", "-v")
    log = ended.json
    schema = json.loads((SCHEMAS / "sarif-2.1.0.json").read_text(encoding="utf-8"))
    jsonschema.Draft7Validator(schema).validate(log)
    (run,) = log["runs"]
    wanted = expected(project)
    assert ended.code == 1
    assert [one["ruleId"] for one in run["results"]] == [one["code"] for one in wanted]
    rules = run["tool"]["driver"]["rules"]
    for result, finding in zip(run["results"], wanted, strict=True):
        place = result["locations"][0]["physicalLocation"]
        assert rules[result["ruleIndex"]]["id"] == finding["code"]
        assert (
            result["level"] == {"error": "error", "warning": "warning", "info": "note"}[finding["severity"]]
        )
        assert place["region"] == {
            "startLine": finding["start"]["line"],
            "startColumn": finding["start"]["column"],
            "endLine": finding["end"]["line"],
            "endColumn": finding["end"]["column"],
        }
        assert finding["message"] in result["message"]["text"]
    uris = {one["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for one in run["results"]}
    assert uris == {"agents/router.yaml", "prompts/%C3%BCber%20uns.md"}
    marks = [one["partialFingerprints"]["agentconf/v1"] for one in run["results"]]
    assert len(set(marks)) == len(marks)
    assert any("relatedLocations" in one for one in run["results"])
    assert any("fixes" in one for one in run["results"])


def test_gitlab_reads_what_it_documents(project: Project) -> None:
    issues = lint(project, "--output-format", "gitlab", "-v").json
    jsonschema.Draft202012Validator(CODE_QUALITY).validate(issues)
    wanted = expected(project)
    assert [one["check_name"] for one in issues] == [one["name"] for one in wanted]
    assert [one["location"]["lines"]["begin"] for one in issues] == [one["start"]["line"] for one in wanted]
    assert len({one["fingerprint"] for one in issues}) == len(issues)


def test_fingerprints_stay_when_lines_move(project: Project) -> None:
    before = [one["fingerprint"] for one in lint(project, "--output-format", "gitlab", "-v").json]
    project.write("agents/router.yaml", "# one\n# two\n" + MISTAKEN)
    assert [one["fingerprint"] for one in lint(project, "--output-format", "gitlab", "-v").json] == before


def test_junit_fits_its_schema(project: Project) -> None:
    ended = lint(project, "--output-format", "junit", "-v")
    xmlschema.validate(ended.out, str(SCHEMAS / "junit-10.xsd"))
    wanted = expected(project)
    errors = sum(one["severity"] == "error" for one in wanted)
    assert f'<testsuites tests="{len(wanted)}" failures="{errors}">' in ended.out
    assert ended.out.count("<failure") == errors
    assert "&lt;b&gt;" not in ended.out.split("\n", 1)[0]


@pytest.mark.parametrize("form", ["sarif", "gitlab", "junit", "github"])
def test_a_clean_project_gives_a_document_too(tmp_path: Path, form: str) -> None:
    project = Project(tmp_path)
    project.write("agentconf.yaml", "version: 1\n")
    project.agent("router")
    ended = lint(project, "--output-format", form)
    assert ended.code == 0
    if form == "junit":
        xmlschema.validate(ended.out, str(SCHEMAS / "junit-10.xsd"))
        assert 'tests="1" failures="0"' in ended.out
    elif form != "github":
        assert json.loads(ended.out) in ([], json.loads(ended.out))


def test_statistics_count_by_rule(project: Project) -> None:
    ended = lint(project, "--statistics")
    counts = {line.split()[1]: int(line.split()[0]) for line in ended.out.splitlines() if "  AC" in line}
    wanted: dict[str, int] = {}
    for one in expected(project):
        wanted[one["code"]] = wanted.get(one["code"], 0) + 1
    assert (ended.code, counts) == (1, wanted)
    assert list(counts.values()) == sorted(counts.values(), reverse=True)
    refused = lint(project, "--statistics", "--json")
    assert (refused.code, "--statistics is for people" in refused.err) == (64, True)


def test_errors_need_not_fail_the_run(project: Project) -> None:
    assert (lint(project).code, lint(project, "--exit-zero").code) == (1, 0)


def test_a_baseline_makes_old_findings_no_news(project: Project) -> None:
    written = lint(project, "--write-baseline", str(project.root / "old.json"))
    assert (written.code, "no news from now on" in written.err) == (0, True)
    assert json.loads((project.root / "old.json").read_text(encoding="utf-8"))["format_version"] == 1
    quiet = lint(project, "--baseline", str(project.root / "old.json"))
    assert (quiet.code, quiet.out) == (0, "All checks passed: 1 agent.\n")
    project.write("agents/router.yaml", "# moved\n" + MISTAKEN.replace("language: en", "language: english"))
    news = lint(project, "--baseline", str(project.root / "old.json"), "--json")
    assert (news.code, [one["code"] for one in news.json["findings"]]) == (1, ["AC402"])
    project.write("agents/router.yaml", MISTAKEN.replace("zone: 1\n", ""))
    stale = lint(project, "--baseline", str(project.root / "old.json"))
    assert (stale.code, "1 entry of the baseline is no longer needed" in stale.err) == (0, True)


def test_a_baseline_of_the_project_file_counts_for_plans_too(project: Project) -> None:
    assert inside(project.root, "plan").code == 1
    assert lint(project, "--write-baseline", str(project.root / "old.json")).code == 0
    project.write("agentconf.yaml", "version: 1\nlint: {baseline: old.json}\n")
    assert lint(project).code == 0
    gone = json.loads((project.root / "old.json").read_text(encoding="utf-8"))
    gone["findings"] = [one for one in gone["findings"] if one["code"] != "AC301"]
    project.write("old.json", json.dumps(gone))
    assert lint(project).code == 1


def test_reading_errors_are_always_news(project: Project) -> None:
    project.write("agents/broken.yaml", "a: [\n")
    assert lint(project, "--write-baseline", str(project.root / "old.json")).code == 0
    ended = lint(project, "--baseline", str(project.root / "old.json"), "--json")
    assert (ended.code, {one["code"] for one in ended.json["findings"]}) == (1, {"AC001"})


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "there is no baseline"),
        ("[", "is no baseline of the linter"),
        ('{"format_version": 1, "findings": [{}]}', "is no baseline of the linter"),
        ('{"format_version": 9, "findings": []}', "has format 9"),
    ],
)
def test_a_baseline_that_is_none_is_an_error(project: Project, content: str | None, words: str) -> None:
    if content is not None:
        project.write("old.json", content)
    ended = lint(project, "--baseline", str(project.root / "old.json"))
    assert (ended.code, words in ended.err, "--write-baseline" in ended.err) == (3, True, True)


def test_rules_that_cannot_run_are_said(project: Project) -> None:
    code = (
        "import sys; sys.modules['voiceai_sdk'] = None\n"
        "from agentconf.cli.main import main\n"
        "sys.exit(main())\n"
    )

    def without(*arguments: str) -> str:
        ended = subprocess.run(
            [sys.executable, "-c", code, "lint", *arguments],
            cwd=project.root,
            env=clean_environ(),
            capture_output=True,
            text=True,
            check=False,
        )
        assert ended.returncode == 1, ended.stderr
        return ended.stdout

    assert json.loads(without("--json"))["not_run"] == ["AC403", "AC404"]
    assert json.loads(without("--json", "--ignore", "AC4"))["not_run"] == []
    assert "AC403 and AC404 did not run" in without("-v")
    assert "did not run" not in without()
    assert lint(project, "--json").json["not_run"] == []
