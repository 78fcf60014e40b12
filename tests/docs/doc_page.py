"""A page of the documentation as a reader follows it: files are written, commands are run, and say what it shows."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from conftest import ROOT, clean_environ

_BLOCK = re.compile(
    r"^```(?P<language>\w+)\n(?P<text>.*?)^```$|^<!-- run: (?P<hidden>.*?) -->$", re.MULTILINE | re.DOTALL
)
_EXIT = re.compile(r"  # exit code (\d+)$")
SECRETS = dict.fromkeys(
    ("BOOKING_TOKEN", "CALL_EVENTS_SECRET", "CRM_TOKEN", "CRM_WEBHOOK_SECRET", "SLNG_API_KEY"),
    "a-secret-of-the-docs",
)
_PARTS = ("agentconf.yaml", "agents", "environments", "prompts", "schemas", "tools")


@dataclass(frozen=True)
class Block:
    """A fenced block of a page."""

    language: str
    text: str

    @property
    def path(self) -> str | None:
        """The file that it is, when its first line says so."""
        named = re.match(r"# (\S+\.\w+)\n", self.text)
        return named[1] if named else None


def blocks(page: str) -> list[Block]:
    """Take a page of docs/ apart; what happens unseen (`<!-- run: … -->`) is a console block too."""
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    return [
        Block("console", f"$ {found['hidden']}\n")
        if found["hidden"] is not None
        else Block(found["language"], found["text"])
        for found in _BLOCK.finditer(text)
    ]


def example(folder: Path) -> Path:
    """Copy the project of this repository."""
    for part in _PARTS:
        source = ROOT / part
        copy = shutil.copytree if source.is_dir() else shutil.copy
        copy(source, folder / part)
    return folder


def follow(page: str, folder: Path) -> list[str]:
    """Write the files of a page, and run its commands, one after the other.

    Returns:
        What went otherwise than the page says: nothing, if all is well.

    """
    wrong: list[str] = []
    for block in blocks(page):
        if block.path is not None:
            file = folder / block.path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(block.text, encoding="utf-8")
        elif block.language == "console":
            wrong += [said for step in _steps(block.text) for said in _run(*step, folder)]
    return wrong


def _steps(text: str) -> list[tuple[str, list[str]]]:
    """Take a block apart into commands, each with the lines that it says among others."""
    steps: list[tuple[str, list[str]]] = []
    for line in text.splitlines():
        if line.startswith("$ "):
            steps.append((line[2:], []))
        else:
            steps[-1][1].append(line)
    return steps


def _run(command: str, expected: list[str], folder: Path) -> list[str]:
    environ = clean_environ(SECRETS)
    environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{environ['PATH']}"
    environ["DASHBOARD"] = f"{sys.executable} {Path(__file__).parent / 'dashboard.py'}"
    ended = subprocess.run(
        command, shell=True, cwd=folder, env=environ, capture_output=True, text=True, timeout=60, check=False
    )
    code = _EXIT.search(command)
    said = iter((ended.stdout + ended.stderr).splitlines())
    wrong = [f"{command}: never says {line!r}" for line in expected if line not in said]
    if ended.returncode != int(code[1] if code else 0):
        wrong.append(f"{command}: ended with {ended.returncode}: {ended.stderr}")
    return wrong
