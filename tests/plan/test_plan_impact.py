"""The table of impact classes, row by row."""

from __future__ import annotations

from typing import Any

import pytest
from simulated import NUDGES, TOKEN, Agent, body, desired, hangup, lookup, transfer

from agentconf.model.agent import AgentBody
from agentconf.model.fields import fields_of
from agentconf.model.impact import Impact
from agentconf.plan.change import ABSENT
from agentconf.plan.impact import ROWS, Row, impacts_of, ordered, uses_of
from agentconf.plan.make import PlanOptions, make_plan

S, R, D, C = Impact.SAFETY, Impact.ROUTING, Impact.DATA, Impact.CREDENTIAL
V, B, X = Impact.SPEECH, Impact.BEHAVIOUR, Impact.COSMETIC

SPOKEN = {"pre_action_message": {"enabled": True, "text": "One moment."}}
SILENT = {"pre_action_message": {"enabled": False, "text": "One moment."}}


def sends(*kinds: str) -> list[Any]:
    return [{"name": kind, "type": "string", "source": {"type": kind}} for kind in kinds]


TABLE: list[tuple[str, Any, Any, tuple[Impact, ...]]] = [
    ("name", "a", "b", (X,)),
    ("system_prompt", "a", "b", (B,)),
    ("greeting", "a", "b", (V,)),
    ("inbound_greeting", ABSENT, "b", (V,)),
    ("outbound_greeting", "a", ABSENT, (V,)),
    ("language", "en", "de", (V,)),
    ("region", "us-east", "eu-central", (D,)),
    ("models.stt", "a", "b", (B,)),
    ("models.llm", "a", "b", (B,)),
    ("models.stt_kwargs.a", 1, 2, (B,)),
    ("models.llm_kwargs.a.b", 1, 2, (B,)),
    ("models.stt_final_timeout_s", 1, 2, (B,)),
    ("models.tts_first_audio_timeout_s", 1, 2, (B,)),
    ("models.fallbacks.stt", [], ["a"], (B,)),
    ("models.fallbacks.llm", [], ["a"], (B,)),
    ("models.tts", "a", "b", (V,)),
    ("models.tts_voice", "a", "b", (V,)),
    ("models.tts_kwargs", {}, {"a": 1}, (V,)),
    ("models.tts_kwargs.speed", 1, 2, (V,)),
    ("models.fallbacks.tts", [], [{"model": "a", "voice": "b"}], (V,)),
    ("models.failure_audio_enabled", True, False, (S,)),
    ("models.failure_audio_enabled", False, True, (V,)),
    ("models.of_tomorrow", 1, 2, (B,)),
    ("idle_nudges", ABSENT, NUDGES, (V,)),
    ("idle_nudges", ABSENT, NUDGES | {"enabled": False}, (S, V)),
    ("idle_nudges", NUDGES, ABSENT, (S, V)),
    ("idle_nudges.enabled", True, False, (S,)),
    ("idle_nudges.enabled", False, True, (V,)),
    ("idle_nudges.first_nudge_text", "a", "b", (V,)),
    ("idle_nudges.hangup_delay_seconds", 1, 2, (V,)),
    ("enable_interruptions", True, False, (B,)),
    ("sip_inbound_trunk_id", ABSENT, "a", (R,)),
    ("sip_outbound_trunk_id", "a", ABSENT, (R,)),
    ("runtime_variables", [], [{"name": "a", "description": "b"}], (B,)),
    ("template_defaults", ABSENT, {}, (V, B)),
    ("slng_api_key", ABSENT, TOKEN, (C,)),
    ("tools.hangup", ABSENT, hangup(), (B,)),
    ("tools.hangup", ABSENT, hangup(execution_policy=SPOKEN), (V, B)),
    ("tools.hangup", ABSENT, hangup(execution_policy=SILENT), (B,)),
    ("tools.hangup", ABSENT, hangup(execution_policy="x"), (B,)),
    ("tools.hangup", hangup(), ABSENT, (S,)),
    ("tools.voicemail_detection", hangup(template="voicemail_detection"), ABSENT, (S,)),
    ("tools.transfer", ABSENT, transfer(), (R,)),
    ("tools.transfer", transfer(), ABSENT, (R,)),
    ("tools.look_up", ABSENT, lookup(auth=...), (D, B)),
    ("tools.look_up", ABSENT, lookup(), (D, C, B)),
    ("tools.look_up", lookup(), ABSENT, (B,)),
    ("tools.look_up", transfer(), lookup(auth=...), (R, D, B)),
    ("tools.look_up", hangup(), transfer(), (S, R)),
    ("tools.clock", ABSENT, {"type": "built_in"}, (B,)),
    ("tools.clock", {"type": "built_in"}, ABSENT, (B,)),
    ("tools.x", ABSENT, {"type": "of_tomorrow"}, (B,)),
    ("tools.hangup.template", "hangup", "voicemail_detection", (S, B)),
    ("tools.hangup.prompt", "a", "b", (B,)),
    ("tools.transfer.phone_number", "+1", "+2", (R,)),
    ("tools.look_up.url", "https://a.example", "https://b.example", (D,)),
    ("tools.look_up.auth", {"type": "bearer"}, ABSENT, (D,)),
    ("tools.look_up.auth", {"type": "bearer"}, {"type": "hmac", "secret": TOKEN}, (D, C)),
    ("tools.look_up.auth", ABSENT, {"type": "bearer", "token": TOKEN}, (D, C)),
    ("tools.look_up.auth.token", ABSENT, TOKEN, (C,)),
    ("tools.look_up.name", "a", "b", (B,)),
    ("tools.look_up.description", "a", "b", (B,)),
    ("tools.look_up.parameters.properties.a", ABSENT, {}, (B,)),
    ("tools.look_up.timeout_seconds", 1, 2, (B,)),
    ("tools.look_up.http_method", "POST", "PUT", (B,)),
    ("tools.look_up.source", "contextual", "system", (B,)),
    ("tools.look_up.of_tomorrow", 1, 2, (B,)),
    ("tools.look_up.execution_policy.pre_action_message.text", "a", "b", (V,)),
    ("tools.look_up.execution_policy.pre_action_message.enabled", False, True, (V,)),
    ("tools.look_up.system", ABSENT, {"triggers": [], "arguments": sends("call_id")}, (B,)),
    ("tools.look_up.system", ABSENT, {"triggers": [], "arguments": sends("transcript_messages")}, (D, B)),
    ("tools.look_up.system", {"arguments": sends("phone_number")}, ABSENT, (B,)),
    ("tools.look_up.system.triggers", [{"event": "call_end"}], [{"event": "call_start"}], (B,)),
    ("tools.look_up.system.arguments", [], sends("call_id"), (B,)),
    ("tools.look_up.system.arguments", [], sends("transcript_messages"), (D, B)),
    ("tools.look_up.system.arguments", [], sends("phone_number"), (D, B)),
    ("tools.look_up.system.arguments", [], sends("first_user_message"), (D, B)),
    ("tools.look_up.system.arguments", sends("phone_number"), sends("phone_number", "call_id"), (B,)),
    ("tools.look_up.system.arguments", sends("transcript_messages"), [], (B,)),
    ("tools.look_up.system.arguments", [], "x", (B,)),
    ("tools.look_up.system.arguments", [], [1, {"source": 1}], (B,)),
    ("of_tomorrow", 1, 2, (B,)),
    ("of_tomorrow.deep", 1, 2, (B,)),
]


@pytest.mark.parametrize(("path", "before", "after", "impacts"), TABLE)
def test_a_change_has_the_impacts_of_its_row(path: str, before: Any, after: Any, impacts: Any) -> None:
    assert impacts_of(tuple(path.split(".")), before, after) == impacts


def test_every_row_of_the_table_is_tested() -> None:
    paths = [tuple(path.split(".")) for path, *_ in TABLE]
    met = {next((row.path for row in ROWS if row.matches(path)), None) for path in paths}
    assert {row.path for row in ROWS} <= met


def test_every_field_of_an_agent_has_a_row() -> None:
    missing = [
        name for name in fields_of(AgentBody) if not any(row.path.split(".")[0] == name for row in ROWS)
    ]
    assert missing == []


@pytest.mark.parametrize(
    ("pattern", "path", "matches"),
    [
        ("a", "a", True),
        ("a", "b", False),
        ("a", "a.b", False),
        ("a.*", "a.b", True),
        ("a.*", "a", False),
        ("a.*", "a.b.c", False),
        ("a.**", "a", True),
        ("a.**", "a.b.c", True),
        ("a.**", "b.c", False),
        ("a.*.c", "a.b.c", True),
        ("a.*.c.**", "a.b.c.d.e", True),
        ("a.*.c.**", "a.b", False),
    ],
)
def test_a_row_is_about_paths_that_fit_its_pattern(pattern: str, path: str, matches: bool) -> None:
    assert Row(pattern, ()).matches(tuple(path.split("."))) is matches


def test_impacts_are_ordered_by_gravity_and_each_is_there_once() -> None:
    assert ordered([X, B, S, B]) == (S, B, X)
    assert ordered([]) == (X,)


USES = body(
    system_prompt="{{prompted}} {{everywhere}}",
    greeting="{{greeted}} {{everywhere}}",
    outbound_greeting="{{dialled}}",
    tools=[
        transfer(phone_number="+34{{local}}{{everywhere}}"),
        lookup(url="https://x.example/{{order}}", parameters={"a": ["{{inside}}"]}),
    ],
)


@pytest.mark.parametrize(
    ("variable", "impacts"),
    [
        ("prompted", (B,)),
        ("greeted", (V,)),
        ("dialled", (V,)),
        ("local", (R,)),
        ("order", (D,)),
        ("inside", (B,)),
        ("everywhere", (R, V, B)),
        ("of_nothing", (X,)),
    ],
)
def test_a_template_default_has_the_impacts_of_what_it_is_used_for(variable: str, impacts: Any) -> None:
    assert impacts_of(("template_defaults", variable), "a", "b", uses_of(USES)) == impacts


def test_a_number_that_a_default_changes_is_routing_in_the_plan() -> None:
    tools = [transfer(phone_number="+34{{local}}")]
    running = body(greeting="{{local}}", tools=tools, template_defaults={"local": "1"})
    wanted = running | {"template_defaults": {"local": "2"}}
    (operation,) = make_plan([desired(data=wanted)], [Agent(running).live], PlanOptions()).operations
    assert operation.impacts == (R, V)


def test_a_creation_has_the_impacts_of_what_it_declares() -> None:
    (operation,) = make_plan([desired(data=body(tools=[transfer()]))], [], PlanOptions()).operations
    assert operation.impacts == (R, D, C, V, B, X)
