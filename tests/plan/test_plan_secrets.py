"""When a write-only value is sent, and when the platform's own stays."""

from __future__ import annotations

from typing import Any

import pytest
from simulated import KEY, LOOKUP_ID, TOKEN, Agent, applied, body, desired, hangup, live, lookup, transfer

from agentconf.errors import ConfigurationError
from agentconf.model.impact import Impact
from agentconf.model.secret import SecretRef
from agentconf.plan.change import ABSENT, Change, ChangeKind
from agentconf.plan.make import PlanOptions, make_plan
from agentconf.plan.plan import Note, Plan
from agentconf.plan.secrets import references

HMAC = {"type": "hmac", "secret": SecretRef("HMAC_SECRET")}
HMAC_ID = LOOKUP_ID.replace("8", "7")
BEARER = {"type": "bearer", "token": TOKEN}


def planned(tools: list[Any], agent: Agent, *ignore: str, **options: Any) -> Plan:
    one = desired(data=body(tools=tools), ignore_changes=list(ignore))
    return make_plan([one], [agent.live], PlanOptions(**options))


def auths(plan: Plan) -> list[Any]:
    return [tool.get("auth") for tool in plan.operations[0].body["tools"]]


def test_a_creation_sends_all_secrets() -> None:
    (operation,) = make_plan([desired(data=body(tools=[lookup()]))], [], PlanOptions()).operations
    assert (operation.body["slng_api_key"], operation.body["tools"][0]["auth"]) == (KEY, BEARER)


def test_under_the_managed_contract_no_key_is_sent() -> None:
    managed = PlanOptions(contract="managed")
    (operation,) = make_plan([desired()], [], managed).operations
    assert "slng_api_key" not in operation.body
    assert all(change.path != ("slng_api_key",) for change in operation.changes)


def test_under_the_managed_contract_no_key_is_sent_again() -> None:
    plan = planned([], Agent(body()), contract="managed", resend_secrets=True)
    assert (plan.operations, plan.notes) == ((), ())


def test_an_update_of_tools_leaves_the_stored_secret() -> None:
    plan = planned([lookup(description="New")], Agent(body(tools=[lookup()])))
    assert auths(plan) == [{"type": "bearer"}]


def test_a_key_is_never_part_of_an_ordinary_update() -> None:
    (operation,) = planned([hangup()], Agent(body(slng_api_key=SecretRef("OTHER")))).operations
    assert list(operation.body) == ["tools"]


def test_a_new_tool_brings_its_secret_and_the_others_keep_theirs() -> None:
    other = lookup(id=LOOKUP_ID.replace("8", "9"), name="other", auth=HMAC)
    plan = planned([lookup(), other], Agent(body(tools=[lookup()])))
    assert auths(plan) == [{"type": "bearer"}, HMAC]
    (change,) = plan.operations[0].changes
    assert (change.path, change.after["auth"]) == (("tools", "other"), HMAC)
    assert change.impacts == (Impact.DATA, Impact.CREDENTIAL, Impact.BEHAVIOUR)


def test_an_auth_of_another_type_is_sent_with_its_secret() -> None:
    plan = planned([lookup(auth=HMAC)], Agent(body(tools=[lookup()])))
    assert auths(plan) == [HMAC]
    assert plan.operations[0].changes == (
        Change(
            ("tools", "look_up", "auth"),
            ChangeKind.CHANGED,
            {"type": "bearer"},
            HMAC,
            (Impact.DATA, Impact.CREDENTIAL),
        ),
    )


def test_an_auth_that_the_platform_has_not_is_lost_and_sent_again() -> None:
    plan = planned([lookup()], Agent(body(tools=[lookup(auth=...)])))
    assert auths(plan) == [BEARER]
    assert plan.operations[0].changes == (
        Change(
            ("tools", "look_up", "auth"),
            ChangeKind.ADDED,
            ABSENT,
            BEARER,
            (Impact.DATA, Impact.CREDENTIAL),
            "lost",
        ),
    )


def test_an_auth_that_is_no_longer_declared_is_removed() -> None:
    agent = Agent(body(tools=[lookup()]))
    plan = planned([lookup(auth=...)], agent)
    assert auths(plan) == [None]
    (change,) = plan.operations[0].changes
    assert (change.path, change.kind, change.before, change.impacts) == (
        ("tools", "look_up", "auth"),
        ChangeKind.REMOVED,
        {"type": "bearer"},
        (Impact.DATA,),
    )
    assert "auth" not in applied(plan.operations[0], agent).body["tools"][0]


def test_a_tool_of_another_type_under_the_same_id_brings_its_secret() -> None:
    plan = planned([lookup()], Agent(body(tools=[transfer(id=LOOKUP_ID)])))
    assert auths(plan) == [BEARER]
    (change,) = plan.operations[0].changes
    assert (change.path, change.kind, change.after["auth"]) == (
        ("tools", "look_up"),
        ChangeKind.CHANGED,
        BEARER,
    )


def test_secrets_are_sent_again_when_that_is_asked_for() -> None:
    plan = planned([lookup(), hangup()], Agent(body(tools=[lookup(), hangup()])), resend_secrets=True)
    (operation,) = plan.operations
    assert (operation.body["slng_api_key"], auths(plan)) == (KEY, [BEARER, None])
    assert operation.changes == (
        Change(
            ("tools", "look_up", "auth", "token"),
            ChangeKind.ADDED,
            ABSENT,
            TOKEN,
            (Impact.CREDENTIAL,),
            "sent again",
        ),
        Change(("slng_api_key",), ChangeKind.ADDED, ABSENT, KEY, (Impact.CREDENTIAL,), "sent again"),
    )
    assert [note.kind for note in plan.notes] == ["checked-at-apply"]


@pytest.mark.parametrize(
    ("ignore", "sent"),
    [
        (["slng_api_key"], ["tools"]),
        (["tools.look_up"], ["slng_api_key"]),
        (["tools.look_up.auth"], ["slng_api_key"]),
        (["tools", "slng_api_key"], []),
    ],
)
def test_an_ignored_secret_is_not_sent_again(ignore: list[str], sent: list[str]) -> None:
    plan = planned([lookup()], Agent(body(tools=[lookup()])), *ignore, resend_secrets=True)
    assert [name for operation in plan.operations for name in operation.body] == sent
    assert [change.path[0] for operation in plan.operations for change in operation.changes] == sent


def test_an_agent_without_a_declared_key_sends_none_again() -> None:
    one = desired(data=body(slng_api_key=...))
    assert make_plan([one], [live()], PlanOptions(resend_secrets=True)).operations == ()


def test_a_tool_of_an_unknown_type_keeps_its_secret_too() -> None:
    tool = {"type": "of_tomorrow", "id": LOOKUP_ID, "auth": BEARER}
    plan = planned([tool | {"x": 1}], Agent(body(tools=[tool])))
    assert auths(plan) == [{"type": "bearer"}]


def test_secrets_that_stay_are_said_to_be_not_covered() -> None:
    other = lookup(id=LOOKUP_ID.replace("8", "9"), name="other")
    one = planned([lookup()], Agent(body(tools=[lookup()])))
    two = planned([lookup(), other, hangup()], Agent(body(tools=[lookup(), other])))
    key = Note("not-covered", "`slng_api_key` of 1 agent (write-only: the platform does not show it)")
    assert one.notes == (
        Note("not-covered", "secrets of 1 tool (write-only: the platform does not show them)"),
        key,
    )
    assert tuple(note for note in two.notes if note.kind == "not-covered") == (
        Note("not-covered", "secrets of 2 tools (write-only: the platform does not show them)"),
        key,
    )


def test_the_secrets_of_a_new_agent_are_covered_and_checked_at_apply() -> None:
    plan = make_plan(
        [desired(data=body(tools=[lookup(), lookup(auth=HMAC, name="b", id=HMAC_ID)]))], [], PlanOptions()
    )
    assert plan.notes == (Note("checked-at-apply", "CRM_TOKEN, HMAC_SECRET, SLNG_API_KEY"),)


def test_only_secrets_that_are_sent_are_checked_at_apply() -> None:
    new = desired("new", body(name="New", slng_api_key=SecretRef("OTHER_KEY")))
    changed = desired("old", body(greeting="Other", tools=[lookup()]))
    plan = make_plan([new, changed], [live(body(tools=[lookup()]))], PlanOptions())
    assert [note.message for note in plan.notes if note.kind == "checked-at-apply"] == ["OTHER_KEY"]


def test_a_plan_that_sends_no_secret_checks_none() -> None:
    assert "checked-at-apply" not in {note.kind for note in planned([], Agent(body(tools=[hangup()]))).notes}


def test_large_numbers_of_tools_are_written_as_everywhere() -> None:
    tools = [lookup(name=f"t{number}", id=f"8d7f2a3f-35d6-4ff9-97e6-{number:012}") for number in range(1000)]
    first = planned(tools, Agent(body(tools=tools))).notes[0]
    assert first.message.startswith("secrets of 1,000 tools (")


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"slng_api_key": "sk-literal"}, "slng_api_key"),
        ({"tools": [hangup(), lookup(auth={"type": "bearer", "token": "sk-literal"})]}, "tools.1.auth.token"),
        ({"tools": [lookup(auth={"type": "oauth", "client": "sk-literal"})]}, "tools.0.auth.client"),
    ],
)
def test_a_literal_secret_is_refused_and_not_shown(change: Any, place: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        make_plan([desired(data=body(**change))], [], PlanOptions())
    assert caught.value.message == (
        f"{place} of `support-router` (agents/support-router.yaml) is not a reference such as ${{env:NAME}}"
    )


def test_references_are_found_in_lists_too() -> None:
    assert list(references([KEY, {"a": [TOKEN]}, "x", None])) == [KEY, TOKEN]
