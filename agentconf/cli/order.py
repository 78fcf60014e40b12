"""What calls are asked for: by a campaign file or by options, in one shape."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from agentconf.calls.campaign import Pacing, Retry, Window
from agentconf.errors import AgentconfError, ConfigurationError, UsageError
from agentconf.project.discover import display_path
from agentconf.remote.calling import Outbound, Outcome

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from pathlib import Path
    from typing import BinaryIO

    from agentconf.calls.contacts.numbers import Allowed
    from agentconf.model.campaign import CampaignFile
    from agentconf.project.campaign import CampaignDefinition
    from agentconf.remote.calling import PlatformName


@dataclass(frozen=True, slots=True)
class Who:
    """Who is to speak.

    Args:
        platform: where.
        agent: the handle of an agent of the project (SLNG).
        id: the platform's id of the agent or flow (Dasha, sipgate).
        billing_device: what sipgate bills.
        outbound: whom Dasha's calls seem to come from.

    """

    platform: PlatformName
    agent: str | None = None
    id: str | None = None
    billing_device: str | None = None
    outbound: Outbound | None = None

    @property
    def name(self) -> str:
        """How users name it."""
        return self.agent or self.id or ""


@dataclass(frozen=True, slots=True)
class Source:
    """Where contacts come from.

    Args:
        content: a file, or a stream such as stdin; None: nothing is there.
        display: as messages name it.
        format: csv or jsonl; None: found out.
        delimiter: between two columns of a CSV; None: found out.
        columns: what a column is, by its header.

    """

    content: Path | BinaryIO | None
    display: str
    format: Literal["csv", "jsonl"] | None = None
    delimiter: str | None = None
    columns: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Order:
    """Calls to be placed.

    Args:
        name: of the campaign, without its environment.
        who: who speaks.
        source: whom to call.
        arguments: values for every contact whose row has none.
        pacing: how fast.
        window: when; None: at any time.
        timezone: of contacts that neither their row nor their number tells.
        deadline: seconds from the campaign's first run, or a moment; None: none.
        retry: which calls are placed again.
        exclusions: files with numbers that are not called.
        excluded: numbers that are not called.
        regions: countries whose numbers are called; all when empty.
        allow: kinds of numbers that are refused otherwise.
        duplicates: call a number for each row that it stands in.
        bulk: most calls that one request places; None: the environment's.
        file: the campaign's file, as messages name it; None: options of the command line ask for it.

    """

    name: str
    who: Who
    source: Source
    arguments: Mapping[str, str] = field(default_factory=dict, repr=False)
    pacing: Pacing = field(default_factory=Pacing)
    window: Window | None = None
    timezone: str | None = None
    deadline: float | datetime | None = None
    retry: Retry | None = None
    exclusions: tuple[Path, ...] = ()
    excluded: frozenset[str] = frozenset()
    regions: frozenset[str] = frozenset()
    allow: frozenset[Allowed] = frozenset()
    duplicates: bool = False
    bulk: int | None = None
    file: str | None = None

    def blame(self, error: ConfigurationError) -> AgentconfError:
        """Say where a mistake was made: in the campaign's file, or on the command line."""
        if self.file is None:
            return UsageError(error.message, help=error.help, where=error.where)
        return ConfigurationError(error.message, help=error.help, where=error.where or self.file)


@dataclass(frozen=True, slots=True)
class Ways:
    """How an order is carried out in this run.

    Args:
        limit: contacts that are called in this run, at most.
        dry_run: say what would be done, and do nothing.
        skip_invalid: call the good rows of a file with bad ones.
        instead: the number that is called in place of every contact's.
        auto_approve: do not ask.
        allow_drift: call with an agent that is not what its files say.
        redial_unknown: call those again who may have been called.
        show_numbers: show phone numbers instead of pseudonyms.
        wait: go on until every call has ended.
        workers: URL of the database that workers share.
        detach: leave the campaign to the workers.
        create_only: refuse a campaign that is in the ledger already.
        single: it is one call, and is spoken of as one.

    """

    limit: int | None = None
    dry_run: bool = False
    skip_invalid: bool = False
    instead: str | None = None
    auto_approve: bool = False
    allow_drift: bool = False
    redial_unknown: bool = False
    show_numbers: bool = False
    wait: bool = False
    workers: str | None = None
    detach: bool = False
    create_only: bool = False
    single: bool = False


def order_of(definition: CampaignDefinition, root: Path, label: str | None = None) -> Order:
    """Take what a campaign file asks for.

    Args:
        definition: without problems.
        root: the project's folder; messages name files from there.
        label: of the run; None: what the file says.

    """
    file, paths = definition.settings, definition.paths
    run = label or file.run
    contacts = file.contacts if paths.contacts is None else display_path(root, paths.contacts)
    return Order(
        name=definition.name + (f"@{run}" if run else ""),
        who=_who(file),
        source=Source(paths.contacts, contacts, None, file.delimiter, file.columns),
        arguments=file.arguments,
        pacing=Pacing(file.concurrency, float(file.interval), file.rate, float(file.timeout)),
        window=_window(file),
        timezone=file.timezone,
        deadline=file.deadline,
        retry=_retry(file),
        exclusions=paths.exclusions,
        excluded=paths.excluded,
        regions=frozenset(file.regions),
        allow=frozenset(file.allow),
        duplicates=file.duplicates,
        bulk=file.bulk,
        file=definition.display,
    )


def _who(file: CampaignFile) -> Who:
    outbound = None
    if file.outbound is not None:
        outbound = Outbound(
            file.outbound.phone_number, file.outbound.credentials_id, file.outbound.display_name
        )
    return Who(file.platform, file.agent, file.flow or file.agent_id, file.billing_device, outbound)


def _window(file: CampaignFile) -> Window | None:
    if file.window is None:
        return None
    return Window(frozenset(file.window.days), file.window.opens, file.window.closes)


def _retry(file: CampaignFile) -> Retry | None:
    if file.retry is None:
        return None
    return Retry(frozenset(map(Outcome, file.retry.on)), file.retry.times, float(file.retry.after))
