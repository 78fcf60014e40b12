"""Many contacts, processes that are killed, and what the emulator's own log says of them."""

from __future__ import annotations

import itertools
import os
import random
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import phonenumbers
from conftest import Emulator, Project
from processes import kill, start

CONTACTS = int(os.environ.get("AGENTCONF_PROOF_CONTACTS", "200"))
"""How many contacts a proof calls; CI takes 10,000."""

TRUNK = "\nsip_outbound_trunk_id: 5d323426-7b25-48f8-8281-2d602eaefffb\n"


def fictional_numbers() -> Iterator[str]:
    """Yield numbers that belong to nobody: 555-0100 to 555-0199 of each North American area code."""
    for area in range(201, 990):
        if phonenumbers.is_valid_number(phonenumbers.parse(f"+1{area}5550100")):
            yield from (f"+1{area}55501{last:02}" for last in range(100))


def enlist(project: Project, count: int) -> Path:
    """Write a project with one agent that can call out, and a file of contacts."""
    project.agent("outreach", extra=TRUNK)
    rows = (f"{number},Caller {at}" for at, number in enumerate(itertools.islice(fictional_numbers(), count)))
    return project.write("contacts.csv", "to,practice_name\n" + "\n".join(rows) + "\n")


@contextmanager
def crew(project: Project, size: int, *arguments: str, environ: dict[str, str]) -> Iterator[list[Any]]:
    """Keep workers at work; whoever takes one out of the list has to put another one in."""
    workers = [start(project, *arguments, environ=environ) for _ in range(size)]
    try:
        yield workers
    finally:
        for worker in workers:
            kill(worker)


def calls_of(emulator: Emulator) -> Counter[str]:
    """Count the calls that the platform has, by number; read from its own records, page by page."""
    (agent,) = emulator.agents(patient=True)
    counted: Counter[str] = Counter()
    for page in itertools.count(1):
        path = f"/v1/agents/{agent['id']}/calls?page={page}&page_size=1000"
        found = patiently(emulator, path)
        counted.update(call["phone_number"] for call in found["items"])
        if page >= found["meta"]["pages"]:
            return counted
    raise AssertionError("pages end")


def patiently(emulator: Emulator, path: str) -> Any:
    """Read from an emulator that was asked to fail."""
    for _ in range(50):
        try:
            return emulator.request("GET", path)
        except OSError:
            time.sleep(0.01)
    return emulator.request("GET", path)


def dispatches(emulator: Emulator) -> list[dict[str, Any]]:
    """Return the requests that asked for calls, in the order in which they arrived."""
    log = emulator.request("GET", "/_emulator/requests?method=POST", token=None)
    found = [entry for entry in log if entry["path"].endswith("/calls")]
    return sorted(found, key=lambda entry: entry["began_at"])


def most_at_once(entries: list[dict[str, Any]]) -> int:
    """Return how many requests were under way at once, at most."""
    moments = [(entry["began_at"], 1) for entry in entries] + [(entry["ended_at"], -1) for entry in entries]
    at_once = most = 0
    for _, step in sorted(moments):
        at_once += step
        most = max(most, at_once)
    return most


def most_in(entries: list[dict[str, Any]], seconds: float) -> int:
    """Return how many requests arrived within so many seconds, at most."""
    moments = [entry["began_at"] / 1_000_000 for entry in entries]
    most = first = 0
    for last, moment in enumerate(moments):
        while moment - moments[first] >= seconds:
            first += 1
        most = max(most, last - first + 1)
    return most


def moments(seed: int, least: float, most: float) -> Iterator[float]:
    """Draw pauses."""
    draw = random.Random(seed)
    while True:
        yield draw.uniform(least, most)
