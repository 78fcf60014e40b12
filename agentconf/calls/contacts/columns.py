"""What the columns of a file mean: fields of a contact, or variables of the agent."""

from __future__ import annotations

import re
import shlex
from collections import Counter
from typing import TYPE_CHECKING

from agentconf.calls.contacts.fault import BadRow, RowFault
from agentconf.source.suggest import suggest

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from collections.abc import Set as AbstractSet

    from agentconf.calls.contacts.raw import Header, RawContact

FIELDS = ("to", "id", "priority", "timezone", "deadline")
"""Columns with a meaning of their own; every other one is a variable."""

IGNORED = "-"
"""What a column is mapped to that is not to be read."""

_NUMBER_WORDS = frozenset(
    {
        "phone",
        "phones",
        "phonenumber",
        "number",
        "mobile",
        "mobilenumber",
        "mobilephone",
        "tel",
        "telephone",
        "telephonenumber",
        "cell",
        "cellphone",
        "msisdn",
        "e164",
        "callee",
        "recipient",
        "contactnumber",
        "telefon",
        "telefonnummer",
        "telefono",
    }
)
_SEPARATORS = re.compile(r"[\W_]+")
_SHOWN = 8


class Columns:
    """Sorts the values of rows into fields and variables; each column is judged once.

    A field whose name is a variable of the agent too gives it its value: a prompt may speak of
    `{{timezone}}`.

    Args:
        mapping: what a column is, by its header, where that is not its name.
        variables: what a column may be beside a field; None: anything.
        takes_arguments: whether the platform takes values for variables.

    """

    def __init__(
        self, mapping: Mapping[str, str], variables: frozenset[str] | None, *, takes_arguments: bool
    ) -> None:
        self._mapping = mapping
        self._variables = variables
        self._takes_arguments = takes_arguments
        self._twofold = frozenset(FIELDS) & (variables or frozenset()) if takes_arguments else frozenset()
        self._targets: dict[str, str | None] = {}
        self._headers: dict[str, str] = {}
        self._repeated: AbstractSet[str] = frozenset()
        self.faults: list[BadRow] = []

    @property
    def targets(self) -> AbstractSet[str]:
        """The fields and variables that columns were found for."""
        return self._headers.keys()

    def header(self, target: str | None) -> str | None:
        """Name the column of a field or variable as users know it."""
        return None if target is None else self._headers.get(target, target)

    def read(self, header: Header) -> None:
        """Judge the columns of a table; what is wrong with them goes to `faults`."""
        line = header.line
        for place, name in enumerate(header.names, 1):
            if not name:
                self._refuse(line, None, f"column {place} has no name", "give it one, or take the column out")
        for name, times in Counter(filter(None, header.names)).items():
            if times > 1:
                self._refuse(line, name, f"{times} columns have this name", "take out all but one")
            self._learn(name, line, header.names)
        self._check_doubles(line)
        for name, target in self._mapping.items():
            if name not in header.names and target != IGNORED:
                self._refuse(
                    line, name, f"there is no such column to be `{target}`", _near(name, header.names)
                )
        if "to" not in self._headers and not any(map(_is_number_word, header.names)):
            help_ = (
                "name the column of the numbers `to`, or map it: columns: {header: to}, or --map header=to"
            )
            self._refuse(line, None, "there is no column `to` with the numbers to call", help_)

    def sort(self, raw: RawContact, faults: list[RowFault]) -> tuple[dict[str, str], dict[str, str]]:
        """Sort a row's values into those of fields and those of variables.

        Args:
            raw: the row.
            faults: receives what is wrong.

        """
        fields: dict[str, str] = {}
        given: dict[str, str] = {}
        for name, text in raw.values.items():
            if name not in self._targets:
                self._learn(name, raw.line, raw.values)
            target = self._targets[name]
            if target is None:
                continue
            into = fields if target in FIELDS else given
            if target in into and target not in self._repeated:
                message = f"`{name}` is `{target}` too"
                faults.append(RowFault(target, message, "leave one of them out", "value twice"))
            into[target] = text
            if target in self._twofold:
                given[target] = text
        return fields, given

    def _learn(self, name: str, line: int, beside: Collection[str]) -> None:
        """Judge a column that was not seen before, and those beside it were or will be."""
        target: str | None = self._mapping.get(name, name)
        if target == IGNORED:
            target = None
        elif target not in FIELDS and not self._is_variable(target):
            self._refuse(line, name, *self._unknown(name, target or "", beside))
            target = None
        self._targets[name] = target
        if target is not None:
            self._headers.setdefault(target, name)

    def _is_variable(self, target: str | None) -> bool:
        return self._takes_arguments and (self._variables is None or target in self._variables)

    def _check_doubles(self, line: int) -> None:
        counts = Counter(target for target in self._targets.values() if target is not None)
        self._repeated = {target for target, times in counts.items() if times > 1}
        for target in sorted(self._repeated):
            names = ", ".join(f"`{name}`" for name, one in self._targets.items() if one == target)
            self._refuse(
                line, None, f"{names} are all `{target}`", "map all but one to something else, or `-`"
            )

    def _unknown(self, name: str, target: str, beside: Collection[str]) -> tuple[str, str]:
        """Say what is wrong with a column that is neither a field nor a variable."""
        if _is_number_word(name) and all(self._mapping.get(one, one) != "to" for one in beside):
            help_ = (
                f"rename it to `to`, or map it: columns: {{{name}: to}}, or --map {shlex.quote(f'{name}=to')}"
            )
            return "the column with the numbers to call is named `to`", help_
        leave = (
            f'to leave it out: columns: {{{name}: "{IGNORED}"}}, or --map {shlex.quote(f"{name}={IGNORED}")}'
        )
        if not self._takes_arguments:
            return "the platform takes no values for variables", leave
        known = self._variables or frozenset()
        what = "the agent has no variable of this name" if name == target else f"the agent has no `{target}`"
        near = suggest(target, (*FIELDS, *known))
        if near is not None:
            return what, f"did you mean `{near}`? {leave[0].upper()}{leave[1:]}"
        names = ", ".join(sorted(known)[:_SHOWN]) + (", …" if len(known) > _SHOWN else "")
        return what, f"its variables are {names}; {leave}" if names else f"it has none; {leave}"

    def _refuse(self, line: int, name: str | None, message: str, help_: str | None) -> None:
        self.faults.append(BadRow(line, name, message, help_))


def _is_number_word(name: str) -> bool:
    return _SEPARATORS.sub("", name.casefold()) in _NUMBER_WORDS


def _near(name: str, names: tuple[str, ...]) -> str:
    near = suggest(name, names)
    return f"did you mean `{near}`?" if near else f"the header has {', '.join(filter(None, names))}"
