"""Which call of an answer is which of the request: no order of the answer is promised."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from agentconf.remote.dasha.wire import lowered, mark_of
from agentconf.remote.reading import text_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from agentconf.remote.calling import CallRequest

    Fields = Mapping[str, Any]


def ids_of(calls: Sequence[CallRequest], answers: Sequence[Any]) -> tuple[str, ...] | None:
    """Find the ids of calls: by their mark, else by their number if it is the only one, else by their place.

    Args:
        calls: those of the request.
        answers: those of the answer.

    Returns:
        One id a call, in the order of the request; None when a call is missing, or two would share an id.

    """
    found = dict(_pairs(calls, [lowered(answer) for answer in answers]))
    ids = tuple(text_of(found.get(call.key, {}).get("callid")) for call in calls)
    sure = tuple(call_id for call_id in ids if call_id is not None)
    return sure if len(set(sure)) == len(calls) else None


def _pairs(calls: Sequence[CallRequest], answers: Sequence[Fields]) -> Iterator[tuple[str, Fields]]:
    marked = {mark_of(answer): answer for answer in answers}
    yield from ((call.key, marked[call.key]) for call in calls if call.key in marked)
    calls = [call for call in calls if call.key not in marked]
    answers = [answer for answer in answers if mark_of(answer) is None]
    if len(calls) != len(answers):
        return
    wanted = Counter(call.to for call in calls)
    told = Counter(_number(answer) for answer in answers)
    alone = {number for number, count in wanted.items() if count == told[number] == 1}
    by_number = {_number(answer): answer for answer in answers}
    yield from ((call.key, by_number[call.to]) for call in calls if call.to in alone)
    calls = [call for call in calls if call.to not in alone]
    answers = [answer for answer in answers if _number(answer) not in alone]
    yield from ((call.key, answer) for call, answer in zip(calls, answers, strict=True))


def _number(answer: Fields) -> str | None:
    return text_of(answer.get("endpoint"))
