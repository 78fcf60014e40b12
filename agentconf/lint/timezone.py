"""Time zones as the platform takes them: names of the IANA time zone database."""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from agentconf.lint.template import OPEN
from agentconf.model.timezone import timezone_names as names
from agentconf.source.suggest import suggest

_OFFSET = re.compile(r"(?:UTC|GMT|Z)?\s*[+-]\s*\d{1,2}(?::?\d{2})?", re.IGNORECASE)


class TimezoneFault(NamedTuple):
    """Why a text is not a time zone.

    Args:
        message: one sentence.
        help: the next action.

    """

    message: str
    help: str


def check_timezone(name: str) -> TimezoneFault | None:
    """Hold a name against the IANA database; case counts."""
    if name in names():
        return None
    if not name.strip():
        return TimezoneFault(
            "the timezone is empty", "write a name such as Europe/Madrid, or leave the key out for UTC"
        )
    if _OFFSET.fullmatch(name.strip()):
        return TimezoneFault(
            f"`{name}` is an offset, not a time zone",
            "write the place's name, such as Europe/Madrid: offsets change with the season",
        )
    near = _near(name)
    return TimezoneFault(
        f"`{name}` is not a name of the IANA time zone database",
        f"did you mean `{near}`?" if near else "write Area/City, such as Europe/Madrid or America/New_York",
    )


@cache
def check_timezone_outline(outline: str) -> TimezoneFault | None:
    """Say why a template can be no IANA name, whatever the values of its placeholders.

    Args:
        outline: its literal parts (see `template.outline`).

    """
    parts = outline.split(OPEN)
    pattern = re.compile(".*".join(map(re.escape, parts)))
    if any(pattern.fullmatch(name) for name in names()):
        return None
    areas = {name.partition("/")[0] for name in names() if "/" in name}
    area, slash, _ = parts[0].partition("/")
    near = suggest(area, areas) if slash and area not in areas else None
    literal = " … ".join(f"`{part}`" for part in parts if part)
    return TimezoneFault(
        f"the literal part {literal} is in no name of the IANA time zone database",
        f"did you mean `{near}/{{{{…}}}}`?" if near else "write Area/{{city}}, such as Europe/{{city}}",
    )


def _near(name: str) -> str | None:
    """Find the zone that was meant: same letters, same city, or nearly the same name."""
    wanted = re.sub(r"\s+", "_", name.strip()).casefold()
    by_name = {zone.casefold(): zone for zone in names()}
    by_city = {zone.rpartition("/")[2].casefold(): zone for zone in sorted(names(), reverse=True)}
    return by_name.get(wanted) or by_city.get(wanted) or suggest(name, names())
