"""What the ledger needs of a database, and the little that differs between two of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable
    from contextlib import AbstractContextManager

Value = str | int | float | None
Parameters = Mapping[str, Value | Sequence[str] | Sequence[int]]
Row = tuple[Any, ...]

Query = tuple[str, Parameters]


class Database(Protocol):
    """A connection that carries out the ledger's statements.

    Statements are written for PostgreSQL with parameters as `:name` (lists: `= ANY (:names)`), tables as
    `agentconf.contact`, and the one temporary table as `pg_temp.incoming`. Outside of `transaction` each
    statement stands for itself.

    Every method raises `AgentconfError` when the database cannot be reached, is full, or is held too long by
    somebody else; what was committed by then stays, and the next call finds the connection open again.
    """

    locking: ClassVar[str]
    """A query that locks those of `:names` that nobody else holds, until the transaction ends, and returns
    them; it waits for nobody."""

    def transaction(self) -> AbstractContextManager[None]:
        """Do everything in the block or nothing; it is durable once the block is left without an error.

        An error when it is left may mean either: whether the transaction was carried out is unknown then.
        """
        ...

    def select(self, statement: str, parameters: Parameters) -> list[Row]:
        """Return all rows of a query."""
        ...

    def select_all(self, queries: Sequence[Query]) -> list[list[Row]]:
        """Return all rows of each of several queries, in their order, in one trip."""
        ...

    def change(self, statement: str, parameters: Parameters) -> None:
        """Carry out a statement."""
        ...

    def count_changes(self, statement: str, parameters: Parameters) -> int:
        """Carry out a statement; return how many rows it touched."""
        ...

    def change_each(self, statement: str, each: Sequence[Parameters]) -> None:
        """Carry out a statement for each of several parameters."""
        ...

    def stage(self, rows: Iterable[Sequence[Value]]) -> AbstractContextManager[None]:
        """Keep rows in the temporary table `incoming` while the block runs; before any transaction.

        Args:
            rows: one value a column, in the order of `tables.INCOMING`; read once, never held in memory. When
                they raise, nothing stays.

        """
        ...

    def now(self) -> float | None:
        """Return the database server's time in seconds since the epoch; None when it has none of its own."""
        ...

    def close(self) -> None:
        """End the connection; what is not committed is gone."""
        ...


T = TypeVar("T")


def clean(value: T) -> T | str | list[Any]:
    """Replace what no database stores as text, in a value or a list: NUL, and halves of surrogate pairs."""
    if isinstance(value, str):
        text = value.replace("\0", "\ufffd")
        return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")
    return [clean(one) for one in value] if isinstance(value, list | tuple) else value
