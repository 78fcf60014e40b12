"""`import`: live agents into files, and a plan that finds nothing to do."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from cli_inside import fits, inside, tree
from conftest import AGENT, Ended, Project


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A project without agents, beside a platform that has three."""
    made = Project(tmp_path)
    made.write("agentconf.yaml", "version: 1\n")
    for key in ("router", "front desk", "night shift"):
        made.agent(key.replace(" ", "-"), AGENT.format(name=key))
    assert inside(tmp_path, "apply", "--auto-approve").code == 0
    for key in ("front-desk", "night-shift"):
        (tmp_path / "agents" / f"{key}.yaml").unlink()
    (tmp_path / ".agentconf" / "state" / "local.json").unlink()
    return made


@pytest.fixture
def call(project: Project) -> Any:
    def command(*arguments: str) -> Ended:
        return inside(project.root, *arguments)

    return command


def test_everything_that_no_file_declares_is_imported_and_plans_empty(call: Any, project: Project) -> None:
    ended = call("import", "--all")
    assert ended.code == 0, ended.err
    assert "Imported 2 agents; a plan finds no difference. 1 agent declared already." in ended.out
    assert "FRONT_DESK_LOOKUP_TOKEN: the token of the tool lookup" in ended.out
    assert sorted(path.name for path in (project.root / "agents").iterdir()) == [
        "front-desk.yaml",
        "night-shift.yaml",
        "router.yaml",
    ]
    assert call("plan", "--detailed-exitcode").code == 0
    assert call("lint").code == 0
    applied = call("apply", "--auto-approve")
    assert (applied.code, "No changes" in applied.out) == (0, True)
    assert call("drift").code == 0


def test_one_is_imported_under_a_key_of_ones_own(call: Any, project: Project) -> None:
    document = call("import", "night shift", "--as", "owls", "--json")
    assert (document.code, fits(document.json, "import")) == (0, True)
    assert document.json["agents"][0]["files"] == ["agents/owls.yaml"]
    assert call("plan", "--detailed-exitcode").code == 0


def test_a_rehearsal_writes_nothing(call: Any, project: Project) -> None:
    before = tree(project.root)
    ended = call("import", "--all", "--dry-run")
    assert (ended.code, "Would import 2 agents" in ended.out) == (0, True)
    after = tree(project.root)
    assert {path: content for path, content in after.items() if not path.startswith(".agentconf")} == {
        path: content for path, content in before.items() if not path.startswith(".agentconf")
    }


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        ((), 64, "name agents, or give --all"),
        (("x", "--all"), 64, "name agents, or give --all"),
        (("front dex",), 64, "did you mean 'front desk'?"),
        (("router",), 64, "`agentconf drift --adopt router`"),
        (("front desk", "--as", "router"), 64, "there is an agent 'router' already"),
        (("front desk", "night shift", "--as", "x"), 64, "--as is for one agent"),
    ],
)
def test_what_cannot_be_meant_is_wrong_usage(
    call: Any, arguments: tuple[str, ...], code: int, message: str
) -> None:
    ended = call("import", *arguments)
    assert (ended.code, ended.out, message in ended.err) == (code, "", True)


def test_a_file_that_is_in_the_way_is_never_overwritten(call: Any, project: Project) -> None:
    project.write("prompts/front-desk.md", "mine\n")
    inside(project.root, "import", "front desk")
    text = (project.root / "agents" / "front-desk.yaml").read_text(encoding="utf-8")
    project.write("agents/night-shift.json", "{}")
    ended = call("import", "night shift")
    assert (project.root / "prompts" / "front-desk.md").read_text(encoding="utf-8") == "mine\n"
    assert "name: front desk" in text
    assert (ended.code, sorted(path.name for path in (project.root / "agents").iterdir())) == (
        1,
        ["front-desk.yaml", "night-shift.json", "router.yaml"],
    )


def test_an_override_that_would_change_it_is_named(call: Any, project: Project) -> None:
    project.write("environments/local.yaml", 'emulator: true\nagents: {"*": {language: de}}\n')
    ended = call("import", "front desk")
    assert (ended.code, "front-desk would not be what is live: language differs" in ended.err) == (3, True)
    assert not (project.root / "agents" / "front-desk.yaml").exists()


def test_a_project_without_agents_imports_its_first_ones(call: Any, project: Project) -> None:
    (project.root / "agents" / "router.yaml").unlink()
    (project.root / "agents").rmdir()
    assert call("import", "--all").code == 0
    assert call("plan", "--detailed-exitcode").code == 0
    assert len(list((project.root / "agents").iterdir())) == 3
