from __future__ import annotations

from pathlib import Path

import pytest

from agentconf.errors import ConfigurationError
from agentconf.project.discover import Found, display_path, find_files, find_root


def write(folder: Path, *names: str) -> None:
    for name in names:
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("name: x\n")


def keys(root: Path) -> list[str]:
    return [found.key for found in find_files(root, "agents")]


def test_the_root_is_the_nearest_folder_upwards_with_a_project_file(tmp_path: Path) -> None:
    write(tmp_path, "agentconf.yaml", "inner/agentconf.yaml", "inner/agents/deep/x.yaml")
    assert find_root(tmp_path / "inner" / "agents" / "deep") == tmp_path / "inner"


def test_a_project_file_above_wins_over_an_agents_folder_below(tmp_path: Path) -> None:
    write(tmp_path, "agentconf.yaml", "inner/agents/x.yaml")
    assert find_root(tmp_path / "inner") == tmp_path


def test_without_a_project_file_the_root_is_the_nearest_folder_with_agents(tmp_path: Path) -> None:
    write(tmp_path, "a/agents/x.yaml")
    (tmp_path / "a" / "b").mkdir()
    assert find_root(tmp_path / "a" / "b") == tmp_path / "a"


def test_without_either_the_root_is_where_one_stands(tmp_path: Path) -> None:
    assert find_root(tmp_path) == tmp_path


def test_a_file_stands_for_its_folder(tmp_path: Path) -> None:
    write(tmp_path, "agents/x.yaml")
    assert find_root(tmp_path / "agents" / "x.yaml") == tmp_path


def test_a_start_that_does_not_exist_is_looked_at_from_above(tmp_path: Path) -> None:
    write(tmp_path, "agentconf.yaml")
    assert find_root(tmp_path / "none" / "x") == tmp_path


def test_a_relative_start_counts_from_the_current_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, "agentconf.yaml")
    monkeypatch.chdir(tmp_path)
    assert find_root(Path()) == tmp_path


def test_agents_are_listed_by_key(tmp_path: Path) -> None:
    write(tmp_path, "agents/b.yml", "agents/a-1.yaml", "agents/a.json", "agents/C.YAML")
    assert keys(tmp_path) == ["C", "a", "a-1", "b"]


def test_hidden_files_backups_and_other_files_are_passed_over(tmp_path: Path) -> None:
    write(
        tmp_path,
        "agents/.a.yaml",
        "agents/b.yaml~",
        "agents/#c.yaml",
        "agents/.d.yaml.swp",
        "agents/README.md",
        "agents/e.yaml/x",
        "agents/nested/f.yaml",
        "agents/g.yaml",
    )
    # A folder that is named like a definition is found, so that reading it tells.
    assert keys(tmp_path) == ["e", "g"]


def test_the_second_file_of_a_key_names_the_first(tmp_path: Path) -> None:
    write(tmp_path, "agents/a.yaml", "agents/a.json")
    assert find_files(tmp_path, "agents") == (
        Found("a", "agents/a.json"),
        Found("a", "agents/a.yaml", first="agents/a.json"),
    )


def test_a_folder_that_does_not_exist_is_empty(tmp_path: Path) -> None:
    assert find_files(tmp_path, "agents") == ()


def test_a_folder_that_cannot_be_listed_does_not_pass_for_an_empty_one(tmp_path: Path) -> None:
    (tmp_path / "agents").write_text("a file")
    with pytest.raises(ConfigurationError, match="cannot list the folder `agents`"):
        find_files(tmp_path, "agents")


def test_a_link_is_outside_when_its_target_is(tmp_path: Path) -> None:
    write(tmp_path, "elsewhere.yaml", "project/agents/a.yaml", "project/drafts/b.yaml")
    agents = tmp_path / "project" / "agents"
    (agents / "b.yaml").symlink_to("../drafts/b.yaml")
    (agents / "c.yaml").symlink_to(tmp_path / "elsewhere.yaml")
    (agents / "d.yaml").symlink_to("d.yaml")
    outside = {found.key: found.outside for found in find_files(tmp_path / "project", "agents")}
    assert outside == {"a": False, "b": False, "c": True, "d": False}


def test_everything_in_a_linked_folder_is_outside_when_its_target_is(tmp_path: Path) -> None:
    write(tmp_path, "elsewhere/a.yaml")
    (tmp_path / "project").mkdir()
    (tmp_path / "project" / "agents").symlink_to(tmp_path / "elsewhere")
    assert find_files(tmp_path / "project", "agents") == (Found("a", "agents/a.yaml", outside=True),)


def test_a_name_that_is_no_text_is_shown_in_escapes(tmp_path: Path) -> None:
    (tmp_path / "agents").mkdir()
    (tmp_path / "agents" / "a\udcff.yaml").write_text("name: x")
    (found,) = find_files(tmp_path, "agents")
    assert found.display == "agents/a\\udcff.yaml"


def test_a_file_is_named_from_the_root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, "project/agents/a.yaml", "other.yaml")
    root = tmp_path / "project"
    (tmp_path / "link").symlink_to("project")
    monkeypatch.chdir(root / "agents")
    assert {
        display_path(root, path)
        for path in (Path("a.yaml"), root / "x" / ".." / "agents" / "a.yaml", tmp_path / "link/agents/a.yaml")
    } == {"agents/a.yaml"}
    assert display_path(root, tmp_path / "other.yaml") == (tmp_path / "other.yaml").as_posix()
