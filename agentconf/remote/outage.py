"""Why there is no connection to a platform, in words for the user."""

from __future__ import annotations

import socket
import ssl

import httpx


def why_unreachable(error: Exception, base_url: str, connect_timeout: float) -> tuple[str, bool]:
    """Say why there is no connection, and whether that will last.

    Args:
        error: the HTTP library's.
        base_url: where the connection was to lead.
        connect_timeout: seconds that were waited for it.

    """
    host = host_of(base_url)
    match _cause(error):
        case ssl.SSLCertVerificationError() as cause:
            return f"the certificate of {host} is not trusted: {cause.verify_message}", True
        case ssl.SSLError():
            return f"{host} does not speak TLS as expected", True
        case socket.gaierror(errno=code):
            return f"the name of {host} cannot be resolved", code != socket.EAI_AGAIN
        case ConnectionRefusedError():
            return f"{host} refuses connections", False
    if isinstance(error, httpx.ConnectTimeout):
        return not_connected(base_url, connect_timeout), False
    return f"{host} cannot be reached", False


def not_connected(base_url: str, seconds: float) -> str:
    """Say that a platform did not pick up in time."""
    return f"no connection to {host_of(base_url)} within {seconds:g} s"


def host_of(base_url: str) -> str:
    """Return the host of an address, with its port."""
    return httpx.URL(base_url).netloc.decode("ascii")


def _cause(error: BaseException | None) -> BaseException | None:
    """Find what the operating system, or the TLS library, said behind the HTTP library's error."""
    while error is not None:
        if isinstance(error, BaseExceptionGroup):
            error = error.exceptions[0]
        if isinstance(error, (ssl.SSLError, socket.gaierror, ConnectionRefusedError)):
            return error
        error = error.__cause__ or error.__context__
    return None
