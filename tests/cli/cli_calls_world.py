"""A project that calls people on an emulator within the test's own process."""

from __future__ import annotations

import io
import json
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

from cli_inside import inside
from conftest import Ended, Project

from agentconf.emulator.clock import Clock, system_time
from agentconf.emulator.options import EmulatorOptions
from agentconf.emulator.server import Running, running

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

TRUNK = "sip_outbound_trunk_id: 475f59bf-2718-431c-806a-f50953cb684f\n"
CANARIES = {
    "STAGING_KEY": "canary-of-the-platform",
    "STAGING_SIPGATE": "canary-of-sipgate",
    "STAGING_DASHA": "canary-of-dasha",
    "SLNG_API_KEY": "canary-of-the-agents-runtime",
    "CRM_TOKEN": "canary-of-the-crm",
}
"""What no output may ever hold."""

SIPGATE = ("--platform", "sipgate", "--flow", "flow-1", "--billing-device", "e2")
DASHA = ("--platform", "dasha", "--agent-id", "agent-1")
NUMBERS = tuple(f"+141555501{last:02}" for last in range(100))
WHOLE = "+1415555"
"""What every number begins with, and no pseudonym does."""

ENVIRONMENT = """\
base_url: {url}
api_key: "${{env:STAGING_KEY}}"
sipgate: {{base_url: "{url}", token: "${{env:STAGING_SIPGATE}}"}}
dasha: {{base_url: "{url}", api_key: "${{env:STAGING_DASHA}}"}}
"""


@dataclass
class World:
    """A project whose environment `staging` is an emulator.

    Args:
        project: with the agent `outreach`, which can call out, and `receptionist`, which cannot.
        emulator: in a thread of this process.

    """

    project: Project
    emulator: Running
    environ: dict[str, str] = field(default_factory=lambda: dict(CANARIES))

    def run(
        self,
        *arguments: str,
        stdin: bytes = b"",
        environ: Mapping[str, str] | None = None,
        numbers: bool = False,
        where: str = "staging",
    ) -> Ended:
        """Run a command; whatever it says must hold no secret, and no number unless they may be."""
        with patch.object(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin), encoding="utf-8")):
            environ = self.environ | dict(environ or {})
            ended = inside(self.project.root, *arguments, "-e", where, environ=environ)
        said = ended.out + ended.err
        assert [canary for canary in CANARIES.values() if canary in said] == []
        assert numbers or WHOLE not in said, said
        return ended

    def deploy(self) -> None:
        assert self.run("apply", "--auto-approve", "-q").code == 0

    def contacts(self, *rows: str, header: str = "to,name", path: str = "contacts.csv") -> str:
        return str(self.project.write(path, "\n".join([header, *rows]) + "\n"))

    def people(self, count: int) -> str:
        """Write a file with so many contacts."""
        return self.contacts(*(f"{NUMBERS[place]},Person {place}" for place in range(count)))

    def campaign(self, text: str = "", *, contacts: int = 3, name: str = "recall") -> str:
        """Write a campaign that calls so many people, at once unless it says something else."""
        self.people(contacts)
        pace = "" if "interval" in text else "interval: 0s\n"
        path = f"campaigns/{name}.yaml"
        self.project.write(path, f"agent: outreach\ncontacts: ../contacts.csv\n{pace}{text}")
        return path

    def calls(self) -> list[dict[str, Any]]:
        """Return the body of each request that placed calls, whatever became of it."""
        log = [one for one in self.emulator.store.requests() if one.method == "POST"]
        paths = ("/calls", "/call", "/calls/bulk")
        return [one.body for one in log if one.path.endswith(paths)]

    def called(self) -> list[str]:
        """Return the numbers that SLNG was asked to call, sorted: calls are placed side by side."""
        return sorted(call["phone_number"] for call in self.calls())


@contextmanager
def world(project: Project, options: EmulatorOptions | None = None, *, speed: int = 1) -> Iterator[World]:
    """Make a world with an emulator of its own.

    Args:
        project: an empty one.
        options: of the emulator.
        speed: how many times faster than everywhere else time passes in the emulator.

    """
    begun = system_time()
    clock = Clock(lambda: begun + (system_time() - begun) * speed)
    with running(options, clock=clock) as emulator:
        yield settle(project, emulator)


def settle(project: Project, emulator: Running) -> World:
    """Make a world on an emulator that others may have used before, and deploy its agents."""
    project.agent("outreach", extra=TRUNK)
    project.replace("agents/outreach.yaml", "Be brief.", "You speak with {{name}}.")
    project.agent("receptionist")
    project.write("environments/staging.yaml", ENVIRONMENT.format(url=emulator.url))
    made = World(project, emulator)
    made.deploy()
    emulator.store.log.clear()
    return made


def events(ended: Ended) -> list[dict[str, Any]]:
    """Read the events of a run with --json, one a line."""
    return [json.loads(line) for line in ended.err.splitlines()]


def soon(condition: Any, seconds: float = 20.0) -> None:
    """Wait until something is so."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.01)
