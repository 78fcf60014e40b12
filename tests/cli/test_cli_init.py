"""A scaffolded project is sound from the first command on, and nothing that exists is lost for it."""

from __future__ import annotations

import os
import re
import resource
from pathlib import Path

import pytest
import yaml
from cli_inside import fits, inside, tree
from conftest import Run

WRITTEN = [
    ".github/workflows/agents.yml",
    ".gitignore",
    ".pre-commit-config.yaml",
    "agentconf.yaml",
    "agents/receptionist.yaml",
    "environments/staging.yaml",
    "prompts/receptionist.md",
    "schemas/agent.schema.json",
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "empty"
    made.mkdir()
    return made


def files(root: Path) -> list[str]:
    return sorted(name for name, content in tree(root).items() if content is not None)


def test_a_scaffolded_project_lints_tests_plans_and_applies(folder: Path, run: Run) -> None:
    def agentconf(*arguments: str) -> int:
        return run(*arguments, cwd=folder).code

    made = run("init", cwd=folder)
    assert (made.code, made.err) == (0, "")
    assert files(folder) == WRITTEN
    assert all(name in made.out for name in WRITTEN)
    summary = run("lint", "--json", cwd=folder).json["summary"]
    assert (summary["agents"], summary["errors"], summary["warnings"]) == (1, 0, 0)
    assert [agentconf("test"), agentconf("plan"), agentconf("apply", "--auto-approve")] == [0, 0, 0]
    assert agentconf("plan", "--detailed-exitcode") == 0


def test_the_scaffolded_agent_fits_the_schema_that_its_first_line_names(folder: Path) -> None:
    inside(folder, "init")
    agent = folder / "agents" / "receptionist.yaml"
    first = agent.read_text(encoding="utf-8").splitlines()[0]
    named = re.fullmatch(r"# yaml-language-server: \$schema=(.+)", first)
    assert named is not None
    assert (agent.parent / named[1]).resolve() == (folder / "schemas" / "agent.schema.json").resolve()
    assert fits(inside(folder, "show", "receptionist", "--json").json, "agent")


def test_no_comma_cuts_a_scaffolded_text_in_two(folder: Path) -> None:
    inside(folder, "init")
    values = inside(folder, "show", "receptionist", "--provenance", "--json").json["values"]
    assert [value["path"] for value in values if value["value"] is None] == []


def test_the_scaffolded_workflow_pins_its_actions(folder: Path) -> None:
    inside(folder, "init")
    text = (folder / ".github/workflows/agents.yml").read_text(encoding="utf-8")
    steps = [step for job in yaml.safe_load(text)["jobs"].values() for step in job["steps"]]
    used = [step["uses"] for step in steps if "uses" in step]
    assert used
    assert [name for name in used if not re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", name)] == []


def test_the_scaffolded_hook_runs_a_command_that_exists(folder: Path) -> None:
    inside(folder, "init")
    hooks = yaml.safe_load((folder / ".pre-commit-config.yaml").read_text(encoding="utf-8"))
    entry = hooks["repos"][0]["hooks"][0]["entry"].split()
    assert entry[0] == "agentconf"
    assert inside(folder, *entry[1:]).code == 0


@pytest.mark.parametrize("name", WRITTEN[2:])
def test_a_file_in_the_way_is_named_and_nothing_is_written(folder: Path, name: str) -> None:
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text("mine", encoding="utf-8")
    before = tree(folder)
    ended = inside(folder, "init")
    assert (ended.code, ended.out) == (3, "")
    assert ended.err.startswith(f"error: already there: {name}; nothing was written\n")
    assert tree(folder) == before


def test_a_second_init_names_every_file_and_writes_nothing(folder: Path) -> None:
    inside(folder, "init")
    before = tree(folder)
    ended = inside(folder, "init")
    assert ended.code == 3
    assert [name for name in WRITTEN if name not in ended.err] == [".gitignore"]
    assert tree(folder) == before


def test_a_file_in_the_place_of_a_folder_is_in_the_way(folder: Path) -> None:
    (folder / "agents").write_text("mine", encoding="utf-8")
    before = tree(folder)
    ended = inside(folder, "init")
    assert ended.err.startswith("error: already there: agents; nothing was written\n")
    assert (ended.code, tree(folder)) == (3, before)


def test_a_link_to_nowhere_is_in_the_way(folder: Path, tmp_path: Path) -> None:
    (folder / "agentconf.yaml").symlink_to(tmp_path / "gone.yaml")
    assert inside(folder, "init").code == 3
    assert not (tmp_path / "gone.yaml").exists()


@pytest.mark.parametrize(
    ("present", "expected"),
    [
        (b"", b".agentconf/\n.env\ncontacts/\n"),
        (b"node_modules\n", b"node_modules\n.agentconf/\n.env\ncontacts/\n"),
        (b"node_modules", b"node_modules\n.agentconf/\n.env\ncontacts/\n"),
        (b"caf\xe9\n", b"caf\xe9\n.agentconf/\n.env\ncontacts/\n"),
        (b"build\r\n.env\r\n", b"build\r\n.env\r\n.agentconf/\ncontacts/\n"),
        (b"/.agentconf\n.env\n/contacts", b"/.agentconf\n.env\n/contacts"),
        (b".env\ncontacts\n.agentconf/", b".env\ncontacts\n.agentconf/"),
    ],
    ids=["empty", "with a line", "no final newline", "not UTF-8", "CRLF", "complete", "complete, no newline"],
)
def test_an_existing_gitignore_is_kept_and_only_added_to(
    folder: Path, present: bytes, expected: bytes
) -> None:
    (folder / ".gitignore").write_bytes(present)
    ended = inside(folder, "init")
    assert ended.code == 0
    assert (folder / ".gitignore").read_bytes() == expected
    assert (".gitignore" in ended.out) is (present != expected)


def test_a_gitignore_that_is_no_file_stops_it_before_the_first_write(folder: Path) -> None:
    (folder / ".gitignore").mkdir()
    ended = inside(folder, "init")
    assert ended.code == 3
    assert ended.err.endswith("Is a directory; nothing was written\n")
    assert tree(folder) == {".gitignore": None}


@pytest.mark.skipif(os.geteuid() == 0, reason="root writes everywhere")
def test_a_read_only_folder_is_a_clear_error(folder: Path) -> None:
    folder.chmod(0o500)
    ended = inside(folder, "init")
    folder.chmod(0o700)
    assert ended.code == 3
    assert "Permission denied" in ended.err
    assert tree(folder) == {}


def test_a_disk_that_takes_nothing_more_is_a_clear_error_and_keeps_what_was_there(folder: Path) -> None:
    (folder / ".gitignore").write_bytes(b"node_modules\n")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))
    try:
        ended = inside(folder, "init")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert (ended.code, ended.out) == (3, "")
    assert ended.err.startswith(
        f"error: cannot write {folder}/.github/workflows/agents.yml: File too large\n"
    )
    assert files(folder) == [".gitignore"]
    assert (folder / ".gitignore").read_bytes() == b"node_modules\n"


def test_a_folder_that_does_not_exist_is_wrong_usage(folder: Path) -> None:
    ended = inside(folder / "gone", "init")
    assert ended.code == 64
    assert "does not exist" in ended.err
