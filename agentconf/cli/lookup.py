"""Finding a campaign in the ledger by what users call it: its file, or its name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from agentconf.calls.turn import Phase
from agentconf.cli.naming import TEST, campaign_id, command, shown
from agentconf.errors import BlockedError, ConfigurationError
from agentconf.project.campaign import load_campaign
from agentconf.source.suggest import suggest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from agentconf.calls.ledger.ledger import Ledger
    from agentconf.calls.turn import Standing
    from agentconf.project.definition import Project
    from agentconf.project.load import Loader

LISTED = 10
"""Campaigns that a refusal lists at most."""

_ENDINGS = frozenset({".yaml", ".yml", ".json"})


@dataclass(frozen=True, slots=True)
class Wanted:
    """A campaign as users name it.

    Args:
        file: its file, or its name.
        label: of the run; None: what the file says, or the only run there is.
        test: whether the run in test mode is meant.

    """

    file: Path
    label: str | None = None
    test: bool = False

    def name(self, label: str | None) -> str:
        """Return the name of one of its runs, test mode left aside."""
        stem = self.file.stem if self.file.suffix in _ENDINGS else str(self.file)
        return f"{stem}@{label}" if label else stem


def find_campaign(ledger: Ledger, loader: Loader, project: Project, wanted: Wanted) -> Standing:
    """Find a campaign of the project's environment.

    Args:
        ledger: where to look.
        loader: reads its file, if it has one.
        project: resolved for the environment.
        wanted: which.

    Raises:
        ConfigurationError: there is none, or there are several runs.

    """
    try:
        definition = load_campaign(loader, project, wanted.file)
    except ConfigurationError:
        declared, file = None, None
    else:
        declared, file = definition.settings.run, definition.display
    standings = {one.id: one for one in ledger.standings()}
    search = _Search(wanted, project.environment.name, standings, file)
    return search.run(wanted.label or declared) or search.run(wanted.label) or search.only_run()


def refuse_phase(standing: Standing, *phases: Phase) -> None:
    """Refuse a campaign that was canceled, or is in one of some other phases.

    Raises:
        BlockedError: it is.

    """
    name = shown(standing.id)
    if standing.phase is Phase.CANCELED:
        raise BlockedError(
            f"the campaign {name} was canceled in {standing.environment}",
            help="call its contacts anew: --run LABEL for a campaign, --name NAME for a dispatch",
        )
    if standing.phase in phases:
        raise BlockedError(
            f"the campaign {name} is {standing.phase} in {standing.environment}",
            help=command("resume", standing.id),
        )


@dataclass(frozen=True, slots=True)
class _Search:
    """A search in the ledger.

    Args:
        wanted: for what.
        environment: where.
        standings: all campaigns that there are.
        file: the campaign's file, as messages name it; None: there is none.

    """

    wanted: Wanted
    environment: str
    standings: Mapping[str, Standing]
    file: str | None

    def run(self, label: str | None) -> Standing | None:
        """Return a certain run."""
        return self.standings.get(self._id(self.environment, label, test=self.wanted.test))

    def only_run(self) -> Standing:
        """Return the only run that there is, when nobody named one.

        Raises:
            ConfigurationError: there is none, or several.

        """
        wanted, labels = self.wanted, self._labels()
        if wanted.label is not None or not labels:
            name, mode = wanted.name(wanted.label), " in test mode" if wanted.test else ""
            raise ConfigurationError(
                f"the ledger has no campaign {name!r} of {self.environment}{mode}",
                help=next(self._hints(labels)),
            )
        if len(labels) > 1:
            raise ConfigurationError(
                f"{wanted.name(None)} has several runs", help=f"name one with --run: {', '.join(labels)}"
            )
        (label,) = labels
        return self.standings[self._id(self.environment, label, test=wanted.test)]

    def _id(self, environment: str, label: str | None, *, test: bool) -> str:
        return campaign_id(environment, self.wanted.name(label), test=test)

    def _labels(self) -> list[str]:
        prefix = self._id(self.environment, "", test=False) + "@"
        found = (one.removeprefix(prefix) for one in self.standings if one.startswith(prefix))
        return sorted(one.removesuffix(TEST) for one in found if one.endswith(TEST) == self.wanted.test)

    def _hints(self, labels: list[str]) -> Iterator[str]:
        """Say what to do, the likeliest first."""
        wanted = self.wanted
        if self._id(self.environment, wanted.label, test=not wanted.test) in self.standings:
            yield "it was not run in test mode" if wanted.test else "it was run in test mode only: add --test"
        environments = dict.fromkeys(one.environment for one in self.standings.values())
        elsewhere = [
            one for one in environments if self._id(one, wanted.label, test=wanted.test) in self.standings
        ]
        if elsewhere:
            yield f"it was run in {', '.join(elsewhere)}: name that with -e"
        if labels:
            yield f"its runs are: {', '.join(labels)}"
        if self.file is not None:
            yield f"it was not run yet: agentconf campaign run {self.file} -e {self.environment}"
        here = [shown(one.id) for one in self.standings.values() if one.environment == self.environment]
        close = suggest(wanted.name(wanted.label), here)
        if close is not None:
            yield f"did you mean {close!r}?"
        if not here:
            yield "there is none yet; `agentconf campaign run` begins one"
        yield f"there are: {', '.join(here[:LISTED])}" + (", …" if len(here) > LISTED else "")
