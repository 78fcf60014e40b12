"""The whole of a plan."""

from __future__ import annotations

import time
from typing import Any

import pytest
from simulated import LOOKUP_ID, NUDGES, ORGANISATION, body, desired, hangup, live, lookup, transfer

from agentconf import __version__
from agentconf.errors import ConfigurationError
from agentconf.model.agent import AgentBody
from agentconf.plan.change import Action
from agentconf.plan.make import Desired, PlanOptions, desired_of, inputs_of, make_plan
from agentconf.project.definition import Definition
from agentconf.source.document import Document
from agentconf.source.tree import Tree

WHERE = "`support-router` (agents/support-router.yaml)"


def refusal(*wanted: Desired, **options: Any) -> ConfigurationError:
    with pytest.raises(ConfigurationError) as caught:
        make_plan(wanted, [], PlanOptions(**options))
    return caught.value


def test_nothing_compared_with_nothing_is_an_empty_plan() -> None:
    plan = make_plan([], [], PlanOptions(environment="staging"))
    assert (plan.empty, plan.environment, plan.organisation, plan.version) == (
        True,
        "staging",
        None,
        __version__,
    )


def test_a_plan_counts_what_it_looked_at() -> None:
    wanted = [
        desired("new", body(name="New")),
        desired("same", body(name="Same")),
        desired("b", body(name="B")),
    ]
    running = [
        live(body(name="Same"), id="1"),
        live(body(name="B", greeting="Other"), id="2"),
        live(body(name="Unmanaged"), id="3"),
    ]
    plan = make_plan(wanted, running, PlanOptions())
    assert (plan.agents, plan.live, plan.organisation, plan.unchanged, plan.unmanaged) == (
        3,
        3,
        ORGANISATION,
        ("same",),
        ("Unmanaged",),
    )
    assert [plan.count(action) for action in Action] == [1, 1, 0]


def test_keys_can_be_selected() -> None:
    wanted = [desired("a", body(name="A")), desired("b", body(name="B")), desired("c", body(name="C"))]
    plan = make_plan(
        wanted, [live(body(name="C"))], PlanOptions(select=frozenset({"a", "c"}), prune_unmanaged=True)
    )
    assert ([one.key for one in plan.operations], plan.unchanged, plan.agents) == (["a"], ("c",), 3)


def test_a_selection_deletes_nothing_that_no_file_claims() -> None:
    plan = make_plan(
        [desired("a", body(name="A"))], [live()], PlanOptions(select=frozenset({"a"}), prune_unmanaged=True)
    )
    assert ([one.action for one in plan.operations], plan.unmanaged) == ([Action.CREATE], ("Support Router",))


def test_notes_of_agents_that_are_not_selected_are_left_out() -> None:
    wanted = [desired("a", body(name="A"), renamed_from="Old"), desired("b", body(name="B"))]
    running = [live(body(name="A"), id="1"), live(body(name="B"), id="2")]
    kinds = {note.kind for note in make_plan(wanted, running, PlanOptions(select=frozenset({"b"}))).notes}
    assert kinds == {"not-covered"}


@pytest.mark.parametrize("option", ["select", "destroy"])
@pytest.mark.parametrize(
    ("key", "message", "help_"),
    [
        ("suport-router", "there is no agent `suport-router`", "did you mean `support-router`?"),
        ("x", "there is no agent `x`", "the agents are: clinic, support-router"),
    ],
)
def test_a_key_that_there_is_not_is_refused_with_a_suggestion(
    option: str, key: str, message: str, help_: str
) -> None:
    error = refusal(desired(), desired("clinic", body(name="Clinic")), **{option: frozenset({key})})
    assert (error.message, error.help) == (message, help_)


def test_a_key_of_an_empty_project_is_refused() -> None:
    assert refusal(select=frozenset({"x"})).help == "the project has no agents"


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (body(name=...), f"{WHERE} has no name"),
        (body(name=5), f"{WHERE} has no name"),
        (body(tools="x"), f"tools of {WHERE} is not a list of objects"),
        (
            body(tools=[hangup(), 1]),
            f"tools of {WHERE} is not a list of objects",
        ),
        (
            body(models={"llm_kwargs": {"a": [1, float("nan")]}}),
            f"models.llm_kwargs.a.1 of {WHERE} is a number that JSON does not have",
        ),
    ],
)
def test_an_agent_that_is_not_sound_is_refused(data: Any, message: str) -> None:
    error = refusal(desired(data=data))
    assert (error.message, error.help) == (message, "`agentconf lint` shows where")


def test_everything_unsound_is_told_at_once() -> None:
    error = refusal(desired("a", body(name=..., slng_api_key="x")), desired("b", body(name=...)))
    assert error.message.count("; ") == 2


def test_the_fingerprint_of_inputs_does_not_depend_on_their_order() -> None:
    one, other = desired("a", body(name="A")), desired("b", body(name="B"))
    assert inputs_of([one, other]) == inputs_of([other, one])


@pytest.mark.parametrize(
    "other",
    [
        desired("b"),
        desired(data=body(greeting="Other")),
        desired(data=body(slng_api_key=...)),
        desired(prevent_destroy=True),
    ],
)
def test_the_fingerprint_of_inputs_changes_with_what_the_files_say(other: Desired) -> None:
    assert inputs_of([desired()]) != inputs_of([other])


def test_the_fingerprint_of_a_plan_is_that_of_its_inputs() -> None:
    assert make_plan([desired()], [], PlanOptions()).inputs == inputs_of([desired()])


def test_a_definition_is_taken_with_its_own_keys_aside() -> None:
    document = Document("agents/clinic.yaml", "")
    data = body(name="Clinic") | {"lifecycle": {"prevent_destroy": True}, "examples": []}
    taken = desired_of(Definition("clinic", document, Tree(None, document, 0, 0), data))
    assert taken == desired("clinic", body(name="Clinic"), prevent_destroy=True)


def test_an_operation_knows_the_live_agent_that_it_was_planned_against() -> None:
    running = live(id="1", updated_at="2026-02-02T02:02:02Z")
    (operation,) = make_plan([desired(data=body(greeting="x"))], [running], PlanOptions()).operations
    assert operation.live is not None
    assert (operation.live.id, operation.live.updated_at, len(operation.live.digest)) == (
        "1",
        "2026-02-02T02:02:02Z",
        64,
    )


def test_live_tools_that_share_an_id_do_not_make_an_empty_update() -> None:
    running = live(body(tools=[hangup()]))
    running.body["tools"].append(running.body["tools"][0])
    assert make_plan([desired(data=body(tools=[hangup()]))], [running], PlanOptions()).operations == ()


def large(number: int) -> Any:
    system = {"triggers": [{"event": "call_end"}], "arguments": []}
    return body(
        name=f"Agent {number}",
        system_prompt="You are the assistant of {{brand}}. Keep it short. " * 30,
        idle_nudges=NUDGES,
        tools=[
            hangup(),
            lookup(),
            transfer(),
            lookup(id=LOOKUP_ID.replace("8", "9"), name="summary", source="system", system=system),
        ],
        sip_outbound_trunk_id=LOOKUP_ID,
    )


def cost(count: int) -> float:
    """Seconds of processor time for a plan of so many unchanged agents, the best of three."""
    wanted = [desired(f"agent-{number:05}", large(number)) for number in range(count)]
    running = [live(large(number), id=f"id-{number}") for number in range(count)]
    costs = []
    for _ in range(3):
        start = time.process_time()
        plan = make_plan(wanted, running, PlanOptions())
        costs.append(time.process_time() - start)
        assert plan.operations == ()
    return min(costs)


def test_a_plan_grows_with_the_number_of_agents_and_not_faster() -> None:
    assert cost(2_000) < 4 * cost(1_000)


def test_the_order_of_fields_is_that_of_the_models() -> None:
    (operation,) = make_plan(
        [
            desired(
                data=body(greeting="a", system_prompt="b", name="Support Router", enable_interruptions=False)
            )
        ],
        [live()],
        PlanOptions(),
    ).operations
    assert list(operation.body) == [name for name in AgentBody.model_fields if name in operation.body]
