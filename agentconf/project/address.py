"""The addresses of the APIs, checked before anything connects to one. What is said of one never quotes it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import parse_qs, urlsplit

from agentconf.model.project import DASHA_BASE_URL, DEFAULT_BASE_URL, SIPGATE_BASE_URL
from agentconf.source.document import Problem, Span

if TYPE_CHECKING:
    from urllib.parse import SplitResult

    from agentconf.source.tree import Tree

_PRINTABLE = re.compile(r"[\x21-\x7e]+")
_CREDENTIAL = re.compile(r"//([^\s\"']*)@|[?&]password=([^&\s\"']*)")
_REFERENCE = re.compile(r"\$\{env:[^{}]+\}")


class Api(NamedTuple):
    """An API whose address is a setting.

    Args:
        setting: where its address stands in an environment.
        credential: where its credential stands.
        example: a sound address.
        paths: beginnings of the API's own paths, which the address does not hold.

    """

    setting: str
    credential: str
    example: str
    paths: tuple[str, ...]


SLNG = Api("base_url", "api_key", DEFAULT_BASE_URL, ("/v1", "/v1/agents"))
SIPGATE = Api("sipgate.base_url", "sipgate.token", SIPGATE_BASE_URL, ("/v3", "/v3/ai-flows"))
DASHA = Api("dasha.base_url", "dasha.api_key", DASHA_BASE_URL, ("/api/v1", "/api", "/api/v1/calls"))
APIS = (SLNG, SIPGATE, DASHA)
"""Every API that an environment says the address of."""


def check_address(tree: Tree, api: Api = SLNG) -> Problem | None:
    """Say why requests cannot go to an address; None when they can.

    An address is http(s) and ends before the API's paths begin. It holds no user, password, query or
    fragment. Plain http is for this machine only: the key would travel in the clear.

    Args:
        tree: the address with its references followed.
        api: what is served there.

    """
    fault = address_fault(tree.value, api)
    return None if fault is None else Problem("AC509", fault[0], tree.location, fault[1])


def check_store(tree: Tree) -> Problem | None:
    """Say that the place of the state holds a password; None when it does not.

    Args:
        tree: the setting `state` with its references followed: what `${env:…}` brings stands in no file.

    """
    text = str(tree.reference or tree.value)
    return (
        Problem(
            "AC509",
            "`state` holds a password",
            tree.location,
            "write ${env:NAME} in its place, or set PGPASSWORD, or use a git remote by its name",
        )
        if _holds_a_password(text)
        else None
    )


def _holds_a_password(url: str) -> bool:
    scheme, _, rest = url.partition(":")
    try:
        parts = urlsplit(rest if scheme == "git" else url)
        given = [parts.password, *parse_qs(parts.query).get("password", ())]
    except ValueError:
        return False  # whoever opens the store says so
    if parts.scheme in ("http", "https") and not parts.password:
        given.append(parts.username)  # a token may take the user's place
    return any(one and not _REFERENCE.fullmatch(one) for one in given)


def hide_credentials(tree: Tree) -> None:
    """Mask the user and the password in an address, wherever it is shown.

    Args:
        tree: a text as it was composed.

    """
    for match in _CREDENTIAL.finditer(tree.document.text, tree.start, tree.end):
        tree.document.mask(Span(*match.span(match.lastindex or 0)))


def address_fault(text: str, api: Api = SLNG) -> tuple[str, str] | None:
    """Say what is wrong with an address, and the next action; None when requests can go there.

    Args:
        text: the address; it is not quoted, as it may hold a password.
        api: what is served there.

    """
    parts, name, example = _split(text), f"`{api.setting}`", f"write it like {api.example}"
    if parts is None:
        return f"{name} is not an http address", example
    if parts.username is not None or parts.password is not None:
        return (
            f"{name} holds a user or a password",
            f"take it away; the credential belongs in `{api.credential}`",
        )
    if parts.query or parts.fragment:
        return f"{name} holds a query or a fragment", example
    if parts.path.rstrip("/").endswith(api.paths):
        return f"{name} goes too far", f"end it before `{api.paths[0]}`"
    if parts.scheme == "http" and not is_loopback(parts.hostname or ""):
        return f"{name} is plain http to another machine", "write https: the key would travel in the clear"
    return None


def _split(text: str) -> SplitResult | None:
    """Take an address apart; None when it is none of http(s) with a host."""
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return None
    sound = host and _PRINTABLE.fullmatch(text) and parts.scheme in ("http", "https")
    return parts if sound else None


def is_loopback(host: str) -> bool:
    """Tell whether a host is this machine."""
    from ipaddress import ip_address  # noqa: PLC0415 - only for plain http

    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
