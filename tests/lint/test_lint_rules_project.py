from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from rule_probe import check, project_findings, underlined
from samples import extend, project

from agentconf.project.load import load_project

if TYPE_CHECKING:
    from pathlib import Path

    from agentconf.project.definition import Project


def made(folder: Path, files: dict[str, str], environment: str | None = None) -> Project:
    """Write a project's files and read them."""
    for name, text in files.items():
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)
    return load_project(folder, environment, environ={})


def told(code: str, project: Project) -> list[str]:
    return [
        f"{one.severity.value} {one.location.path} {underlined(one)}"
        for one in project_findings(code, project)
    ]


def test_two_agents_of_one_name_are_told_of_the_second() -> None:
    several = project(*(extend("name: Desk", key) for key in ("a", "b", "c")), extend("name: desk", "d"))
    assert told("AC501", several) == ["error agents/b.yaml Desk", "error agents/c.yaml Desk"]


def test_the_first_of_two_names_is_pointed_at() -> None:
    (finding,) = project_findings("AC501", project(extend("name: Desk", "a"), extend("name: Desk", "b")))
    assert (finding.message, finding.agent, finding.labels[0].location.path) == (
        "two agents are named `Desk` in environment local",
        "b",
        "agents/a.yaml",
    )


@pytest.mark.parametrize("second", ["name: Other", "name: 5", "name: Desk\nlifecycle: {state: absent}"])
def test_names_that_do_not_clash(second: str) -> None:
    assert told("AC501", project(extend("name: Desk", "a"), extend(second, "b"))) == []


def test_a_lifecycle_that_is_no_mapping_does_no_harm() -> None:
    agents = project(extend("name: Desk\nlifecycle: 5", "a"), extend("name: Desk", "b"))
    assert told("AC501", agents) == ["error agents/b.yaml Desk"]


@pytest.mark.parametrize(
    ("key", "advice"),
    [
        ("desk", None),
        ("front-desk_2", None),
        ("2nd", None),
        ("Desk", "rename the file to desk.yaml"),
        ("front desk", "rename the file to front-desk.yaml"),
        ("front.desk", "rename the file to front-desk.yaml"),
        ("-desk", "rename the file to desk.yaml"),
        ("café", "rename the file to cafe.yaml"),
        ("受付", "rename the file in lower-case letters"),
    ],
)
def test_keys_are_clean_handles(key: str, advice: str | None) -> None:
    found = check("AC502", extend("language: en", key))
    assert [(finding.help, underlined(finding)) for finding in found] == (
        [(advice, "name")] if advice else []
    )


AGENT = "name: Desk\n"


def test_an_override_of_an_agent_that_is_not_there(tmp_path: Path) -> None:
    files = {
        "agents/front-desk.yaml": AGENT,
        "environments/staging.yaml": "agents:\n  '*': {}\n  front-desk: {}\n  fron-desk: {}\n  zzz: {}\n",
    }
    found = project_findings("AC503", made(tmp_path, files, "staging"))
    assert [(underlined(one), one.location.path, one.help) for one in found] == [
        ("fron-desk", "environments/staging.yaml", "did you mean `front-desk`?"),
        ("zzz", "environments/staging.yaml", "take the override away, or add the agent's file"),
    ]


def test_an_override_in_the_project_file_is_found_there(tmp_path: Path) -> None:
    files = {
        "agents/desk.yaml": AGENT,
        "agentconf.yaml": "version: 1\nenvironments: {local: {emulator: true, agents: {dest: {}}}}\n",
    }
    assert told("AC503", made(tmp_path, files)) == ["error agentconf.yaml dest"]


VARS = "version: 1\nvars: {a: '1', b: '2', c: '3', d: '4', e: '5'}\n"


LOCAL = """\
emulator: true
vars: {f: '6', g: '${var:d}', h: '7'}
agents: {'*': {greeting: '${var:g}'}}
"""


def test_variables_that_nothing_uses(tmp_path: Path) -> None:
    files = {
        "agentconf.yaml": VARS + "defaults: {language: '${var:b}'}\n",
        "agents/desk.yaml": "name: ${var:a}\n",
        "environments/local.yaml": LOCAL,
        "environments/other.yaml": "emulator: true\nagents: {desk: {greeting: '${var:c}'}}\n",
    }
    assert told("AC505", made(tmp_path, files)) == [
        "warning agentconf.yaml e",
        "warning environments/local.yaml f",
        "warning environments/local.yaml h",
    ]


def test_a_project_without_files_has_no_variables() -> None:
    assert told("AC505", project(extend("language: en", "a"))) == []


@pytest.mark.parametrize(
    ("second", "expected"),
    [
        ("name: B\nlifecycle: {renamed_from: A}", ["error agents/b.yaml A"]),
        ("name: B\nlifecycle: {renamed_from: B}", ["warning agents/b.yaml B"]),
        ("name: B\nlifecycle: {renamed_from: C}", []),
        ("name: B\nlifecycle: {renamed_from: 5}", []),
        ("name: B\nlifecycle: 5", []),
        ("name: B\nlifecycle: {renamed_from: A, state: absent}", []),
        ("name: B", []),
    ],
)
def test_an_old_name_is_nobody_elses(second: str, expected: list[str]) -> None:
    assert told("AC506", project(extend("name: A", "a"), extend(second, "b"))) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("api_key: ${env:KEY}\n", ["info environments/staging.yaml api_key"]),
        ("api_key: ${env:KEY}\norganisation: 346f3e67-32bd-4974-9880-c1330e9de0ca\n", []),
        ("emulator: true\n", []),
    ],
)
def test_environments_name_their_organisation(tmp_path: Path, text: str, expected: list[str]) -> None:
    files = {"agents/desk.yaml": AGENT, "environments/staging.yaml": text}
    assert told("AC508", made(tmp_path, files, "staging")) == expected


def test_the_embedded_emulator_needs_no_guard(tmp_path: Path) -> None:
    assert told("AC508", made(tmp_path, {"agents/desk.yaml": AGENT})) == []
