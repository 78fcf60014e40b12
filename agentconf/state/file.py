"""The state in a file: the default, for one machine.

Beside `ENV.json` lie `ENV.journal.ndjson`, `ENV.lock` (the operating system's lock, which a dead process
cannot hold) and `ENV.holder.json`, which says who has it. A write puts the journal's lines first and the
state last: lines of a write that was killed in between carry a serial that the state never got, and are cut
off by the next write.
"""

from __future__ import annotations

import contextlib
import os
import re
import time
from typing import TYPE_CHECKING

from agentconf.errors import ConfigurationError, StaleError, StoreError
from agentconf.state import document, holder
from agentconf.state.store import Holder, Snapshot

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from agentconf.model.memory import State

_POLL = 0.05
_LINE = re.compile(r'\{"serial":([0-9]+),(.*)\n')
"""A journal's line: the entry, with the serial of the write that it came with put before its other keys."""


class FileStore:
    """A state in a folder.

    Args:
        path: of the state's file.
        environment: whose state it is.
        environ: the environment variables, for the holder's name.
        shown: how messages name the file.

    """

    def __init__(self, path: Path, *, environment: str, environ: Mapping[str, str], shown: str) -> None:
        self._path = path
        self._environment = environment
        self._environ = environ
        self._shown = shown
        self._journal = path.with_suffix(".journal.ndjson")
        self._lock = path.with_suffix(".lock")
        self._holder = path.with_suffix(".holder.json")

    @property
    def address(self) -> str:
        """The file, as messages name it."""
        return self._shown

    def read(self) -> Snapshot | None:
        """Return the state; see `Store.read`."""
        try:
            text = self._path.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise StoreError(f"cannot read {self._shown}: {error.strerror}") from error
        state = document.load(text, address=self._shown, environment=self._environment)
        return Snapshot(state, f"{state.lineage}:{state.serial}")

    def write(self, state: State, *, expected: str | None, entries: Sequence[str] = ()) -> Snapshot:
        """Replace the state; see `Store.write`."""
        with self._exclusively():
            found = self.read()
            if (found.version if found else None) != expected:
                raise StaleError(f"the state in {self._shown} was written by somebody else")
            try:
                self._prepare()
                self._append(entries, state.serial, found.state.serial if found else 0)
                _replace(self._path, document.dump(state))
            except OSError as error:
                raise StoreError(
                    f"cannot write {self._shown}: {error.strerror}",
                    help="free some space or mend the permissions",
                ) from error
        return Snapshot(state, f"{state.lineage}:{state.serial}")

    def journal(self) -> Iterator[str]:
        """Yield the journal's lines; see `Store.journal`."""
        found = self.read()
        last = found.state.serial if found else 0
        for serial, line, _ in self._lines():
            if serial <= last:
                yield line

    @contextlib.contextmanager
    def lock(self, operation: str, *, patience: float = 0.0) -> Iterator[Holder]:
        """Hold the state; see `Store.lock`."""
        from filelock import FileLock, Timeout  # noqa: PLC0415 - only for what writes

        try:
            self._prepare()
        except OSError as error:
            raise StoreError(f"cannot write {self._shown}: {error.strerror}") from error
        guard = FileLock(self._lock, thread_local=False, mode=0o600)
        try:
            guard.acquire(timeout=patience, poll_interval=_POLL)
        except Timeout:
            raise holder.refusal(self.holder(), self._shown, self._environment) from None
        try:
            mine = holder.holder_of(operation, self._environ)
            _replace(self._holder, holder.dump(mine))
            yield mine
        finally:
            self._holder.unlink(missing_ok=True)
            guard.release()

    def holder(self) -> Holder | None:
        """Tell who holds the state; see `Store.holder`."""
        from filelock import FileLock, Timeout  # noqa: PLC0415

        try:
            text = self._holder.read_bytes()
        except OSError:
            return None
        with contextlib.suppress(Timeout), FileLock(self._lock, timeout=0, thread_local=False):
            return None
        return holder.load(text)

    def unlock(self, lock_id: str) -> Holder:
        """Free a lock by force; see `Store.unlock`.

        The operating system frees the lock of a dead process by itself, so only a living one can hold it: its
        lock file is put aside, and what it still writes is refused, since the serial has moved on by then.
        """
        found = self.holder()
        if found is None or found.id != lock_id:
            raise ConfigurationError(
                f"nobody holds the state in {self._shown} with the lock {lock_id}",
                help="`agentconf state unlock` shows who holds it",
            )
        self._holder.unlink(missing_ok=True)
        self._lock.unlink(missing_ok=True)
        return found

    @contextlib.contextmanager
    def _exclusively(self) -> Iterator[None]:
        """Let no other process compare and write at the same time, whoever holds the state."""
        from filelock import FileLock  # noqa: PLC0415

        try:
            self._prepare()
        except OSError as error:
            raise StoreError(f"cannot write {self._shown}: {error.strerror}") from error
        with FileLock(self._path.with_suffix(".write"), thread_local=False, mode=0o600):
            yield

    def _prepare(self) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)

    def _append(self, entries: Sequence[str], serial: int, last: int) -> None:
        """Add lines to the journal, behind the last one whose write was completed."""
        if not entries:
            return
        end = max((end for found, _, end in self._lines() if found <= last), default=0)
        with os.fdopen(os.open(self._journal, os.O_RDWR | os.O_CREAT, 0o600), "r+b") as file:
            file.truncate(end)
            file.seek(end)
            file.writelines(f'{{"serial":{serial},{line[1:]}\n'.encode() for line in entries)
            file.flush()
            os.fsync(file.fileno())

    def _lines(self) -> Iterator[tuple[int, str, int]]:
        """Yield serial, line and the offset behind it; a line that was torn by a crash ends the journal."""
        try:
            data = self._journal.read_bytes()
        except FileNotFoundError:
            return
        except OSError as error:
            raise StoreError(f"cannot read {self._journal.name}: {error.strerror}") from error
        end = 0
        for raw in data.splitlines(keepends=True):
            found = _LINE.fullmatch(raw.decode("utf-8", "replace"))
            if found is None:
                return
            end += len(raw)
            yield int(found[1]), f"{{{found[2]}", end


def _replace(path: Path, text: str) -> None:
    """Put a file in place so that a killed process leaves the old one or the new one."""
    scratch = path.with_name(f".{path.name}.{os.getpid()}.{time.monotonic_ns()}")
    try:
        with os.fdopen(
            os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8"
        ) as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        scratch.replace(path)
    finally:
        scratch.unlink(missing_ok=True)
    with contextlib.suppress(OSError):  # some file systems sync no folders
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
