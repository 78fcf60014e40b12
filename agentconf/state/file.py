"""The state in a file: the default, for one machine.

Beside `ENV.json` lie `ENV.journal.ndjson`, `ENV.lock` (the operating system's lock, which a dead process
cannot hold) and `ENV.holder.json`, which says who has it. A write puts the journal's lines first and the
state last, so a write that is killed in between leaves lines that are true all the same: they stay, and a
write that is tried again does not add them twice. The journal does not depend on the state: it is whole also
when the state is gone, or an older copy of it was put back.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
from pathlib import PurePath
from typing import TYPE_CHECKING

from agentconf.errors import ConfigurationError, StaleError, StoreError
from agentconf.files import put
from agentconf.state import document, holder
from agentconf.state.store import Holder, Snapshot

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from agentconf.model.memory import State

_POLL = 0.05
_PRIVATE = 0o600
_JOURNAL = ".journal.ndjson"
_LINE = re.compile(r'\{"serial":[0-9]+,(.*)')
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
        self._journal = path.with_suffix(_JOURNAL)
        self._lock = path.with_suffix(".lock")
        self._holder = path.with_suffix(".holder.json")

    @property
    def address(self) -> str:
        """The file, as messages name it."""
        return self._shown

    def read(self) -> Snapshot | None:
        """Return the state; see `Store.read`."""
        text = self._content()
        if text is None:
            return None
        state = document.load(text, address=self._shown, environment=self._environment)
        return Snapshot(state, _digest(text))

    def version(self) -> str | None:
        """Tell which version stands there; see `Store.version`."""
        text = self._content()
        return None if text is None else _digest(text)

    def _content(self) -> bytes | None:
        try:
            return self._path.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise StoreError(f"cannot read {self._shown}: {error.strerror}") from error

    def write(self, state: State, *, expected: str | None, entries: Sequence[str] = ()) -> Snapshot:
        """Replace the state; see `Store.write`."""
        text = document.dump(state).encode()
        with self._exclusively():
            if self.version() != expected:
                raise StaleError(f"the state in {self._shown} was written by somebody else")
            try:
                self._prepare()
                self._append(entries, state.serial)
                put(self._path, text, mode=_PRIVATE)
            except OSError as error:
                raise StoreError(
                    f"cannot write {self._shown}: {error.strerror}",
                    help="free some space or mend the permissions",
                ) from error
        return Snapshot(state, _digest(text))

    def journal(self) -> Iterator[str]:
        """Yield the journal's lines; see `Store.journal`."""
        data = self._journal_bytes()
        for number, raw in enumerate(data[: _whole(data)].splitlines(), 1):
            yield self._entry(raw, number)

    @contextlib.contextmanager
    def lock(self, operation: str, *, patience: float = 0.0) -> Iterator[Holder]:
        """Hold the state; see `Store.lock`."""
        from filelock import FileLock, Timeout  # noqa: PLC0415 - only for what writes

        try:
            self._prepare()
        except OSError as error:
            raise StoreError(f"cannot write {self._shown}: {error.strerror}") from error
        guard = FileLock(self._lock, thread_local=False, mode=_PRIVATE)
        try:
            guard.acquire(timeout=patience, poll_interval=_POLL)
        except Timeout:
            raise holder.refusal(self.holder(), self._shown, self._environment) from None
        mine = holder.holder_of(operation, self._environ)
        try:
            self._tell(mine)
            yield mine
        finally:
            left = self._told()
            if left is not None and left.id == mine.id:  # not so after `state unlock`: another one holds it
                self._holder.unlink(missing_ok=True)
            guard.release()

    def holder(self) -> Holder | None:
        """Tell who holds the state; see `Store.holder`."""
        from filelock import FileLock, Timeout  # noqa: PLC0415

        told = self._told()
        if told is None:
            return None
        with contextlib.suppress(Timeout), FileLock(self._lock, timeout=0, thread_local=False):
            return None
        return told

    def _tell(self, mine: Holder) -> None:
        """Write down who has it."""
        try:
            put(self._holder, holder.dump(mine).encode(), mode=_PRIVATE)
        except OSError as error:
            raise StoreError(
                f"cannot write {self._holder.name}: {error.strerror}",
                help="free some space or mend the permissions",
            ) from error

    def _told(self) -> Holder | None:
        """Return who wrote down to have it; also after a crash."""
        try:
            return holder.load(self._holder.read_bytes())
        except OSError:
            return None

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
        with FileLock(self._path.with_suffix(".write"), thread_local=False, mode=_PRIVATE):
            yield

    def _prepare(self) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)

    def _append(self, entries: Sequence[str], serial: int) -> None:
        """Add lines to the journal, in the place of one that a crash tore.

        A write that is tried again has its lines there already, under the same serial.
        """
        if not entries:
            return
        data = self._journal_bytes()
        end = _whole(data)
        have = set(data[:end].splitlines())
        lines = [f'{{"serial":{serial},{line[1:]}'.encode() for line in entries]
        with os.fdopen(os.open(self._journal, os.O_RDWR | os.O_CREAT, _PRIVATE), "r+b") as file:
            file.truncate(end)
            file.seek(end)
            file.writelines(line + b"\n" for line in lines if line not in have)
            file.flush()
            os.fsync(file.fileno())

    def _journal_bytes(self) -> bytes:
        try:
            return self._journal.read_bytes()
        except FileNotFoundError:
            return b""
        except OSError as error:
            raise StoreError(f"cannot read {self._journal.name}: {error.strerror}") from error

    def _entry(self, raw: bytes, number: int) -> str:
        """Return the entry that stands in a line.

        Raises:
            ConfigurationError: it is none of the journal's lines.

        """
        found = _LINE.fullmatch(raw.decode("utf-8", "replace"))
        if found is None:
            raise ConfigurationError(
                "this is no line of the journal",
                help="put the file back as it was, or take that line out: the others are whole",
                where=f"{PurePath(self._shown).with_suffix(_JOURNAL)}:{number}",
            )
        return f"{{{found[1]}"


def _whole(data: bytes) -> int:
    """Return the offset behind the last whole line: a crash may have torn the one after it."""
    return data.rfind(b"\n") + 1


def _digest(text: bytes) -> str:
    return hashlib.sha256(text).hexdigest()
