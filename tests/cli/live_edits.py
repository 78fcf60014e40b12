"""Edits of live agents as the dashboard makes them: through the API of a project's embedded emulator."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
from conftest import Project

from agentconf.emulator.app import create_app
from agentconf.emulator.options import EmulatorOptions


def edit(project: Project, name: str, **changes: Any) -> None:
    """Change fields of a live agent."""
    _request(project, name, "PATCH", changes)


def remove(project: Project, name: str) -> None:
    """Delete a live agent."""
    _request(project, name, "DELETE", None)


def _request(project: Project, name: str, method: str, body: Any) -> None:
    app = create_app(EmulatorOptions(database=str(project.root / ".agentconf" / "emulator.sqlite")))

    async def send() -> None:
        headers = {"Authorization": "Bearer local"}
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(app), base_url="http://127.0.0.1", headers=headers
        ) as client:
            (agent,) = [one for one in (await client.get("/v1/agents")).json() if one["name"] == name]
            (await client.request(method, f"/v1/agents/{agent['id']}", json=body)).raise_for_status()

    try:
        asyncio.run(send())
    finally:
        app.state.store.close()
