from __future__ import annotations

import os
from pathlib import Path

import pytest

from agentconf.source import read
from agentconf.source.document import Document, Problem
from agentconf.source.read import read_document


def file_of(folder: Path, content: bytes) -> Path:
    file = folder / "a.yaml"
    file.write_bytes(content)
    return file


def problem_of(file: Path) -> Problem:
    found = read_document(file, "agents/a.yaml")
    assert isinstance(found, Problem)
    assert (found.code, found.location.path) == ("AC008", "agents/a.yaml")
    return found


def test_a_text_is_read_as_it_is(tmp_path: Path) -> None:
    found = read_document(file_of(tmp_path, "a: é😀\r\nb: 1\r".encode()), "agents/a.yaml")
    assert isinstance(found, Document)
    assert (found.path, found.text) == ("agents/a.yaml", "a: é😀\r\nb: 1\r")


def test_a_byte_order_mark_is_removed(tmp_path: Path) -> None:
    found = read_document(file_of(tmp_path, b"\xef\xbb\xbfa: 1"), "agents/a.yaml")
    assert isinstance(found, Document)
    assert found.text == "a: 1"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_utf_16_is_refused(encoding: str, tmp_path: Path) -> None:
    problem = problem_of(file_of(tmp_path, "a: 1".encode(encoding)))
    assert problem.message in ("the file is UTF-16, not UTF-8", "the file holds a NUL character")


def test_a_byte_that_is_not_utf_8_is_named_where_it_stands(tmp_path: Path) -> None:
    problem = problem_of(file_of(tmp_path, "a: é\nb: ".encode() + b"caf\xe9\n"))
    assert problem.message == "the file is not UTF-8: byte 0xe9"
    assert str(problem.location) == "agents/a.yaml:2:7"


def test_a_nul_is_named_where_it_stands(tmp_path: Path) -> None:
    assert str(problem_of(file_of(tmp_path, b"a: 1\nb: \0\n")).location) == "agents/a.yaml:2:4"


@pytest.mark.parametrize("content", [b"token: s3cret\0\n", b"token: s3cret\xff\n"])
def test_nothing_is_shown_of_a_file_that_cannot_be_read(content: bytes, tmp_path: Path) -> None:
    problem = problem_of(file_of(tmp_path, content))
    assert "s3cret" not in problem.location.document.line(1)


def test_a_missing_file_is_said_to_be_missing(tmp_path: Path) -> None:
    assert problem_of(tmp_path / "none.yaml").message == "cannot read the file: no such file or directory"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission_is_said_to_be_so(tmp_path: Path) -> None:
    file = file_of(tmp_path, b"a: 1")
    file.chmod(0)
    assert problem_of(file).message == "cannot read the file: permission denied"


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    assert problem_of(tmp_path).message == "a folder, not a file"


def test_a_pipe_does_not_block(tmp_path: Path) -> None:
    pipe = tmp_path / "a.yaml"
    os.mkfifo(pipe)
    assert problem_of(pipe).message == "not a regular file"


def test_a_device_is_no_file(tmp_path: Path) -> None:
    link = tmp_path / "a.yaml"
    link.symlink_to("/dev/zero")
    assert problem_of(link).message == "not a regular file"


def test_a_link_to_itself_is_unreadable(tmp_path: Path) -> None:
    link = tmp_path / "a.yaml"
    link.symlink_to(link)
    assert problem_of(link).message.startswith("cannot read the file: ")


def test_a_file_beyond_all_sense_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(read, "MAX_BYTES", 1024 * 1024)
    assert problem_of(file_of(tmp_path, b"#" * (1024 * 1024 + 1))).message == "the file is larger than 1 MiB"


def test_a_file_that_tells_no_size_is_read_whole() -> None:
    file = Path("/proc/self/limits")
    found = read_document(file, "agents/a.yaml")
    assert isinstance(found, Document)
    assert (file.stat().st_size, found.text) == (0, file.read_text())


@pytest.mark.parametrize(
    ("encoding", "name"), [("utf-16", "UTF-16"), ("utf-32", "UTF-32"), ("utf-32-be", "UTF-32")]
)
def test_the_encoding_of_a_byte_order_mark_is_named(encoding: str, name: str, tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    file.write_bytes(
        "\ufeffname: a".encode(encoding) if encoding.endswith("be") else "name: a".encode(encoding)
    )
    found = read_document(file, "a.yaml")
    assert isinstance(found, Problem)
    assert found.message == f"the file is {name}, not UTF-8"
