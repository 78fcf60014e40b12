"""The peer of an apply: nothing but httpx, posting the same agents with the same concurrency.

Usage: posts.py URL COUNT CONCURRENCY
"""

from __future__ import annotations

import asyncio
import sys
from typing import Any

import httpx
import yaml
from projects import AGENT


def body(n: int) -> dict[str, Any]:
    agent: dict[str, Any] = yaml.load(AGENT.format(n=n), yaml.CSafeLoader)
    del agent["examples"]
    return agent


async def post(url: str, count: int, concurrency: int) -> None:
    bodies = iter([body(n) for n in range(count)])
    async with httpx.AsyncClient(base_url=url, headers={"Authorization": "Bearer bench"}) as client:

        async def work() -> None:
            for one in bodies:
                answer = await client.post("/v1/agents", json=one)
                answer.raise_for_status()

        await asyncio.gather(*(work() for _ in range(concurrency)))


if __name__ == "__main__":
    asyncio.run(post(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
