"""`state`: looking at what is remembered, and mending it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cli_inside import fits, inside
from conftest import Ended, Project

from agentconf.state.address import open_store

ENVIRON = {"AGENTCONF_BASE_URL": ""}


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A project whose agents were applied to the embedded emulator."""
    made = Project(tmp_path)
    made.write("agentconf.yaml", "version: 1\n")
    made.agent("router")
    made.agent("desk", extra="lifecycle: {prevent_destroy: true}\n")
    assert inside(tmp_path, "apply", "--auto-approve").code == 0
    return made


@pytest.fixture
def call(project: Project) -> Iterator[Any]:
    def state(*arguments: str) -> Ended:
        return inside(project.root, "state", *arguments)

    return state


def remembered(project: Project) -> dict[str, Any]:
    text = (project.root / ".agentconf" / "state" / "local.json").read_text(encoding="utf-8")
    found: dict[str, Any] = json.loads(text)
    return found


def journal(project: Project) -> list[dict[str, Any]]:
    store = open_store(None, root=project.root, environment="local", environ={})
    return [json.loads(line) for line in store.journal()]


def test_the_list_names_what_is_known_of_each_agent(call: Any) -> None:
    ended = call("list")
    assert ended.code == 0
    desk, router, tail = ended.out.splitlines()
    assert (desk.split()[0], "2 secrets" in desk, "protected" in desk) == ("desk", True, True)
    assert (router.split()[0], "protected" in router) == ("router", False)
    assert tail.startswith("2 agents of local (organisation 0000…0001), serial ")
    assert fits(call("list", "--json").json, "state-list")


def test_one_agent_is_shown_without_its_secrets(call: Any) -> None:
    ended = call("show", "router")
    assert (ended.code, fits(ended.json, "state-show")) == (0, True)
    assert ended.json["base"]["greeting"] == "Hello, this is {{practice_name}}."
    assert "scrypt" not in ended.out
    assert [place.split("/")[-1] for place in ended.json["secrets"]] == ["slng_api_key", "token"]


def test_a_key_that_is_not_remembered_is_guessed(call: Any) -> None:
    ended = call("show", "rooter")
    assert (ended.code, "did you mean 'router'?" in ended.err) == (64, True)


def test_a_key_moves_with_all_that_is_remembered(call: Any, project: Project) -> None:
    before = remembered(project)
    assert call("mv", "router", "front").code == 0
    after = remembered(project)
    assert after["agents"]["front"] == before["agents"]["router"]
    assert (after["serial"], sorted(after["agents"])) == (before["serial"] + 1, ["desk", "front"])
    last = journal(project)[-1]
    assert (last["kind"], last["what"], last["keys"]) == ("state", "mv", ["router", "front"])


def test_a_key_that_is_taken_is_not_moved_to(call: Any, project: Project) -> None:
    before = remembered(project)
    assert (call("mv", "router", "desk").code, remembered(project)) == (64, before)


def test_what_is_forgotten_stays_live_and_is_remembered_by_the_next_apply(
    call: Any, project: Project
) -> None:
    identifier = remembered(project)["agents"]["router"]["id"]
    ended = call("rm", "router")
    assert (ended.code, "It stays live." in ended.err) == (0, True)
    assert sorted(remembered(project)["agents"]) == ["desk"]
    assert inside(project.root, "apply", "--auto-approve").code == 0
    assert remembered(project)["agents"]["router"]["id"] == identifier


def test_what_is_protected_is_forgotten_by_force_only(call: Any, project: Project) -> None:
    refused = call("rm", "router", "desk")
    assert (refused.code, sorted(remembered(project)["agents"])) == (6, ["desk", "router"])
    assert call("rm", "router", "desk", "--force").code == 0
    assert remembered(project)["agents"] == {}


def test_what_was_pulled_can_be_pushed(call: Any, project: Project, tmp_path: Path) -> None:
    pulled = call("pull")
    assert (pulled.code, fits(pulled.json, "state")) == (0, True)
    project.write("copy.json", pulled.out)
    assert call("rm", "router").code == 0
    older = call("push", str(tmp_path / "copy.json"))
    assert (older.code, "is older" in older.err, sorted(remembered(project)["agents"])) == (5, True, ["desk"])
    assert call("push", str(tmp_path / "copy.json"), "--force").code == 0
    after = remembered(project)
    assert (sorted(after["agents"]), after["serial"]) == (["desk", "router"], pulled.json["serial"] + 2)


@pytest.mark.parametrize(
    ("change", "code", "message"),
    [
        ({"lineage": "another"}, 3, "of another lineage"),
        ({"environment": "production"}, 3, "of the environment 'production'"),
        ({"kind": "other"}, 3, "is no state of agentconf"),
    ],
)
def test_a_foreign_document_is_not_pushed(
    call: Any, project: Project, tmp_path: Path, change: Any, code: int, message: str
) -> None:
    before = remembered(project)
    project.write("copy.json", json.dumps({**before, **change}))
    ended = call("push", str(tmp_path / "copy.json"))
    assert (ended.code, message in ended.err, remembered(project)) == (code, True, before)


def test_what_cannot_be_read_is_replaced_by_force_only(call: Any, project: Project, tmp_path: Path) -> None:
    project.write("copy.json", call("pull").out)
    state = project.root / ".agentconf" / "state" / "local.json"
    state.write_text("{", encoding="utf-8")
    lines = journal(project)
    refused = call("push", str(tmp_path / "copy.json"))
    assert (refused.code, "is corrupt" in refused.err, state.read_text(encoding="utf-8")) == (3, True, "{")
    pushed = call("push", str(tmp_path / "copy.json"), "--force")
    assert (pushed.code, "is corrupt" in pushed.err and "it is replaced" in pushed.err) == (0, True)
    assert sorted(remembered(project)["agents"]) == ["desk", "router"]
    assert [(line["kind"], line["what"]) for line in journal(project)[len(lines) :]] == [("state", "push")]


def test_a_document_that_is_not_there_is_said(call: Any) -> None:
    assert call("push", "nowhere.json").code == 3


def test_whoever_holds_it_is_shown_and_keeps_others_out_until_freed(call: Any, project: Project) -> None:
    assert call("unlock").out == f"Nobody holds the state in {Path('.agentconf/state/local.json')}.\n"
    store = open_store(None, root=project.root, environment="local", environ={})
    with store.lock("apply") as held:
        assert f"agentconf state unlock {held.id} -e local\n" in call("unlock").out
        for arguments in (("rm", "router"), ("mv", "router", "x")):
            refused = call(*arguments)
            assert (refused.code, f"(process {held.pid}, apply)" in refused.err) == (6, True)
        assert inside(project.root, "apply", "--auto-approve").code == 6
        assert call("unlock", "another").code == 3
        assert call("unlock", held.id).code == 0
        assert call("rm", "router").code == 0


def test_without_memory_that_is_said(tmp_path: Path) -> None:
    Project(tmp_path).write("agentconf.yaml", "version: 1\n")
    for arguments in (("list",), ("show", "router"), ("pull",), ("rm", "router")):
        ended = inside(tmp_path, "state", *arguments)
        assert (ended.code, ended.out, "nothing is remembered yet" in ended.err) == (3, "", True)
