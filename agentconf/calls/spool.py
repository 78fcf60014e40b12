"""Checked contacts on their way from the check to the ledger, kept off the memory."""

from __future__ import annotations

import json
import tempfile
from typing import TYPE_CHECKING, Self

from agentconf.calls.contact import NewContact

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from types import TracebackType

_IN_MEMORY = 4 * 2**20
"""Bytes that stay in memory before a file is used: some ten thousand contacts."""


class Spool:
    """Contacts, written once and read in the same order as often as needed.

    Every row is checked before the first call, and a person is asked in between; the source may be a pipe,
    which can be read only once. What does not fit into memory lies in a file without a name, which is gone
    when the process is.
    """

    def __init__(self) -> None:
        self._file = tempfile.SpooledTemporaryFile(_IN_MEMORY, mode="w+", encoding="utf-8", newline="\n")  # noqa: SIM115 - closed by the context

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def fill(self, contacts: Iterable[NewContact]) -> None:
        """Write contacts behind those that are there."""
        for contact in contacts:
            self._file.write(json.dumps(_data(contact), separators=(",", ":")) + "\n")

    def __iter__(self) -> Iterator[NewContact]:
        self._file.seek(0)
        for line in self._file:
            yield _contact(json.loads(line))


def _data(contact: NewContact) -> list[object]:
    return [
        contact.key,
        contact.line,
        contact.to,
        dict(contact.arguments),
        contact.priority,
        contact.zones,
        contact.due_at,
        contact.deadline,
        contact.timezone,
        contact.identity,
        contact.skipped,
    ]


def _contact(data: list[object]) -> NewContact:
    key, line, to, arguments, priority, zones, *rest = data
    return NewContact(key, line, to, arguments, priority, tuple(zones), *rest)  # type: ignore[arg-type]  # as written above
