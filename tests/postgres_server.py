"""A PostgreSQL server of the tests' own: found on this machine, started on loopback, thrown away."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

REQUIRED = "AGENTCONF_REQUIRE_POSTGRES"
"""Set where PostgreSQL must be there, as in CI: then its absence fails the tests instead of skipping them."""

_OWNER = "postgres"


def find_binaries() -> Path | None:
    """Find the folder of `initdb` and `postgres`: on PATH, or where Debian keeps them."""
    found = shutil.which("initdb")
    candidates = [Path(found).parent] if found else []
    candidates += [
        path.parent for path in sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), reverse=True)
    ]
    return candidates[0] if candidates else None


@contextmanager
def server(binaries: Path, folder: Path) -> Iterator[str]:
    """Run a server while the block runs; nothing in it outlives the block, so nothing waits for the disk.

    Yields:
        Its URL, up to and without the name of a database.

    """
    data = folder / "data"
    prefix = _as_owner(folder)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    subprocess.run(
        [
            *prefix,
            binaries / "initdb",
            "-D",
            data,
            "-U",
            _OWNER,
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--no-sync",
            "--locale=C",
        ],
        check=True,
        capture_output=True,
    )
    settings = {
        "listen_addresses": "127.0.0.1",
        "port": port,
        "unix_socket_directories": "",
        "fsync": "off",
        "full_page_writes": "off",
        "synchronous_commit": "off",
        "max_connections": "200",
        "shared_buffers": "64MB",
    }
    options = " ".join(f"-c {name}='{value}'" for name, value in settings.items())
    control = [*prefix, binaries / "pg_ctl", "-D", data, "-w"]
    subprocess.run(
        [*control, "-l", folder / "log", "-o", options, "start"],
        check=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield f"postgresql://{_OWNER}@127.0.0.1:{port}"
    finally:
        subprocess.run([*control, "-m", "immediate", "stop"], check=False, capture_output=True)


def _as_owner(folder: Path) -> list[str]:
    """Tell how to run commands that refuse to be run as root."""
    if os.geteuid() != 0:
        return []
    owner = pwd.getpwnam(_OWNER)
    folder.chmod(0o755)
    for parent in folder.parents:
        if parent.stat().st_uid == 0 and parent != Path("/") and not parent.stat().st_mode & 0o001:
            parent.chmod(parent.stat().st_mode | 0o011)
    os.chown(folder, owner.pw_uid, owner.pw_gid)
    return ["setpriv", f"--reuid={owner.pw_uid}", f"--regid={owner.pw_gid}", "--clear-groups"]
