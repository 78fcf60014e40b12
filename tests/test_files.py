"""Files are put in place whole, and several of them together or not at all."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from agentconf.files import put, put_all


def names(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


def test_a_file_keeps_its_permissions_and_its_link(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"old")
    (tmp_path / "a").chmod(0o640)
    (tmp_path / "link").symlink_to("a")
    put(tmp_path / "link", b"new")
    assert ((tmp_path / "a").read_bytes(), (tmp_path / "link").is_symlink()) == (b"new", True)
    assert (tmp_path / "a").stat().st_mode & 0o777 == 0o640
    put(tmp_path / "secret", b"x", mode=0o600)
    assert (tmp_path / "secret").stat().st_mode & 0o777 == 0o600
    umask = os.umask(0)
    os.umask(umask)
    put(tmp_path / "plain", b"x")
    assert (tmp_path / "plain").stat().st_mode & 0o777 == 0o666 & ~umask


def test_a_file_that_cannot_be_written_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    for path in (tmp_path / "folder", tmp_path / "nowhere" / "a", tmp_path / ("n" * 254)):
        with pytest.raises(OSError):
            put(path, b"new")
    assert names(tmp_path) == ["folder"]


def test_when_a_later_file_cannot_be_replaced_the_former_ones_are_as_they_were(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"old")
    (tmp_path / "b").mkdir()
    with pytest.raises(IsADirectoryError):
        put_all({tmp_path / "a": b"new", tmp_path / "b": b"new"})
    assert ((tmp_path / "a").read_bytes(), names(tmp_path)) == (b"old", ["a", "b"])


def test_new_files_are_all_made_or_none_and_nothing_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "kept").mkdir()
    (tmp_path / "kept" / "b").write_bytes(b"somebody's")
    before = names(tmp_path)
    with pytest.raises(FileExistsError):
        put_all({tmp_path / "deep" / "er" / "a": b"new", tmp_path / "kept" / "b": b"new"}, new=True)
    assert (names(tmp_path), (tmp_path / "kept" / "b").read_bytes()) == (before, b"somebody's")
    put_all({tmp_path / "deep" / "er" / "a": b"new", tmp_path / "kept" / "c": b"new"}, new=True)
    assert names(tmp_path) == ["deep", "deep/er", "deep/er/a", "kept", "kept/b", "kept/c"]


def test_a_killed_process_leaves_the_old_content_or_the_new_one(tmp_path: Path) -> None:
    path = tmp_path / "a"
    contents = [bytes([letter]) * 300_000 for letter in b"ab"]
    path.write_bytes(contents[0])
    code = (
        "import itertools, pathlib, sys\n"
        "from agentconf.files import put\n"
        "for letter in itertools.cycle(b'ab'):\n"
        "    put(pathlib.Path(sys.argv[1]), bytes([letter]) * 300_000)\n"
        "    print(flush=True)\n"
    )
    for round_ in range(5):
        with subprocess.Popen([sys.executable, "-c", code, str(path)], stdout=subprocess.PIPE) as process:
            assert process.stdout is not None
            for _ in range(round_ + 1):
                process.stdout.readline()
            process.send_signal(signal.SIGKILL)
        assert path.read_bytes() in contents
