"""agentconf as processes that can be killed."""

from __future__ import annotations

import signal
import subprocess
import sys

from conftest import Project, clean_environ


def start(project: Project, *arguments: str, environ: dict[str, str]) -> subprocess.Popen[bytes]:
    """Start agentconf as a process that can be killed."""
    with (project.root / "stderr.log").open("ab") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "agentconf", *arguments],
            cwd=project.root,
            env=clean_environ(environ),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )


def kill(process: subprocess.Popen[bytes]) -> None:
    """End a process as a power cut does."""
    process.send_signal(signal.SIGKILL)
    process.wait()
