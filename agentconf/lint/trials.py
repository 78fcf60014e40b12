"""What a call may bring: the sets of values that a definition's templates can be tried with, offline."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from agentconf.lint.rehearsal import cases
from agentconf.lint.template import variables

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from agentconf.lint.rule import Cursor
    from agentconf.model.agent import Agent
    from agentconf.source.tree import Path


class Trial(NamedTuple):
    """One set of values: the defaults alone, or the defaults overridden by an example's arguments.

    Args:
        values: by variable.
        example: index of the example; None for the defaults alone.
        own: the variables whose value comes from the example.
        matrix: those of them whose value comes from its matrix.

    """

    values: Mapping[str, str]
    example: int | None = None
    own: frozenset[str] = frozenset()
    matrix: frozenset[str] = frozenset()

    def holder(self, variable: str) -> str:
        """Tell whether the example gives a variable among its arguments or in its matrix."""
        return "matrix" if variable in self.matrix else "arguments"

    def path(self, variable: str) -> Path:
        """Tell where a variable's value stands in the definition."""
        if variable in self.own and self.example is not None:
            return ("examples", self.example, self.holder(variable), variable)
        return ("template_defaults", variable)

    def labels(self, here: Cursor, names: Iterable[str]) -> Iterator[tuple[Cursor, str]]:
        """Yield the places of variables' values, for a finding.

        Args:
            here: a cursor anywhere in the definition.
            names: variables; those without a value are left out.

        """
        for name in names:
            if name in self.values:
                yield here._replace(path=self.path(name)), f"the value of `{name}`"

    def covers(self, text: str) -> bool:
        """Tell whether every variable of a text has a value."""
        return all(name in self.values for name in variables(text))


@lru_cache(maxsize=2)
def trials(agent: Agent) -> tuple[Trial, ...]:
    """Return the defaults alone, then each example."""
    return tuple(_trials(agent))


def _trials(agent: Agent) -> Iterator[Trial]:
    yield Trial(agent.template_defaults)
    for index, example in enumerate(agent.examples):
        if example is None:
            continue
        for case in cases(example):
            given = case.example.arguments
            values = {**agent.template_defaults, **given}
            yield Trial(values, index, frozenset(given), frozenset(example.matrix))


def distinct(agent: Agent, text: str) -> Iterator[Trial]:
    """Yield the trials that differ in what they give the variables of a text, the first of each."""
    names = variables(text)
    if not names:
        yield trials(agent)[0]
        return
    seen: set[tuple[str | None, ...]] = set()
    for trial in trials(agent):
        given = tuple(trial.values.get(name) for name in names)
        if given not in seen:
            seen.add(given)
            yield trial
