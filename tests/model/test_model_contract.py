"""The models against the API contract: fields, bounds, enums, defaults, what is required or may be null.

The contract that ships (schemas/slng/) is written by hand, independently of the models. The platform's API as
data is checked as well where a copy lies beside the checkout.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import TypeAdapter

from agentconf.model.agent import REGIONS, AgentBody, RuntimeVariable
from agentconf.model.arguments import (
    CallSource,
    ConstantSource,
    SystemArgument,
    SystemConfig,
    SystemTrigger,
    TemplateSource,
    TranscriptSource,
)
from agentconf.model.fields import ModelClass, fields_of
from agentconf.model.models import Fallbacks, Models, TtsFallback
from agentconf.model.nudges import ExecutionPolicy, IdleNudges, PreActionMessage
from agentconf.model.tools import (
    BearerAuth,
    BuiltInTool,
    HmacAuth,
    HumanTransferTool,
    TemplateTool,
    WebhookTool,
)

Json = dict[str, Any]
PUBLISHED = Path(__file__).parents[3] / "shared" / "reference" / "slng-agents-api.yaml"
SLNG = Path(__file__).parents[2] / "schemas" / "slng"
BOUNDS = ("minLength", "maxLength", "minimum", "maximum", "minItems")

NAMED: dict[str, ModelClass] = {
    "VoiceAgentCreate": AgentBody,
    "Models": Models,
    "Fallbacks": Fallbacks,
    "TtsFallback": TtsFallback,
    "IdleNudges": IdleNudges,
    "ExecutionPolicy": ExecutionPolicy,
    "PreActionMessage": PreActionMessage,
    "TemplateTool": TemplateTool,
    "BuiltInTool": BuiltInTool,
    "WebhookTool": WebhookTool,
    "HumanTransferTool": HumanTransferTool,
    "SystemConfig": SystemConfig,
    "SystemTrigger": SystemTrigger,
    "SystemArgument": SystemArgument,
    "RuntimeVariable": RuntimeVariable,
}
SOURCES: dict[str, ModelClass] = {
    "constant": ConstantSource,
    "template": TemplateSource,
    "transcript_messages": TranscriptSource,
    "call_id": CallSource,
}
AUTHS: dict[str, ModelClass] = {"bearer": BearerAuth, "hmac": HmacAuth}

OURS: dict[tuple[str, str], Json] = {
    # Files may leave ids out: they are matched or derived before anything is sent.
    **{(tool, "id"): {"required": False, "nullable": True} for tool in NAMED if tool.endswith("Tool")},
    # An agent without a name cannot be found again.
    ("VoiceAgentCreate", "name"): {"minLength": 1},
    # Regions that the platform grows are a matter of the linter.
    ("VoiceAgentCreate", "region"): {"enum": None},
    # Depends on the revision of the contract, which the linter knows.
    ("VoiceAgentCreate", "slng_api_key"): {"required": False, "nullable": True},
    # In a file, null leaves these out; null is never sent.
    ("WebhookTool", "auth"): {"nullable": True},
    ("WebhookTool", "system"): {"nullable": True},
    ("BuiltInTool", "system"): {"nullable": True},
}
"""Where the models differ from the contract on purpose."""


class Contract:
    """The schemas of a contract by name, references followed."""

    def __init__(self, schemas: Json) -> None:
        self.schemas = schemas

    def named(self, name: str) -> Json:
        found: Json = self.schemas[name]
        return found

    def resolved(self, schema: Json) -> Json:
        if "$ref" in schema:
            return self.resolved(self.schemas[schema["$ref"].rpartition("/")[2]])
        return schema

    def variant(self, union: Json, kind: str) -> Json:
        """The branch of a union for a value of `type`."""
        union = self.resolved(union)
        branches = union.get("oneOf") or [rule["then"] | {"if": rule["if"]} for rule in union["allOf"]]
        for branch in map(self.resolved, branches):
            tag = branch.get("if", branch)["properties"]["type"]
            if tag.get("const") == kind or kind in tag.get("enum", ()):
                return branch | {"properties": branch["properties"] | {"type": tag}}
        raise LookupError(kind)

    def kinds(self, union: Json) -> set[str]:
        """The values of `type` in a union."""
        union = self.resolved(union)
        branches = list(map(self.resolved, union.get("oneOf", [union])))
        tags = [branch["properties"]["type"] for branch in branches]
        return {kind for tag in tags for kind in tag.get("enum", [tag.get("const")])}


@cache
def shipped() -> Contract:
    schemas = json.loads((SLNG / "common.json").read_text())["$defs"]
    return Contract(
        schemas | {"VoiceAgentCreate": json.loads((SLNG / "agent-create.keyed.json").read_text())}
    )


@cache
def published() -> Contract:
    if not PUBLISHED.is_file():
        pytest.skip("the platform's API as data is not beside this checkout")
    return Contract(yaml.safe_load(PUBLISHED.read_text(encoding="utf-8"))["components"]["schemas"])


def contracts() -> pytest.MarkDecorator:
    return pytest.mark.parametrize("contract", [shipped, published])


def facts_of_contract(contract: Contract, schema: Json) -> dict[str, Json]:
    required = {*schema.get("required", ()), *schema.get("x-required-keyed", ())}
    return {
        name: _facts(contract, part) | {"required": name in required}
        for name, part in schema["properties"].items()
    }


def facts_of_model(model: ModelClass) -> dict[str, Json]:
    schema = TypeAdapter(model).json_schema()
    schema = schema if "properties" in schema else schema["$defs"][model.__name__]
    models = Contract(TypeAdapter(model).json_schema().get("$defs", {}))
    facts = {}
    for name, spec in fields_of(model).items():
        read = _facts(models, schema["properties"][name])
        default = None if spec.spread else spec.default
        own = {
            "required": spec.required,
            "default": default,
            "write_only": spec.write_only,
            "uuid": spec.identifier,
        }
        facts[name] = read | own
    return facts


def _facts(contract: Contract, part: Json) -> Json:
    whole = contract.resolved(part)
    branches = whole.get("anyOf") or whole.get("oneOf") or [whole]
    value = next(contract.resolved(one) for one in branches if one != {"type": "null"})
    types = value.get("type", [])
    types = types if isinstance(types, list) else [types]
    choices = [value["const"]] if "const" in value else value.get("enum")
    items = contract.resolved(value["items"]) if "items" in value else {}
    return {
        "nullable": "null" in types or {"type": "null"} in branches,
        "enum": sorted(choices) if choices else None,
        "default": whole.get("default", value.get("default")),
        "uuid": value.get("format") == "uuid",
        "write_only": bool(value.get("writeOnly") or value.get("x-write-only")),
        "items": items.get("type") if items.get("type") != "object" and "oneOf" not in items else "object",
        **{bound: value.get(bound) for bound in BOUNDS},
    }


def expected(contract: Contract, name: str, schema: Json) -> dict[str, Json]:
    facts = facts_of_contract(contract, schema)
    return {field: fact | OURS.get((name, field), {}) for field, fact in facts.items()}


@contracts()
@pytest.mark.parametrize("name", NAMED)
def test_a_model_has_the_fields_bounds_and_defaults_of_the_contract(contract: Any, name: str) -> None:
    found = contract()
    assert facts_of_model(NAMED[name]) == expected(found, name, found.named(name))


@contracts()
@pytest.mark.parametrize("kind", SOURCES)
def test_an_argument_source_is_that_of_the_contract(contract: Any, kind: str) -> None:
    found = contract()
    schema = found.variant(found.named("SystemArgument")["properties"]["source"], kind)
    assert facts_of_model(SOURCES[kind]) == expected(found, kind, schema)


@contracts()
@pytest.mark.parametrize("kind", AUTHS)
def test_a_kind_of_auth_is_that_of_the_contract(contract: Any, kind: str) -> None:
    found = contract()
    schema = found.variant(found.named("WebhookTool")["properties"]["auth"], kind)
    assert facts_of_model(AUTHS[kind]) == expected(found, kind, schema)


@contracts()
def test_the_regions_are_those_of_the_contract(contract: Any) -> None:
    assert list(REGIONS) == contract().named("Region")["enum"]


@contracts()
def test_the_models_know_every_kind_of_tool_auth_and_source(contract: Any) -> None:
    found = contract()
    tools = found.named("VoiceAgentCreate")["properties"]["tools"]["items"]
    auth = found.named("WebhookTool")["properties"]["auth"]
    source = found.named("SystemArgument")["properties"]["source"]
    assert set(fields_of(AgentBody)["tools"].variants) == found.kinds(tools)
    assert set(fields_of(WebhookTool)["auth"].variants) == found.kinds(auth)
    assert set(fields_of(SystemArgument)["source"].variants) == found.kinds(source)


def test_the_default_of_shown_results_follows_the_source() -> None:
    specs = fields_of(WebhookTool)
    spec = specs["show_results_to_llm"]
    assert spec.default_in({}, specs) is True
    assert spec.default_in({"source": "contextual"}, specs) is True
    assert spec.default_in({"source": "system"}, specs) is False
    assert spec.default_in({"source": "a source of tomorrow"}, specs) is None
