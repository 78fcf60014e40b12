"""Procrastinate as it is used here: its connections, and jobs that end quietly when others have them."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from procrastinate import App, PsycopgConnector
from procrastinate.exceptions import ConnectorException, UniqueViolation
from procrastinate.jobs import Status
from procrastinate.manager import JobManager
from psycopg import Error as PsycopgError
from psycopg import OperationalError
from psycopg.errors import ForeignKeyViolation
from psycopg.sql import SQL, Identifier

from agentconf.calls.ledger.server import connection_settings
from agentconf.calls.queue.address import UnreachableError, brief, silence
from agentconf.calls.queue.tables import SCHEMA, ensure_tables

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from datetime import datetime

    from procrastinate.jobs import Job
    from psycopg import AsyncConnection

LOST = (UnreachableError, ConnectorException, OperationalError)
"""What is raised when the database is out of reach, or has forgotten this worker."""

_CONNECTIONS = 4
"""Of a worker, for its jobs' bookkeeping, beside the one that listens; each is held for one statement."""

_PATIENCE = 5.0
"""Seconds to wait for one of them."""


class LaneJobs(JobManager):
    """Ends jobs without complaint.

    A worker that was taken for dead finds its job deleted, or its lane queued by somebody else; one that has
    lost the database cannot end it. In all these cases the lane is in another's hand or will be revived, so
    there is nothing left to do.
    """

    async def finish_job(self, job: Job, status: Status, delete_job: bool) -> None:  # noqa: FBT001 - Procrastinate's
        """End a job."""
        try:
            await super().finish_job(job, status, delete_job)
        except ConnectorException:
            return

    async def retry_job(
        self,
        job: Job,
        retry_at: datetime | None = None,
        priority: int | None = None,
        queue: str | None = None,
        lock: str | None = None,
    ) -> None:
        """Put a job back into the queue; where the lane is in it already, end the job."""
        try:
            await super().retry_job(job, retry_at, priority, queue, lock)
        except UniqueViolation:
            await self.finish_job(job, Status.FAILED, delete_job=True)
        except ConnectorException:
            return


def why_lost(error: Exception) -> str:
    """Tell in a line why the database was lost."""
    match error.__cause__ if isinstance(error, ConnectorException) else error:
        case ForeignKeyViolation():
            return "this worker was taken for dead, having been cut off or asleep for too long"
        case PsycopgError() as cause:
            return brief(cause)
        case _:
            return str(error)


@asynccontextmanager
async def open_app(url: str) -> AsyncIterator[App]:
    """Open Procrastinate over a database, with its tables made if they are not there.

    Raises:
        ConfigurationError: as for `ensure_tables`.

    """
    silence()
    await ensure_tables(url)
    connector = PsycopgConnector(
        kwargs=connection_settings(url),
        min_size=1,
        max_size=_CONNECTIONS,
        timeout=_PATIENCE,
        configure=_use_schema,
    )
    app = App(connector=connector)
    app.job_manager = LaneJobs(connector)
    try:
        await app.open_async()
    except OperationalError as error:
        raise UnreachableError(f"the database cannot be reached: {brief(error)}") from None
    try:
        yield app
    finally:
        await app.close_async()


async def _use_schema(connection: AsyncConnection) -> None:
    await connection.execute(SQL("SET search_path TO {}").format(Identifier(SCHEMA)))
    await connection.commit()
