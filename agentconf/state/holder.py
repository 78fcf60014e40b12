"""Who holds a state: said in words, kept as a document."""

from __future__ import annotations

import getpass
import json
import os
import socket
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from agentconf.errors import BlockedError
from agentconf.state.store import Holder

if TYPE_CHECKING:
    from collections.abc import Mapping

LEASE = timedelta(minutes=5)
"""How long a lock lasts that nobody renews; ours. It is renewed while its holder lives."""

CI_ACTORS = ("GITHUB_ACTOR", "GITLAB_USER_LOGIN", "BUILDKITE_BUILD_CREATOR", "CIRCLE_USERNAME")
"""Variables in which CI systems name who started a run (their documentation of predefined variables)."""


def holder_of(operation: str, environ: Mapping[str, str], *, now: datetime | None = None) -> Holder:
    """Describe this process as a holder.

    Args:
        operation: what it does.
        environ: the environment variables, for CI's names.
        now: the time, in UTC; None: the clock's.

    """
    since = now or datetime.now(UTC)
    return Holder(
        id=str(uuid4()),
        who=_who(environ),
        host=socket.gethostname(),
        pid=os.getpid(),
        operation=operation,
        since=since,
        expires=since + LEASE,
    )


def _who(environ: Mapping[str, str]) -> str:
    for name in CI_ACTORS:
        if environ.get(name):
            return f"{environ[name]} (CI)"
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return str(os.getuid())


def dump(holder: Holder) -> str:
    """Write a holder as JSON, with a line feed at the end."""
    content = {
        "id": holder.id,
        "who": holder.who,
        "host": holder.host,
        "pid": holder.pid,
        "operation": holder.operation,
        "since": holder.since.isoformat(),
        "expires": holder.expires.isoformat(),
    }
    return json.dumps(content) + "\n"


def load(text: str | bytes) -> Holder | None:
    """Read a holder; None where it is none, as after a crash in the midst of writing it."""
    try:
        data: dict[str, Any] = json.loads(text)
        return Holder(
            id=str(data["id"]),
            who=str(data["who"]),
            host=str(data["host"]),
            pid=int(data["pid"]),
            operation=str(data["operation"]),
            since=datetime.fromisoformat(data["since"]),
            expires=datetime.fromisoformat(data["expires"]),
        )
    except (ValueError, KeyError, TypeError):
        return None


def refusal(
    holder: Holder | None, address: str, environment: str, *, now: datetime | None = None
) -> BlockedError:
    """Say who holds a state, and how it is freed.

    Args:
        holder: who; None when that cannot be told.
        address: of the state.
        environment: whose state it is.
        now: the time, in UTC; None: the clock's.

    """
    if holder is None:
        return BlockedError(
            f"the state in {address} is held by another process; nothing was written",
            help="wait for it with --lock-timeout 5m",
        )
    age = max(timedelta(), (now or datetime.now(UTC)) - holder.since)
    return BlockedError(
        f"the state in {address} is held by {holder.who} on {holder.host} (process {holder.pid}, "
        f"{holder.operation}) for {_age(age)}; nothing was written",
        help="wait for it with --lock-timeout 5m; if that process is dead: "
        f"agentconf state unlock {holder.id} -e {environment}",
    )


def _age(age: timedelta) -> str:
    seconds = int(age.total_seconds())
    for size, unit in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if seconds >= size:
            return f"{seconds // size} {unit}"
    return f"{seconds} s"
