"""What the platform did not keep of a write."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from simulated import (
    LOOKUP_ID,
    NUDGES,
    TRUNK,
    Agent,
    applied,
    body,
    desired,
    hangup,
    live,
    lookup,
    remembering,
    transfer,
)

from agentconf.plan.make import PlanOptions, make_plan
from agentconf.plan.readback import not_kept

if TYPE_CHECKING:
    from agentconf.model.live import LiveAgent
    from agentconf.plan.change import Operation

MODELS = {"stt": "a/stt:en", "llm": "b/llm", "tts": "c/tts:en", "tts_voice": "thalia"}


def creation(**changes: Any) -> Operation:
    return make_plan([desired(data=body(**changes))], [], PlanOptions()).operations[0]


def update(running: Agent, **changes: Any) -> Operation:
    return make_plan([desired(data=body(**changes))], [running.live], PlanOptions()).operations[0]


def answered(operation: Operation, **changes: Any) -> LiveAgent:
    """The answer to an operation, with top-level fields that the platform changed; `...` loses one."""
    answer = applied(operation)
    shown = {name: value for name, value in (answer.body | changes).items() if value is not ...}
    return replace(answer, body=shown)


def test_an_answer_that_is_as_meant_has_lost_nothing() -> None:
    operation = creation(
        tools=[hangup(), lookup(), transfer()], idle_nudges=NUDGES, sip_outbound_trunk_id=TRUNK
    )
    assert not_kept(operation, applied(operation)) == ()


@pytest.mark.parametrize(
    ("sent", "answer", "lost"),
    [
        ({}, {"greeting": "Other"}, ("greeting",)),
        ({"inbound_greeting": "Hi"}, {"inbound_greeting": ...}, ("inbound_greeting",)),
        ({"enable_interruptions": False}, {"enable_interruptions": True}, ("enable_interruptions",)),
        ({}, {"models": MODELS | {"tts_voice": "x"}}, ("models.tts_voice",)),
        ({}, {"models": MODELS | {"llm_kwargs": {"a": 1}}}, ("models.llm_kwargs.a",)),
        ({"sip_inbound_trunk_id": TRUNK}, {"sip_inbound_trunk_id": ...}, ("sip_inbound_trunk_id",)),
        ({"idle_nudges": NUDGES | {"enabled": False}}, {"idle_nudges": NUDGES}, ("idle_nudges.enabled",)),
        ({"tools": [hangup()]}, {"tools": []}, ("tools.hangup",)),
        ({"tools": []}, {"tools": [hangup()]}, ("tools.hangup",)),
        ({"future": 1}, {"future": ...}, ("future",)),
        ({}, {"template_defaults": {"brand": "Other"}}, ("template_defaults.brand",)),
        ({}, {"template_defaults": ...}, ("template_defaults.brand",)),
        ({"template_defaults": {}}, {"template_defaults": {"brand": "x"}}, ("template_defaults.brand",)),
        ({}, {"region": "us-east", "language": "de"}, ("language", "region")),
    ],
)
def test_a_field_that_the_platform_did_not_keep_is_named(
    sent: Any, answer: Any, lost: tuple[str, ...]
) -> None:
    operation = creation(**sent)
    assert not_kept(operation, answered(operation, **answer)) == lost


@pytest.mark.parametrize(
    ("change", "lost"),
    [
        ({"url": "https://other.example"}, ("tools.look_up.url",)),
        ({"auth": ...}, ("tools.look_up.auth",)),
        ({"auth": {"type": "hmac"}}, ("tools.look_up.auth",)),
        ({"http_method": "PUT"}, ("tools.look_up.http_method",)),
        (
            {"id": LOOKUP_ID.replace("8", "9")},
            (f"tools.look_up#{LOOKUP_ID}", "tools.look_up#" + LOOKUP_ID.replace("8", "9")),
        ),
        ({"id": LOOKUP_ID.upper()}, ()),
        ({"future": 1}, ()),
    ],
)
def test_a_field_of_a_tool_that_the_platform_did_not_keep_is_named(
    change: Any, lost: tuple[str, ...]
) -> None:
    operation = creation(tools=[lookup()])
    tool = {
        name: value for name, value in (lookup(auth={"type": "bearer"}) | change).items() if value is not ...
    }
    assert not_kept(operation, answered(operation, tools=[tool])) == lost


def test_what_nobody_sent_is_the_platforms() -> None:
    operation = creation()
    others = {"idle_nudges": NUDGES | {"enabled": False}, "sip_inbound_trunk_id": TRUNK, "future": 1}
    assert not_kept(operation, answered(operation, **others)) == ()


def test_parts_that_this_version_does_not_know_are_the_platforms() -> None:
    operation = creation(models=MODELS | {"fallbacks": {"stt": ["x"]}})
    models = MODELS | {"fallbacks": {"stt": ["x"], "future": 1}, "future": 2}
    assert not_kept(operation, answered(operation, models=models)) == ()


def test_of_an_update_only_what_was_sent_is_looked_at() -> None:
    running = Agent(body())
    operation = update(running, greeting="New {{brand}}")
    running.stored["region"] = "us-east"
    assert not_kept(operation, applied(operation, running)) == ()


def test_a_value_that_was_put_back_and_did_not_go_is_named() -> None:
    running = Agent(body(inbound_greeting="Hi", models=MODELS | {"stt_final_timeout_s": 4}))
    operation = update(running)
    before = deepcopy(running).live
    assert not_kept(operation, before) == ("inbound_greeting", "models.stt_final_timeout_s")
    assert not_kept(operation, applied(operation, running)) == ()


def test_a_trunk_that_was_not_detached_is_named() -> None:
    running = Agent(body(sip_inbound_trunk_id=TRUNK))
    operation = update(running, sip_inbound_trunk_id=None)
    assert not_kept(operation, running.live) == ("sip_inbound_trunk_id",)
    assert not_kept(operation, applied(operation, running)) == ()


def test_a_default_that_no_answer_shows_cannot_be_missed() -> None:
    operation = creation(template_defaults={"brand": "Fernhill", "order_id": "1"})
    assert not_kept(operation, applied(operation)) == ()


def test_lost_fields_come_in_the_order_of_the_models() -> None:
    operation = creation(tools=[transfer(), hangup()], zebra=1, inbound_greeting="Hi")
    answer = answered(operation, tools=[], zebra=2, inbound_greeting="Ho", greeting="x {{brand}}")
    assert not_kept(operation, answer) == (
        "greeting",
        "inbound_greeting",
        "tools.transfer",
        "tools.hangup",
        "zebra",
    )


def test_a_deletion_leaves_nothing_to_read() -> None:
    (operation,) = make_plan([desired(state="absent")], [live()], PlanOptions()).operations
    assert not_kept(operation, live()) == ()


def test_a_temporary_name_is_read_back() -> None:
    running = [Agent(body(name=name), id=name).live for name in "AB"]
    wanted = [desired("a", body(name="B")), desired("b", body(name="A"))]
    detour = make_plan(wanted, running, PlanOptions(), remembering({"a": "A", "b": "B"})).operations[0]
    assert not_kept(detour, running[0]) == ("name",)
    assert not_kept(detour, Agent(body(name=detour.name)).live) == ()
