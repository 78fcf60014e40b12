"""URLs with placeholders: their parts, what makes them full http(s) URLs, and what a value may do to them.

The URL is cut as RFC 3986 says (section 3), on the text that was written: a placeholder is one opaque
character run, so that nothing in it can pass for a delimiter. Where readers of URLs disagree, the reading
that puts a placeholder closer to the host is taken: any number of slashes after the scheme begins the host.
"""

from __future__ import annotations

import re
from enum import Enum
from functools import cache, lru_cache
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote

from agentconf.lint.template import scan
from agentconf.source.suggest import suggest

if TYPE_CHECKING:
    from collections.abc import Iterator

FILLER = "\ue000"
"""Stands for each character of a placeholder while the text around it is read; a private-use character."""

_SCHEME = re.compile(r"([^:/?#]*):")
_SCHEME_NAME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*")
_HOST_AND_PORT = re.compile(r"[^/?#@]*:[0-9]+(?:[/?#]|$)")
_SLASHES = re.compile(r"[/\\]*")
_FORBIDDEN = re.compile(r"[\s\x00-\x20\x7f-\x9f\\]")
_LABEL = re.compile(r"[A-Za-z0-9_-]{1,63}")
_LONE_BRACES = re.compile(r"\{([A-Za-z_][A-Za-z0-9_-]*)\}")
_ENCODED_BRACES = re.compile(r"%7B%7B(.*?)%7D%7D", re.IGNORECASE)
_HOST_LIMIT = 253
_PORT_LIMIT = 65535
_SAFE = "!#$%&'()*+,/:;=?@[]~"


class Zone(Enum):
    """A part of a URL; the value names it in messages."""

    ORIGIN = "scheme and host"
    SCHEME = "scheme"
    USER_INFO = "user info"
    HOST = "host"
    PORT = "port"
    PATH = "path"
    QUERY_NAME = "name of a query parameter"
    QUERY_VALUE = "value of a query parameter"
    FRAGMENT = "fragment"

    @property
    def open(self) -> bool:
        """Whether placeholders may stand here (SLNG documentation, Tool personalization)."""
        return self in (Zone.PATH, Zone.QUERY_VALUE)


class Piece(NamedTuple):
    """A stretch of a URL that belongs to one zone."""

    zone: Zone
    start: int
    end: int


class UrlProblem(Enum):
    """What kind of thing is wrong with a URL."""

    NOT_FULL = "it is not a full http(s) URL"
    ORIGIN = "a placeholder stands where the URL must be literal"
    STRUCTURE = "a value changes which address is called"
    EMPTY = "a value leaves a path segment empty"
    CREDENTIALS = "it carries a password"
    DOUBTFUL = "it works, but hardly as meant"


class UrlFault(NamedTuple):
    """What is wrong with a URL, and where in its template.

    Args:
        problem: the kind.
        message: one sentence; holds values of variables, never user info.
        start: offset in the template of what is wrong.
        end: offset behind it.
        help: the next action.
        variables: the variables whose values are to blame.

    """

    problem: UrlProblem
    message: str
    start: int
    end: int
    help: str | None = None
    variables: tuple[str, ...] = ()


@lru_cache(maxsize=64)
def mask(template: str) -> str:
    """Replace what stands between double braces by filler of the same length, so that offsets stay."""
    masked = template
    for part in scan(template):
        masked = masked[: part.start] + FILLER * (part.end - part.start) + masked[part.end :]
    return masked


@lru_cache(maxsize=4096)
def split(template: str) -> tuple[Piece, ...]:
    """Cut a URL, placeholders and all, into its zones, in order."""
    masked = mask(template)
    fragment = _find(masked, "#", 0, len(masked))
    query = _find(masked, "?", 0, fragment)
    pieces = list(_before_query(masked, query))
    if query < fragment:
        pieces += _query(masked, query + 1, fragment)
    if fragment < len(masked):
        pieces.append(Piece(Zone.FRAGMENT, fragment + 1, len(masked)))
    return tuple(pieces)


@lru_cache(maxsize=256)
def zone_of(template: str, offset: int) -> Zone:
    """Tell in which part of a URL a placeholder stands.

    Args:
        template: the URL as written.
        offset: of the placeholder's first brace.

    """
    return next(piece.zone for piece in split(template) if piece.start <= offset < piece.end)


@lru_cache(maxsize=64)
def malformed(template: str) -> UrlFault | None:
    """Say why a template is not a full http(s) URL, whatever its placeholders stand for.

    A placeholder outside of path and query values is not this function's business: the part that it
    stands in is taken for well-formed.
    """
    masked = mask(template)
    if not masked:
        return UrlFault(UrlProblem.NOT_FULL, "the URL is empty", 0, 0, "write a full https:// URL")
    forbidden = _FORBIDDEN.search(masked)
    if forbidden:
        return _forbidden(template, forbidden)
    fault = _scheme_fault(masked)
    if fault or masked[0] == FILLER:
        return fault
    return _authority_fault(masked, split(template))


def doubts(template: str) -> Iterator[UrlFault]:
    """Yield what is allowed in a URL but hardly meant: other placeholders' braces, and credentials."""
    masked = mask(template)
    for match in _LONE_BRACES.finditer(masked) if "{" in masked else ():
        yield UrlFault(
            UrlProblem.DOUBTFUL,
            f"`{match[0]}` is literal text, not a placeholder",
            *match.span(),
            help=f"write `{{{{{match[1]}}}}}`",
        )
    for match in _ENCODED_BRACES.finditer(masked) if "%" in masked else ():
        yield UrlFault(
            UrlProblem.DOUBTFUL,
            f"`{match[0]}` is literal text, not a placeholder",
            *match.span(),
            help=f"write `{{{{{match[1]}}}}}`: braces of placeholders are not percent-encoded",
        )
    for piece in split(template) if "@" in masked else ():
        if (
            piece.zone is Zone.USER_INFO
            and piece.end > piece.start
            and ":" in masked[piece.start : piece.end]
        ):
            yield UrlFault(
                UrlProblem.CREDENTIALS,
                "the URL carries a user name and a password, which are stored and logged in clear",
                piece.start,
                piece.end - 1,
                help="use the tool's `auth`, whose secrets the platform never shows",
            )


def encode(url: str) -> str:
    """Percent-encode what cannot stand in a URL (blanks, letters beyond ASCII), as HTTP clients do.

    The host is left alone; an escape that is there stays.
    """
    pieces = split(url)
    start = max((piece.end for piece in pieces if piece.zone in (Zone.HOST, Zone.PORT)), default=0)
    return url[:start] + quote(url[start:], safe=_SAFE)


def _find(text: str, character: str, start: int, end: int) -> int:
    """Find a character between two offsets; the end when it is not there."""
    offset = text.find(character, start, end)
    return end if offset < 0 else offset


def _before_query(masked: str, end: int) -> Iterator[Piece]:
    scheme = _SCHEME.match(masked, 0, end)
    if scheme:
        yield Piece(Zone.SCHEME, 0, scheme.end())
        slashes = _SLASHES.match(masked, scheme.end(), end)
        yield from _authority(masked, slashes.end() if slashes else scheme.end(), end)
    elif masked.startswith("//"):
        yield from _authority(masked, 2, end)
    else:
        path = _find(masked, "/", 0, end)
        yield Piece(Zone.ORIGIN, 0, path)
        yield Piece(Zone.PATH, path, end)


def _authority(masked: str, start: int, end: int) -> Iterator[Piece]:
    path = _find(masked, "/", start, end)
    host = max(masked.rfind("@", start, path) + 1, start)
    if host > start:
        yield Piece(Zone.USER_INFO, start, host)
    bracket = masked.rfind("]", host, path)
    port = _find(masked, ":", max(host, bracket), path)
    yield Piece(Zone.HOST, host, port)
    yield Piece(Zone.PORT, port, path)
    yield Piece(Zone.PATH, path, end)


def _query(masked: str, start: int, end: int) -> Iterator[Piece]:
    while start <= end:
        stop = _find(masked, "&", start, end)
        equals = _find(masked, "=", start, stop)
        yield Piece(Zone.QUERY_NAME, start, equals)
        if equals < stop:
            yield Piece(Zone.QUERY_VALUE, equals + 1, stop)
        start = stop + 1


def _forbidden(template: str, match: re.Match[str]) -> UrlFault:
    character = match[0]
    what = {" ": "a blank", "\\": "a backslash"}.get(character, f"the character U+{ord(character):04X}")
    advice = {" ": "write %20, or take the blank away", "\\": "write slashes"}.get(character, "take it away")
    if template.strip() != template and character.isspace():
        advice = "take the blanks around the URL away"
    return UrlFault(UrlProblem.NOT_FULL, f"the URL holds {what}", *match.span(), help=advice)


def _scheme_fault(masked: str) -> UrlFault | None:
    scheme = _SCHEME.match(masked)
    name = scheme[1] if scheme else ""
    if scheme is None or not name or (_HOST_AND_PORT.match(masked) and name.lower() not in ("http", "https")):
        if masked[0] == FILLER:
            return None
        end = _find(masked, "/", 0, len(masked)) or len(masked)
        hostless = masked[0] in "/?#" and not masked.startswith("//")
        message = "the URL has no scheme and host" if hostless else "the URL has no scheme"
        return UrlFault(UrlProblem.NOT_FULL, message, 0, end, "begin it with https:// and the host")
    if FILLER in name:
        return None
    if name.lower() not in ("http", "https"):
        near = suggest(name, ("http", "https")) if _SCHEME_NAME.fullmatch(name) else None
        advice = f"did you mean `{near}`?" if near else "webhooks are called over https"
        return UrlFault(
            UrlProblem.NOT_FULL, f"the scheme is `{name}`, not http or https", 0, len(name), advice
        )
    slashes = _SLASHES.match(masked, scheme.end())
    if slashes is None or slashes[0] != "//":
        end = slashes.end() if slashes else scheme.end()
        return UrlFault(
            UrlProblem.NOT_FULL, "`//` and a host must follow the scheme", 0, end, f"write {name}://"
        )
    return None


def _authority_fault(masked: str, pieces: tuple[Piece, ...]) -> UrlFault | None:
    host = next(piece for piece in pieces if piece.zone is Zone.HOST)
    port = next(piece for piece in pieces if piece.zone is Zone.PORT)
    reason = _host_reason(masked[host.start : host.end])
    if reason:
        return UrlFault(
            UrlProblem.NOT_FULL, reason, host.start, host.end, "write a host name such as api.example.com"
        )
    digits = masked[port.start + 1 : port.end]
    if FILLER in digits or not digits:
        return None
    if not re.fullmatch(r"[0-9]{1,5}", digits) or not 0 < int(digits) <= _PORT_LIMIT:
        return UrlFault(
            UrlProblem.NOT_FULL,
            f"`{digits}` is not a port",
            port.start + 1,
            port.end,
            "ports go from 1 to 65535",
        )
    return None


def _host_reason(host: str) -> str | None:
    """Say what is wrong with a host; None when nothing is, or when a placeholder stands in it."""
    if FILLER in host:
        return None
    if not host:
        return "the URL has no host"
    if "[" in host or "]" in host:
        return _address_reason(host)
    labels = host.removesuffix(".").split(".")
    label = _LABEL if host.isascii() else _any_label()
    if len(host) > _HOST_LIMIT or not all(map(label.fullmatch, labels)):
        return f"`{host}` is not a host name"
    if labels[-1].isdecimal():
        return _address_reason(".".join(labels))
    return None


@cache
def _any_label() -> re.Pattern[str]:
    """Compile the pattern of labels in any script: 1.5 ms, for hosts that hardly anybody has."""
    return re.compile(r"[A-Za-z0-9_\u00a1-\ud7ff\uf900-\uffef\U00010000-\U000efffd-]{1,63}")


def _address_reason(host: str) -> str | None:
    """Say what is wrong with a numeric host: IPv4, or IPv6 in brackets."""
    from ipaddress import AddressValueError, IPv4Address, IPv6Address  # noqa: PLC0415 - hosts are rarely numeric

    bracketed = host.startswith("[") and host.endswith("]")
    try:
        IPv6Address(host[1:-1]) if bracketed and "%" not in host else IPv4Address(host)
    except AddressValueError:
        return f"`{host}` is not an IP address"
    return None
