"""Stores of every kind, opened as a project opens them: real repositories, an S3 server, a PostgreSQL."""

from __future__ import annotations

import itertools
import os
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import obstore
import psycopg
import pytest
from obstore.store import from_url

from agentconf.apply.recorder import new_state
from agentconf.model.memory import Remembered, State
from agentconf.state.address import open_store
from agentconf.state.store import Snapshot, Store

WRITER = Path(__file__).parent / "state" / "state_writer.py"
STORES = ("file", "git", "git-remote", "s3", "postgres")


@dataclass(frozen=True)
class Place:
    """Where a state lives, for any number of clients.

    Args:
        setting: as an environment has it.
        root: the project's folder.
        environ: the environment variables.
        another: gives the folder of another client; None: they share one.

    """

    setting: str | None
    root: Path
    environ: dict[str, str] = field(default_factory=dict)
    another: Callable[[], Path] | None = None

    def open(self, environment: str = "local") -> Store:
        return open_store(self.setting, root=self.root, environment=environment, environ=self.environ)

    def elsewhere(self) -> Place:
        """The same state as somebody else sees it."""
        return self if self.another is None else replace(self, root=self.another())

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Start a process that takes the lock and writes; see `state_writer.py`."""
        return subprocess.Popen(
            [sys.executable, str(WRITER), str(self.root), self.setting or "", *arguments],
            env={**os.environ, **self.environ},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def overwrite(self, document: bytes) -> None:
        """Put something in the place of the state's document, past agentconf."""
        match (self.setting or "file").partition(":")[0]:
            case "git":
                _commit(self.root, document, push=self.another is not None)
            case "s3":
                bucket = from_url(str(self.setting), client_options={"allow_http": True})
                obstore.put(bucket, "local.json", document)
            case "postgresql":
                with psycopg.connect(str(self.setting), autocommit=True) as connection:
                    connection.execute(
                        "UPDATE agentconf.state SET document = %s, version = version + 1",
                        (document.decode(),),
                    )
            case _:
                (self.root / ".agentconf" / "state" / "local.json").write_bytes(document)


def _commit(root: Path, document: bytes, *, push: bool) -> None:
    ref = "refs/agentconf/state/local"
    former = git(root, "ls-remote", "origin", ref).split()[0] if push else git(root, "rev-parse", ref)
    if push:
        git(root, "fetch", "--quiet", "origin", ref)
    blobs = {"journal.ndjson": git(root, "rev-parse", f"{former}:journal.ndjson")}
    blobs["state.json"] = git(root, "hash-object", "-w", "--stdin", given=document)
    rows = "".join(f"100644 blob {blob}\t{name}\n" for name, blob in sorted(blobs.items()))
    tree = git(root, "mktree", given=rows.encode())
    identity = ("-c", "user.name=t", "-c", "user.email=t@example.com")
    commit = git(root, *identity, "commit-tree", tree, "-p", former, "-m", "by hand")
    if push:
        git(root, "push", "--quiet", "origin", f"{commit}:{ref}")
    else:
        git(root, "update-ref", ref, commit)


def git(folder: Path, *arguments: str, given: bytes | None = None) -> str:
    ended = subprocess.run(
        ["git", *arguments],
        cwd=folder,
        input=given,
        env={**os.environ, "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_SYSTEM": "/dev/null"},
        capture_output=True,
        check=True,
    )
    return ended.stdout.decode().strip()


def repository(folder: Path) -> Path:
    """A repository with one commit."""
    folder.mkdir()
    git(folder, "init", "--quiet", "--initial-branch=main")
    (folder / "README.md").write_text("A project\n", encoding="utf-8")
    git(folder, "add", ".")
    git(folder, "-c", "user.name=t", "-c", "user.email=t@example.com", "commit", "--quiet", "-m", "begin")
    return folder


def state(**changes: Any) -> State:
    """A state with one agent, as it would be written first."""
    router = Remembered("an-id", "Router", {"greeting": "Hello\u2028there"}, {"slng_api_key": "scrypt:x"})
    begun = replace(new_state("local", "an-organisation"), serial=1, agents={"router": router})
    return replace(begun, **changes)


def written(store: Store, snapshot: Snapshot | None, *entries: str, **changes: Any) -> Snapshot:
    """Write the next state."""
    if snapshot is None:
        return store.write(state(**changes), expected=None, entries=entries)
    following = replace(snapshot.state, serial=snapshot.state.serial + 1, **changes)
    return store.write(following, expected=snapshot.version, entries=entries)


@pytest.fixture(scope="session")
def s3_server() -> Iterator[str]:
    """An S3 server on loopback."""
    server = pytest.importorskip("moto.server", reason="moto is not installed").ThreadedMotoServer(
        ip_address="127.0.0.1", port=0, verbose=False
    )
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def s3(s3_server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    bucket = f"bucket-{uuid4()}"
    urllib.request.urlopen(urllib.request.Request(f"{s3_server}/{bucket}", method="PUT"), timeout=10).close()
    environ = {
        "AWS_ENDPOINT_URL": s3_server,
        "AWS_ACCESS_KEY_ID": "an-access-key",
        "AWS_SECRET_ACCESS_KEY": "a-secret-access-key",
        "AWS_REGION": "us-east-1",
    }
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    return Place(f"s3://{bucket}/agentconf", tmp_path, environ)


@pytest.fixture
def remote(tmp_path: Path) -> Place:
    """A bare repository and clones of it."""
    origin = repository(tmp_path / "first")
    bare = tmp_path / "origin.git"
    git(tmp_path, "clone", "--quiet", "--bare", str(origin), str(bare))
    numbers = itertools.count()

    def clone() -> Path:
        folder = tmp_path / f"clone-{next(numbers)}"
        git(tmp_path, "clone", "--quiet", "--depth=1", f"file://{bare}", str(folder))
        return folder

    return Place("git", clone(), another=clone)


@pytest.fixture(params=STORES)
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    """One after the other, every kind of store, with nothing in it."""
    match request.param:
        case "file":
            return Place(None, tmp_path)
        case "git":
            return Place("git:.", repository(tmp_path / "project"))
        case "git-remote":
            found: Place = request.getfixturevalue("remote")
            return found
        case "s3":
            bucket: Place = request.getfixturevalue("s3")
            return bucket
        case _:
            return Place(request.getfixturevalue("postgres_url"), tmp_path)
