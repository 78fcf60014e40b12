"""The state in a ref of the project's own git repository: no infrastructure beyond it.

`refs/agentconf/state/ENV` points to commits that hold `state.json` and `journal.ndjson`; each write is a
commit on top of the last one, pushed with a lease, so that of two writers one is refused. Neither index, work
tree nor any branch is touched. Without a remote the ref is written in this repository only.
"""

from __future__ import annotations

import os
import re
import subprocess
from typing import TYPE_CHECKING

from agentconf.errors import ConfigurationError, StaleError, StoreError
from agentconf.state import document
from agentconf.state.lease import Leased, Leases
from agentconf.state.store import Snapshot

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from agentconf.model.memory import State

TIMEOUT = 60.0
"""Seconds that one git command may take; ours."""

_STATE, _JOURNAL, _HOLDER = "state.json", "journal.ndjson", "holder.json"
_CREDENTIAL = re.compile(r"(?<=://)[^/@\s]+@")
_BUSY = ("cannot lock ref", "failed to update ref", "unable to create")
"""What git says when another push is under way to the same ref."""


class GitStore(Leased):
    """A state in a ref.

    Args:
        root: the project's folder, in a git repository.
        remote: name of the remote; None: this repository only.
        environment: whose state it is.
        name: the environment's name as a ref takes it.
        environ: the environment variables.

    """

    def __init__(
        self,
        root: Path,
        *,
        remote: str | None,
        environment: str,
        name: str,
        environ: Mapping[str, str],
    ) -> None:
        self._environment = environment
        self._git = _Git(root, environ, remote)
        self._ref = f"refs/agentconf/state/{name}"
        place = f"the ref {self._ref}"
        self._address = f"{place} of {without_credentials(remote)}" if remote else place
        self._leases = Leases(
            _Ref(self._git, f"refs/agentconf/locks/{name}", _HOLDER),
            address=self._address,
            environment=environment,
            environ=environ,
        )

    @property
    def address(self) -> str:
        """The ref and the remote."""
        return self._address

    def read(self) -> Snapshot | None:
        """Return the state; see `Store.read`."""
        commit = self._git.tip(self._ref)
        if commit is None:
            return None
        text = self._git.file(commit, _STATE)
        if text is None:
            raise ConfigurationError(
                f"{self._address} holds no {_STATE}",
                help="another tool may use that ref; it is left as it is",
            )
        return Snapshot(document.load(text, address=self._address, environment=self._environment), commit)

    def version(self) -> str | None:
        """Tell which version stands there; see `Store.version`."""
        return self._git.tip(self._ref)

    def write(self, state: State, *, expected: str | None, entries: Sequence[str] = ()) -> Snapshot:
        """Replace the state; see `Store.write`."""
        if self._git.tip(self._ref) != expected:
            raise StaleError(f"the state in {self._address} was written by somebody else")
        former = self._git.file(expected, _JOURNAL) if expected else None
        journal = (former or b"") + "".join(f"{line}\n" for line in entries).encode()
        files = {_STATE: document.dump(state).encode(), _JOURNAL: journal}
        message = f"agentconf: state of {self._environment}, serial {state.serial}"
        commit = self._git.commit(files, message, expected)
        self._git.move(self._ref, commit, expected)
        return Snapshot(state, commit)

    def journal(self) -> Iterator[str]:
        """Yield the journal's lines; see `Store.journal`."""
        commit = self._git.tip(self._ref)
        text = self._git.file(commit, _JOURNAL) if commit else None
        yield from (text or b"").decode().split("\n")[:-1]


def without_credentials(text: str) -> str:
    """Return a text with user and password taken out of the URLs in it."""
    return _CREDENTIAL.sub("", text)


def default_remote(root: Path, environ: Mapping[str, str]) -> str | None:
    """Return `origin` where the repository has it; None where it has no remote.

    Raises:
        ConfigurationError: it has remotes, and none of them is `origin`.
        StoreError: it is no repository, or there is no git.

    """
    names = _Git(root, environ, None).run("remote").decode().split()
    if not names or "origin" in names:
        return "origin" if names else None
    raise ConfigurationError(
        f"`state: git` pushes to origin, and the remotes are {', '.join(names)}",
        help=f"name one: state: git:{names[0]}",
    )


class _Git:
    """git's plumbing, without any question, hook or editor."""

    def __init__(self, root: Path, environ: Mapping[str, str], remote: str | None) -> None:
        self._root = root
        self._remote = remote
        identity = {
            f"GIT_{role}_{part}": value
            for role in ("AUTHOR", "COMMITTER")
            for part, value in (("NAME", "agentconf"), ("EMAIL", "agentconf@localhost"))
        }
        kept = {name: value for name, value in environ.items() if name not in _WHERE}
        self._environ = (
            identity | kept | {"GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C", "GIT_OPTIONAL_LOCKS": "0"}
        )

    def run(self, *arguments: str, given: bytes | None = None) -> bytes:
        """Run a command and return what it prints.

        Raises:
            StoreError: it failed.

        """
        ended = self._ended(*arguments, given=given)
        if ended.returncode == 0:
            return ended.stdout
        said = without_credentials((ended.stderr + ended.stdout).decode(errors="replace")).strip()
        raise StoreError(f"git {arguments[0]} failed: {_last(said)}", help=_advice(said))

    def _ended(self, *arguments: str, given: bytes | None) -> subprocess.CompletedProcess[bytes]:
        try:
            return subprocess.run(  # noqa: S603 - git, with arguments of our own
                ["git", *arguments],  # noqa: S607 - the user's git
                cwd=self._root,
                env=self._environ,
                input=given if given is not None else b"",
                capture_output=True,
                timeout=TIMEOUT,
                check=False,
            )
        except FileNotFoundError as error:
            raise StoreError("`state: git` needs git, which is not there", help="install git") from error
        except subprocess.TimeoutExpired as error:
            raise StoreError(
                f"git {arguments[0]} gave no answer within {TIMEOUT:.0f} s", help="check the remote"
            ) from error

    def tip(self, ref: str) -> str | None:
        """Return the commit that a ref points to, with its objects here; None when there is no such ref."""
        if self._remote is None:
            ended = self._ended("rev-parse", "--verify", "--quiet", f"{ref}^{{commit}}", given=None)
            found = ended.stdout.decode().strip()
            if not found:
                self.run("rev-parse", "--git-dir")  # says so when this is no repository
            return found or None
        listed = self.run("ls-remote", self._remote, ref).decode().split()
        if not listed:
            return None
        if self._ended("cat-file", "-e", f"{listed[0]}^{{commit}}", given=None).returncode:
            self.run("fetch", "--quiet", "--no-tags", "--no-write-fetch-head", self._remote, ref)
        return listed[0]

    def file(self, commit: str, name: str) -> bytes | None:
        """Return a file of a commit; None when it has none such."""
        ended = self._ended("cat-file", "blob", f"{commit}:{name}", given=None)
        return ended.stdout if ended.returncode == 0 else None

    def commit(self, files: Mapping[str, bytes], message: str, parent: str | None) -> str:
        """Make a commit of some files."""
        rows = [f"100644 blob {self._blob(content)}\t{name}\n" for name, content in sorted(files.items())]
        tree = self.run("mktree", given="".join(rows).encode()).decode().strip()
        above = ("-p", parent) if parent else ()
        return self.run("commit-tree", tree, *above, given=message.encode()).decode().strip()

    def _blob(self, content: bytes) -> str:
        return self.run("hash-object", "-w", "--stdin", given=content).decode().strip()

    def move(self, ref: str, commit: str | None, expected: str | None) -> None:
        """Point a ref to a commit, or remove it (None), if it points to the expected one.

        Raises:
            StaleError: it does not.

        """
        try:
            if self._remote is not None:
                lease = f"--force-with-lease={ref}:{expected or ''}"
                self.run("push", "--quiet", "--no-verify", lease, self._remote, f"{commit or ''}:{ref}")
            elif commit is None:
                self.run("update-ref", "-d", ref, expected or "")
            else:
                self.run("update-ref", ref, commit, expected or "")
        except StoreError as error:
            # Servers word a refusal differently, and an answer may be lost: where the ref is now tells.
            now = self.tip(ref)
            if now == commit:
                return
            if now != expected or any(words in error.message for words in _BUSY):
                raise StaleError("the state's ref was written by somebody else") from error
            raise


_WHERE = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX")
"""Variables that a hook sets and that would lead git elsewhere."""


class _Ref:
    """A slot for the lock: a ref with one file."""

    def __init__(self, git: _Git, ref: str, name: str) -> None:
        self._git = git
        self._ref = ref
        self._name = name

    def get(self) -> tuple[bytes, str] | None:
        commit = self._git.tip(self._ref)
        return None if commit is None else (self._git.file(commit, self._name) or b"", commit)

    def put(self, content: bytes, expected: str | None) -> str:
        commit = self._git.commit({self._name: content}, f"agentconf: lock by process {os.getpid()}", None)
        self._git.move(self._ref, commit, expected)
        return commit

    def clear(self, expected: str) -> None:
        self._git.move(self._ref, None, expected)


def _last(said: str) -> str:
    """Return the line in which git says what is wrong."""
    lines = [line for line in said.splitlines() if line.strip()]
    telling = [line for line in lines if line.startswith(("fatal:", "error:", "remote:", " !"))]
    return (telling or lines or ["it said nothing"])[0].strip()


def _advice(said: str) -> str:
    if "not a git repository" in said:
        return "`state: git` keeps the state in the project's own repository: run `git init` there first"
    if "protected" in said or "denied" in said or "declined" in said:
        return "allow pushes to refs/agentconf/*"
    return "check that the remote can be reached and pushed to"
