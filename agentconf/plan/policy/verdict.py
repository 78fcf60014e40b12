"""What a policy answers, and what it is told beside the plan."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from datetime import date

Effect = Literal["deny", "warn"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """One thing that a policy has to say about a plan.

    Args:
        message: in a sentence, without a final full stop.
        effect: `deny` refuses the plan, `warn` is said in it.
        agents: keys of the agents concerned.
        paths: the places concerned, as people write them.
        help: what lets the plan pass.

    """

    message: str
    effect: Effect = "deny"
    agents: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()
    help: str | None = None


@dataclass(frozen=True, slots=True)
class PolicyContext:
    """What a policy is told beside the plan.

    Args:
        environment: name of the environment.
        today: the day, in UTC.
        approved: impact classes that were approved with `--allow`, sorted.

    """

    environment: str
    today: date
    approved: tuple[str, ...] = ()
