from __future__ import annotations

from uuid import UUID

import pytest
from emulator_client import OTHER_TRUNK, TRUNK, agent_body, emulated, hangup, transfer, webhook

UNKNOWN = "550e8400-e29b-41d4-a716-446655440000"


def test_a_created_agent_is_answered_with_201_and_what_the_server_adds() -> None:
    with emulated() as client:
        answer = client.send("POST", "/v1/agents", agent_body(template_defaults={"brand": "Acme"}))
        agent = answer.json
        assert answer.status == 201
        assert UUID(agent["id"]).version == 4
        assert agent == {
            "id": agent["id"],
            "organisation_id": "00000000-0000-4000-8000-000000000001",
            "name": "Support Router",
            "system_prompt": "You help callers of {{brand}}.",
            "greeting": "Hello from {{brand}}.",
            "inbound_greeting": None,
            "outbound_greeting": None,
            "language": "en",
            "region": "eu-central",
            "models": {
                "stt": "a/b:c",
                "llm": "d/e",
                "tts": "f/g:h",
                "tts_voice": "i",
                "stt_kwargs": {},
                "llm_kwargs": {},
                "tts_kwargs": {},
                "stt_final_timeout_s": None,
                "llm_first_token_timeout_s": None,
                "tts_first_audio_timeout_s": None,
                "failure_audio_enabled": True,
            },
            "idle_nudges": {
                "enabled": True,
                "first_nudge_delay_seconds": 15,
                "second_nudge_delay_seconds": 30,
                "hangup_delay_seconds": 15,
                "first_nudge_text": "Hello, can you hear me?",
                "second_nudge_text": "Take your time, I am still on the line.",
                "final_hangup_text": "I cannot hear you, so I will end the call here. Goodbye.",
            },
            "enable_interruptions": True,
            "tools": [],
            "sip_inbound_trunk_id": None,
            "sip_outbound_trunk_id": None,
            "runtime_variables": [],
            "template_variables": {"brand": {"required": False, "default": "Acme"}},
            "created_at": "2026-01-01T00:00:00.000000Z",
            "updated_at": "2026-01-01T00:00:00.000000Z",
            "deleted_at": None,
        }


def test_reading_an_agent_gives_what_creating_it_gave() -> None:
    with emulated() as client:
        agent = client.create()
        assert client.get(agent) == agent


def test_the_list_is_a_bare_array_in_the_order_of_creation() -> None:
    with emulated() as client:
        agents = [client.create(name=f"agent {number}") for number in range(3)]
        assert client.send("GET", "/v1/agents").json == agents


def test_the_list_is_empty_at_first() -> None:
    with emulated() as client:
        assert client.send("GET", "/v1/agents").json == []


def test_a_second_agent_of_the_same_name_is_refused() -> None:
    with emulated() as client:
        client.create()
        answer = client.send("POST", "/v1/agents", agent_body())
        assert (answer.status, answer.detail) == (409, "Agent with name 'Support Router' already exists")


def test_a_deleted_agent_is_gone_and_its_name_is_free() -> None:
    with emulated() as client:
        agent = client.create()
        path = f"/v1/agents/{agent['id']}"
        assert client.send("DELETE", path).status == 204
        assert [client.send(method, path).status for method in ("GET", "DELETE")] == [404, 404]
        assert client.send("GET", "/v1/agents").json == []
        assert client.create()["id"] != agent["id"]


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", f"/v1/agents/{UNKNOWN}", None),
        ("DELETE", f"/v1/agents/{UNKNOWN}", None),
        ("PATCH", f"/v1/agents/{UNKNOWN}", {"greeting": "x"}),
        ("PUT", f"/v1/agents/{UNKNOWN}", agent_body()),
        ("POST", f"/v1/agents/{UNKNOWN}/duplicate", {"name": "x", "slng_api_key": "k"}),
        ("POST", f"/v1/agents/{UNKNOWN}/calls", {"phone_number": "+14155551234"}),
        ("GET", f"/v1/agents/{UNKNOWN}/calls", None),
        ("GET", f"/v1/agents/{UNKNOWN}/calls/{UNKNOWN}", None),
        ("POST", f"/v1/agents/{UNKNOWN}/web-sessions", {}),
        ("GET", "/v1/agents/no-uuid", None),
    ],
)
def test_an_unknown_agent_is_not_found(method: str, path: str, body: object) -> None:
    with emulated() as client:
        answer = client.send(method, path, body)
        assert (answer.status, answer.detail) == (404, "Agent not found")


def test_an_update_changes_what_it_names_and_nothing_else() -> None:
    with emulated() as client:
        agent = client.create(tools=[hangup()], enable_interruptions=False)
        changed = client.patch(agent, greeting="Good morning.", language="fr").json
        expected = agent | {
            "greeting": "Good morning.",
            "language": "fr",
            "idle_nudges": changed["idle_nudges"],
            "updated_at": "2026-01-01T00:00:00.000001Z",
        }
        assert changed == expected
        assert client.get(agent) == expected


def test_updated_at_grows_with_each_write_even_when_the_clock_stands_still() -> None:
    with emulated() as client:
        agent = client.create()
        seen = [agent["updated_at"]] + [
            client.patch(agent, greeting="same").json["updated_at"] for _ in range(3)
        ]
        assert seen == sorted(set(seen))


def test_updated_at_follows_the_clock_and_created_at_stays() -> None:
    with emulated() as client:
        agent = client.create()
        client.clock.advance(61.5)
        changed = client.patch(agent, greeting="x").json
        assert changed["updated_at"] == "2026-01-01T00:01:01.500000Z"
        assert changed["created_at"] == agent["created_at"]


def test_null_puts_each_optional_field_back_to_its_default() -> None:
    with emulated() as client:
        fresh = client.create(name="fresh")
        agent = client.create(
            inbound_greeting="in",
            outbound_greeting="out",
            enable_interruptions=False,
            idle_nudges={"first_nudge_text": "1", "second_nudge_text": "2", "final_hangup_text": "3"},
            tools=[hangup()],
            sip_inbound_trunk_id=TRUNK,
            sip_outbound_trunk_id=OTHER_TRUNK,
            template_defaults={"brand": "Acme"},
            runtime_variables=[{"name": "a", "description": "b"}],
        )
        optional = (
            "inbound_greeting",
            "outbound_greeting",
            "enable_interruptions",
            "idle_nudges",
            "tools",
            "sip_inbound_trunk_id",
            "sip_outbound_trunk_id",
            "template_defaults",
            "runtime_variables",
        )
        emptied = client.patch(agent, **dict.fromkeys(optional)).json
        own = {name: emptied[name] for name in ("id", "name", "created_at", "updated_at")}
        assert emptied == fresh | own


@pytest.mark.parametrize(
    "field", ["name", "system_prompt", "greeting", "language", "region", "models", "slng_api_key"]
)
def test_null_for_a_required_field_is_refused(field: str) -> None:
    with emulated() as client:
        agent = client.create()
        answer = client.patch(agent, **{field: None})
        assert (answer.status, answer.places) == (422, [f"body.{field}"])
        assert client.get(agent) == agent


def test_tools_are_replaced_as_a_whole() -> None:
    with emulated() as client:
        agent = client.create(tools=[webhook(), hangup()])
        changed = client.patch(agent, tools=[hangup()]).json
        assert [tool["type"] for tool in changed["tools"]] == ["template"]


def test_a_rename_to_a_taken_name_is_refused_and_changes_nothing() -> None:
    with emulated() as client:
        client.create(name="taken")
        agent = client.create(name="mine")
        assert client.patch(agent, name="taken", greeting="new").status == 409
        assert client.get(agent) == agent


def test_an_agent_may_be_given_the_name_that_it_has() -> None:
    with emulated() as client:
        assert client.patch(client.create(), name="Support Router").status == 200


def test_an_update_is_checked_as_a_whole_with_what_is_stored() -> None:
    with emulated() as client:
        agent = client.create(tools=[transfer()], sip_outbound_trunk_id=TRUNK)
        answer = client.patch(agent, sip_outbound_trunk_id=None)
        assert (answer.status, answer.detail) == (
            422,
            "sip_outbound_trunk_id is required when human transfer tools are configured",
        )


def test_a_replacement_erases_what_it_does_not_say() -> None:
    with emulated() as client:
        agent = client.create(tools=[hangup()], inbound_greeting="in", sip_inbound_trunk_id=TRUNK)
        answer = client.send("PUT", f"/v1/agents/{agent['id']}", agent_body(name="New Name"))
        assert answer.status == 200
        assert answer.json == agent | {
            "name": "New Name",
            "tools": [],
            "inbound_greeting": None,
            "sip_inbound_trunk_id": None,
            "updated_at": "2026-01-01T00:00:00.000001Z",
        }


def test_a_replacement_needs_a_whole_body() -> None:
    with emulated() as client:
        agent = client.create()
        answer = client.send("PUT", f"/v1/agents/{agent['id']}", {"name": "x"})
        assert answer.places == [
            f"body.{name}"
            for name in ("system_prompt", "greeting", "language", "region", "models", "slng_api_key")
        ]


def test_a_duplicate_has_everything_but_the_inbound_connection() -> None:
    with emulated() as client:
        agent = client.create(
            tools=[transfer()],
            sip_inbound_trunk_id=TRUNK,
            sip_outbound_trunk_id=OTHER_TRUNK,
            template_defaults={"brand": "Acme"},
        )
        client.clock.advance(1)
        answer = client.send(
            "POST", f"/v1/agents/{agent['id']}/duplicate", {"name": "Copy", "slng_api_key": "k"}
        )
        copy = answer.json
        now = "2026-01-01T00:00:01.000000Z"
        assert answer.status == 201
        assert copy == agent | {
            "id": copy["id"],
            "name": "Copy",
            "sip_inbound_trunk_id": None,
            "created_at": now,
            "updated_at": now,
        }
        assert copy["id"] != agent["id"]


def test_a_duplicate_starts_without_calls() -> None:
    with emulated() as client:
        agent = client.create(sip_outbound_trunk_id=TRUNK, template_defaults={"brand": "Acme"})
        client.send("POST", f"/v1/agents/{agent['id']}/calls", {"phone_number": "+14155551234"})
        copy = client.send(
            "POST", f"/v1/agents/{agent['id']}/duplicate", {"name": "Copy", "slng_api_key": "k"}
        ).json
        assert client.send("GET", f"/v1/agents/{copy['id']}/calls").json["items"] == []


def test_a_duplicate_needs_a_free_name() -> None:
    with emulated() as client:
        agent = client.create()
        path = f"/v1/agents/{agent['id']}/duplicate"
        assert client.send("POST", path, {"name": agent["name"], "slng_api_key": "k"}).status == 409


def test_a_duplicate_needs_a_name_and_in_the_keyed_contract_a_key() -> None:
    with emulated() as client:
        path = f"/v1/agents/{client.create()['id']}/duplicate"
        assert client.send("POST", path, {}).places == ["body.name", "body.slng_api_key"]


def test_the_managed_contract_needs_no_key_and_refuses_one() -> None:
    with emulated(contract="managed") as client:
        agent = client.create(slng_api_key=None)
        path = f"/v1/agents/{agent['id']}"
        refused = [
            client.send("POST", "/v1/agents", agent_body(name="other")),
            client.send("PATCH", path, {"slng_api_key": "k"}),
            client.send("PUT", path, agent_body()),
            client.send("POST", f"{path}/duplicate", {"name": "Copy", "slng_api_key": "k"}),
        ]
        assert [(answer.status, answer.places) for answer in refused] == [(422, ["body.slng_api_key"])] * 4
        assert [answer.detail[0]["type"] for answer in refused] == ["extra_forbidden"] * 4
        assert client.send("POST", f"{path}/duplicate", {"name": "Copy"}).status == 201


def test_a_region_that_is_down_refuses_new_agents_and_agents_that_move_there() -> None:
    with emulated(down_regions=frozenset({"us-east"})) as client:
        agent = client.create()
        answers = [
            client.send("POST", "/v1/agents", agent_body(name="b", region="us-east")),
            client.patch(agent, region="us-east"),
        ]
        expected = (404, "No runtime is configured for region 'us-east'")
        assert [(answer.status, answer.detail) for answer in answers] == [expected] * 2
        assert client.patch(agent, greeting="still works").status == 200


def test_ignored_fields_are_taken_and_not_kept() -> None:
    with emulated(ignore_fields=("enable_interruptions", "greeting")) as client:
        agent = client.create(enable_interruptions=False, greeting="first")
        assert (agent["enable_interruptions"], agent["greeting"]) == (True, "first")
        changed = client.patch(agent, enable_interruptions=False, greeting="second", language="es").json
        assert (changed["enable_interruptions"], changed["greeting"], changed["language"]) == (
            True,
            "first",
            "es",
        )
        replaced = client.send("PUT", f"/v1/agents/{agent['id']}", agent_body(greeting="third")).json
        assert (replaced["greeting"], replaced["language"]) == ("first", "en")


def test_an_ignored_field_that_was_never_set_stays_unset_on_replacement() -> None:
    with emulated(ignore_fields=("nonsense",)) as client:
        agent = client.create()
        assert client.send("PUT", f"/v1/agents/{agent['id']}", agent_body()).status == 200
