"""A dry run: what a campaign would dial when, with the first contacts one by one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from agentconf.calls.schedule import outlook

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from agentconf.calls.contact import NewContact
    from agentconf.calls.schedule import Foreseen, Outlook


@dataclass(frozen=True, slots=True)
class Preview:
    """What a campaign would dial when.

    Args:
        outlook: all of it, in short.
        first: the contacts that would be called first, with when, in the order of the calls.

    """

    outlook: Outlook
    first: tuple[tuple[Foreseen, NewContact], ...]


def preview(foreseen: Iterable[Foreseen], contacts: Iterable[NewContact], *, most: int) -> Preview:
    """Sum a forecast up, and find out whom it calls first.

    Args:
        foreseen: what would become of each contact; read once, to its end, before `contacts` is begun.
        contacts: the same contacts; read as far as needed.
        most: how many to list one by one.

    """
    kept: list[Foreseen] = []
    summed = outlook(_keeping(foreseen, kept, most))
    wanted = {one.line for one in kept}
    found: dict[int, NewContact] = {}
    for contact in contacts if wanted else ():
        if contact.line in wanted:
            found[contact.line] = contact
            if len(found) == len(wanted):
                break
    return Preview(summed, tuple((one, found[one.line]) for one in kept))


def _keeping(foreseen: Iterable[Foreseen], kept: list[Foreseen], most: int) -> Iterator[Foreseen]:
    for one in foreseen:
        if one.at is not None and len(kept) < most:
            kept.append(one)
        yield one
