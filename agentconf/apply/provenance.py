"""Where an apply comes from: commit, branch, what was not committed, the run of CI, and who."""

from __future__ import annotations

import getpass
import hashlib
import os
import socket
import subprocess
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from agentconf.state.git import without_credentials
from agentconf.state.holder import CI_ACTORS

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

SECONDS = 5.0
"""Seconds that one git command may take; ours: an apply does not wait for a slow disk."""

ACTORS = (*CI_ACTORS, "BUILD_USER_ID")
"""Variables in which CI systems name who started a run (their documentation of predefined variables)."""

BRANCHES = (
    "GITHUB_HEAD_REF",
    "GITHUB_REF_NAME",
    "CI_COMMIT_REF_NAME",
    "BUILDKITE_BRANCH",
    "CIRCLE_BRANCH",
    "BRANCH_NAME",
)
"""Variables in which CI systems name the branch, which a detached checkout does not tell."""

RUNS = ("CI_JOB_URL", "CI_PIPELINE_URL", "BUILDKITE_BUILD_URL", "CIRCLE_BUILD_URL", "BUILD_URL")
"""Variables with the address of a run."""


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where an apply comes from; None stands for what is not known.

    Args:
        actor: who: what CI says, else git's user, else the system's.
        host: name of the machine.
        commit: full hash of the commit that is checked out.
        branch: its branch.
        dirty: SHA-256, as hex, of what differs from the commit; None: nothing does, or it is not known.
        remote: address of the repository, without credentials.
        ci: address of CI's run.

    """

    actor: str | None
    host: str
    commit: str | None = None
    branch: str | None = None
    dirty: str | None = None
    remote: str | None = None
    ci: str | None = None

    def to_data(self) -> dict[str, Any]:
        """Return it as JSON data."""
        return asdict(self)


def provenance_of(root: Path, environ: Mapping[str, str]) -> Provenance:
    """Look where an apply comes from. What cannot be told is left out: no apply waits for it.

    Args:
        root: the project's folder.
        environ: the environment variables.

    """
    git = _Git(root, environ)
    commit = git.line("rev-parse", "--verify", "--quiet", "HEAD")
    branch = next((environ[name] for name in BRANCHES if environ.get(name)), None)
    remote = git.line("remote", "get-url", "origin") if commit else None
    return Provenance(
        actor=_actor(environ, git),
        host=socket.gethostname(),
        commit=commit,
        branch=branch or (git.line("symbolic-ref", "--quiet", "--short", "HEAD") if commit else None),
        dirty=git.dirty() if commit else None,
        remote=without_credentials(remote) if remote else None,
        ci=_run(environ),
    )


def _actor(environ: Mapping[str, str], git: _Git) -> str | None:
    named = next((environ[name] for name in ACTORS if environ.get(name)), None)
    if named:
        return named
    try:
        return git.line("config", "user.email") or getpass.getuser()
    except (KeyError, OSError):
        return None


def _run(environ: Mapping[str, str]) -> str | None:
    server, repository, run = (
        environ.get(name) for name in ("GITHUB_SERVER_URL", "GITHUB_REPOSITORY", "GITHUB_RUN_ID")
    )
    if server and repository and run:
        return f"{server}/{repository}/actions/runs/{run}"
    return next((without_credentials(environ[name]) for name in RUNS if environ.get(name)), None)


class _Git:
    """git's answers, or None."""

    def __init__(self, root: Path, environ: Mapping[str, str]) -> None:
        self._root = root
        self._environ = {**environ, "GIT_TERMINAL_PROMPT": "0", "GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C"}

    def output(self, *arguments: str) -> bytes | None:
        try:
            ended = subprocess.run(  # noqa: S603 - git, with arguments of our own
                ["git", *arguments],  # noqa: S607 - the user's git
                cwd=self._root,
                env=self._environ,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=SECONDS,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired):
            return None
        return ended.stdout if ended.returncode == 0 else None

    def line(self, *arguments: str) -> str | None:
        found = self.output(*arguments)
        text = found.decode(errors="replace").strip() if found is not None else ""
        return text or None

    def dirty(self) -> str | None:
        """Digest what differs from the commit: changes as a patch, and new files with their content."""
        changed = self.output("diff", "--binary", "--no-ext-diff", "HEAD", "--", ".")
        added = self.output("ls-files", "-z", "--others", "--exclude-standard", "--", ".")
        if changed is None or added is None or not (changed or added):
            return None
        digest = hashlib.sha256(changed)
        for name in sorted(one for one in added.split(b"\0") if one):
            digest.update(b"\0" + name + b"\0" + _content(self._root / os.fsdecode(name)))
        return digest.hexdigest()


def _content(path: Path) -> bytes:
    try:
        return hashlib.sha256(path.read_bytes()).digest()
    except OSError:
        return b""
