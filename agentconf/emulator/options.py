"""What an emulator is asked to be."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, get_args

from agentconf.emulator.dasha.options import DashaOptions
from agentconf.emulator.faults import Fault, parse_cue
from agentconf.emulator.sipgate.options import SipgateOptions
from agentconf.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

Dialect = Literal["keyed", "managed"]
"""keyed: `slng_api_key` is required and write-only; managed: the platform makes the key and refuses one."""

UnknownFields = Literal["reject", "keep", "drop"]
"""What happens to fields that the contract does not know."""

DEFAULT_ORGANISATION = "00000000-0000-4000-8000-000000000001"
"""The organisation of every token while no tokens are configured."""

_SHORTEST_SESSION = 60
"""Seconds (API contract, WebSessionResponse)."""


@dataclass(frozen=True, slots=True)
class EmulatorOptions:
    """How one emulator behaves.

    Args:
        database: an SQLite file, or `:memory:`.
        contract: which revision of SLNG's API contract it speaks.
        unknown_fields: `reject` refuses fields that the contract forbids (422); `keep` is a platform newer
            than the contract, which takes, stores and returns unknown fields and enum values; `drop` takes
            unknown fields and forgets them in silence.
        ignore_fields: top-level fields of an agent that it takes and does not keep. On create, a required
            one is kept all the same.
        tokens: token to organisation id; None is a user without an organisation (403). Empty: any token is
            taken.
        down_regions: regions without a runtime (404).
        outbound_greeting_needs_trunk: refuse `outbound_greeting` without an outbound trunk, as the live
            platform was seen to do.
        credit: calls and web sessions that an organisation may place on each platform in this database;
            None: any number.
        call_failure_rate: share of the calls that nobody answers, from 0 to 1.
        talk_seconds: shortest and longest conversation.
        max_session_seconds: length of a web session; at least 60 (API contract, WebSessionResponse).
        page_size: calls on a page when the request does not say.
        random_seed: what faults and calls are drawn from; the same seed, the same draws.
        faults: shares of faults (`parse_faults`).
        script: faults for particular requests, each used once (`parse_cue`); drawn before `faults`.
        latency: seconds before each answer.
        retry_after: seconds that 429 and 503 ask to wait.
        slow_delay: seconds between the chunks of a slow answer.
        log_limit: how many requests the request log remembers.
        seed_file: a JSON array of create bodies, loaded at start; names that exist are left alone.
        sipgate: how it behaves as sipgate.
        dasha: how it behaves as Dasha.

    """

    database: str = ":memory:"
    contract: Dialect = "keyed"
    unknown_fields: UnknownFields = "reject"
    ignore_fields: tuple[str, ...] = ()
    tokens: Mapping[str, str | None] = field(default_factory=dict, repr=False)
    down_regions: frozenset[str] = frozenset()
    outbound_greeting_needs_trunk: bool = True
    credit: int | None = None
    call_failure_rate: float = 0.0
    talk_seconds: tuple[int, int] = (20, 180)
    max_session_seconds: int = 900
    page_size: int = 50
    random_seed: int = 0
    faults: tuple[Fault, ...] = ()
    script: tuple[str, ...] = ()
    latency: float = 0.0
    retry_after: int = 1
    slow_delay: float = 0.2
    log_limit: int = 10_000
    seed_file: Path | None = None
    sipgate: SipgateOptions = field(default_factory=SipgateOptions)
    dasha: DashaOptions = field(default_factory=DashaOptions)

    def __post_init__(self) -> None:
        if self.contract not in get_args(Dialect):
            raise UsageError(f"unknown contract {self.contract!r}", help="use keyed or managed")
        if self.unknown_fields not in get_args(UnknownFields):
            raise UsageError(
                f"unknown treatment {self.unknown_fields!r} of unknown fields",
                help="use reject, keep or drop",
            )
        if not 0 <= self.call_failure_rate <= 1:
            raise UsageError("the share of failed calls is not from 0 to 1", help="use a number like 0.1")
        if min(self.latency, self.slow_delay, self.retry_after) < 0:
            raise UsageError("a delay is negative", help="use 0 or more seconds")
        if not 0 <= self.talk_seconds[0] <= self.talk_seconds[1]:
            raise UsageError(
                "the longest conversation is shorter than the shortest", help="use 20 to 180 seconds"
            )
        if self.max_session_seconds < _SHORTEST_SESSION or self.page_size < 1:
            raise UsageError("a session lasts at least 60 seconds, and a page holds at least one call")
        if self.log_limit < 0 or (self.credit is not None and self.credit < 0):
            raise UsageError("a number of requests or calls is negative", help="use 0 or more")
        for text in self.script:
            parse_cue(text)
