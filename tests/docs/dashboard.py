"""What somebody does in the dashboard while a page is followed: NAME FIELD=JSON … changes a live agent."""

from __future__ import annotations

import asyncio
import json
import sys

import httpx

from agentconf.emulator.app import create_app
from agentconf.emulator.options import EmulatorOptions


async def edit(name: str, changes: dict[str, object]) -> None:
    app = create_app(EmulatorOptions(database=".agentconf/emulator.sqlite"))
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app),
        base_url="http://127.0.0.1",
        headers={"Authorization": "Bearer local"},
    ) as client:
        (agent,) = [one for one in (await client.get("/v1/agents")).json() if one["name"] == name]
        (await client.patch(f"/v1/agents/{agent['id']}", json=changes)).raise_for_status()
    app.state.store.close()


if __name__ == "__main__":
    pairs = (word.partition("=") for word in sys.argv[2:])
    asyncio.run(edit(sys.argv[1], {field: json.loads(value) for field, _, value in pairs}))
