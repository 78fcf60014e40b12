"""`agentconf campaign`: declared campaigns."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from agentconf.cli.ledgers import workers_option
from agentconf.cli.numbers import numbers_option
from agentconf.cli.options import Session, common
from agentconf.cli.running import RUN, run_options
from agentconf.errors import ConfigurationError, FindingsError

if TYPE_CHECKING:
    from agentconf.calls.ledger.ledger import Ledger
    from agentconf.cli.order import Order
    from agentconf.project.definition import Project


@click.group("campaign")
def command() -> None:
    """Run declared campaigns (campaigns/*.yaml), follow them, pause them, report on them."""


_FILE = click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
_LABEL = click.option("--run", "label", metavar="LABEL", help="Of the run; a new one calls everybody anew.")
_TEST = click.option("--test", is_flag=True, help="Mean the run in test mode (--to-instead).")


@command.command("run")
@_FILE
@_LABEL
@run_options
@common("text", "json")
def run_campaign(session: Session, file: Path, label: str | None, **options: Any) -> int:
    """Call the contacts of a campaign that were not called yet.

    Every row is checked before the first call. Run it again after a crash, or with more contacts: nobody
    is called twice.
    """
    from agentconf.cli.carrying import carry_out  # noqa: PLC0415 - keeps --help light
    from agentconf.cli.order import Ways  # noqa: PLC0415

    project, order = _read(session, file, label)
    ways = Ways(**{name: options.pop(name) for name in RUN})
    return asyncio.run(carry_out(session, project, order, ways))


@command.command("resume")
@_FILE
@_LABEL
@_TEST
@click.option("--wait", is_flag=True, help="Go on until every call has ended.")
@click.option("--allow-drift", is_flag=True, help="Call with an agent that is not what its files say.")
@numbers_option
@workers_option
@common("text", "json")
def resume_campaign(session: Session, file: Path, label: str | None, test: bool, **options: Any) -> int:
    """Go on with a campaign that was paused, halted or interrupted, with the contacts that it has."""
    from agentconf.calls.contact import State  # noqa: PLC0415 - keeps --help light
    from agentconf.calls.turn import Phase  # noqa: PLC0415
    from agentconf.cli.carrying import carry_on  # noqa: PLC0415
    from agentconf.cli.ledgers import ledgers  # noqa: PLC0415
    from agentconf.cli.order import Ways  # noqa: PLC0415

    project = _project(session)
    opened = ledgers(session, Path(project.root), options["workers"])
    with opened.open() as ledger:
        name = _find(ledger, project, file, label, test=test)
        campaign = ledger.campaign(name)
        _check_agent(session, project, campaign.agent, campaign.target.platform, options)
        ledger.control(name, Phase.RUNNING)
        states = ledger.counts(name).states
    left = states.get(State.PLANNED, 0) + states.get(State.SENDING, 0)
    ways = Ways(show_numbers=options["show_numbers"], wait=options["wait"], workers=options["workers"])
    return asyncio.run(carry_on(session, project, campaign, opened, ways, calls=left))


@command.command("pause")
@_FILE
@_LABEL
@_TEST
@workers_option
@common("text")
def pause_campaign(session: Session, file: Path, label: str | None, test: bool, workers: str | None) -> int:
    """Place no more calls until `resume`; whoever carries the campaign out notices within seconds."""
    from agentconf.calls.turn import Phase  # noqa: PLC0415 - keeps --help light

    name = _control(session, file, label, workers, Phase.PAUSED, test=test)
    session.output.result(f"Paused {name}; requests under way are finished")
    return 0


@command.command("cancel")
@_FILE
@_LABEL
@_TEST
@workers_option
@common("text")
def cancel_campaign(session: Session, file: Path, label: str | None, test: bool, workers: str | None) -> int:
    """Call nobody else, for good. Where the platform can, calls that wait there are taken back."""
    from agentconf.calls.turn import Phase  # noqa: PLC0415 - keeps --help light
    from agentconf.cli.ledgers import ledgers  # noqa: PLC0415
    from agentconf.cli.recall import take_back  # noqa: PLC0415

    name = _control(session, file, label, workers, Phase.CANCELED, test=test)
    session.output.result(f"Canceled {name}; requests under way are finished")
    project = _project(session)
    opened = ledgers(session, Path(project.root), workers)
    return asyncio.run(take_back(session, project, opened, name))


@command.command("status")
@click.argument("file", metavar="[FILE]", required=False, type=click.Path(path_type=Path))
@_LABEL
@_TEST
@workers_option
@common("text", "json")
def show_status(
    session: Session, file: Path | None, label: str | None, test: bool, workers: str | None
) -> int:
    """Say how far a campaign is, or list all of the environment's."""
    from agentconf.cli.ledgers import ledgers  # noqa: PLC0415 - keeps --help light
    from agentconf.report import campaign_json, campaign_status_text  # noqa: PLC0415

    project, output = _project(session), session.output
    with ledgers(session, Path(project.root), workers).open() as ledger:
        if file is None:
            environment = project.environment.name
            standings = [one for one in ledger.standings() if one.environment == environment]
        else:
            standings = [ledger.standing(_find(ledger, project, file, label, test=test))]
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


@command.command("report")
@_FILE
@_LABEL
@_TEST
@click.option(
    "--csv", "csv_file", type=click.Path(path_type=Path), metavar="FILE|-", help="A line a contact."
)
@click.option(
    "--html", "html_file", type=click.Path(path_type=Path), metavar="FILE", help="A page with plots."
)
@numbers_option
@workers_option
@common("text", "json")
def report_campaign(session: Session, file: Path, label: str | None, test: bool, **options: Any) -> int:
    """Report on a campaign: as text, as a CSV of all contacts, or as one HTML page that needs no network."""
    from agentconf.cli.ledgers import ledgers  # noqa: PLC0415 - keeps --help light
    from agentconf.cli.numbers import spelled  # noqa: PLC0415
    from agentconf.report import campaign_csv, campaign_html, campaign_json, campaign_status_text  # noqa: PLC0415
    from agentconf.report.campaign_html import View  # noqa: PLC0415

    project, output = _project(session), session.output
    with ledgers(session, Path(project.root), options["workers"]).open() as ledger:
        name = _find(ledger, project, file, label, test=test)
        standing, campaign = ledger.standing(name), ledger.campaign(name)
        number = spelled(ledger, plainly=options["show_numbers"])
        now, zone = time.time(), output.zone
        written = []
        if csv_file := options["csv_file"]:
            lines = campaign_csv.lines(ledger.contacts(name), number=number)
            written += _write(session, csv_file, lines, newline="")
        if html_file := options["html_file"]:
            view = View(now, zone, number)
            page = campaign_html.render(
                standing, campaign, ledger.contacts(name), ledger.attempts(name), view
            )
            written += _write(session, html_file, [page])
        if session.json and csv_file != Path("-"):
            attempts = ledger.attempts(name)
            output.result(campaign_json.report(standing, campaign, attempts, now=now, zone=zone))
        elif not csv_file and not html_file:
            output.result(
                campaign_status_text.render(standing, zone=zone, colour=output.colour(), width=output.width)
            )
    for path in written:
        output.info(f"Wrote {path}")
    return 0


def _project(session: Session) -> Project:
    from agentconf.cli.project import load  # noqa: PLC0415 - keeps --help light

    return load(session)


def _read(session: Session, file: Path, label: str | None) -> tuple[Project, Order]:
    """Read a campaign file.

    Raises:
        FindingsError: something is wrong with it; all of it has been written to stderr.

    """
    from dataclasses import replace  # noqa: PLC0415

    from agentconf.cli.order import order_of  # noqa: PLC0415
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
    order = order_of(definition)
    if label is not None:
        order = replace(order, name=f"{definition.name}@{label}")
    return project, order


def _find(ledger: Ledger, project: Project, file: Path, label: str | None, *, test: bool) -> str:
    """Find a campaign in the ledger by its file or name.

    A file may name its run itself; a name alone means the campaign without one, or the only run there is.

    Raises:
        ConfigurationError: there is none, or there are several runs.

    """
    from agentconf.cli.campaigns import campaign_id  # noqa: PLC0415
    from agentconf.source.suggest import suggest  # noqa: PLC0415

    environment = project.environment.name
    stem = file.stem if file.suffix in {".yaml", ".yml", ".json"} else str(file)
    wanted = campaign_id(environment, stem + (f"@{label}" if label else ""), test=test)
    there = [one.id for one in ledger.standings() if one.environment == environment]
    if wanted in there:
        return wanted
    end = "~test" if test else ""
    prefix = campaign_id(environment, f"{stem}@")
    runs = [one for one in there if one.startswith(prefix) and one.endswith("~test") == test]
    if label is None and len(runs) == 1:
        return runs[0]
    if label is None and runs:
        labels = ", ".join(sorted(one.removeprefix(prefix).removesuffix(end) for one in runs))
        raise ConfigurationError(f"{stem} has several runs", help=f"name one with --run: {labels}")
    close = suggest(wanted, there)
    listed = ", ".join(one.partition("/")[2] for one in there[:10]) or "none yet"
    help_ = f"did you mean {close.partition('/')[2]!r}?" if close else f"in the ledger: {listed}"
    raise ConfigurationError(f"there is no campaign {stem!r} of {environment} in the ledger", help=help_)


def _control(
    session: Session, file: Path, label: str | None, workers: str | None, phase: Any, *, test: bool
) -> str:
    from agentconf.cli.ledgers import ledgers  # noqa: PLC0415

    project = _project(session)
    with ledgers(session, Path(project.root), workers).open() as ledger:
        name = _find(ledger, project, file, label, test=test)
        ledger.control(name, phase)
    return name


def _check_agent(
    session: Session, project: Project, agent: str, platform: str, options: dict[str, Any]
) -> None:
    """Refuse to go on with an agent that may no longer be dialled with."""
    if platform != "slng":
        return
    from agentconf.cli.readiness import refuse_unready, speaker  # noqa: PLC0415

    found = asyncio.run(speaker(session, project, agent, allow_drift=options["allow_drift"]))
    refuse_unready(found.objections)


def _write(session: Session, path: Path, lines: Any, *, newline: str | None = None) -> list[Path]:
    """Write a report, whole or not at all; `-` is stdout."""
    if str(path) == "-":
        for line in lines:
            session.output.result(line.rstrip("\r\n"))
        return []
    scratch = path.with_name(f".{path.name}.part")
    try:
        with scratch.open("w", encoding="utf-8", newline=newline) as stream:
            stream.writelines(session.output.mask(line) for line in lines)
        scratch.replace(path)
    except OSError as error:
        scratch.unlink(missing_ok=True)
        raise ConfigurationError(f"cannot write {path}: {error.strerror}") from error
    return [path]
