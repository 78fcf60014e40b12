"""`drift --adopt`: what the dashboard changed, taken into the files, and nothing left to plan."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from cli_inside import fits, inside, tree
from conftest import Ended, Project
from live_edits import edit, remove

Call = Callable[..., Ended]


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A project that was applied."""
    made = Project(tmp_path)
    made.write("agentconf.yaml", "version: 1\n")
    made.agent("router", extra="\n# the end\n")
    made.agent("desk")
    assert inside(tmp_path, "apply", "--auto-approve").code == 0
    return made


@pytest.fixture
def call(project: Project) -> Call:
    def command(*arguments: str) -> Ended:
        return inside(project.root, *arguments)

    return command


def test_what_drifted_is_taken_and_nothing_is_left(project: Project, call: Call) -> None:
    before = (project.root / "agents" / "router.yaml").read_text(encoding="utf-8")
    edit(project, "router", greeting="Edited outside.", enable_interruptions=False)
    ended = call("drift", "--adopt")
    assert ended.code == 0, ended.err
    assert "router:greeting  agents/router.yaml:" in ended.out
    assert "Taken: 2 values into 1 file." in ended.out
    after = (project.root / "agents" / "router.yaml").read_text(encoding="utf-8")
    assert after == before.replace("Hello, this is {{practice_name}}.", "Edited outside.").replace(
        "tts_voice: aura-2-thalia-en\n", "tts_voice: aura-2-thalia-en\nenable_interruptions: false\n"
    )
    assert (call("drift").code, call("plan", "--detailed-exitcode").code) == (0, 0)


def test_one_agent_or_one_path_is_taken_alone(project: Project, call: Call) -> None:
    for name in ("router", "desk"):
        edit(project, name, greeting="Edited outside.", language="de")
    assert call("drift", "--adopt", "router:greeting").code == 0
    document = call("drift", "--json").json
    assert [(one["key"], [change["path"] for change in one["changes"]]) for one in document["agents"]] == [
        ("desk", [["greeting"], ["language"]]),
        ("router", [["language"]]),
    ]
    taken = call("drift", "--adopt", "desk", "--json")
    assert (taken.code, fits(taken.json, "adopted"), taken.json["files"]) == (0, True, ["agents/desk.yaml"])
    assert [one["key"] for one in call("drift", "--json").json["agents"]] == ["router"]


def test_a_conflict_ends_with_what_is_live(project: Project, call: Call) -> None:
    edit(project, "router", greeting="Edited outside.")
    project.replace("agents/router.yaml", "Hello, this is", "Hello from git, this is")
    project.replace("agents/router.yaml", "Be brief.", "Be very brief.")
    assert call("drift", "--adopt").code == 0
    text = (project.root / "agents" / "router.yaml").read_text(encoding="utf-8")
    assert ("greeting: Edited outside." in text, "Be very brief." in text) == (True, True)
    assert call("drift").code == 0
    assert "1 to change" in call("plan").out


def test_what_was_deleted_outside_no_file_can_take(project: Project, call: Call) -> None:
    remove(project, "router")
    before = tree(project.root / "agents")
    ended = call("drift", "--adopt")
    assert (ended.code, "router was deleted outside" in ended.out) == (4, True)
    assert tree(project.root / "agents") == before


def test_without_drift_nothing_is_taken(project: Project, call: Call) -> None:
    before = tree(project.root / "agents")
    ended = call("drift", "--adopt")
    assert (ended.code, ended.out) == (0, "Taken: 0 values into 0 files.\n")
    assert tree(project.root / "agents") == before


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--adopt", "router:language"), "nothing drifted at router:language"),
        (("router:greeting",), "AGENT:PATH is for --adopt"),
        (("--adopt", "rooter"), "did you mean 'router'?"),
    ],
)
def test_what_is_not_there_is_wrong_usage(
    project: Project, call: Call, arguments: tuple[str, ...], message: str
) -> None:
    edit(project, "router", greeting="Edited outside.")
    ended = call("drift", *arguments)
    assert (ended.code, ended.out, message in ended.err) == (64, "", True)


def test_line_ends_and_a_byte_order_mark_stay(project: Project, call: Call) -> None:
    path = project.root / "agents" / "router.yaml"
    before = b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n")
    path.write_bytes(before)
    edit(project, "router", language="de")
    assert call("drift", "--adopt").code == 0
    assert path.read_bytes() == before.replace(b"language: en", b"language: de")
