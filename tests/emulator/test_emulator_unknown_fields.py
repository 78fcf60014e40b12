from __future__ import annotations

from typing import Any

from emulator_client import OTHER_ID, SECRET, TOOL_ID, TRUNK, Json, agent_body, bearer, emulated, webhook

from agentconf.emulator.definition import ToolSecret

SMS = {"type": "sms", "id": OTHER_ID, "text": "Hi", "deep": {"list": [1, None]}}


def newer_body(**changes: Any) -> Json:
    """A body with fields and enum values that the contract does not know, at every level."""
    return agent_body(
        **{
            "region": "sa-south",
            "mood": {"calm": True},
            "models": agent_body()["models"] | {"temperature": 0.5, "fallbacks": {"vad": ["x"]}},
            "idle_nudges": {
                "first_nudge_text": "1",
                "second_nudge_text": "2",
                "final_hangup_text": "3",
                "third_nudge_text": "4",
            },
            "tools": [
                webhook(
                    http_method="QUERY",
                    retries=3,
                    source="system",
                    system={
                        "mode": "async",
                        "triggers": [{"event": "caller_sneezed", "loud": True, "source_tool_id": None}],
                        "arguments": [
                            {
                                "name": "who",
                                "type": "date",
                                "required": True,
                                "description": None,
                                "source": {"type": "caller_profile", "depth": 2},
                            },
                            {
                                "name": "log",
                                "type": "transcript_messages",
                                "required": False,
                                "description": None,
                                "source": {"type": "transcript_messages", "max_messages": 9, "max_chars": 10},
                            },
                        ],
                    },
                    execution_policy={
                        "pre_action_message": {"enabled": True, "text": "x", "voice": "y"},
                        "parallel": True,
                    },
                ),
                SMS,
            ],
            "runtime_variables": [{"name": "a", "description": "b", "type": "date"}],
        }
        | changes
    )


def test_a_newer_platform_keeps_what_the_contract_does_not_know() -> None:
    with emulated(unknown_fields="keep") as client:
        body = newer_body()
        agent = client.made(body)
        assert client.get(agent) == agent
        hook = agent["tools"][0]
        assert {
            name: hook[name] for name in ("http_method", "retries", "source", "system", "execution_policy")
        } == {
            name: body["tools"][0][name]
            for name in ("http_method", "retries", "source", "system", "execution_policy")
        }
        assert agent["tools"][1] == SMS
        assert agent["models"] == {
            **body["models"],
            "stt_kwargs": {},
            "llm_kwargs": {},
            "tts_kwargs": {},
            "fallbacks": {"stt": [], "llm": [], "tts": [], "vad": ["x"]},
            "stt_final_timeout_s": None,
            "llm_first_token_timeout_s": None,
            "tts_first_audio_timeout_s": None,
            "failure_audio_enabled": True,
        }
        assert agent["idle_nudges"]["third_nudge_text"] == "4"
        assert (agent["region"], agent["mood"]) == ("sa-south", {"calm": True})
        assert agent["runtime_variables"] == body["runtime_variables"]


def test_a_newer_platform_keeps_unknown_fields_through_updates_of_others() -> None:
    with emulated(unknown_fields="keep") as client:
        agent = client.made(newer_body(nothing_yet={"a": None}))
        changed = client.patch(agent, greeting="new").json
        assert changed == agent | {"greeting": "new", "updated_at": changed["updated_at"]}


def test_a_newer_platform_takes_unknown_fields_in_updates_and_null_removes_them() -> None:
    with emulated(unknown_fields="keep") as client:
        agent = client.create()
        changed = client.patch(agent, mood="calm", tools=[SMS]).json
        assert (changed["mood"], changed["tools"]) == ("calm", [SMS])
        assert "mood" not in client.patch(agent, mood=None).json


def test_a_newer_platform_still_checks_what_it_knows() -> None:
    with emulated(unknown_fields="keep") as client:
        answer = client.send("POST", "/v1/agents", agent_body(name=5, region=6, tools=[{"type": "sms"}, {}]))
        assert answer.places == ["body.name", "body.region", "body.tools.1.type"]


def test_a_newer_platform_keeps_the_fields_that_are_its_own() -> None:
    with emulated(unknown_fields="keep") as client:
        sent = {
            "id": "mine",
            "organisation_id": "x",
            "created_at": "y",
            "template_variables": 3,
            "deleted_at": "z",
        }
        agent = client.made(agent_body() | sent)
        assert len(agent["id"]) == 36
        assert (agent["deleted_at"], agent["created_at"]) == (None, "2026-01-01T00:00:00.000000Z")


def test_a_newer_platform_stores_credentials_of_a_kind_that_the_contract_does_not_know() -> None:
    with emulated(unknown_fields="keep") as client:
        auth = {"type": "basic", "user": "u", "password": f"{SECRET}-pw"}
        agent = client.create(tools=[webhook(auth=auth)])
        stored = {TOOL_ID: ToolSecret("basic", f'{{"user":"u","password":"{SECRET}-pw"}}')}
        assert agent["tools"][0]["auth_type"] == "basic"
        assert client.store.secrets(agent["id"]).tools == stored
        assert client.patch(agent, tools=[webhook(auth={"type": "basic"})]).status == 200
        assert client.store.secrets(agent["id"]).tools == stored
        assert SECRET not in str(client.store.requests())


def test_a_newer_platform_takes_calls_with_unknown_fields() -> None:
    with emulated(unknown_fields="keep") as client:
        agent = client.create(sip_outbound_trunk_id=TRUNK, template_defaults={"brand": "x"})
        body = {"phone_number": "+14155551234", "priority": "high"}
        assert client.send("POST", f"/v1/agents/{agent['id']}/calls", body).status == 200


def test_a_forgetful_platform_takes_unknown_fields_and_drops_them_everywhere() -> None:
    with emulated(unknown_fields="drop") as client:
        models = agent_body()["models"]
        source = {"type": "transcript_messages", "max_messages": 5}
        argument = {"name": "log", "type": "transcript_messages"}
        hook = webhook(
            source="system",
            system={"triggers": [{"event": "call_end"}], "arguments": [argument | {"source": source}]},
        )
        plain = client.made(agent_body(models=models, tools=[hook]))
        hook["system"]["arguments"] = [argument | {"source": source | {"max_chars": 10}, "note": 1}]
        extra = agent_body(
            name="b", models=models | {"temperature": 1}, tools=[hook | {"retries": 3}], mood="calm"
        )
        agent = client.made(extra)
        assert agent == plain | {"id": agent["id"], "name": "b"}


def test_a_forgetful_platform_does_not_take_unknown_choices() -> None:
    with emulated(unknown_fields="drop") as client:
        assert client.send("POST", "/v1/agents", agent_body(region="sa-south", mood="x")).places == [
            "body.region"
        ]


def test_a_forgetful_platform_forgets_in_updates_too() -> None:
    with emulated(unknown_fields="drop") as client:
        agent = client.create()
        changed = client.patch(agent, mood="calm", greeting="new").json
        assert changed == agent | {"greeting": "new", "updated_at": changed["updated_at"]}


def test_a_forgetful_managed_platform_forgets_a_key() -> None:
    with emulated(unknown_fields="drop", contract="managed") as client:
        agent = client.made(agent_body())
        assert client.store.secrets(agent["id"]).slng_api_key is None


def test_where_the_contract_does_not_forbid_unknown_fields_they_are_dropped() -> None:
    with emulated() as client:
        tool = webhook(retries=3, execution_policy={"parallel": True, "pre_action_message": {"voice": "x"}})
        shown = client.create(tools=[tool])["tools"][0]
        assert "retries" not in shown
        assert shown["execution_policy"] == {"pre_action_message": {"enabled": False, "text": None}}


def test_a_secret_kept_by_a_newer_platform_stays_out_of_answers() -> None:
    with emulated(unknown_fields="keep") as client:
        client.made(newer_body(tools=[webhook(auth=bearer() | {"scope": "all"})]))
