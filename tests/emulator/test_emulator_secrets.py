from __future__ import annotations

import pytest
from emulator_client import OTHER_ID, SECRET, TOOL_ID, agent_body, bearer, emulated, webhook

from agentconf.emulator.definition import Secrets, ToolSecret
from agentconf.emulator.options import EmulatorOptions

TOKEN = f"{SECRET}-token"
HMAC = {"type": "hmac", "secret": f"{SECRET}-hmac"}


def test_secrets_are_stored_and_never_answered() -> None:
    with emulated() as client:
        agent = client.create(tools=[webhook(auth=bearer()), webhook(id=OTHER_ID, auth=HMAC, name="b")])
        assert [tool["auth_type"] for tool in agent["tools"]] == ["bearer", "hmac"]
        assert client.store.secrets(agent["id"]) == Secrets(
            f"{SECRET}-key",
            {TOOL_ID: ToolSecret("bearer", TOKEN), OTHER_ID: ToolSecret("hmac", f"{SECRET}-hmac")},
        )


def test_a_webhook_without_auth_says_so() -> None:
    with emulated() as client:
        assert client.create(tools=[webhook()])["tools"][0]["auth_type"] is None


def test_an_update_that_omits_the_token_keeps_the_stored_one() -> None:
    with emulated() as client:
        agent = client.create(tools=[webhook(auth=bearer())])
        changed = client.patch(agent, tools=[webhook(auth={"type": "bearer"}, description="new")]).json
        assert (changed["tools"][0]["description"], changed["tools"][0]["auth_type"]) == ("new", "bearer")
        assert client.store.secrets(agent["id"]).tools == {TOOL_ID: ToolSecret("bearer", TOKEN)}


def test_the_stored_token_is_found_by_tool_id_whatever_its_place_and_case() -> None:
    with emulated() as client:
        agent = client.create(tools=[webhook(auth=bearer())])
        tools = [webhook(id=OTHER_ID, name="other"), webhook(id=TOOL_ID.upper(), auth={"type": "bearer"})]
        assert client.patch(agent, tools=tools).status == 200
        assert client.store.secrets(agent["id"]).tools == {TOOL_ID: ToolSecret("bearer", TOKEN)}


def test_an_update_of_another_field_keeps_all_secrets() -> None:
    with emulated() as client:
        agent = client.create(tools=[webhook(auth=bearer())])
        before = client.store.secrets(agent["id"])
        client.patch(agent, greeting="new")
        assert client.store.secrets(agent["id"]) == before


def test_an_update_may_bring_a_new_key() -> None:
    with emulated() as client:
        agent = client.create()
        client.patch(agent, slng_api_key=f"{SECRET}-rotated")
        assert client.store.secrets(agent["id"]).slng_api_key == f"{SECRET}-rotated"


@pytest.mark.parametrize(
    ("tool", "missing"),
    [
        (webhook(auth={"type": "hmac"}), "secret"),
        (webhook(id=OTHER_ID, auth={"type": "bearer"}), "token"),
    ],
)
def test_a_token_that_is_not_stored_cannot_be_kept(tool: dict[str, object], missing: str) -> None:
    with emulated() as client:
        agent = client.create(tools=[webhook(auth=bearer())])
        answer = client.patch(agent, tools=[tool])
        assert (answer.status, answer.places) == (422, [f"body.tools.0.auth.{missing}"])
        assert client.get(agent) == agent


def test_a_webhook_sent_without_auth_has_none_afterwards() -> None:
    with emulated() as client:
        agent = client.create(tools=[webhook(auth=bearer())])
        changed = client.patch(agent, tools=[webhook()]).json
        assert changed["tools"][0]["auth_type"] is None
        assert client.store.secrets(agent["id"]).tools == {}
        assert client.patch(agent, tools=[webhook(auth={"type": "bearer"})]).status == 422


def test_an_answer_sent_back_as_an_update_loses_the_auth() -> None:
    with emulated() as client:
        agent = client.create(tools=[webhook(auth=bearer())])
        changed = client.patch(agent, tools=agent["tools"]).json
        assert changed["tools"][0]["auth_type"] is None


def test_a_replacement_needs_the_token() -> None:
    with emulated() as client:
        agent = client.create(tools=[webhook(auth=bearer())])
        body = agent_body(tools=[webhook(auth={"type": "bearer"})])
        answer = client.send("PUT", f"/v1/agents/{agent['id']}", body)
        assert answer.places == ["body.tools.0.auth.token"]


def test_a_replacement_replaces_all_secrets() -> None:
    with emulated() as client:
        agent = client.create(tools=[webhook(auth=bearer())])
        client.send(
            "PUT",
            f"/v1/agents/{agent['id']}",
            agent_body(slng_api_key=f"{SECRET}-2", tools=[webhook(auth=HMAC)]),
        )
        assert client.store.secrets(agent["id"]) == Secrets(
            f"{SECRET}-2", {TOOL_ID: ToolSecret("hmac", f"{SECRET}-hmac")}
        )


def test_a_duplicate_has_the_tools_secrets_and_its_own_key() -> None:
    with emulated() as client:
        agent = client.create(tools=[webhook(auth=bearer())])
        body = {"name": "Copy", "slng_api_key": f"{SECRET}-copy"}
        copy = client.send("POST", f"/v1/agents/{agent['id']}/duplicate", body).json
        assert client.store.secrets(copy["id"]) == Secrets(
            f"{SECRET}-copy", {TOOL_ID: ToolSecret("bearer", TOKEN)}
        )


def test_a_deleted_agent_leaves_no_secrets() -> None:
    with emulated() as client:
        agent = client.create(tools=[webhook(auth=bearer())])
        client.send("DELETE", f"/v1/agents/{agent['id']}")
        assert client.store.secrets(agent["id"]) == Secrets()


def test_the_log_of_requests_holds_no_secret() -> None:
    with emulated() as client:
        client.create(tools=[webhook(auth=bearer()), webhook(id=OTHER_ID, auth=HMAC, name="b")])
        client.send(
            "POST", "/v1/agents", {"slng_api_key": [f"{SECRET}-x"], "tools": [{"auth": f"{SECRET}-y"}]}
        )
        client.send("POST", "/v1/agents", content=f'{{"slng_api_key": "{SECRET}')
        first, second, third = client.store.requests()
        assert first.body["slng_api_key"] == "***"
        assert [tool["auth"] for tool in first.body["tools"]] == [
            {"type": "bearer", "token": "***"},
            {"type": "hmac", "secret": "***"},
        ]
        assert second.body == {"slng_api_key": ["***"], "tools": [{"auth": "***"}]}
        assert third.body is None


def test_a_parameter_that_is_called_like_a_secret_keeps_its_form_in_the_log() -> None:
    with emulated() as client:
        schema = {"type": "object", "properties": {"token": {"type": "string", "minLength": 3}}}
        client.create(tools=[webhook(parameters=schema)])
        assert client.store.requests()[0].body["tools"][0]["parameters"] == schema


def test_no_representation_shows_a_secret() -> None:
    secrets = Secrets(f"{SECRET}-key", {TOOL_ID: ToolSecret("bearer", TOKEN)})
    options = EmulatorOptions(tokens={f"{SECRET}-api": None})
    assert SECRET not in repr(secrets) + repr(options)
