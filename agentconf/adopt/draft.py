"""A live agent as files: the definition, its prompt, tools that several share."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from agentconf.adopt.literal import escaped, fits_a_file
from agentconf.adopt.naming import handle, variable
from agentconf.model.agent import AgentBody
from agentconf.model.fields import fields_of
from agentconf.plan.canonical import canonical, canonical_part, free, text_of
from agentconf.plan.toolids import called, tools_of
from agentconf.source.emit import to_yaml

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from agentconf.model.live import LiveAgent

SCHEMA_LINE = "# yaml-language-server: $schema=../schemas/{}.schema.json\n"
TRUNKS = tuple(name for name, spec in fields_of(AgentBody).items() if spec.dashboard)
_SECRETS = {"bearer": "token", "hmac": "secret"}
_WIDE = 100_000
_TOGETHER = (
    ("name", "region", "language"),
    ("system_prompt", "greeting", "inbound_greeting", "outbound_greeting"),
)
_LONG = 120
"""Characters from which a prompt gets a file of its own, also when it is one line."""

_Object = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Options:
    """How agents are written.

    Args:
        key_reference: what `slng_api_key` refers to; None: it is not written.
        trunks: whether trunks are written that the definition makes sense without; they are attached in the
            dashboard.
        schemas: whether files name the editor's schema.
        factor_tools: whether tools that several agents share get files of their own.

    """

    key_reference: str | None = "${env:SLNG_API_KEY}"
    trunks: bool = False
    schemas: bool = True
    factor_tools: bool = False


@dataclass(frozen=True, slots=True)
class Drafted:
    """One agent, written.

    Args:
        key: its handle.
        live: what it was written from.
        files: content by path from the project's root, the definition first.
        secrets: environment variables that hold what the platform never shows, and what each is.
        trunks: trunks that were left to the dashboard.

    """

    key: str
    live: LiveAgent
    files: Mapping[str, str] = field(repr=False)
    secrets: Mapping[str, str] = field(default_factory=dict)
    trunks: tuple[str, ...] = ()


def drafts(agents: Sequence[tuple[str, LiveAgent]], options: Options, taken: Iterable[str]) -> list[Drafted]:
    """Write agents.

    Args:
        agents: each with its key.
        options: how.
        taken: names of files that are in tools/ already, without their ending.

    """
    shared = _shared(agents, set(taken)) if options.factor_tools else {}
    return [_drafted(key, live, options, shared) for key, live in agents]


def _drafted(key: str, live: LiveAgent, options: Options, shared: Mapping[str, str]) -> Drafted:
    # The name is what an agent is found by: it is written to the character.
    body = {name: value for name, value in canonical(live.body).items() if value is not None}
    body["name"] = live.name
    secrets: dict[str, str] = {}
    files: dict[str, str] = {}
    needed = _needed(body)
    trunks = tuple(name for name in TRUNKS if name in body and not options.trunks and name not in needed)
    for name in trunks:
        del body[name]
    prompt = body.get("system_prompt")
    written = escaped({name: value for name, value in body.items() if name != "tools"})
    if isinstance(prompt, str) and _has_a_file(prompt):
        files[f"prompts/{key}.md"] = prompt + "\n"
        written["system_prompt"] = f"${{file:../prompts/{key}.md}}"
    if options.key_reference is not None:
        written["slng_api_key"] = options.key_reference
        secrets[options.key_reference[6:-1]] = "the key of the agent's own model requests"
    if tools := tools_of(live.body):
        written["tools"] = [_tool(key, tool, shared, secrets, files, options) for tool in tools]
    text = (SCHEMA_LINE.format("agent") if options.schemas else "") + _laid_out(written)
    return Drafted(key, live, {f"agents/{key}.yaml": text, **files}, secrets, trunks)


def _needed(body: _Object) -> frozenset[str]:
    """Name the trunks without which a definition makes no sense: greetings and transfers need them."""
    transfers = any(tool.get("type") == "human_transfer" for tool in tools_of(body))
    outbound = transfers or body.get("outbound_greeting") is not None
    inbound = body.get("inbound_greeting") is not None
    names = {"sip_outbound_trunk_id": outbound, "sip_inbound_trunk_id": inbound}
    return frozenset(name for name, needs in names.items() if needs)


def _has_a_file(prompt: str) -> bool:
    return fits_a_file(prompt) and bool(prompt) and ("\n" in prompt or len(prompt) > _LONG)


def _laid_out(written: _Object) -> str:
    """Write a definition: fields in the order of the models, a blank line between what belongs apart."""
    known = [name for name in fields_of(AgentBody) if name in written]
    names = [*known, *(name for name in written if name not in known)]
    groups = [{name: written[name] for name in names if name in together} for together in _TOGETHER]
    rest = [name for name in names if not any(name in together for together in _TOGETHER)]
    groups += [{name: written[name]} for name in rest]
    return "\n".join(to_yaml(group, width=_WIDE) for group in groups if group)


def _tool(
    key: str,
    tool: _Object,
    shared: Mapping[str, str],
    secrets: dict[str, str],
    files: dict[str, str],
    options: Options,
) -> _Object:
    place = shared.get(_likeness(tool))
    if place is None:
        return written_tool(tool, (key, called(tool)), secrets)
    content = written_tool(tool, (called(tool),), secrets)
    own = {name: content.pop(name) for name in ("id",) if name in content}
    lead = SCHEMA_LINE.format("tool") if options.schemas else ""
    files[f"tools/{place}.yaml"] = lead + to_yaml(content, width=_WIDE)
    return {"$ref": f"../tools/{place}.yaml", **own}


def written_tool(tool: _Object, names: tuple[str, ...], secrets: dict[str, str]) -> _Object:
    """Write a live tool as a file has it: fields in order, defaults out, a reference for its secret.

    Args:
        tool: in write shape.
        names: what its secret's variable is named after.
        secrets: receives the variable, and what it holds.

    """
    model = fields_of(AgentBody)["tools"].model_of(tool)
    shown = canonical_part(tool, model) if model is not None else free(tool)
    order = [name for name in fields_of(model) if name in shown] if model is not None else []
    written: _Object = escaped(
        {name: shown[name] for name in (*order, *(one for one in shown if one not in order))}
    )
    auth = tool.get("auth")
    if isinstance(auth, dict):
        written["auth"] = {"type": auth.get("type")}
        if (secret := _SECRETS.get(str(auth.get("type")))) is not None:
            name = variable(*names, secret)
            written["auth"][secret] = f"${{env:{name}}}"
            secrets[name] = f"the {secret} of the tool {called(tool)}"
    return written


def _shared(agents: Sequence[tuple[str, LiveAgent]], taken: set[str]) -> dict[str, str]:
    """Name a file for each tool that several agents have alike."""
    holders: dict[str, set[str]] = {}
    names: dict[str, str] = {}
    for key, live in agents:
        for tool in tools_of(live.body):
            like = _likeness(tool)
            holders.setdefault(like, set()).add(key)
            names.setdefault(like, called(tool))
    found: dict[str, str] = {}
    for like, keys in holders.items():
        if len(keys) > 1:
            found[like] = handle(names[like], {*taken, *found.values()}, otherwise="tool")
    return found


def _likeness(tool: _Object) -> str:
    """Return what two tools have in common that differ in their id only."""
    model = fields_of(AgentBody)["tools"].model_of(tool)
    plain = {name: value for name, value in tool.items() if name != "id"}
    return text_of(canonical_part(plain, model) if model is not None else free(plain))
