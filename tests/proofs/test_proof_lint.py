"""The linter takes whatever stands in a folder: a clear finding, in bounded time and memory."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from conftest import AGENT, Project, clean_environ

MEBIBYTE = 1024 * 1024
SECONDS = 60


def lint(root: Path, *arguments: str, mebibytes: int = 1024) -> tuple[int, dict[str, list[str]], str]:
    """Run the linter as a process with little memory; return its code, the codes by file, and stderr."""

    def bounded() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (mebibytes * MEBIBYTE, mebibytes * MEBIBYTE))

    begun = time.monotonic()
    ended = subprocess.run(
        [sys.executable, "-m", "agentconf", "lint", "--json", *arguments],
        cwd=root,
        env=clean_environ(),
        capture_output=True,
        text=True,
        check=False,
        timeout=SECONDS,
        preexec_fn=bounded,
    )
    assert time.monotonic() - begun < SECONDS
    assert "Traceback" not in ended.stderr, ended.stderr
    found: dict[str, list[str]] = {}
    document: dict[str, Any] = json.loads(ended.stdout)
    for finding in document["findings"]:
        if finding["severity"] == "error":
            found.setdefault(finding["path"], []).append(finding["code"])
    return ended.returncode, found, ended.stderr


@pytest.fixture
def sound(project: Project) -> Project:
    project.agent("sound")
    return project


LAUGHS = "a0: &a0 [x, x]\n" + "".join(f"a{i}: &a{i} [*a{i - 1}, *a{i - 1}]\n" for i in range(1, 60))


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (AGENT.format(name="x").encode("utf-16"), "AC008"),
        (AGENT.format(name="x").encode("utf-16-le"), "AC008"),
        (b"name: x\0y\n", "AC008"),
        (b"name: \xff\xfe\n", "AC008"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40, "AC008"),
        (LAUGHS.encode(), "AC004"),
        (b"[" * 200_000, "AC001"),
        (b"a: " + b"[" * 1_000 + b"]" * 1_000 + b"\n", "AC001"),
        (b"- x\n" * 200_000, "AC103"),
        (b"x" * (11 * MEBIBYTE), "AC008"),
        (b"", "AC001"),
        (b"\n\n# nothing\n", "AC001"),
    ],
    ids=[
        "utf-16",
        "utf-16-le",
        "nul",
        "not-utf-8",
        "png",
        "laughs",
        "deep",
        "deeper",
        "list",
        "large",
        "empty",
        "comment",
    ],
)
def test_a_file_of_anything_is_one_finding_and_hides_no_other(
    sound: Project, content: bytes, code: str
) -> None:
    (sound.root / "agents" / "odd.yaml").write_bytes(content)
    sound.write("agents/wrong.yaml", AGENT.format(name="Wrong").replace("eu-central", "nowhere"))
    ended, found, _ = lint(sound.root)
    assert ended == 1
    assert found["agents/wrong.yaml"] == ["AC401"]
    assert code in found["agents/odd.yaml"]
    assert len(found["agents/odd.yaml"]) <= 10
    assert set(found) == {"agents/odd.yaml", "agents/wrong.yaml"}


@pytest.mark.parametrize("newline", ["\r\n", "\n"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_line_ends_and_marks_change_nothing(sound: Project, newline: str, mark: bytes) -> None:
    text = AGENT.format(name="Other").replace("\n", newline).encode()
    (sound.root / "agents" / "other.yaml").write_bytes(mark + text)
    assert lint(sound.root)[:2] == (0, {})


def test_links_that_go_round_and_out_are_findings(sound: Project) -> None:
    agents = sound.root / "agents"
    (agents / "self.yaml").symlink_to("self.yaml")
    (agents / "one.yaml").symlink_to("two.yaml")
    (agents / "two.yaml").symlink_to("one.yaml")
    (agents / "away.yaml").symlink_to("/etc/hostname")
    (agents / "gone.yaml").symlink_to("nowhere.yaml")
    (sound.root / "prompts").mkdir()
    (sound.root / "prompts" / "loop").symlink_to("..")
    ended, found, _ = lint(sound.root)
    assert ended == 1
    assert {path: set(codes) for path, codes in found.items()} == {
        "agents/self.yaml": {"AC008"},
        "agents/one.yaml": {"AC008"},
        "agents/two.yaml": {"AC008"},
        "agents/away.yaml": {"AC007"},
        "agents/gone.yaml": {"AC008"},
    }


def test_a_prompt_of_ten_thousand_lines_is_read_to_its_end(sound: Project) -> None:
    lines = [f"Line {number} of what {{{{practice_name}}}} says." for number in range(10_000)]
    lines[9_990] = "Broken {{#if x}} here."
    sound.write("prompts/long.md", "\n".join(lines) + "\n")
    sound.replace(
        "agents/sound.yaml",
        "You are the assistant of {{practice_name}}. Be brief.",
        "${file:../prompts/long.md}",
    )
    ended, found, _ = lint(sound.root)
    assert (ended, found) == (1, {"prompts/long.md": ["AC202"]})


def test_five_thousand_files_of_errors_are_all_told(project: Project) -> None:
    for number in range(5_000):
        text = AGENT.format(name=f"Agent {number}").replace("eu-central", "nowhere")
        project.write(f"agents/agent-{number:04}.yaml", text)
    ended, found, _ = lint(project.root)
    assert (ended, len(found)) == (1, 5_000)
    assert all(codes == ["AC401"] for codes in found.values())
