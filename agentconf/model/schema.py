"""The JSON Schemas that editors complete and check with, generated from the models.

`python -m agentconf.model.schema schemas` writes them. They hold for draft 2020-12 and for draft 7 alike,
since language servers for YAML read both. An editor sees one file at a time, the linter sees the project.
So what `defaults` of the project file may bring is not required here, and a `null` that removes it is let
through; the linter knows whether that comes out right.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter

from agentconf.model.agent import REGIONS, AgentFile
from agentconf.model.campaign import CampaignFile
from agentconf.model.clashes import NEEDED, OWN, REFUSED
from agentconf.model.policy import PolicyFile
from agentconf.model.project import EnvironmentFile, ProjectFile
from agentconf.model.schema_forms import (
    POINTER,
    REFERENCE,
    TEXT_WITH_REFERENCE,
    Definitions,
    Node,
    loosen_objects,
    nullable,
    pointers,
    referable,
    tidy,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from agentconf.model.campaign import Platform

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_INHERITED = frozenset({"language", "region", "models"})
_LAYERED = ("AgentFile", "Models", "Fallbacks", "IdleNudges", "Lifecycle")
"""What `defaults` lie under, field by field."""

_TOOL_KINDS = ("TemplateTool", "BuiltInTool", "WebhookTool", "HumanTransferTool")
_FILE_REFERENCE: Node = {
    "description": "A tool file, relative to this file; keys beside it win over what it brings",
    "type": "string",
}


def agent_schema() -> Node:
    """Describe an agent file, `agents/<key>.yaml`."""
    definitions = _agent_definitions()
    return _document("agent", "Agent", definitions["AgentFile"], definitions)


def tool_schema() -> Node:
    """Describe a tool file, `tools/*.yaml`, that agents pull in with `$ref`."""
    definitions = _agent_definitions()
    tool: Node = {
        "description": "A tool that several agents share.",
        "oneOf": [{"$ref": POINTER + kind} for kind in _TOOL_KINDS],
    }
    return _document("tool", "Tool", tool, definitions)


def environment_schema() -> Node:
    """Describe an environment file, `environments/<name>.yaml`."""
    definitions = _project_definitions(EnvironmentFile)
    return _document("environment", "Environment", definitions["EnvironmentFile"], definitions)


def project_schema() -> Node:
    """Describe the project file, `agentconf.yaml`."""
    definitions = _project_definitions(ProjectFile)
    project = definitions["ProjectFile"]
    project["properties"]["defaults"] |= _partial_agent()
    environments = project["properties"]["environments"]
    environments["additionalProperties"] = nullable(environments["additionalProperties"])
    return _document("project", "Project", project, definitions)


def campaign_schema() -> Node:
    """Describe a campaign file, `campaigns/<name>.yaml`."""
    definitions = {name: referable(node) for name, node in _definitions(CampaignFile).items()}
    definitions |= {"Reference": REFERENCE, "TextWithReference": TEXT_WITH_REFERENCE}
    campaign = definitions["CampaignFile"] | {"allOf": [_of_platform(platform) for platform in NEEDED]}
    return _document("campaign", "Campaign", campaign, definitions)


def policy_schema() -> Node:
    """Describe a policy file, `policies/*.yaml`. Nothing in it is a reference."""
    definitions = _definitions(PolicyFile)
    return _document("policy", "Policy", definitions["PolicyFile"], definitions)


SCHEMAS: Mapping[str, Callable[[], Node]] = {
    "agent": agent_schema,
    "campaign": campaign_schema,
    "environment": environment_schema,
    "policy": policy_schema,
    "project": project_schema,
    "tool": tool_schema,
}
"""What describes each kind of file, by name."""


def _of_platform(platform: Platform) -> Node:
    """Say what a campaign of one platform has to have and cannot have; SLNG is meant where none is named."""
    foreign = [key for owner, keys in OWN.items() if owner != platform for key in keys]
    named: Node = {"properties": {"platform": {"const": platform}}}
    return {
        "if": named if platform == "slng" else named | {"required": ["platform"]},
        "then": {
            "required": list(NEEDED[platform]),
            "properties": dict.fromkeys([*foreign, *REFUSED[platform]], False),
        },
    }


def _definitions(model: Any) -> Definitions:
    raw = TypeAdapter(model).json_schema()
    definitions: Definitions = {name: tidy(node) for name, node in raw.pop("$defs", {}).items()}
    definitions[raw.get("title", "")] = tidy(raw)
    return definitions


def _agent_definitions() -> Definitions:
    definitions = _definitions(AgentFile)
    agent = definitions["AgentFile"]
    region = agent["properties"]["region"]
    region["enum"] = list(region.pop("examples", REGIONS))
    override: Definitions = {}
    override["ToolOverride"] = loosen_objects(
        (definitions[kind] for kind in _TOOL_KINDS), definitions, override
    )
    override["ToolOverride"]["title"] = "Tool override"
    override["ToolOverride"]["properties"] = {
        "$ref": _FILE_REFERENCE,
        **override["ToolOverride"]["properties"],
    }
    override["PartialAgent"] = loosen_objects([agent], definitions, override)
    override["PartialAgent"]["title"] = "Agent override"
    override["PartialAgent"]["properties"]["tools"] = _with_items(
        override["PartialAgent"]["properties"]["tools"], {"$ref": POINTER + "ToolOverride"}
    )
    kinds = agent["properties"]["tools"]["items"]
    agent["properties"]["tools"]["items"] = {
        "if": {"type": "object", "required": ["$ref"]},
        "then": {"$ref": POINTER + "ToolOverride"},
        "else": kinds,
    }
    agent["required"] = [name for name in agent["required"] if name not in _INHERITED]
    del definitions["Models"]["required"]
    for name in _LAYERED:
        definitions[name] = _removable(definitions[name])
    return {name: referable(node) for name, node in {**definitions, **override}.items()} | {
        "Reference": REFERENCE,
        "TextWithReference": TEXT_WITH_REFERENCE,
    }


def _removable(node: Node) -> Node:
    """Let `null` remove what `defaults` say of any field that may be left out."""
    required = node.get("required", ())
    fields = node["properties"].items()
    return node | {
        "properties": {name: part if name in required else nullable(part) for name, part in fields}
    }


def _with_items(node: Node, items: Node) -> Node:
    lists = [part | {"items": items} if part.get("type") == "array" else part for part in node["anyOf"]]
    return node | {"anyOf": lists}


def _project_definitions(model: Any) -> Definitions:
    definitions = _definitions(model)
    agents = definitions["EnvironmentFile"]["properties"]["agents"]
    agents["additionalProperties"] = _partial_agent()
    definitions["EnvironmentFile"] = referable(definitions["EnvironmentFile"])
    return {**_agent_definitions(), **definitions}


def _partial_agent() -> Node:
    return {"$ref": POINTER + "PartialAgent"}


def _document(name: str, title: str, root: Node, definitions: Definitions) -> Node:
    return {
        "$schema": DIALECT,
        "$id": f"urn:agentconf:schema:{name}",
        "$comment": "Generated from agentconf/model: python -m agentconf.model.schema schemas",
        **root,
        "title": title,
        "$defs": _reachable(root, definitions),
    }


def _reachable(root: Node, definitions: Definitions) -> Definitions:
    wanted: set[str] = set()
    waiting = [*pointers(root)]
    while waiting:
        name = waiting.pop()
        if name not in wanted:
            wanted.add(name)
            waiting.extend(pointers(definitions[name]))
    return {name: definitions[name] for name in sorted(wanted)}


def text_of(schema: Node) -> str:
    """Write a schema as the shipped file holds it."""
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def main(arguments: Sequence[str]) -> None:
    """Write each schema as `<name>.schema.json` into a folder.

    Args:
        arguments: the folder; `schemas` when there is none.

    """
    folder = Path(arguments[0] if arguments else "schemas")
    folder.mkdir(parents=True, exist_ok=True)
    for name, make in SCHEMAS.items():
        (folder / f"{name}.schema.json").write_text(text_of(make()), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
