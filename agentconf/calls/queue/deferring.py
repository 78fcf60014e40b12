"""Putting lanes into the queue."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconf.calls.queue.address import check_url
from agentconf.calls.queue.lane import Lane, lanes, queue_name

if TYPE_CHECKING:
    from datetime import datetime

    from procrastinate import App

    from agentconf.calls.campaign import Campaign


async def enqueue(url: str, campaign: Campaign) -> int:
    """Put a campaign's lanes into the queue, so that workers take them up at once.

    Lanes that are there already are not doubled, and those that wait for later need not wait any longer. One
    that is being worked on gets a successor, since it may just be ending for a reason that no longer holds;
    so whatever is in the ledger before this call is seen by every lane after it.

    Args:
        url: of the database.
        campaign: as it is in the ledger.

    Returns:
        How many lanes were put into the queue; 0 when all were there.

    Raises:
        ConfigurationError: the URL is not one of PostgreSQL, the server cannot be reached, or its queue is of
            another version.

    """
    check_url(url)
    from agentconf.calls.queue.app import open_app  # noqa: PLC0415 - an extra

    async with open_app(url) as app:
        added = 0
        for lane in lanes(campaign):
            await _bring_forward(app, lane)
            added += await defer(app, lane, queue_name(campaign.environment))
        return added


async def defer(app: App, lane: Lane, queue: str, *, at: datetime | None = None) -> bool:
    """Put a lane into a queue, unless it waits there already.

    Args:
        app: open.
        lane: what to put there.
        queue: where.
        at: not before; None: at once.

    Returns:
        Whether it was put there.

    """
    from procrastinate.exceptions import AlreadyEnqueued  # noqa: PLC0415 - an extra

    deferrer = app.configure_task(
        lane.task,
        queue=queue,
        lock=lane.name,
        queueing_lock=lane.name,
        schedule_at=at,
        priority=lane.priority,
    )
    try:
        await deferrer.defer_async(**lane.arguments)
    except AlreadyEnqueued:
        return False
    return True


async def fill_gaps(app: App, campaign: Campaign) -> int:
    """Put those lanes into the queue that are neither waiting nor being worked on.

    Returns:
        How many there were.

    """
    queue = queue_name(campaign.environment)
    known = {job.lock for job in await app.job_manager.list_jobs_async(queue=queue)}
    missing = [lane for lane in lanes(campaign) if lane.name not in known]
    return sum([await defer(app, lane, queue) for lane in missing])


async def _bring_forward(app: App, lane: Lane) -> None:
    """Take a lane out of the queue that waits for later; it is put back at once."""
    for job in await app.job_manager.list_jobs_async(queueing_lock=lane.name, status="todo"):
        if job.id is not None and job.scheduled_at is not None:
            await app.job_manager.cancel_job_by_id_async(job.id, delete_job=True)
