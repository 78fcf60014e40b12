"""The ledger of a command: the project's own file, or the PostgreSQL database that workers share."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import click

if TYPE_CHECKING:
    from collections.abc import Callable

    from agentconf.calls.ledger.ledger import Ledger
    from agentconf.cli.options import Session

LEDGER = Path(".agentconf") / "calls.sqlite"
"""Where a project's ledger is, below its root; `init` has the folder ignored by git."""

WORKERS = "AGENTCONF_WORKERS"
"""Environment variable with the URL of the database that workers share, password and all."""

workers_option = click.option(
    "--workers",
    metavar="URL",
    help=f"Ledger and queue in PostgreSQL, for `agentconf worker` (default: {WORKERS}, else SQLite).",
)


@dataclass(frozen=True, slots=True)
class Ledgers:
    """Opens a ledger, as often as needed.

    Args:
        open: opens it, in the thread that uses it.
        url: of the database that workers share; None for the project's own file.

    """

    open: Callable[[], Ledger]
    url: str | None = None


def ledgers(session: Session, root: Path, workers: str | None) -> Ledgers:
    """Tell where the ledger of a project is.

    Args:
        session: the invocation; the URL's password is kept out of its output.
        root: the project's folder.
        workers: what --workers says.

    Raises:
        ConfigurationError: the URL is none of PostgreSQL, or the extra is not installed.

    """
    url = workers or session.environ.get(WORKERS) or None
    if url is None:
        return Ledgers(lambda: _sqlite(root / LEDGER))
    from agentconf.calls.queue.address import check_url  # noqa: PLC0415 - keeps --help light

    _protect(session, url)
    check_url(url)
    return Ledgers(lambda: _postgres(url), url)


def _protect(session: Session, url: str) -> None:
    try:
        password = urlsplit(url).password
    except ValueError:
        password = None
    session.output.protect([url, password or ""])


def _sqlite(path: Path) -> Ledger:
    from agentconf.calls.ledger.ledger import Ledger  # noqa: PLC0415 - keeps --help light
    from agentconf.calls.ledger.sqlite import open_sqlite  # noqa: PLC0415

    return Ledger(open_sqlite(path))


def _postgres(url: str) -> Ledger:
    from agentconf.calls.ledger.ledger import Ledger  # noqa: PLC0415 - keeps --help light
    from agentconf.calls.ledger.postgres import open_postgres  # noqa: PLC0415 - an extra

    return Ledger(open_postgres(url))
