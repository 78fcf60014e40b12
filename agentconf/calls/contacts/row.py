"""One row: from texts to a contact, or to all that is wrong with it."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from agentconf.calls.contact import NewContact
from agentconf.calls.contacts.fault import RowFault
from agentconf.calls.contacts.key import contact_key
from agentconf.calls.contacts.moments import MomentFault, deadline_at, is_local, parse_deadline, shown
from agentconf.calls.contacts.numbers import Number, NumberFault, check_number
from agentconf.calls.contacts.zones import ZoneFault, check_zone, contact_zones
from agentconf.calls.window import next_opening

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agentconf.calls.contacts.arguments import ArgumentCheck
    from agentconf.calls.contacts.columns import Columns
    from agentconf.calls.contacts.moments import Deadline
    from agentconf.calls.contacts.raw import RawContact
    from agentconf.calls.contacts.rules import Rules

DO_NOT_CALL = "do not call"
"""Why a contact is skipped whose number is on the do-not-call list."""

_PRIORITY = re.compile(r"[+-]?[0-9]{1,10}")
_MOST = 2**31 - 1
"""Largest priority: 32 bits, with a sign (API contract of Dasha, CreateCallInputDto)."""


class Verdict(NamedTuple):
    """What became of a row.

    Args:
        contact: `skipped` says why it is not to be called.
        faults: what is wrong; a contact that is skipped without any is on the do-not-call list.

    """

    contact: NewContact
    faults: list[RowFault]


class _When(NamedTuple):
    """When and where, as far as it is known."""

    zones: tuple[str, ...] = ()
    due_at: float = 0.0
    deadline: float | None = None


class RowCheck:
    """Checks the rows of one file, in their order: a number's later rows are the duplicates.

    Args:
        rules: what they are held against.
        columns: what their columns mean.
        arguments: checks their variables.

    """

    def __init__(self, rules: Rules, columns: Columns, arguments: ArgumentCheck) -> None:
        self._rules = rules
        self._columns = columns
        self._arguments = arguments
        self._began = rules.now if rules.began is None else rules.began
        # Numbers as integers, and lines below zero for rows without an id: of a million it saves 60 MB.
        self._numbers: dict[int, int] = {}
        self._identities: dict[str, int] = {}
        self._openings: dict[tuple[str, ...], float | None] = {}

    def check(self, raw: RawContact) -> Verdict:
        """Check a row."""
        if raw.problem is not None:
            return self._bad(raw.line, "", None, [RowFault(None, raw.problem, raw.help, "malformed row")])
        faults: list[RowFault] = []
        fields, given = self._columns.sort(raw, faults)
        to, identity = fields.get("to", ""), fields.get("id", "")
        if to in self._rules.do_not_call:
            return self._excluded(raw.line, to, identity)
        number = self._number(raw, to, faults)
        unique = number is not None and self._check_unique(raw.line, to, identity, faults)
        priority = _priority(fields.get("priority"), faults)
        when = self._when(fields, number, faults)
        faults += self._arguments.check(given)
        if faults:
            return self._bad(raw.line, to, identity if unique else None, faults)
        rules = self._rules
        contact = NewContact(
            key=contact_key(rules.campaign_id, to, identity),
            line=raw.line,
            to=rules.instead or to,
            arguments={**rules.arguments, **given} if rules.takes_arguments else {},
            priority=priority,
            zones=when.zones,
            due_at=when.due_at,
            deadline=when.deadline,
            timezone=fields.get("timezone", rules.timezone) if rules.schedules else None,
            identity=identity,
        )
        return Verdict(contact, faults)

    def _number(self, raw: RawContact, to: str, faults: list[RowFault]) -> Number | None:
        if self._columns.header("to") in raw.numeric:
            help_ = f'put it in quotes, with its plus: "+{to.lstrip("+-")}"'
            message = "a phone number is a text, not a number of JSON"
            faults.append(RowFault("to", message, help_, "not an E.164 number"))
            return None
        found = check_number(to, regions=self._rules.regions, allow=self._rules.allow)
        if isinstance(found, NumberFault):
            faults.append(RowFault("to", *found))
            return None
        return found

    def _check_unique(self, line: int, to: str, identity: str, faults: list[RowFault]) -> bool:
        """Find what an earlier row has too; tell whether the row's key is surely its own."""
        known = len(faults)
        before = self._numbers.setdefault(int(to), line if identity else -line)
        again = abs(before) != line
        if again and not self._rules.duplicates:
            help_ = "leave one of the rows out, or allow it: duplicates: true, with an `id` in each row"
            faults.append(RowFault("to", f"`{to}` is in line {abs(before)} too", help_, "duplicate number"))
        elif again and (before < 0 or not identity):
            which = f"line {-before}, which has no `id`," if before < 0 else f"line {before}"
            message = f"`{to}` is in {which} too"
            help_ = "give each row of the number an `id` of its own"
            faults.append(RowFault("id", message, help_, "duplicate number without an id"))
        if identity and (first := self._identities.setdefault(identity, line)) != line:
            message = f"the id `{identity[:40]}` is in line {first} too"
            faults.append(RowFault("id", message, "give each row an id of its own", "duplicate id"))
        return len(faults) == known

    def _when(self, fields: Mapping[str, str], number: Number | None, faults: list[RowFault]) -> _When:
        """Find out where the contact is, when it may be called first, and until when.

        Once a campaign is under way, a deadline that is over is no fault: perhaps the call was made in time.
        """
        deadline = self._deadline(fields.get("deadline"), faults)
        zones = self._zones(fields.get("timezone"), number, deadline, faults)
        if zones is None:
            return _When()
        latest = None if deadline is None else deadline_at(deadline, zones, self._began)
        due_at = self._opening(zones)
        if due_at is None:
            help_ = "check the window and the zone"
            faults.append(RowFault("timezone", "the window never opens there", help_, "window never opens"))
        elif latest is not None and latest <= due_at and self._rules.began is None:
            faults.append(self._too_late(latest, due_at, zones))
        return _When(zones, due_at or 0.0, latest)

    def _deadline(self, text: str | None, faults: list[RowFault]) -> Deadline | None:
        if text is None:
            return self._rules.deadline
        found = _parse_deadline(text)
        if isinstance(found, MomentFault):
            faults.append(RowFault("deadline", *found, "bad deadline"))
            return None
        return found

    def _zones(
        self, name: str | None, number: Number | None, deadline: Deadline | None, faults: list[RowFault]
    ) -> tuple[str, ...] | None:
        """Name the contact's zones where they matter; None when they cannot be known."""
        rules = self._rules
        if name is not None:
            fault = check_zone(name)
            if fault is None:
                return (name,)
            faults.append(RowFault("timezone", *fault, "bad timezone"))
            return None
        if rules.window is None and not is_local(deadline):
            return ()
        if number is None:
            return None
        found = contact_zones(number, rules.timezone, rules.window, rules.now)
        if isinstance(found, ZoneFault):
            faults.append(RowFault("timezone", *found, "unknown timezone"))
            return None
        return found

    def _opening(self, zones: tuple[str, ...]) -> float | None:
        if zones not in self._openings:
            self._openings[zones] = next_opening(self._rules.window, zones, self._rules.now)
        return self._openings[zones]

    def _too_late(self, deadline: float, due_at: float, zones: tuple[str, ...]) -> RowFault:
        until = shown(deadline, zones)
        if deadline <= self._rules.now:
            return RowFault("deadline", f"the deadline {until} is over", "give a later one", "deadline over")
        message = f"the deadline {until} is before the window opens: {shown(due_at, zones)}"
        return RowFault("deadline", message, "give a later one, or a wider window", "deadline before window")

    def _excluded(self, line: int, to: str, identity: str) -> Verdict:
        """Skip a number of the do-not-call list; what else is wrong with its row does not matter."""
        unique = self._check_unique(line, to, identity, [])
        return Verdict(self._skipped(line, to, identity if unique else None, DO_NOT_CALL), [])

    def _bad(self, line: int, to: str, identity: str | None, faults: list[RowFault]) -> Verdict:
        return Verdict(self._skipped(line, to, identity, f"bad row: {faults[0].reason}"), faults)

    def _skipped(self, line: int, to: str, identity: str | None, reason: str) -> NewContact:
        """Make a contact that is not to be called; without an identity, its line is what makes it unique."""
        key = contact_key(self._rules.campaign_id, to, f"\0{line}" if identity is None else identity)
        return NewContact(key, line, to, identity=identity or "", skipped=reason)


@lru_cache(maxsize=4096)
def _parse_deadline(text: str) -> Deadline | MomentFault:
    """Read a deadline, once for all rows that have it."""
    return parse_deadline(text)


def _priority(text: str | None, faults: list[RowFault]) -> int:
    if text is None:
        return 0
    if _PRIORITY.fullmatch(text) and -_MOST - 1 <= int(text) <= _MOST:
        return int(text)
    message = f"`{text[:40]}` is no priority"
    help_ = f"write a whole number; higher goes first, at most {_MOST}"
    faults.append(RowFault("priority", message, help_, "bad priority"))
    return 0
