"""Results are posted: read where the contacts stand, decide, and write both contacts and requests."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING

from agentconf.calls.contact import State
from agentconf.calls.ledger.rows import shorten
from agentconf.calls.ledger.settling import IN_DOUBT, Report, Stand, result_of, settled

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from agentconf.calls.ledger.database import Database, Parameters
    from agentconf.calls.turn import Settlement

    Results = Mapping[tuple[int, int], tuple[str, str | None]]
    """By contact and number of the request: who sent it, and what became of it."""

_STANDS = """
SELECT key, id, attempt, state, reason, tries, calls, call_id, outcome, sent_at, placed_at, ended_at, due_at,
  solo, look_at, settle_at
FROM agentconf.contact WHERE campaign = :campaign AND key = ANY (:keys)
"""

_RESULTS = """
SELECT attempt.contact, attempt.attempt, attempt.worker, attempt.result
FROM agentconf.contact JOIN agentconf.attempt ON attempt.contact = contact.id
WHERE contact.campaign = :campaign AND contact.key = ANY (:keys)
"""

_WRITE = """
UPDATE agentconf.contact SET state = :state, reason = :reason, tries = :tries, calls = :calls,
  call_id = :call_id, outcome = :outcome, placed_at = :placed_at, ended_at = :ended_at, due_at = :due_at,
  solo = :solo, look_at = :look_at, settle_at = :settle_at
WHERE id = :id
"""

_WRITE_REQUEST = """
UPDATE agentconf.attempt SET settled_at = :settled_at, result = :result, message = :message,
  call_id = :call_id
WHERE contact = :contact AND attempt = :attempt
"""

_COLUMNS = tuple(field.name for field in fields(Stand))


def post(
    database: Database,
    campaign: int,
    settlements: Sequence[Settlement],
    *,
    worker: str | None,
    lapsed: float,
    canceled: bool,
    halted: bool = False,
) -> None:
    """Write what became of requests.

    Args:
        database: in a transaction that holds the campaign.
        campaign: its number.
        settlements: what became of the requests.
        worker: who sent them; None: it was found out by asking the platform.
        lapsed: requests begun by then are over, in seconds since the epoch.
        canceled: whether the campaign is.
        halted: whether the platform refused everything.

    """
    if not settlements:
        return
    stands, results = _read(database, campaign, [one.key for one in settlements])
    requests: dict[tuple[int, int], Parameters] = {}
    for one in settlements:
        stand = stands.get(one.key)
        if stand is None:
            continue
        attempt = _attempt(one, stand, results, worker, lapsed)
        _, known = results.get((stand.id, attempt), ("", None))
        report = Report(one, attempt, known, result_of(one, found_out=worker is None, halted=halted))
        stands[one.key] = settled(stand, report, canceled=canceled)
        if report.news:
            requests[stand.id, attempt] = _request(stand.id, report)
            results[stand.id, attempt] = (worker or "", report.result)
    database.change_each(_WRITE, [_columns(stand) for stand in stands.values()])
    database.change_each(_WRITE_REQUEST, list(requests.values()))


def _read(
    database: Database, campaign: int, keys: Sequence[str]
) -> tuple[dict[str, Stand], dict[tuple[int, int], tuple[str, str | None]]]:
    """Read where contacts stand, and their requests; keys that the campaign does not have are left out."""
    asked: Parameters = {"campaign": campaign, "keys": keys}
    stands, requests = database.select_all([(_STANDS, asked), (_RESULTS, asked)])
    return (
        {key: Stand(id_, attempt, State(state), *rest) for key, id_, attempt, state, *rest in stands},
        {(contact, attempt): (worker, result) for contact, attempt, worker, result in requests},
    )


def _attempt(one: Settlement, stand: Stand, results: Results, worker: str | None, lapsed: float) -> int:
    """Say which request a settlement is about; 0: none that the ledger knows.

    The one that it names; else the last one of the worker who settles (a placed call of whom nobody has
    heard is the last request's); else, for who has looked, the contact's last one, or the one before when it
    was claimed anew meanwhile.
    """
    if one.attempt is not None:
        return one.attempt
    if worker is None:
        return stand.attempt - stand.under_way(lapsed)
    own = (attempt for (contact, attempt), (by, _) in results.items() if (contact, by) == (stand.id, worker))
    return max(own, default=stand.attempt if one.state is State.PLACED else 0)


def _columns(stand: Stand) -> Parameters:
    return {name: getattr(stand, name) for name in _COLUMNS}


def _request(contact: int, report: Report) -> Parameters:
    """Return what to write of a request."""
    one = report.settlement
    return {
        "contact": contact,
        "attempt": report.attempt,
        "settled_at": None if report.result == IN_DOUBT else one.at,
        "result": report.result,
        "message": shorten(one.reason),
        "call_id": one.call_id,
    }
