"""What is said and asked before anybody is called."""

from __future__ import annotations

import signal
from contextlib import contextmanager
from typing import TYPE_CHECKING, NoReturn

import click

from agentconf.calls.contacts.columns import FIELDS
from agentconf.cli.numbers import written
from agentconf.errors import BlockedError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agentconf.calls.contacts.check import Checked
    from agentconf.calls.contacts.fault import BadRow
    from agentconf.calls.spool import Spool
    from agentconf.cli.campaigns import Prepared
    from agentconf.cli.ledgers import Ledgers
    from agentconf.cli.options import Session
    from agentconf.cli.order import Order, Ways
    from agentconf.report.contacts_outcome import ContactsOutcome

PREVIEWED = 20
"""Contacts that a dry run lists one by one; with -v, ten times as many."""


def report_bad(session: Session, order: Order, prepared: Prepared, ways: Ways) -> bool:
    """Report what is wrong with the contacts; tell whether that stops everything."""
    checked = prepared.checked
    if not checked.problems:
        return False
    if ways.single:
        _refuse_call(checked)
    from agentconf.report import contacts_json, contacts_text  # noqa: PLC0415 - only when something is wrong

    stops = checked.blocked or not ways.skip_invalid
    output, outcome = session.output, _outcome(order, prepared)
    if session.json:
        if stops:
            output.result(contacts_json.render(outcome))
        return stops
    show = output.result if stops else output.info
    width, colour = output.width, output.colour(stderr=not stops)
    show(contacts_text.render(outcome, verbose=output.verbose, colour=colour, width=width))
    if stops:
        for message, help_ in prepared.objections:
            output.error(f"error: {message}\n  help: {help_}")
        more = "" if checked.blocked or not checked.good else "; --skip-invalid calls the others"
        output.info(f"Nobody was called{more}.")
    return stops


def _refuse_call(checked: Checked) -> NoReturn:
    """Refuse one call for everything that is wrong with it: it comes from the command line, not from a file.

    Raises:
        UsageError: always.

    """
    messages = "; ".join(_of_call(bad) for bad in checked.bad)
    helps = dict.fromkeys(_help_of_call(bad) for bad in checked.bad)
    raise UsageError(f"nobody was called: {messages}", help="; ".join(filter(None, helps)) or None)


def _of_call(bad: BadRow) -> str:
    match bad.column:
        case None:
            return bad.message
        case column if column in FIELDS:
            return f"--{column}: {bad.message}"
        case column:
            return f"{column}: {bad.message}"


def _help_of_call(bad: BadRow) -> str | None:
    """Say what to do on the command line; the help of a row speaks of columns."""
    return bad.help if bad.column is None or bad.column in FIELDS else f"--arg {bad.column}=…"


def _outcome(order: Order, prepared: Prepared) -> ContactsOutcome:
    from agentconf.report.contacts_outcome import ContactsOutcome  # noqa: PLC0415

    return ContactsOutcome.of(prepared.checked, order.source.display)


def show_preview(session: Session, prepared: Prepared, spool: Spool, opened: Ledgers, ways: Ways) -> None:
    """Say what would be dialled when."""
    from agentconf.calls.schedule import forecast  # noqa: PLC0415 - for --dry-run only
    from agentconf.report import campaign_preview_json, campaign_preview_text  # noqa: PLC0415
    from agentconf.report.campaign_preview import preview  # noqa: PLC0415

    output, campaign = session.output, prepared.campaign
    foreseen = forecast(campaign, prepared.waiting(spool), prepared.now)
    most = PREVIEWED * (10 if output.verbose else 1)
    made = preview(foreseen, prepared.waiting(spool), most=most)
    with written(opened, plainly=ways.show_numbers) as number:
        if session.json:
            output.result(campaign_preview_json.render(campaign, made, number=number))
            return
        text = campaign_preview_text.render(
            campaign, made, number=number, zone=output.zone, colour=output.colour(), width=output.width
        )
    output.result(text)


def confirm(session: Session, prepared: Prepared, calls: int, ways: Ways) -> None:
    """Sum up what is about to happen, and ask.

    Raises:
        UsageError: there is no terminal to ask on.
        BlockedError: the answer is no.

    """
    output, campaign = session.output, prepared.campaign
    if not session.json:
        _sum_up(session, prepared, calls)
    if calls == 0:
        return
    if not output.terminal():
        raise UsageError("there is no terminal to ask on", help="add --auto-approve")
    number = calls if ways.limit is None else min(calls, ways.limit)
    many = f"{number:,} {'call' if number == 1 else 'calls'}"
    whom = f" to {campaign.instead}" if campaign.instead else ""
    question = f"Place {many}{whom} with {campaign.agent} in {campaign.environment}? Only 'yes' goes on"
    with _interruptible():
        answer = click.prompt(question, default="no", show_default=False, err=True)
    if answer != "yes":
        raise BlockedError("not confirmed; nobody was called")


@contextmanager
def _interruptible() -> Iterator[None]:
    """Let Ctrl-C end the wait for an answer: in an event loop it would only be noted until there is one."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _sum_up(session: Session, prepared: Prepared, calls: int) -> None:
    from agentconf.report import campaign_confirm_text  # noqa: PLC0415
    from agentconf.report.campaign_confirm_text import Load  # noqa: PLC0415

    checked, output = prepared.checked, session.output
    left_out = (
        ("called before", checked.good - calls),
        ("bad rows", checked.bad_rows),
        ("on the do-not-call list", checked.excluded),
    )
    load = Load(calls, left_out, prepared.capabilities.bulk, prepared.deadline, prepared.now)
    output.info(
        campaign_confirm_text.render(
            prepared.campaign,
            load,
            zone=output.zone,
            colour=output.colour(stderr=True),
            width=output.width,
        )
    )
