"""What can go wrong on purpose: kinds of faults, their shares, and scripts of them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Literal, get_args

from agentconf.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

FaultKind = Literal["429", "500", "502", "503", "reset-before", "reset-after", "slow"]
"""429, 500, 503 and reset-before happen before the request is carried out; 502 and reset-after, after it."""

KINDS: tuple[FaultKind, ...] = get_args(FaultKind)
_HELP = "write faults like 429=0.1,500=0.05,reset=0.02; kinds: " + ", ".join((*KINDS, "reset"))


@dataclass(frozen=True, slots=True)
class Fault:
    """A kind of fault and the share of the requests that it hits.

    Args:
        kind: what happens.
        share: from 0 to 1.

    """

    kind: FaultKind
    share: float


@dataclass(frozen=True, slots=True)
class Cue:
    """One entry of a script: the next request that matches it meets its fault.

    Args:
        method: an HTTP method, or `*`.
        path: a path; `*` stands for any run of characters.
        kind: what happens.

    """

    method: str
    path: str
    kind: FaultKind

    def matches(self, method: str, path: str) -> bool:
        """Say whether a request is the one that this entry waits for."""
        return self.method in ("*", method) and fnmatchcase(path, self.path)


def parse_faults(text: str) -> tuple[Fault, ...]:
    """Read shares of faults, as in `429=0.1,reset=0.02`; `reset` is half before, half after the write.

    Raises:
        UsageError: an unknown kind, a kind given twice, a share outside 0 to 1, or more than 1 in all.

    """
    faults = tuple(fault for part in text.split(",") if part.strip() for fault in _parse_share(part.strip()))
    kinds = [fault.kind for fault in faults]
    if len(set(kinds)) != len(kinds):
        raise UsageError(f"a fault is given twice in {text!r}", help=_HELP)
    if sum(fault.share for fault in faults) > 1 + 1e-9:
        raise UsageError(f"the shares of the faults come to more than 1 in {text!r}", help=_HELP)
    return faults


def _parse_share(part: str) -> Iterator[Fault]:
    name, _, number = part.partition("=")
    try:
        share = float(number)
    except ValueError:
        share = math.nan
    if not 0 <= share <= 1:
        raise UsageError(f"the fault {part!r} has no share from 0 to 1", help=_HELP)
    if name.strip() == "reset":
        yield Fault("reset-before", share / 2)
        yield Fault("reset-after", share / 2)
    else:
        yield Fault(_kind(name.strip()), share)


def parse_cue(text: str) -> Cue:
    """Read one entry of a script, as in `POST /v1/agents 502`.

    Raises:
        UsageError: the entry does not consist of a method, a path and a known kind.

    """
    words = text.split()
    match words:
        case [method, path, name]:
            return Cue(method.upper(), path, _kind(name))
        case _:
            raise UsageError(
                f"the scripted fault {text!r} is not a method, a path and a fault",
                help="write it like: POST /v1/agents 502",
            )


def _kind(name: str) -> FaultKind:
    for kind in KINDS:
        if kind == name:
            return kind
    raise UsageError(f"unknown fault {name!r}", help=_HELP)
