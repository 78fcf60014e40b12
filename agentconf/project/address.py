"""The address of the API, checked before anything connects to it. What is said of it never quotes it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from agentconf.source.document import Problem, Span

if TYPE_CHECKING:
    from urllib.parse import SplitResult

    from agentconf.source.tree import Tree

_PRINTABLE = re.compile(r"[\x21-\x7e]+")
_CREDENTIAL = re.compile(r"//([^\s\"']*)@")
_EXAMPLE = "write it like https://api.agents.slng.ai"


def check_address(tree: Tree) -> Problem | None:
    """Say why requests cannot go to an address; None when they can.

    An address is http(s) and ends before `/v1`. It holds no user, password, query or fragment. Plain http is
    for this machine only: the key would travel in the clear.

    Args:
        tree: `base_url` with its references followed.

    """
    fault = address_fault(tree.value)
    return None if fault is None else Problem("AC509", fault[0], tree.location, fault[1])


def hide_credentials(tree: Tree) -> None:
    """Mask the user and the password in an address, wherever it is shown.

    Args:
        tree: a text as it was composed.

    """
    match = _CREDENTIAL.search(tree.document.text, tree.start, tree.end)
    if match is not None:
        tree.document.mask(Span(*match.span(1)))


def address_fault(text: str) -> tuple[str, str] | None:
    """Say what is wrong with an address, and the next action; None when requests can go there.

    Args:
        text: the address; it is not quoted, as it may hold a password.

    """
    parts = _split(text)
    if parts is None:
        return "`base_url` is not an http address", _EXAMPLE
    if parts.username is not None or parts.password is not None:
        return "`base_url` holds a user or a password", "take it away; the credential belongs in `api_key`"
    if parts.query or parts.fragment:
        return "`base_url` holds a query or a fragment", _EXAMPLE
    if parts.path.rstrip("/").endswith(("/v1", "/v1/agents")):
        return "`base_url` goes too far", "end it before `/v1`"
    if parts.scheme == "http" and not is_loopback(parts.hostname or ""):
        return "`base_url` is plain http to another machine", "write https: the key would travel in the clear"
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
