"""`agentconf campaign`: declared campaigns."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from agentconf.cli.ledgers import workers_option
from agentconf.cli.naming import LABEL
from agentconf.cli.numbers import numbers_option
from agentconf.cli.options import Session, common
from agentconf.cli.running import RESUME, RUN, resume_options, run_options
from agentconf.cli.sections import InOrder, Sectioned
from agentconf.errors import ConfigurationError, FindingsError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from agentconf.calls.ledger.ledger import Ledger
    from agentconf.calls.turn import Phase, Standing
    from agentconf.cli.ledgers import Ledgers
    from agentconf.cli.order import Order
    from agentconf.project.definition import Project
    from agentconf.project.load import Loader


@click.group("campaign", cls=InOrder)
def command() -> None:
    """Run declared campaigns (campaigns/*.yaml), follow them, pause them, report on them."""


_LABEL = click.option(
    "--run",
    "label",
    type=LABEL,
    metavar="LABEL",
    help="Which run is meant (default: as the file says, or the only one).",
)
_TEST = click.option("--test", is_flag=True, help="Mean the run in test mode (--to-instead).")


def _which(*, required: bool = True) -> Callable[[Any], Any]:
    """Add what says which campaign of the ledger is meant."""
    metavar = "CAMPAIGN" if required else "[CAMPAIGN]"
    path = click.Path(path_type=Path)
    argument = click.argument("file", metavar=metavar, required=required, type=path)
    return lambda command: argument(_LABEL(_TEST(command)))


@command.command("run", cls=Sectioned, short_help="Call the contacts that were not called yet.")
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@click.option(
    "--run",
    "label",
    type=LABEL,
    metavar="LABEL",
    help="Of this run (default: as the file says); with a new one, everybody is called anew.",
)
@run_options
@common("text", "json")
def run_campaign(session: Session, file: Path, label: str | None, **options: Any) -> int:
    """Call the contacts of a campaign that were not called yet. FILE is its file, or the file's name.

    Every row is checked before the first call. Run it again after a crash, or with more contacts: nobody
    is called twice.
    """
    from agentconf.cli.carrying import carry_out  # noqa: PLC0415 - keeps --help light
    from agentconf.cli.order import Ways  # noqa: PLC0415

    project, order = _read(session, file, label)
    ways = Ways(**{name: options.pop(name) for name in RUN})
    return asyncio.run(carry_out(session, project, order, ways))


@command.command("status", short_help="Say how far campaigns are.")
@_which(required=False)
@workers_option
@common("text", "json")
def show_status(
    session: Session, file: Path | None, label: str | None, test: bool, workers: str | None
) -> int:
    """Say how far a campaign is, or list all of the environment's."""
    from agentconf.report import campaign_json, campaign_status_text  # noqa: PLC0415 - keeps --help light

    shelf, output = _open(session, workers), session.output
    with shelf.opened.open() as ledger:
        if file is None:
            environment = shelf.project.environment.name
            standings = [one for one in ledger.standings() if one.environment == environment]
        else:
            standings = [shelf.find(ledger, file, label, test=test)]
    if session.json:
        output.result(campaign_json.status(standings))
        return 0
    zone, colour, width = output.zone, output.colour(), output.width
    if file is None:
        text = campaign_status_text.listed(standings, zone=zone, colour=colour, width=width)
    else:
        text = campaign_status_text.render(standings[0], zone=zone, colour=colour, width=width)
    output.result(text)
    return 0


@command.command("pause", short_help="Place no more calls until `resume`.")
@_which()
@workers_option
@common("text")
def pause_campaign(session: Session, workers: str | None, **which: Any) -> int:
    """Place no more calls until `resume`; whoever carries the campaign out notices within seconds."""
    from agentconf.calls.turn import Phase  # noqa: PLC0415 - keeps --help light
    from agentconf.cli.naming import shown  # noqa: PLC0415

    standing = _control(_open(session, workers), Phase.PAUSED, **which)
    name, where = shown(standing.id), standing.environment
    session.output.result(f"Paused {name} in {where}: requests under way are finished, and no other begins")
    return 0


@command.command("resume", cls=Sectioned, short_help="Go on with the contacts that it has.")
@_which()
@resume_options
@common("text", "json")
def resume_campaign(session: Session, file: Path, label: str | None, test: bool, **options: Any) -> int:
    """Go on with a campaign that was paused, halted or interrupted, with the contacts that it has.

    They were checked and agreed to when it was run, so nothing is asked; `run` reads its file anew. A
    dispatch is resumed by its name.
    """
    from agentconf.cli.order import Ways  # noqa: PLC0415 - keeps --help light
    from agentconf.cli.resuming import resume  # noqa: PLC0415

    ways = Ways(**{name: options.pop(name) for name in RESUME})
    shelf = _open(session, ways.workers)
    with shelf.opened.open() as ledger:
        standing = shelf.find(ledger, file, label, test=test)
    return asyncio.run(resume(session, shelf.project, shelf.opened, standing, ways))


@command.command("cancel", short_help="Call nobody else, for good.")
@_which()
@workers_option
@common("text")
def cancel_campaign(session: Session, workers: str | None, **which: Any) -> int:
    """Call nobody else, for good. Where the platform can, calls that wait there are taken back."""
    from agentconf.calls.turn import Phase  # noqa: PLC0415 - keeps --help light
    from agentconf.cli.naming import shown  # noqa: PLC0415
    from agentconf.cli.recall import take_back  # noqa: PLC0415

    shelf = _open(session, workers)
    standing = _control(shelf, Phase.CANCELED, **which)
    name, where = shown(standing.id), standing.environment
    session.output.result(f"Canceled {name} in {where}: requests under way are finished, and no other begins")
    return asyncio.run(take_back(session, shelf.project, shelf.opened, standing.id))


@command.command("report", short_help="Report on a campaign: text, CSV, HTML or JSON.")
@_which()
@click.option(
    "--csv", "csv_file", type=click.Path(path_type=Path), metavar="FILE|-", help="A line a contact."
)
@click.option(
    "--html", "html_file", type=click.Path(path_type=Path), metavar="FILE|-", help="A page with plots."
)
@numbers_option
@workers_option
@common("text", "json")
def report_campaign(session: Session, file: Path, label: str | None, test: bool, **options: Any) -> int:
    """Report on a campaign: as text, as a CSV of all contacts, or as one HTML page that needs no network."""
    from agentconf.cli.numbers import spelled  # noqa: PLC0415 - keeps --help light
    from agentconf.report import campaign_csv, campaign_html, campaign_json, campaign_status_text  # noqa: PLC0415
    from agentconf.report.campaign_html import View  # noqa: PLC0415

    csv_file, html_file = options["csv_file"], options["html_file"]
    _refuse_mixture(session, csv_file, html_file)
    shelf, output = _open(session, options["workers"]), session.output
    with shelf.opened.open() as ledger:
        standing = shelf.find(ledger, file, label, test=test)
        campaign = ledger.campaign(standing.id)
        number = spelled(ledger, plainly=options["show_numbers"])
        now, zone = time.time(), output.zone
        if csv_file:
            _write(
                session, csv_file, campaign_csv.lines(ledger.contacts(campaign.id), number=number), newline=""
            )
        if html_file:
            contacts, attempts = ledger.contacts(campaign.id), ledger.attempts(campaign.id)
            page = campaign_html.render(standing, campaign, contacts, attempts, View(now, zone, number))
            _write(session, html_file, [page])
        if session.json:
            attempts = ledger.attempts(campaign.id)
            output.result(campaign_json.report(standing, campaign, attempts, now=now, zone=zone))
        elif not csv_file and not html_file:
            output.result(
                campaign_status_text.render(standing, zone=zone, colour=output.colour(), width=output.width)
            )
    return 0


@dataclass(frozen=True, slots=True)
class _Shelf:
    """Where campaigns are looked up.

    Args:
        loader: reads their files.
        project: resolved for the environment.
        opened: the ledger.

    """

    loader: Loader
    project: Project
    opened: Ledgers

    def find(self, ledger: Ledger, file: Path, label: str | None, *, test: bool) -> Standing:
        """Find one by what the user called it."""
        from agentconf.cli.lookup import Wanted, find_campaign  # noqa: PLC0415 - keeps --help light

        return find_campaign(ledger, self.loader, self.project, Wanted(file, label, test))


def _open(session: Session, workers: str | None) -> _Shelf:
    from agentconf.cli.ledgers import ledgers  # noqa: PLC0415 - keeps --help light
    from agentconf.cli.project import open_loader, resolve  # noqa: PLC0415

    loader = open_loader(session)
    project = resolve(session, loader, session.environment)
    return _Shelf(loader, project, ledgers(session, Path(project.root), workers))


def _control(shelf: _Shelf, phase: Phase, file: Path, label: str | None, *, test: bool) -> Standing:
    """Bring a campaign into another phase.

    Raises:
        BlockedError: it was canceled, and is to be paused.

    """
    from agentconf.calls.turn import Phase  # noqa: PLC0415 - keeps --help light
    from agentconf.cli.lookup import refuse_phase  # noqa: PLC0415

    with shelf.opened.open() as ledger:
        standing = shelf.find(ledger, file, label, test=test)
        if phase is not Phase.CANCELED:
            refuse_phase(standing)
        ledger.control(standing.id, phase)
    return standing


def _read(session: Session, file: Path, label: str | None) -> tuple[Project, Order]:
    """Read a campaign file.

    Raises:
        FindingsError: something is wrong with it; all of it has been written to stderr.

    """
    from agentconf.cli.order import order_of  # noqa: PLC0415 - keeps --help light
    from agentconf.cli.project import open_loader, resolve, show_errors  # noqa: PLC0415
    from agentconf.lint.engine import finding_of  # noqa: PLC0415
    from agentconf.project.campaign import load_campaign  # noqa: PLC0415

    loader = open_loader(session)
    project = resolve(session, loader, session.environment)
    definition = load_campaign(loader, project, file)
    if definition.problems:
        show_errors(session, [finding_of(problem, None) for problem in definition.problems])
        count = len(definition.problems)
        raise FindingsError(
            f"{count} {'error' if count == 1 else 'errors'} in {definition.display}; nobody was called",
            help="`agentconf explain campaign` says what such a file holds",
        )
    return project, order_of(definition, loader.root, label)


def _refuse_mixture(session: Session, *files: Path | None) -> None:
    """Refuse to write two documents to stdout.

    Raises:
        UsageError: two were asked for.

    """
    if [str(file) for file in files if file].count("-") + session.json > 1:
        raise UsageError("stdout takes one document: CSV, HTML or JSON", help="name a file for the others")


def _write(session: Session, path: Path, lines: Any, *, newline: str | None = None) -> None:
    """Write a report, whole or not at all; `-` is stdout."""
    if str(path) == "-":
        for line in lines:
            session.output.result(line.rstrip("\r\n"))
        return
    scratch = path.with_name(f".{path.name}.part")
    try:
        with scratch.open("w", encoding="utf-8", newline=newline) as stream:
            stream.writelines(session.output.mask(line) for line in lines)
        scratch.replace(path)
    except OSError as error:
        scratch.unlink(missing_ok=True)
        raise ConfigurationError(
            f"cannot write {path}: {error.strerror}", help="name a file in a folder that is there"
        ) from error
    session.output.info(f"Wrote {path}")
