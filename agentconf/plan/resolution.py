"""Conflicts: how the user settles them, and how a message names the flags that do."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from agentconf.errors import UsageError
from agentconf.plan.ignored import segments

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from agentconf.plan.change import Change

_PLAIN = re.compile(r"[^.\[\]\s=:]+")


class Side(StrEnum):
    """Whose value a conflict ends with: the file's, or the live one."""

    OURS = "ours"
    THEIRS = "theirs"


@dataclass(frozen=True, slots=True)
class Resolve:
    """One place that is settled.

    Args:
        agent: the agent's key; None for every agent.
        path: segments of the place; a tool by its name or id. What lies below is settled too.
        side: whose value it ends with.
        text: as the user wrote it.

    """

    agent: str | None
    path: tuple[str, ...]
    side: Side
    text: str

    @classmethod
    def parse(cls, text: str) -> Resolve:
        """Read `AGENT:PATH=ours` or `PATH=theirs`.

        Raises:
            UsageError: it is neither.

        """
        place, _, side = text.rpartition("=")
        agent, colon, path = place.partition(":")
        if not colon:
            agent, path = "", place
        if side not in list(Side) or not segments(path) or (colon and not agent):
            raise UsageError(
                f"--resolve takes AGENT:PATH=ours or AGENT:PATH=theirs, not {text!r}",
                help="such as support-router:models.tts_voice=ours; `agentconf plan` names the paths",
            )
        return cls(agent or None, segments(path), Side(side), text)

    def covers(self, key: str, path: Sequence[str]) -> bool:
        """Tell whether a place of an agent is at or below this one."""
        return self.agent in (None, key) and tuple(path[: len(self.path)]) == self.path


@dataclass(frozen=True, slots=True)
class Resolutions:
    """How all conflicts are settled.

    Args:
        default: for those that no path names; None: they are refused.
        paths: the later one wins.

    """

    default: Side | None = None
    paths: tuple[Resolve, ...] = ()

    def texts(self) -> list[str]:
        """Write them as a saved plan holds them: `*=ours` for all that no path names, then the paths."""
        return [*([f"*={self.default}"] if self.default else []), *(one.text for one in self.paths)]

    @classmethod
    def read(cls, texts: Iterable[str]) -> Resolutions:
        """Read what `texts` wrote.

        Raises:
            UsageError: it is not that.

        """
        sides = {f"*={side}": side for side in Side}
        default = None
        paths = []
        for text in texts:
            if text in sides:
                default = sides[text]
            else:
                paths.append(Resolve.parse(text))
        return cls(default, tuple(paths))

    def side(self, key: str, *paths: Sequence[str]) -> Side | None:
        """Say how a conflict is settled; None when it is not.

        Args:
            key: the agent's key.
            paths: the place in all ways in which it can be written (a tool by name, a tool by id).

        """
        for one in reversed(self.paths):
            if any(one.covers(key, path) for path in paths):
                return one.side
        return self.default


def written(path: Iterable[str | int]) -> str:
    """Write a path as options and `ignore_changes` take it: `models.tts_voice`, `tools[say hello].url`."""
    text = "".join(f".{part}" if _PLAIN.fullmatch(str(part)) else f"[{part}]" for part in path)
    return text.removeprefix(".")


def flag(key: str, change: Change, side: Side) -> str:
    """Write the option that settles one conflict, without quotes for a shell."""
    return f"{key}:{written(change.path)}={side.value}"
