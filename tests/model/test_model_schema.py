from __future__ import annotations

import copy
import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from jsonschema import Draft7Validator, Draft202012Validator

from agentconf.model.schema import (
    SCHEMAS,
    agent_schema,
    campaign_schema,
    environment_schema,
    main,
    project_schema,
    text_of,
    tool_schema,
)
from agentconf.source.compose import compose

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]

AGENT = """
name: Healthcare Outreach Agent
region: eu-central
language: en
system_prompt: ${file:../prompts/healthcare-outreach.md}
greeting: Hi, is this {{patient_name}}? This is Sarah calling from {{practice_name}}.
models: {stt: deepgram/nova:3, llm: groq/openai/gpt-oss-120b, tts: slng/deepgram/aura:2-en, tts_voice: a}
slng_api_key: ${env:SLNG_API_KEY}
template_defaults: {practice_name: Greenfield Family Medicine}
tools:
  - $ref: ../tools/hangup.yaml
  - type: webhook
    name: check_order_status
    description: Check the status of a customer order
    url: https://${var:crm_host}/orders/{{order_id}}
    parameters: {type: object, properties: {order_id: {type: string}}, required: [order_id]}
    auth: {type: bearer, token: "${env:CRM_TOKEN}"}
lifecycle:
  prevent_destroy: true
  ignore_changes: [sip_inbound_trunk_id]
  renamed_from: Old Agent Name
examples:
  - name: a patient in Madrid
    arguments: {patient_name: Maria, order_id: A-17}
    expect: {greeting: "Hi, is this Maria?*"}
"""

PROJECT = """
version: 1
defaults: {slng_api_key: "${env:SLNG_API_KEY}", models: {fallbacks: null}, tools: [{$ref: tools/hangup.yaml}]}
environments:
  local: {emulator: true}
  staging:
    api_key: ${env:SLNG_STAGING_KEY}
    organisation: 36090da1-617d-48c5-94b7-8f4e6c038f22
    vars: {crm_host: crm.staging.example.com}
  production:
    require_approval: [routing, data, safety]
    agents: {"*": {region: us-east}}
lint: {ignore: [], severity: {AC214: error}}
"""

ENVIRONMENT = """
base_url: https://api.agents.slng.ai
api_key: ${env:SLNG_STAGING_KEY}
concurrency: 4
agents:
  "*": {models: {llm_first_token_timeout_s: 8}}
  support-router:
    sip_inbound_trunk_id: null
    idle_nudges: {hangup_delay_seconds: 20}
    tools:
      - {name: look_up_order, timeout_seconds: 8, auth: {token: "${env:OTHER}"}, prompt: null}
"""

TOOL = """
type: webhook
name: send_call_summary
description: Sends the transcript
source: system
url: https://${var:events_host}/calls
parameters: ${var:summary_parameters}
timeout_seconds: ${var:patience}
system:
  triggers: [{event: call_end}]
  arguments:
    - {name: channel, type: string, source: {type: constant, value: voice}}
    - {name: transcript, type: transcript_messages, source: {type: transcript_messages, max_messages: 400}}
"""

CAMPAIGN = """
agent: healthcare-outreach
contacts: ../contacts/recall.csv
columns: {Phone: to}
delimiter: tab
arguments: {practice_name: Greenfield Family Medicine}
concurrency: 5
interval: 500ms
rate: 2.5
timeout: 1m30s
timezone: Europe/Berlin
window: {days: [mon, tue], from: 9:00, to: "24:00"}
deadline: 2026-07-01T18:00+02:00
retry: {on: [no_answer, busy], times: 2, after: 2h}
do_not_call: [../contacts/dnc.csv, "+14155550100"]
regions: [DE]
allow: [unassigned]
duplicates: false
run: 2026-07
"""

DOCUMENTED = {
    "agent": AGENT,
    "campaign": CAMPAIGN,
    "environment": ENVIRONMENT,
    "project": PROJECT,
    "tool": TOOL,
}
FILES = {
    "agent": sorted(ROOT.glob("agents/*.yaml")),
    "campaign": sorted(ROOT.glob("campaigns/*.yaml")),
    "environment": sorted(ROOT.glob("environments/*.yaml")),
    "project": sorted(ROOT.glob("agentconf.yaml")),
    "tool": sorted(ROOT.glob("tools/*.yaml")),
}


def mistakes(schema: dict[str, Any], data: object) -> list[str]:
    validator = Draft202012Validator(schema)
    as_draft_7 = Draft7Validator(schema)
    assert validator.is_valid(data) == as_draft_7.is_valid(data)
    return [error.message for error in validator.iter_errors(data)]


def read(text: str) -> Any:
    """Read YAML as files are read: what looks like 9:00 is a text."""
    tree = compose(text, "x.yaml").tree
    return None if tree is None else tree.data()


def agent(**changes: object) -> dict[str, Any]:
    data: dict[str, Any] = yaml.safe_load(AGENT)
    return {key: value for key, value in (data | changes).items() if value is not ...}


def nodes(schema: object) -> Iterator[dict[str, Any]]:
    """Every object schema, at any depth."""
    if isinstance(schema, dict):
        if isinstance(schema.get("properties"), dict) and "title" in schema:
            yield schema
        for part in schema.values():
            yield from nodes(part)
    elif isinstance(schema, list):
        for part in schema:
            yield from nodes(part)


@pytest.mark.parametrize("name", sorted(SCHEMAS))
def test_the_shipped_file_is_what_the_models_say(name: str) -> None:
    shipped = (ROOT / "schemas" / f"{name}.schema.json").read_text(encoding="utf-8")
    assert shipped == text_of(SCHEMAS[name]()), "run: python -m agentconf.model.schema schemas"


@pytest.mark.parametrize("name", sorted(SCHEMAS))
def test_every_schema_holds_for_both_drafts(name: str) -> None:
    Draft202012Validator.check_schema(SCHEMAS[name]())
    Draft7Validator.check_schema(SCHEMAS[name]())


@pytest.mark.parametrize("name", sorted(SCHEMAS))
def test_every_schema_says_what_it_is(name: str) -> None:
    schema = SCHEMAS[name]()
    assert schema["$id"] == f"urn:agentconf:schema:{name}"
    assert schema["title"] == name.capitalize()
    assert schema["description"]


@pytest.mark.parametrize("name", sorted(SCHEMAS))
def test_every_field_has_a_description_for_the_hover(name: str) -> None:
    bare = [
        f"{node['title']}.{field}"
        for node in nodes(SCHEMAS[name]())
        for field, part in node["properties"].items()
        if not part.get("description")
    ]
    assert bare == []


@pytest.mark.parametrize("name", sorted(SCHEMAS))
def test_every_object_is_closed(name: str) -> None:
    assert [
        node["title"] for node in nodes(SCHEMAS[name]()) if node["additionalProperties"] is not False
    ] == []


@pytest.mark.parametrize("name", sorted(SCHEMAS))
def test_every_reference_leads_somewhere(name: str) -> None:
    schema = SCHEMAS[name]()
    text = json.dumps(schema)
    assert all(f'"#/$defs/{definition}"' in text for definition in schema["$defs"])
    assert "discriminator" not in text


@pytest.mark.parametrize("name", sorted(DOCUMENTED))
def test_the_documented_example_is_valid(name: str) -> None:
    assert mistakes(SCHEMAS[name](), read(DOCUMENTED[name])) == []


@pytest.mark.parametrize(
    ("name", "file"), [(name, file) for name, files in FILES.items() for file in files], ids=str
)
def test_the_projects_own_file_is_valid(name: str, file: Path) -> None:
    assert mistakes(SCHEMAS[name](), read(file.read_text(encoding="utf-8"))) == []


WEBHOOK = yaml.safe_load(AGENT)["tools"][1]


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"name": ...}, "'name' is a required property"),
        ({"name": None}, "None is not valid"),
        ({"greeting": ...}, "'greeting' is a required property"),
        ({"greetings": "Hello"}, "'greetings' was unexpected"),
        ({"id": "8d7f2a3f-35d6-4ff9-97e6-1ab6a2d6867a"}, "'id' was unexpected"),
        ({"region": "eu-west"}, "'eu-west' is not valid"),
        ({"language": "a-very-long-tag"}, "'a-very-long-tag' is not valid"),
        ({"enable_interruptions": "yes"}, "'yes' is not valid"),
        ({"slng_api_key": "a-literal"}, "'a-literal' is not valid"),
        ({"slng_api_key": "${env:SLNG_API_KEY:-fallback}"}, "is not valid"),
        ({"slng_api_key": "${var:key}"}, "is not valid"),
        ({"template_defaults": {"age": 7}}, "is not valid"),
        ({"models": {"tts_voices": "aura"}}, "is not valid"),
        ({"lifecycle": {"state": "gone"}}, "is not valid"),
        ({"tools": [{"$ref": "../tools/hangup.yaml", "promt": "x"}]}, "is not valid"),
        ({"tools": [{"$ref": "../tools/hangup.yaml", "template": "hang-up"}]}, "is not valid"),
        ({"tools": [{"name": "no kind"}]}, "is not valid"),
        ({"tools": [WEBHOOK | {"timeout_seconds": 61}]}, "is not valid"),
        ({"tools": [WEBHOOK | {"timout_seconds": 6}]}, "is not valid"),
        ({"tools": [WEBHOOK | {"auth": {"type": "bearer", "token": "a-literal"}}]}, "is not valid"),
        ({"tools": [WEBHOOK | {"auth": {"type": "bearer", "secret": "${env:A}"}}]}, "is not valid"),
        ({"tools": [WEBHOOK | {"type": "${var:kind}"}]}, "is not valid"),
        ({"examples": [{"name": "x", "arguments": {"age": 7}}]}, "is not valid"),
    ],
)
def test_a_typical_mistake_in_an_agent_is_found(changes: dict[str, object], word: str) -> None:
    found = mistakes(agent_schema(), agent(**changes))
    assert len(found) == 1
    assert word in found[0]


@pytest.mark.parametrize(
    "changes",
    [
        {"region": "${var:region}"},
        {"language": "${var:agent_language}"},
        {"name": "x" * 200 + "${env:SUFFIX:-" + "y" * 60 + "}"},
        {"enable_interruptions": "${var:patient}"},
        {"models": "${var:models}"},
        {"models": {"tts_voice": "aura-2-thalia-en"}},
        {"models": ..., "region": ..., "language": ...},
        {"slng_api_key": ...},
        {"tools": "${var:tools}"},
        {"tools": [WEBHOOK | {"timeout_seconds": "${var:seconds}"}]},
        {"tools": [WEBHOOK | {"auth": None}]},
        {"sip_inbound_trunk_id": None},
        {"idle_nudges": "${var:nudges}"},
        {"slng_api_key": None, "tools": None, "models": {"fallbacks": {"stt": None}, "llm_kwargs": None}},
    ],
)
def test_what_only_the_whole_project_can_judge_is_let_through(changes: dict[str, object]) -> None:
    assert mistakes(agent_schema(), agent(**changes)) == []


def test_a_field_of_another_kind_takes_references_only_of_the_known_languages() -> None:
    assert mistakes(agent_schema(), agent(enable_interruptions="{{patient}}")) != []


@pytest.mark.parametrize(
    "override",
    [
        {},
        {"models": None},
        {"models": {"llm": None}},
        {"tools": [{"id": "c6d9d16a-0ad7-4be3-9d90-f60eb1d7d444", "prompt": "Stop"}]},
        {"tools": [{"name": "x", "system": {"triggers": [{"event": "call_end"}]}}]},
        {"tools": [{"name": "x", "execution_policy": {"pre_action_message": {"text": "Hold on"}}}]},
        {"lifecycle": {"prevent_destroy": None}},
        {"region": None, "name": "${var:name}"},
    ],
)
def test_an_override_needs_nothing_and_may_remove_anything(override: dict[str, object]) -> None:
    assert mistakes(environment_schema(), {"agents": {"support-router": override}}) == []
    assert mistakes(project_schema(), {"version": 1, "defaults": override}) == []


@pytest.mark.parametrize(
    "override",
    [
        {"model": {}},
        {"models": {"tts_voices": "x"}},
        {"tools": [{"name": "x", "timeout": 5}]},
        {"tools": [{"name": "x", "auth": {"type": "basic"}}]},
        {"tools": [{"name": "x", "system": {"triggers": [{"on": "call_end"}]}}]},
        {"models": {"fallbacks": {"tts": [{"model": "x"}]}}},
        {"slng_api_key": "literal"},
        {"idle_nudges": {"hangup_delay_seconds": 0}},
    ],
)
def test_a_mistake_in_an_override_is_found(override: dict[str, object]) -> None:
    assert mistakes(environment_schema(), {"agents": {"support-router": override}}) != []
    assert mistakes(project_schema(), {"version": 1, "defaults": override}) != []


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("version",), 2),
        (("version",), ...),
        (("environment",), {}),
        (("contract",), "free"),
        (("environments", "staging", "api_key"), "literal"),
        (("environments", "staging", "concurrency"), 64),
        (("environments", "production", "require_approval"), ["everything"]),
        (("lint", "severity", "AC214"), "fatal"),
    ],
)
def test_a_typical_mistake_in_the_project_file_is_found(path: tuple[str, ...], value: object) -> None:
    data = copy.deepcopy(yaml.safe_load(PROJECT))
    *parents, last = path
    place = data
    for name in parents:
        place = place[name]
    place[last] = value
    if value is ...:
        del place[last]
    assert mistakes(project_schema(), data) != []


def test_an_environment_that_a_file_declares_may_stand_empty_in_the_project_file() -> None:
    assert mistakes(project_schema(), {"version": 1, "environments": {"staging": None}}) == []


def test_an_environment_may_refer_to_variables_and_the_project_file_may_not() -> None:
    assert (
        mistakes(environment_schema(), {"emulator": "${env:OFFLINE}", "concurrency": "${env:SLOW:-2}"}) == []
    )
    assert mistakes(project_schema(), {"version": 1, "contract": "${env:CONTRACT}"}) != []


@pytest.mark.parametrize(
    "changes",
    [
        {"type": "webhok"},
        {"type": "human_transfer"},
        {"url": 7},
        {"description": "x" * 501},
        {"system": {"triggers": []}},
        {"system": {"triggers": [{"event": "call_ended"}]}},
    ],
)
def test_a_typical_mistake_in_a_tool_is_found(changes: dict[str, object]) -> None:
    assert mistakes(tool_schema(), yaml.safe_load(TOOL) | changes) != []


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        ("timeout_seconds", "Seconds to wait for the answer. Default: 10. 1 to 60."),
        ("http_method", "Method of the request. Default: POST."),
        ("wait_for_response", "Whether the call waits for the answer. Default: true."),
    ],
)
def test_a_hover_tells_default_and_bounds(field: str, expected: str) -> None:
    assert agent_schema()["$defs"]["WebhookTool"]["properties"][field]["description"] == expected


@pytest.mark.parametrize(
    "changes",
    [
        {"agent": ...},
        {"contacts": ...},
        {"contacts": ""},
        {"agnet": "x"},
        {"flow": "x"},
        {"bulk": 5},
        {"platform": "slgn"},
        {"concurrency": 33},
        {"interval": 30},
        {"interval": "30"},
        {"interval": "1m1h"},
        {"timeout": "1 min"},
        {"delimiter": "ab"},
        {"delimiter": '"'},
        {"deadline": "2026-07-01"},
        {"window": {"days": ["monday"]}},
        {"window": {"from": "25:00"}},
        {"window": {"to": "24:01"}},
        {"retry": {"on": ["no_answer"], "times": 2}},
        {"retry": {"on": ["canceled"], "times": 2, "after": "2h"}},
        {"arguments": {"attempt": 2}},
        {"regions": ["de"]},
        {"allow": ["all"]},
        {"run": "a/b"},
        {"platform": "sipgate", "agent": ..., "flow": "x"},
        {"platform": "sipgate", "agent": ..., "flow": "x", "billing_device": "e2"},
        {"platform": "dasha", "agent": ..., "agent_id": "x"},
    ],
)
def test_a_typical_mistake_in_a_campaign_is_found(changes: dict[str, object]) -> None:
    data = {key: value for key, value in (read(CAMPAIGN) | changes).items() if value is not ...}
    assert mistakes(campaign_schema(), data) != []


@pytest.mark.parametrize(
    "data",
    [
        {"agent": "x", "contacts": "x"},
        {"platform": "slng", "agent": "${var:agent}", "contacts": "${env:CONTACTS}"},
        {"platform": "sipgate", "flow": "x", "billing_device": "e2", "contacts": "x", "window": {}},
        {
            "platform": "dasha",
            "agent_id": "x",
            "contacts": "x",
            "outbound": {"display_name": "Bluewater Energy"},
            "retry": {"on": ["failed"], "times": 1, "after": "1h"},
        },
        {"platform": "${var:platform}", "contacts": "x"},
        {"agent": "x", "contacts": "x", "timeout": "${var:patience}", "window": "${var:hours}"},
        {"agent": "x", "contacts": "x", "do_not_call": "a.csv", "deadline": "1.5d", "rate": 1},
    ],
)
def test_a_sound_campaign_is_let_through(data: dict[str, object]) -> None:
    assert mistakes(campaign_schema(), data) == []


def test_a_hover_tells_the_default_of_a_length_of_time_as_files_write_it() -> None:
    interval = campaign_schema()["properties"]["interval"]
    assert interval["default"] == "500ms"
    assert interval["description"].endswith("0s to 1h. Default: 500ms.")


def test_a_hover_tells_a_lower_bound_alone() -> None:
    triggers = agent_schema()["$defs"]["SystemConfig"]["properties"]["triggers"]
    assert triggers["description"] == "The events that start the tool. At least 1 of them."


def test_secrets_are_marked_as_write_only() -> None:
    schema = agent_schema()
    assert schema["properties"]["slng_api_key"]["anyOf"][0]["writeOnly"] is True
    assert schema["$defs"]["BearerAuth"]["properties"]["token"]["writeOnly"] is True


def test_the_module_writes_all_files(tmp_path: Path) -> None:
    folder = tmp_path / "made" / "schemas"
    subprocess.run([sys.executable, "-m", "agentconf.model.schema", str(folder)], check=True, cwd=ROOT)
    written = sorted(file.name for file in folder.iterdir())
    assert written == [f"{name}.schema.json" for name in sorted(SCHEMAS)]


def test_the_module_writes_into_the_projects_folder_by_default(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    main([])
    assert (tmp_path / "schemas" / "agent.schema.json").read_text(encoding="utf-8") == text_of(agent_schema())
