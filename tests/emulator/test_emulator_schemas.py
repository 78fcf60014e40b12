from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from emulator_client import TRUNK, agent_body, emulated, hangup, webhook
from jsonschema import Draft202012Validator
from referencing import Registry, Resource
from referencing.exceptions import NoSuchResource

from agentconf.emulator.contract import load_contract
from agentconf.emulator.documents import read_schema
from agentconf.resources import schemas_folder

if TYPE_CHECKING:
    from pathlib import Path

FILES = sorted((schemas_folder() / "slng").glob("*.json"))
NAMES = {
    "agent",
    "agent-create.keyed",
    "agent-create.managed",
    "agent-duplicate",
    "agent-list",
    "agent-update",
    "call-create",
    "call-detail",
    "call-response",
    "calls-page",
    "common",
    "error",
    "tool-execution-create",
    "web-session",
    "web-session-create",
}


def registry() -> Registry[Any]:
    """The documents under their file names; anything else is not to be found, on a network or elsewhere."""
    resources = [(path.name, Resource.from_contents(json.loads(path.read_text()))) for path in FILES]
    return Registry().with_resources(resources)


def references(node: Any) -> set[str]:
    match node:
        case {"$ref": str(reference)}:
            return {reference}
        case dict():
            return {found for value in node.values() for found in references(value)}
        case list():
            return {found for value in node for found in references(value)}
        case _:
            return set()


def test_the_contract_consists_of_these_documents() -> None:
    assert {path.name.removesuffix(".json") for path in FILES} == NAMES


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_document_is_a_schema_of_2020_12(path: Path) -> None:
    document = json.loads(path.read_text())
    Draft202012Validator.check_schema(document)
    assert document["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert document["title"]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_each_reference_leads_somewhere_without_a_network(path: Path) -> None:
    resolver = registry().resolver(path.name)
    for reference in references(json.loads(path.read_text())):
        resolver.lookup(reference)
    with pytest.raises(NoSuchResource):
        registry().get_or_retrieve("https://example.com/other.json")


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_document_is_read_without_references(path: Path) -> None:
    assert references(read_schema(path.name.removesuffix(".json"))) == set()


def test_every_shared_part_is_used() -> None:
    used = {
        reference.rpartition("/")[2]
        for path in FILES
        for reference in references(json.loads(path.read_text()))
    }
    parts = json.loads((schemas_folder() / "slng" / "common.json").read_text())["$defs"]
    assert set(parts) - used == set()


@pytest.mark.parametrize(
    "body",
    [
        agent_body(),
        agent_body(tools=[webhook(), hangup()]),
        agent_body(tools=[webhook(name=5)]),
        {},
        {"tools": 3},
    ],
)
def test_filled_in_references_judge_as_references_do(body: dict[str, Any]) -> None:
    document = json.loads((schemas_folder() / "slng" / "agent-create.keyed.json").read_text())
    by_reference = Draft202012Validator(
        document, registry=registry().with_resource("", Resource.from_contents(document))
    )
    filled_in = load_contract("keyed", "reject").validators["create"]
    assert [error.message for error in filled_in.iter_errors(body)] == [
        error.message for error in by_reference.iter_errors(body)
    ]


def test_an_answer_that_breaks_the_contract_is_noticed() -> None:
    with emulated() as client:
        agent = client.create(sip_outbound_trunk_id=TRUNK)
        contract = load_contract("keyed", "reject")
        broken = [
            agent | {"slng_api_key": "k"},
            agent | {"id": "x"},
            agent | {"created_at": "yesterday"},
            {name: value for name, value in agent.items() if name != "tools"},
        ]
        assert contract.check_answer("agent", agent) == ()
        assert [len(contract.check_answer("agent", answer)) for answer in broken] == [1, 1, 1, 1]
