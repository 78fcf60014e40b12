"""Calls as SLNG tells of them, and how they ended."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from agentconf.errors import RemoteError
from agentconf.remote.calling import CallPage, CallRecord, Outcome
from agentconf.remote.reading import direction_of, moment_of, number_of, text_of, texts_of
from agentconf.remote.slng.wire import WRONG_PLACE

if TYPE_CHECKING:
    from collections.abc import Mapping

_UNDER_WAY = frozenset({"queued", "ringing", "in_progress"})
"""Statuses of calls that have not ended (API contract, CallListItem; others may exist)."""

_OTHER_THAN_LETTERS = re.compile(r"[^a-z0-9]+")

# Why nobody spoke is free text: these are the words of telephony (RFC 3261: 480, 486, 603) in any spelling.
_REASONS = (
    (Outcome.BUSY, re.compile(r"(^|_)busy(_|$)")),
    (Outcome.REJECTED, re.compile(r"reject|declin")),
    (
        Outcome.NO_ANSWER,
        re.compile(
            r"no_?(user_)?(answer|response|pick_?up)|un_?answered|not_(answered|picked_up)"
            r"|did(_not|n_?t)_(answer|pick_up)|(user|callee|temporarily)_unavailable|ring(ing)?_time_?d?_?out"
        ),
    ),
)


def read_page(answer: Any) -> CallPage:
    """Read a page of calls (API contract, PaginatedCalls).

    Raises:
        RemoteError: it is not as documented.

    """
    match answer:
        case {"items": [*items], "meta": {"page": int(page), "pages": int(pages), "total": int(total)}}:
            return CallPage(tuple(read_call(item) for item in items), page, pages, total)
        case _:
            raise RemoteError(
                "the platform answers with something that is not a page of calls", help=WRONG_PLACE
            )


def read_call(answer: Any) -> CallRecord:
    """Read a call (API contract, CallListItem and CallDetail).

    Raises:
        RemoteError: it has no id, or does not say when it was placed.

    """
    call = answer if isinstance(answer, dict) else {}
    call_id, created_at = text_of(call.get("id")), moment_of(call.get("created_at"))
    if call_id is None or created_at is None:
        raise RemoteError(
            "the platform answers with a call without an id, or without the time at which it was placed",
            help="is base_url right? If the platform has changed, a newer agentconf may know it",
        )
    milliseconds = number_of(call.get("call_duration_ms"))
    return CallRecord(
        id=call_id,
        to=text_of(call.get("phone_number")) or "",
        status=text_of(call.get("status")) or "unknown",
        outcome=outcome_of(call),
        created_at=created_at,
        reason=text_of(call.get("call_end_reason")) or text_of(call.get("error_message")),
        ended_at=moment_of(call.get("call_ended_at")) or moment_of(call.get("finalized_at")),
        duration=None if milliseconds is None else milliseconds / 1000,
        arguments=texts_of(call.get("arguments")),
        direction=direction_of(call.get("call_direction")),
    )


def outcome_of(call: Mapping[str, Any]) -> Outcome | None:
    """Tell how a call ended; None while it has not.

    A call that was answered and completed is completed whatever is said of its end. Of any other, the status,
    the reason and the error message tell, the first of them that says something. A status that is unknown
    here is one of an ended call when the platform says when it ended.

    Args:
        call: as the platform tells of it.

    """
    status = _plain(call.get("status"))
    answered = text_of(call.get("call_started_at")) is not None
    if status == "completed" and answered:
        return Outcome.COMPLETED
    if (named := _named(status)) is not None:
        return named
    if not (status in ("completed", "failed") or _is_over(call, status)):
        return None
    told = _named(_plain(call.get("call_end_reason"))) or _named(_plain(call.get("error_message")))
    well = status == "completed" or (status != "failed" and answered)
    return told or (Outcome.COMPLETED if well else Outcome.FAILED)


def _is_over(call: Mapping[str, Any], status: str) -> bool:
    if text_of(call.get("finalized_at")) is not None:
        return True
    return status not in _UNDER_WAY and text_of(call.get("call_ended_at")) is not None


def _named(words: str) -> Outcome | None:
    return next((outcome for outcome, pattern in _REASONS if pattern.search(words)), None)


def _plain(words: Any) -> str:
    """Bring a word into one spelling: `No-Answer` and `no answer` are `no_answer`."""
    return _OTHER_THAN_LETTERS.sub("_", words.lower()).strip("_") if isinstance(words, str) else ""
