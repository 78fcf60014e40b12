"""Bringing back the lanes of workers that died."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from procrastinate.exceptions import AlreadyEnqueued, ConnectorException
from procrastinate.jobs import Status

if TYPE_CHECKING:
    from procrastinate import App
    from procrastinate.jobs import Job


async def revive(app: App, queue: str, stalled: float) -> tuple[str, ...]:
    """Put lanes back into the queue whose worker has not been heard of.

    A new job takes the place of the old one: the same row would be ended under its new owner's feet by a
    worker that was only asleep.

    Args:
        app: open.
        queue: where to look.
        stalled: seconds without a heartbeat after which a worker counts as dead.

    Returns:
        The names of the lanes.

    """
    jobs = await app.job_manager.get_stalled_jobs(queue=queue, seconds_since_heartbeat=stalled)
    return tuple([job.lock or job.task_name for job in jobs if await _replace(app, job)])


async def _replace(app: App, job: Job) -> bool:
    """Queue a job anew and delete it; in this order, so that its lane is never lost.

    Returns:
        Whether it was this worker that did it; others try the same.

    """
    assert job.id is not None, "it was read from the table"
    with suppress(AlreadyEnqueued):
        await app.job_manager.defer_job_async(job.evolve(id=None, scheduled_at=None, attempts=0))
    try:
        await app.job_manager.finish_job_by_id_async(job.id, Status.FAILED, delete_job=True)
    except ConnectorException:
        return False
    return True
