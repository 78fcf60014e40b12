from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time
from random import Random
from zoneinfo import ZoneInfo

from agentconf.calls.campaign import Campaign, Pacing, Retry, Window
from agentconf.calls.contact import Contact, State
from agentconf.calls.turn import Attempt, Counts, Phase, Standing
from agentconf.remote.calling import Outcome, Target

BERLIN = ZoneInfo("Europe/Berlin")
START = datetime(2024, 11, 18, 9, tzinfo=BERLIN).timestamp()
HOSTILE = '<script>alert("x")</script>\x1b[31m\u202e\x00" onload=\'x\' & =1+1\r\n{{7*7}}'

CAMPAIGN = Campaign(
    id="recall",
    environment="staging",
    agent="healthcare-outreach",
    target=Target("slng", "550e8400-e29b-41d4-a716-446655440000"),
    window=Window(frozenset({"mon", "tue", "wed", "thu", "fri"}), time(9), time(18)),
    retry=Retry(frozenset({Outcome.NO_ANSWER, Outcome.BUSY}), 2, 7200),
)


def contact(line: int, state: State = State.PLANNED, **changes: object) -> Contact:
    plain = Contact(
        key=f"k{line}",
        line=line,
        to=f"+1415555{100 + line % 100:04}",
        arguments={"patient_name": "Maria"},
        priority=0,
        zones=("America/Los_Angeles",),
        due_at=START,
        deadline=None,
        timezone=None,
        identity=f"P-{line}",
        state=state,
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def attempt(sent_at: float, result: str | None = "placed", **changes: object) -> Attempt:
    plain = Attempt(
        key="k",
        number=1,
        worker="w",
        sent_at=sent_at,
        settled_at=sent_at + 0.4,
        result=result,
        message=None,
        call_id=None,
        outcome=None,
        reason=None,
        ended_at=None,
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def counts(contacts: Iterable[Contact]) -> Counts:
    states: Counter[State] = Counter()
    outcomes: Counter[str] = Counter()
    reasons: Counter[str] = Counter()
    for one in contacts:
        states[one.state] += 1
        if one.state is State.PLACED:
            outcomes[one.outcome or ""] += 1
        elif one.reason:
            reasons[one.reason] += 1
    return Counts(states, outcomes, reasons)


def standing(contacts: Iterable[Contact], **changes: object) -> Standing:
    plain = Standing(
        id=CAMPAIGN.id,
        environment=CAMPAIGN.environment,
        agent=CAMPAIGN.agent,
        platform="slng",
        phase=Phase.RUNNING,
        reason=None,
        created_at=START - 3600,
        counts=counts(contacts),
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def number(to: str) -> str:
    """Stand for a number, as a ledger's pseudonym does."""
    return f"n-{int(to.removeprefix('+')):010x}"


@dataclass(frozen=True)
class Made:
    contacts: list[Contact]
    attempts: list[Attempt]
    now: float


PACED = replace(CAMPAIGN, pacing=Pacing(concurrency=5, interval=8.0))

_REFUSALS = (
    "the number is not in service (422)",
    "the destination country is not enabled (403)",
    "phone_number must resolve to E.164 (422)",
)


def three_days(size: int = 10_000, seed: int = 7) -> Made:
    """Make a campaign that calls in its window on three days, with about one in twenty failing."""
    random = Random(seed)
    contacts, attempts = [], []
    at = START
    for line in range(2, size + 2):
        at += 8.0 + (random.random() * 2 if random.random() < 0.3 else 0)
        local = datetime.fromtimestamp(at, BERLIN)
        if local.hour >= 18:
            at = datetime(local.year, local.month, local.day + 1, 9, tzinfo=BERLIN).timestamp()
        made, sent = _one(line, at, random)
        contacts.append(made)
        attempts += sent
    return Made(contacts, attempts, at + 600)


def _one(line: int, at: float, random: Random) -> tuple[Contact, list[Attempt]]:
    draw = random.random()
    call_id = f"{line:08x}-e29b-41d4-a716-446655440000"
    if draw < 0.045:
        why = random.choices(_REFUSALS, (6, 3, 1))[0]
        return contact(line, State.FAILED, reason=why, tries=1, sent_at=at), [
            attempt(at, "refused", message=why)
        ]
    if draw < 0.05:
        why = "no answer came within 30 s, and the platform does not list the call"
        return contact(line, State.UNKNOWN, reason=why, tries=1, sent_at=at), [
            attempt(at, "unknown", message=why)
        ]
    if draw < 0.053:
        return contact(line, State.SKIPPED, reason="`to` is not a valid number"), []
    if draw < 0.06:
        return contact(line, State.CANCELED, reason="on the do-not-call list"), []
    outcome = random.choices(["completed", "no_answer", "busy", "rejected", None], (66, 22, 6, 2, 4))[0]
    made = contact(
        line, State.PLACED, calls=1, sent_at=at, placed_at=at + 0.4, call_id=call_id, outcome=outcome,
        ended_at=at + 60 if outcome else None,
    )  # fmt: skip
    sent = [attempt(at, outcome=outcome, call_id=call_id)]
    return made, [attempt(at - 3, "deferred"), *sent] if draw > 0.97 else sent


def few() -> Made:
    """Make a campaign of three contacts."""
    contacts = [
        contact(
            2, State.PLACED, calls=1, sent_at=START, placed_at=START + 0.3, call_id="c-1", outcome="completed"
        ),
        contact(3, State.FAILED, tries=1, sent_at=START + 0.5, reason=_REFUSALS[0]),
        contact(4),
    ]
    attempts = [attempt(START, outcome="completed"), attempt(START + 0.5, "refused")]
    return Made(contacts, attempts, datetime(2024, 11, 18, 8, 1, tzinfo=UTC).timestamp())


NOTHING = Made([], [], START)
