"""A call costs the emulator the same however many there are already: counted in SQLite's own steps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from emulator_client import TRUNK, Client, emulated

from agentconf.emulator.dasha.options import DashaOptions

if TYPE_CHECKING:
    from collections.abc import Callable

NUMBER = "+14155550100"
TABLES = {"slng": "calls", "sipgate": "sipgate_calls", "dasha": "dasha_calls"}


def steps(client: Client, work: Callable[[], Any]) -> int:
    """Count the tens of instructions that SQLite carries out for the second of two equal pieces of work."""
    work()
    count = [0]

    def tick() -> int:
        count[0] += 1
        return 0

    connection = client.store.database._connection
    connection.set_progress_handler(tick, 10)
    work()
    connection.set_progress_handler(None, 10)
    return count[0]


def multiply(client: Client, platform: str) -> None:
    """Make five thousand calls and more out of those that there are."""
    database, table = client.store.database, TABLES[platform]
    columns = [name for _, name, *_ in database.rows(f"PRAGMA table_info({table})") if name != "seq"]
    copied = ", ".join("hex(randomblob(16))" if name == "id" else name for name in columns)
    while database.rows(f"SELECT count(*) FROM {table}")[0][0] < 5_000:
        database.rows(f"INSERT INTO {table} ({', '.join(columns)}) SELECT {copied} FROM {table}")


def placing(client: Client, platform: str) -> tuple[Callable[[], Any], str]:
    """How to place a call on a platform, and where."""
    agent = client.create(sip_outbound_trunk_id=TRUNK, template_defaults={"brand": "Acme"})
    path, body = {
        "slng": (f"/v1/agents/{agent['id']}/calls", {"phone_number": NUMBER}),
        "sipgate": ("/v3/ai-flows/f/call", {"billingDevice": "e2", "toPhoneNumber": NUMBER}),
        "dasha": ("/api/v1/calls?agentId=a", {"endpoint": NUMBER}),
    }[platform]
    return lambda: client.send("POST", path, body), path


@pytest.mark.parametrize("platform", TABLES)
def test_placing_a_call_costs_the_same_among_many(platform: str) -> None:
    with emulated(credit=10_000) as client:
        place, _ = placing(client, platform)
        first = steps(client, place)
        multiply(client, platform)
        assert steps(client, place) < 2 * first


def test_the_next_call_on_a_line_of_dasha_costs_the_same_among_many_that_wait() -> None:
    with emulated(talk_seconds=(60, 60), dasha=DashaOptions(concurrency=1)) as client:
        place, _ = placing(client, "dasha")
        for _ in range(9):
            place()

        def next_call() -> None:
            client.clock.advance(70)
            client.send("GET", "/api/v1/calls/none")

        first = steps(client, next_call)
        multiply(client, "dasha")
        assert steps(client, next_call) < 2 * first


@pytest.mark.parametrize("status", ["completed", "failed", "odd"])
def test_a_page_of_calls_that_are_over_costs_the_same_among_many_that_are_not(status: str) -> None:
    with emulated() as client:
        place, path = placing(client, "slng")
        place()
        first = steps(client, lambda: client.send("GET", f"{path}?page_size=5&status={status}"))
        multiply(client, "slng")
        assert steps(client, lambda: client.send("GET", f"{path}?page_size=5&status={status}")) < 2 * first
