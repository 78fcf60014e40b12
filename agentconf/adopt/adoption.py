"""Taking live values into the files: each where the value came from, and nowhere else."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from agentconf.adopt.copy import Copy
from agentconf.adopt.places import has, in_own_file, in_place, resolved
from agentconf.errors import ConfigurationError
from agentconf.plan.change import ABSENT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

    from agentconf.adopt.places import Step, Wanted
    from agentconf.source.tree import Path as Place


@dataclass(frozen=True, slots=True)
class Taken:
    """One live value that was taken.

    Args:
        wanted: which.
        file: where it was written, from the project's root.
        line: from 1.
        note: what a reader should know: a reference that is gone, an override that was made.

    """

    wanted: Wanted
    file: str
    line: int
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """One live value that was not taken.

    Args:
        wanted: which.
        reason: why, in a sentence without a full stop.

    """

    wanted: Wanted
    reason: str


@dataclass(frozen=True, slots=True)
class Adopted:
    """What came out.

    Args:
        taken: values that files hold now, in the order in which they were wanted.
        refused: values that they do not hold.
        files: what is to be written, by path from the project's root.
        elsewhere: other environments in which an agent changes too, by its key.

    """

    taken: tuple[Taken, ...]
    refused: tuple[Refused, ...]
    files: Mapping[str, str]
    elsewhere: Mapping[str, tuple[str, ...]]


def adopt(root: Path, environ: Mapping[str, str], environment: str, wanted: Sequence[Wanted]) -> Adopted:
    """Write live values into the texts of a project's files; nothing is put on the disk.

    Each value is tried where it came from, and else as an override in the agent's own file. It is taken when
    the agent then has it, nothing else of the agent changed, and no other agent is another one.

    Args:
        root: the project's folder.
        environ: the environment variables.
        environment: in which the agents are live.
        wanted: the values.

    """
    work = _Work(Copy(root, environ, environment, {}), environment)
    open_ = [_Open(one) for one in wanted]
    while open_:
        open_ = work.round(open_)
    order = {id(one): index for index, one in enumerate(wanted)}
    return Adopted(
        tuple(sorted(work.taken, key=lambda one: order[id(one.wanted)])),
        tuple(sorted(work.refused, key=lambda one: order[id(one.wanted)])),
        work.copy.texts,
        work.elsewhere(),
    )


_ATTEMPTS: tuple[Callable[[Copy, Wanted], Step], ...] = (in_place, in_own_file)


@dataclass(slots=True)
class _Open:
    """A value that is not taken yet, and why the attempts so far failed."""

    wanted: Wanted
    reasons: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Try:
    """An edit that is about to be checked."""

    open: _Open
    step: Step
    line: int
    text: str
    path: Place


class _Work:
    """The project while values are taken."""

    def __init__(self, copy: Copy, environment: str) -> None:
        self.copy = copy
        self._environment = environment
        self._begun = copy.bodies
        self.taken: list[Taken] = []
        self.refused: list[Refused] = []

    def round(self, open_: Iterable[_Open]) -> list[_Open]:
        """Edit each file once at most, check all edits together, and return what is still to be taken.

        Reading a project costs more than all else: one round reads it once, however many agents drifted.
        """
        tries: dict[str, _Try] = {}
        rest: list[_Open] = []
        for one in open_:
            try:
                step = _ATTEMPTS[len(one.reasons)](self.copy, one.wanted)
                if step.file in tries:
                    rest.append(one)
                    continue
                line, text = step.done(self.copy.text(step.file))
                path = resolved(self.copy.definition(one.wanted.key), one.wanted)
                tries[step.file] = _Try(one, step, line, text, path)
            except ConfigurationError as error:
                self._failed(one, error, rest)
        self._settle(list(tries.values()), rest)
        return rest

    def _failed(self, one: _Open, error: ConfigurationError, rest: list[_Open]) -> None:
        one.reasons.append(error.message)
        if len(one.reasons) < len(_ATTEMPTS):
            rest.append(one)
        else:
            self.refused.append(Refused(one.wanted, one.reasons[0]))

    def _settle(self, tries: Sequence[_Try], rest: list[_Open]) -> None:
        """Take edits that hold together; of others, each half by itself, down to the one that does not."""
        if not tries:
            return
        after = self.copy.changed({**self.copy.texts, **{one.step.file: one.text for one in tries}})
        try:
            self._check(tries, after)
        except ConfigurationError as error:
            if len(tries) == 1:
                self._failed(tries[0].open, error, rest)
                return
            middle = len(tries) // 2
            self._settle(tries[:middle], rest)
            self._settle(tries[middle:], rest)
            return
        self.copy = after
        self.taken += [Taken(one.open.wanted, one.step.file, one.line, one.step.note) for one in tries]

    def _check(self, tries: Sequence[_Try], after: Copy) -> None:
        """Make sure that the agents have the values, and that nothing else changed.

        Raises:
            ConfigurationError: it is not so.

        """
        if after.project.problems != self.copy.project.problems:
            raise ConfigurationError("the files would have errors afterwards")
        places: dict[str, list[Place]] = {}
        for one in tries:
            wanted = one.open.wanted
            definition = after.project.definition(wanted.key)
            if definition is None or definition.problems:
                raise ConfigurationError("the files would have errors afterwards")
            if not has(definition, wanted):
                raise ConfigurationError("an override decides on it: the file's value would not count")
            places.setdefault(wanted.key, []).append(one.path)
        now = self.copy.bodies
        changed = [place for place, body in after.bodies.items() if now[place] != body]
        others = sorted({key for _, key in changed if key not in places})
        if others:
            raise ConfigurationError(f"what stands there is shared: it would change {', '.join(others)} too")
        for name, key in changed:
            if not _only_at(now[name, key], after.bodies[name, key], places[key]):
                raise ConfigurationError("what stands there is used elsewhere in the agent too")

    def elsewhere(self) -> dict[str, tuple[str, ...]]:
        """Name the other environments in which agents are others now."""
        found: dict[str, list[str]] = {}
        for (name, key), body in self.copy.bodies.items():
            if name != self._environment and self._begun.get((name, key)) != body:
                found.setdefault(key, []).append(name)
        return {key: tuple(sorted(names)) for key, names in sorted(found.items())}


def _only_at(before: Any, after: Any, places: Sequence[Place]) -> bool:
    """Tell whether two values differ at some places only."""
    if before == after or () in places:
        return True
    below: dict[Any, list[Place]] = {}
    for place in places:
        below.setdefault(place[0], []).append(place[1:])
    before, after = (
        _empty_like(other) if one is ABSENT else one for one, other in ((before, after), (after, before))
    )
    if isinstance(before, list) and isinstance(after, list):
        if len(before) != len(after):
            return _one_more(before, after, below) or _one_more(after, before, below)
        before, after = dict(enumerate(before)), dict(enumerate(after))
    elif not (isinstance(before, dict) and isinstance(after, dict)):
        return False
    return all(
        _only_at(before.get(name, ABSENT), after.get(name, ABSENT), below.get(name, ()))
        for name in before.keys() | after.keys()
    )


def _empty_like(value: Any) -> Any:
    return type(value)() if isinstance(value, list | dict) else ABSENT


def _one_more(fewer: list[Any], more: list[Any], places: Mapping[Any, Sequence[Place]]) -> bool:
    """Tell whether a list is another one with one element put in at one of some places."""
    return any(
        isinstance(index, int) and () in below and [*more[:index], *more[index + 1 :]] == fewer
        for index, below in places.items()
    )
