"""Contacts, checked as a whole: every row is looked at, and all that is wrong is told together."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeGuard

from agentconf.calls.contacts.arguments import ArgumentCheck
from agentconf.calls.contacts.columns import Columns
from agentconf.calls.contacts.fault import BadRow
from agentconf.calls.contacts.moments import deadline_at, is_local, shown
from agentconf.calls.contacts.row import DO_NOT_CALL, RowCheck
from agentconf.calls.contacts.rules import Rules
from agentconf.errors import ConfigurationError
from agentconf.lint.rehearsal import known_variables
from agentconf.lint.timezone import check_timezone
from agentconf.source.suggest import suggest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agentconf.calls.contact import NewContact
    from agentconf.calls.contacts.moments import Deadline
    from agentconf.calls.contacts.raw import ContactRows

__all__ = ["DO_NOT_CALL", "MOST_KEPT", "BadRow", "Checked", "Rules", "check_contacts"]

MOST_KEPT = 1000
"""Problems that are kept to be shown; the others are counted."""


def check_contacts(rows: ContactRows, rules: Rules, *, skip_invalid: bool) -> Checked:
    """Check contacts.

    Args:
        rows: of the file; read as the result is.
        rules: what they are held against.
        skip_invalid: whether bad rows are contacts as well, that are skipped.

    Raises:
        ConfigurationError: the campaign itself is wrong: its arguments, its zone, its deadline.

    """
    known = rules.variables
    if known is None and rules.agent is not None:
        known = known_variables(rules.agent)
    _check_campaign(rules, known)
    return Checked(rows, rules, known, skip_invalid=skip_invalid)


class Checked:
    """Contacts that are checked while they are iterated over, once.

    Without `skip_invalid` the contacts are those to be called, and those on the do-not-call list as skipped.
    What is wrong is complete when the iteration is.

    Attributes:
        bad: what is wrong, the header first, then by line; the first `MOST_KEPT`.
        problems: how much is wrong; of a row it may be several things.
        blocked: whether columns are wrong; then nothing may be called, whatever is skipped.
        rows: how many there were.
        good: those to be called.
        bad_rows: those that are not because something is wrong with them.
        excluded: those that are not because of the do-not-call list.

    """

    def __init__(
        self, rows: ContactRows, rules: Rules, known: frozenset[str] | None, *, skip_invalid: bool
    ) -> None:
        self._rows = rows
        self._skip_invalid = skip_invalid
        self._columns = Columns(rules.columns, known, takes_arguments=rules.takes_arguments)
        arguments = ArgumentCheck(rules.agent, rules.arguments)
        self._check = RowCheck(rules, self._columns, arguments)
        self.bad: list[BadRow] = []
        self.problems = self.rows = self.good = self.bad_rows = self.excluded = 0
        self.blocked = False
        header = rows.header
        if header is not None:
            self._columns.read(header)
            self._take_columns()
            help_ = (
                "add the column, or a default: `arguments` of the campaign, `template_defaults` of the agent"
            )
            for variable, message in arguments.lacking(self._columns.targets):
                self.blocked = True
                self._tell(BadRow(header.line, variable, message, help_))

    def __iter__(self) -> Iterator[NewContact]:
        dialable = self._rows.header is None or "to" in self._columns.targets
        for raw in self._rows:
            self.rows += 1
            if not dialable:
                self.bad_rows += 1
                continue
            contact, faults = self._check.check(raw)
            if self._columns.faults:
                self._take_columns()
            if faults:
                self.bad_rows += 1
                for fault in faults:
                    column = self._columns.header(fault.target)
                    self._tell(BadRow(raw.line, column, fault.message, fault.help))
            elif contact.skipped is None:
                self.good += 1
            else:
                self.excluded += 1
            if not faults or self._skip_invalid:
                yield contact

    def _take_columns(self) -> None:
        """Tell what was found wrong with columns since the last time."""
        for fault in self._columns.faults:
            self.blocked = True
            self._tell(fault)
        self._columns.faults.clear()

    def _tell(self, bad: BadRow) -> None:
        self.problems += 1
        if len(self.bad) < MOST_KEPT:
            self.bad.append(bad)


def _check_campaign(rules: Rules, known: frozenset[str] | None) -> None:
    """Refuse what would be wrong with every row."""
    if rules.timezone is not None and (fault := check_timezone(rules.timezone)):
        raise ConfigurationError(f"the campaign's timezone: {fault.message}", help=fault.help)
    deadline = rules.deadline
    if _is_over(deadline, rules):
        message = f"the campaign's deadline {shown(deadline_at(deadline, (), rules.now), ())} is over"
        raise ConfigurationError(message, help="give a later one")
    if rules.arguments and not rules.takes_arguments:
        raise ConfigurationError(
            "the platform takes no values for variables", help="leave the campaign's `arguments` out"
        )
    for name in rules.arguments:
        if known is not None and name not in known:
            near = suggest(name, known)
            help_ = f"did you mean `{near}`?" if near else "leave it out of the campaign's `arguments`"
            raise ConfigurationError(f"the agent has no variable `{name}`", help=help_)


def _is_over(deadline: Deadline | None, rules: Rules) -> TypeGuard[Deadline]:
    """Tell whether a campaign that is new has a deadline that is over for everybody."""
    if deadline is None or rules.began is not None or is_local(deadline):
        return False
    return deadline_at(deadline, (), rules.now) <= rules.now
