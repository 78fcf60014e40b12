"""Filling templates in offline, as a call would, and saying what comes out: URLs, phone numbers, time zones.

Values come from callers and contact lists and are not trusted. The platform promises that a URL keeps its
configured origin; what a value does behind the origin it does not say. So a value is put in as it stands,
and one that would lead the request to another address is a fault: a path delimiter (slash, backslash, `?`
or `#`), a segment that becomes empty, `.` or `..`, an `&` or `#` in a query value, a control character
anywhere. Blanks and letters beyond ASCII are fine: HTTP clients percent-encode them, and so does the result.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from agentconf.lint.phone import PhoneFault, check_phone
from agentconf.lint.template import Fault, placeholders, scan, substitute
from agentconf.lint.timezone import TimezoneFault, check_timezone
from agentconf.lint.urls import UrlFault, UrlProblem, Zone, encode, malformed, mask, split, zone_of
from agentconf.lint.wording import shorten

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from agentconf.lint.template import Placeholder

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_DELIMITERS = {Zone.PATH: re.compile(r"[/\\?#]"), Zone.QUERY_VALUE: re.compile(r"[&#]")}
_DOTS = re.compile(r"(?:\.|%2e){1,2}", re.IGNORECASE)


def resolve_url(url: str, values: Mapping[str, str]) -> str | UrlFault:
    """Fill a webhook's URL in.

    Args:
        url: the template.
        values: by variable; all variables of the URL must have one.

    Returns:
        The address that a call would request, or what is wrong with it.

    Raises:
        MissingVariableError: a variable has no value.

    """
    filled = substitute(url, values)
    return malformed(url) or _misplaced(url) or spoiled(url, values) or encode(filled)


def spoiled(url: str, values: Mapping[str, str]) -> UrlFault | None:
    """Say what values do to a webhook's URL that is well-formed itself.

    Args:
        url: the template.
        values: by variable; all variables of the URL have one.

    """
    return next(_value_faults(url, values), None) or next(_segment_faults(url, values), None)


def resolve_phone(number: str, values: Mapping[str, str]) -> str | PhoneFault:
    """Fill a transfer's phone number in.

    Args:
        number: the template.
        values: by variable; all variables of the number must have one.

    Returns:
        The E.164 number that a call would dial, or why it is none.

    Raises:
        MissingVariableError: a variable has no value.

    """
    filled = substitute(number, values)
    return check_phone(filled) or filled


def resolve_timezone(name: str, values: Mapping[str, str]) -> str | TimezoneFault:
    """Fill a built-in tool's time zone in.

    Args:
        name: the template.
        values: by variable; all variables of the name must have one.

    Returns:
        The IANA name, or why it is none.

    Raises:
        MissingVariableError: a variable has no value.

    """
    filled = substitute(name, values)
    return check_timezone(filled) or filled


def _misplaced(url: str) -> UrlFault | None:
    """Find braces that are no placeholder, or a placeholder where a value could change the origin."""
    for part in scan(url):
        if isinstance(part, Fault):
            message = f"the URL holds {part.kind.value}"
            return UrlFault(UrlProblem.NOT_FULL, message, part.start, part.end, help="write `{{name}}`")
        zone = zone_of(url, part.start)
        if not zone.open:
            return UrlFault(
                UrlProblem.ORIGIN,
                f"a placeholder stands in the {zone.value}",
                part.start,
                part.end,
                help="placeholders may stand in path segments and in values of query parameters",
            )
    return None


def _value_faults(url: str, values: Mapping[str, str]) -> Iterator[UrlFault]:
    """Find values that bring delimiters or control characters along."""
    for placeholder in placeholders(url):
        zone = zone_of(url, placeholder.start)
        value = values[placeholder.name]
        control = _CONTROL.search(value)
        if control:
            yield _spoiled(placeholder, f"the control character U+{ord(control[0]):04X}")
        delimiter = _DELIMITERS[zone].search(value)
        if delimiter:
            where = "a path segment" if zone is Zone.PATH else "a query value"
            fault = _spoiled(placeholder, f"`{delimiter[0]}`, which ends {where}", value)
            yield fault._replace(problem=UrlProblem.DOUBTFUL) if delimiter[0] == "&" else fault


def _spoiled(placeholder: Placeholder, what: str, value: str | None = None) -> UrlFault:
    shown = f"`{shorten(value)}`, " if value is not None else ""
    return UrlFault(
        UrlProblem.STRUCTURE,
        f"`{placeholder.name}` is {shown}with {what}" if shown else f"`{placeholder.name}` holds {what}",
        placeholder.start,
        placeholder.end,
        help="the request would go to another address; give a plain value, or percent-encode it",
        variables=(placeholder.name,),
    )


def _segment_faults(url: str, values: Mapping[str, str]) -> Iterator[UrlFault]:
    """Find path segments that values leave empty, or turn into `.` or `..`."""
    for start, end, inside in _segments(url):
        segment = substitute(url[start:end], values)
        if not segment or _DOTS.fullmatch(segment):
            names = tuple(dict.fromkeys(one.name for one in inside))
            yield UrlFault(
                UrlProblem.STRUCTURE if segment else UrlProblem.EMPTY,
                f"the path segment becomes `{segment}`" if segment else "the path segment becomes empty",
                inside[0].start,
                inside[-1].end,
                help="the request would go to another address; give a value that names something",
                variables=names,
            )


@lru_cache(maxsize=64)
def _segments(url: str) -> tuple[tuple[int, int, tuple[Placeholder, ...]], ...]:
    """Return the segments of the path that hold placeholders: start, end, and what they hold."""
    found = []
    for start, end in _all_segments(url):
        inside = tuple(one for one in placeholders(url) if start <= one.start < end)
        if inside:
            found.append((start, end, inside))
    return tuple(found)


def _all_segments(url: str) -> Iterator[tuple[int, int]]:
    """Cut the path into segments (start, end), their slashes left out."""
    masked = mask(url)
    for piece in split(url):
        if piece.zone is Zone.PATH:
            start = piece.start + 1
            while start <= piece.end:
                end = masked.find("/", start, piece.end)
                end = piece.end if end < 0 else end
                yield start, end
                start = end + 1
