"""Agents that an emulator has from the start."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from agentconf.emulator.agents import Agents
from agentconf.emulator.clock import Clock
from agentconf.emulator.contract import load_contract
from agentconf.emulator.options import DEFAULT_ORGANISATION, EmulatorOptions
from agentconf.emulator.wire import Refusal
from agentconf.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from agentconf.emulator.store import Store

_HELP = "a seed file is a JSON array of bodies as they are sent to POST /v1/agents"


def seed(
    store: Store, bodies: Sequence[Any], *, options: EmulatorOptions | None = None, clock: Clock | None = None
) -> int:
    """Make agents, and leave alone those whose name is taken, so that a file can be loaded at every start.

    Args:
        store: where they go; into the first organisation of `options.tokens`, else the default one.
        bodies: create bodies. In the keyed contract a missing `slng_api_key` is made up, so that a seed file
            needs no secret.
        options: how the emulator behaves that they are for.
        clock: its time.

    Returns:
        How many were made.

    Raises:
        ConfigurationError: a body is refused; those before it have been made.

    """
    options = options or EmulatorOptions()
    contract = load_contract(options.contract, options.unknown_fields)
    agents = Agents(store, contract, options, clock or Clock())
    organisation = next((name for name in options.tokens.values() if name is not None), DEFAULT_ORGANISATION)
    made = 0
    for index, body in enumerate(bodies):
        if not isinstance(body, dict):
            raise ConfigurationError(f"agent {index + 1} of the seed is not an object", help=_HELP)
        whole = {"slng_api_key": "seeded", **body} if options.contract == "keyed" else body
        try:
            agents.create(organisation, whole)
        except Refusal as refusal:
            if refusal.status != HTTPStatus.CONFLICT:
                raise ConfigurationError(
                    f"agent {index + 1} of the seed is refused: {_reason(refusal)}", help=_HELP
                ) from None
        else:
            made += 1
    return made


def seed_from_file(store: Store, path: Path, *, options: EmulatorOptions, clock: Clock) -> int:
    """Make the agents of a file (`seed`).

    Raises:
        ConfigurationError: the file cannot be read, is no JSON array, or holds a body that is refused.

    """
    try:
        bodies = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ConfigurationError(f"the seed file {path} cannot be read: {error}", help=_HELP) from error
    if not isinstance(bodies, list):
        raise ConfigurationError(f"the seed file {path} holds no array", help=_HELP)
    return seed(store, bodies, options=options, clock=clock)


def _reason(refusal: Refusal) -> str:
    if isinstance(refusal.detail, str):
        return refusal.detail
    problem = refusal.detail[0]
    return f"{'.'.join(map(str, problem.place[1:]))}: {problem.message}"
