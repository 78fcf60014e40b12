"""The state in a ref: what else is in the repository stays, whatever git and its server are like."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from store_fixtures import Place, git, repository, written

from agentconf.errors import StaleError, StoreError


def test_neither_index_nor_work_tree_nor_any_branch_is_touched(remote: Place) -> None:
    root = remote.root
    (root / "README.md").write_text("changed\n", encoding="utf-8")
    (root / "staged.txt").write_text("staged\n", encoding="utf-8")
    git(root, "add", "staged.txt")
    (root / "new.txt").write_text("new\n", encoding="utf-8")

    def looks() -> tuple[str, ...]:
        refs = git(root, "for-each-ref", "--format=%(refname) %(objectname)")
        return git(root, "status", "--porcelain"), refs, git(root, "diff"), git(root, "diff", "--cached")

    before = looks()
    store = remote.open()
    with store.lock("apply"):
        first = written(store, None, '{"n": 1}')
        written(store, first, '{"n": 2}')
    assert looks() == before
    there = git(root, "ls-remote", "origin").splitlines()
    names = {line.split("\t")[1] for line in there}
    assert names == {"HEAD", "refs/heads/main", "refs/agentconf/state/local"}


@pytest.mark.parametrize("setting", ["git:.", "git"])
def test_repositories_with_longer_hashes_are_repositories(tmp_path: Path, setting: str) -> None:
    root = tmp_path / "project"
    root.mkdir()
    git(root, "init", "--quiet", "--object-format=sha256")
    if setting == "git":
        git(tmp_path, "init", "--quiet", "--bare", "--object-format=sha256", "origin.git")
        git(root, "remote", "add", "origin", str(tmp_path / "origin.git"))
    place = Place(setting, root)
    with place.open().lock("apply"):
        first = written(place.open(), None, '{"n": 1}')
    assert len(first.version) == 64
    with pytest.raises(StaleError):
        written(place.open(), None)
    second = written(place.open(), first, '{"n": 2}')
    assert (place.open().read(), place.open().holder()) == (second, None)


def hook(remote: Place, name: str, script: str) -> None:
    bare = Path(git(remote.root, "remote", "get-url", "origin").removeprefix("file://"))
    path = bare / "hooks" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}", encoding="utf-8")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)


def test_a_server_that_takes_no_such_refs_says_so(remote: Place) -> None:
    hook(remote, "pre-receive", "echo refs/agentconf is not welcome >&2; exit 1\n")
    with pytest.raises(StoreError, match=r"not welcome|pre-receive hook declined") as refused:
        written(remote.open(), None)
    assert refused.value.help == "allow pushes to refs/agentconf/*"
    assert remote.open().read() is None


def test_a_push_that_lost_is_known_by_where_the_ref_is_not_by_words(remote: Place) -> None:
    first = written(remote.open(), None)
    won = written(remote.elsewhere().open(), first, '{"n": 1}')
    hook(remote, "pre-receive", "echo sorry, no >&2; exit 1\n")
    store = remote.open()
    commit = store._git.commit({"state.json": b"{}"}, "late", None)  # type: ignore[attr-defined]
    with pytest.raises(StaleError):
        store._git.move("refs/agentconf/state/local", commit, first.version)  # type: ignore[attr-defined]
    assert remote.open().read() == won


def test_a_push_whose_answer_was_lost_is_done_when_the_ref_is_there(remote: Place) -> None:
    hook(remote, "post-receive", 'kill -9 "$PPID"\n')
    first = written(remote.open(), None, '{"n": 1}')
    assert remote.elsewhere().open().read() == first


def test_a_token_in_a_remote_s_url_is_never_told(tmp_path: Path) -> None:
    place = Place("git:https://me:hunter2@127.0.0.1:1/agents.git", repository(tmp_path / "project"))
    assert "hunter2" not in place.open().address
    with pytest.raises(StoreError) as refused:
        place.open().read()
    assert "hunter2" not in f"{refused.value.message} {refused.value.help}"
