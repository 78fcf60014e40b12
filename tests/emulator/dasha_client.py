"""A client of the emulated Dasha."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from emulator_client import Answer, Client, Json, emulated

from agentconf.emulator.dasha.options import DashaOptions

if TYPE_CHECKING:
    from collections.abc import Iterator

NUMBER = "+14155550100"
CALLS = "/api/v1/calls"


class Dasha:
    """An agent that can dial, and what is done with it."""

    def __init__(self, client: Client) -> None:
        self.client = client

    def schedule(self, *, agent: str = "agent-1", **body: Any) -> Answer:
        """Schedule one call."""
        return self.client.send("POST", f"{CALLS}?agentId={agent}", {"endpoint": NUMBER} | body)

    def scheduled(self, **body: Any) -> str:
        """Schedule one call, which must be taken, and return its id."""
        answer = self.schedule(**body)
        assert (answer.status, answer.text) == (200, answer.text)
        call_id: str = answer.json["callId"]
        return call_id

    def bulk(self, calls: Any, *, agent: str = "agent-1") -> Answer:
        """Schedule many calls."""
        return self.client.send("POST", f"{CALLS}/bulk?agentId={agent}", calls)

    def get(self, call_id: str) -> Answer:
        """Read a call."""
        return self.client.send("GET", f"{CALLS}/{call_id}")

    def status(self, call_id: str) -> str:
        """Read where a call stands."""
        status: str = self.get(call_id).json["status"]
        return status

    def cancel(self, call_id: str) -> Answer:
        """Take a call back."""
        return self.client.send("DELETE", f"{CALLS}/{call_id}")

    def queue(self, query: str = "") -> Json:
        """Read the queue."""
        answer = self.client.send("GET", f"{CALLS}/queue/list?{query}")
        assert (answer.status, answer.text) == (200, answer.text)
        found: Json = answer.json
        return found

    def queued(self, query: str = "") -> list[str]:
        """Read the ids in the queue."""
        return [call["callId"] for call in self.queue(query)["calls"]]

    def statuses(self, query: str = "") -> Json:
        """Read how many calls stand where."""
        found: Json = self.client.send("GET", f"{CALLS}/statistics/statuses?{query}").json["statuses"]
        return found

    def search(self, **body: Any) -> Json:
        """Search the results."""
        answer = self.client.send("POST", "/api/v1/callresults/search", body)
        assert (answer.status, answer.text) == (200, answer.text)
        found: Json = answer.json
        return found

    def found(self, **body: Any) -> list[str]:
        """Search the results for ids."""
        return [call["callId"] for call in self.search(**body)["results"]]


@contextmanager
def dasha(*, talk: int = 60, tokens: Any = None, **options: Any) -> Iterator[Dasha]:
    """An emulator whose conversations are all of one length, with options of Dasha."""
    general = {name: options.pop(name) for name in ("credit", "call_failure_rate") if name in options}
    with emulated(
        talk_seconds=(talk, talk), tokens=tokens or {}, dasha=DashaOptions(**options), **general
    ) as client:
        yield Dasha(client)
