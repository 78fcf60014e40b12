"""What holds a plan back, and what lets it pass."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from simulated import ORGANISATION, Agent, body, desired, hangup, live, remembering, transfer

from agentconf.errors import ConfigurationError
from agentconf.model.impact import Impact
from agentconf.plan.change import Action
from agentconf.plan.make import PlanOptions, make_plan
from agentconf.plan.plan import Blocker, Note, Plan

if TYPE_CHECKING:
    from agentconf.model.live import LiveAgent
    from agentconf.plan.options import Desired

OTHER = "8b1e0000-0000-4000-8000-000000000002"


def agents(count: int) -> list[LiveAgent]:
    return [live(body(name=f"Agent {number}"), id=f"id-{number}") for number in range(count)]


def declared(count: int, gone: int = 0, **lifecycle: Any) -> list[Desired]:
    """As many agents, the first of which are tombstones."""
    return [
        desired(
            f"agent-{number}",
            body(name=f"Agent {number}"),
            state="absent" if number < gone else "present",
            **lifecycle,
        )
        for number in range(count)
    ]


def planned(wanted: list[Desired], running: list[LiveAgent], **options: Any) -> Plan:
    return make_plan(wanted, running, PlanOptions(**options))


def guards(plan: Plan) -> list[str]:
    return [blocker.guard for blocker in plan.blockers]


def test_a_live_agent_without_a_file_is_not_managed() -> None:
    plan = planned(declared(1), agents(3))
    assert (plan.operations, plan.unmanaged, plan.blockers) == ((), ("Agent 1", "Agent 2"), ())


def test_pruning_deletes_what_no_file_claims() -> None:
    plan = planned(declared(9), agents(10), prune_unmanaged=True)
    assert [(one.action, one.key, one.name) for one in plan.operations] == [
        (Action.DELETE, "id-9", "Agent 9")
    ]
    assert (plan.unmanaged, plan.blockers) == ((), ())


def test_a_tombstone_deletes_its_agent_without_pruning() -> None:
    plan = planned(declared(10, gone=1), agents(10))
    assert [(one.action, one.key) for one in plan.operations] == [(Action.DELETE, "agent-0")]
    assert (plan.agents, plan.live, len(plan.unchanged), plan.blockers) == (9, 10, 9, ())


def test_a_tombstone_whose_agent_is_gone_is_nothing_to_do() -> None:
    plan = planned(declared(2, gone=1), agents(2)[1:])
    assert (plan.operations, plan.agents, plan.unchanged, plan.blockers) == ((), 1, ("agent-1",), ())


def test_a_tombstone_needs_no_more_than_a_name() -> None:
    plan = planned([desired("agent-0", {"name": "Agent 0"}, state="absent"), *declared(9)[1:]], agents(9))
    assert [one.key for one in plan.operations] == ["agent-0"]


def test_a_tombstone_without_a_name_is_found_by_memory() -> None:
    wanted = [desired("agent-0", {}, state="absent"), *declared(9)[1:]]
    plan = make_plan(wanted, agents(9), PlanOptions(), remembering({"agent-0": "id-0"}))
    assert [(one.key, one.name) for one in plan.operations] == [("agent-0", "Agent 0")]


def test_an_agent_to_be_destroyed_is_deleted_although_its_file_is_there() -> None:
    plan = planned(declared(9), agents(9), destroy=frozenset({"agent-3"}))
    assert [(one.action, one.key) for one in plan.operations] == [(Action.DELETE, "agent-3")]


def test_an_agent_to_be_destroyed_that_is_not_live_is_nothing_to_do() -> None:
    assert planned(declared(1), [], destroy=frozenset({"agent-0"})).operations == ()


@pytest.mark.parametrize("options", [{}, {"max_deletes": 9}])
def test_a_protected_tombstone_is_held_back(options: Any) -> None:
    plan = planned(declared(9, gone=1, prevent_destroy=True), agents(9), **options)
    assert plan.blockers == (
        Blocker(
            "prevent-destroy",
            "`agent-0` (`Agent 0`) is protected by `lifecycle.prevent_destroy`",
            "remove `prevent_destroy` from its file first",
            "agent-0",
        ),
    )


def test_a_protected_agent_that_is_to_be_destroyed_is_held_back() -> None:
    plan = planned(declared(9, prevent_destroy=True), agents(9), destroy=frozenset({"agent-1"}))
    assert [(one.guard, one.key) for one in plan.blockers] == [("prevent-destroy", "agent-1")]


def test_protection_holds_nothing_back_but_deletions() -> None:
    wanted = [desired("agent-0", body(name="Agent 0", greeting="New"), prevent_destroy=True)]
    assert planned(wanted, agents(1)).blockers == ()


@pytest.mark.parametrize(
    ("gone", "running", "held"),
    [
        (1, 1, False),
        (1, 2, False),
        (2, 9, True),
        (2, 10, False),
        (3, 14, True),
        (3, 15, False),
        (4, 100, True),
    ],
)
def test_several_deletions_that_are_many_are_held_back(gone: int, running: int, held: bool) -> None:
    plan = planned(declared(running, gone=gone), agents(running))
    assert guards(plan) == (["deletions"] if held else [])


@pytest.mark.parametrize(
    ("gone", "allowed", "held"), [(4, 4, False), (4, 5, False), (4, 3, True), (1, 0, True), (2, 2, False)]
)
def test_the_number_of_deletions_can_be_allowed(gone: int, allowed: int, held: bool) -> None:
    plan = planned(declared(5, gone=gone), agents(5), max_deletes=allowed)
    assert guards(plan) == (["deletions"] if held else [])


def test_held_back_deletions_are_named_with_what_lets_them_pass() -> None:
    (blocker,) = planned(declared(5, gone=2), agents(5)).blockers
    assert (blocker.message, blocker.help) == (
        (
            "2 of 5 live agents would be deleted (`agent-0` (`Agent 0`), `agent-1` (`Agent 1`)); "
            "at most 3, and of several at most 20%, go without asking"
        ),
        "if that is meant, add --max-deletes 2 (to `agentconf plan -o` when the plan is saved)",
    )


def test_a_limit_of_ones_own_is_named() -> None:
    (blocker,) = planned(declared(5, gone=2), agents(5), max_deletes=1).blockers
    assert blocker.message.endswith("; --max-deletes allows 1")


def test_a_long_list_of_agents_is_counted_after_the_tenth() -> None:
    (blocker,) = planned(declared(13, gone=12), agents(13)).blockers
    assert blocker.message.startswith(
        "12 of 13 live agents would be deleted (`agent-0` (`Agent 0`), `agent-1` (`Agent 1`), `agent-10`"
    )
    assert "`agent-7` (`Agent 7`) and 2 more)" in blocker.message


def test_agents_without_a_file_and_those_named_like_their_key_are_named_once() -> None:
    wanted = [desired("same", body(name="same"), state="absent"), desired("kept", body(name="Kept"))]
    running = [live(body(name=name), id=f"id-{name}") for name in ("same", "Kept", "Pruned")]
    (blocker,) = planned(wanted, running, prune_unmanaged=True).blockers
    assert "(`Pruned`, `same`)" in blocker.message


def test_an_agent_that_is_renamed_is_named_as_it_is_now() -> None:
    wanted = [desired("desk", body(name="New"), renamed_from="Old")]
    plan = planned(wanted, [live(body(name="Old"))], require_approval=(Impact.COSMETIC,))
    assert plan.blockers[0].message.endswith(": `desk` (`Old`)")


def test_an_agent_that_is_new_is_named_by_its_key() -> None:
    plan = planned([desired("desk")], [], require_approval=(Impact.CREDENTIAL,))
    assert plan.blockers[0].message == "changes of class credential need approval: `desk`"


def test_large_numbers_are_written_alike_in_every_message() -> None:
    gone = planned([], agents(1001), prune_unmanaged=True, max_deletes=1000)
    message = next(one for one in gone.blockers if one.guard == "deletions").message
    assert message.startswith("1,001 of 1,001 live agents")
    assert message.endswith(" and 991 more); --max-deletes allows 1,000")
    assert "--max-deletes 1001 " in str(next(one for one in gone.blockers if one.guard == "deletions").help)


@pytest.mark.parametrize("wanted", [[], declared(1, gone=1)])
@pytest.mark.parametrize("options", [{}, {"max_deletes": 100}])
def test_a_project_without_agents_prunes_nothing(wanted: list[Desired], options: Any) -> None:
    assert "empty-project" in guards(planned(wanted, agents(2), prune_unmanaged=True, **options))


def test_a_project_without_agents_that_does_not_prune_is_fine() -> None:
    assert planned([], agents(2)).blockers == ()


@pytest.mark.parametrize("running", [[], agents(1)])
def test_a_project_of_tombstones_that_prunes_nothing_more_is_fine(running: list[LiveAgent]) -> None:
    assert planned(declared(1, gone=1), running, prune_unmanaged=True).blockers == ()


def test_a_project_without_agents_that_finds_none_is_fine() -> None:
    assert planned([], [], prune_unmanaged=True).blockers == ()


def test_an_agent_to_be_destroyed_that_is_not_live_is_said_to_be_so() -> None:
    plan = planned(declared(3), agents(3)[1:], destroy=frozenset({"agent-0"}), select=frozenset({"agent-0"}))
    assert (plan.operations, plan.unchanged, plan.notes) == (
        (),
        (),
        (Note("not-live", "`agent-0` is not live: there is nothing to delete", "agent-0"),),
    )


def test_a_tombstone_whose_agent_is_gone_is_not_worth_a_word() -> None:
    assert planned(declared(1, gone=1), []).notes == ()


def test_the_expected_organisation_passes() -> None:
    assert planned(declared(1), agents(1), organisation=ORGANISATION).blockers == ()


def test_another_organisation_is_held_back() -> None:
    assert planned(declared(1), agents(1), organisation=OTHER, accept_organisation=True).blockers == (
        Blocker(
            "organisation",
            f"the live agents belong to the organisation {ORGANISATION}, not to {OTHER}",
            "use the key of the right organisation, or correct `organisation` of the environment",
        ),
    )


def test_an_organisation_that_nobody_tells_is_held_back() -> None:
    assert planned(declared(1), [], organisation=OTHER).blockers == (
        Blocker(
            "organisation-unknown",
            f"no live agent tells whether this is the organisation {OTHER}",
            "check the key, then add --accept-organisation (to `agentconf plan -o` when the plan is saved)",
        ),
    )


def test_an_organisation_that_nobody_tells_can_be_accepted() -> None:
    assert planned(declared(1), [], organisation=OTHER, accept_organisation=True).blockers == ()


def test_without_an_expected_organisation_any_passes() -> None:
    plan = planned(declared(1), agents(1))
    assert (plan.organisation, plan.blockers) == (ORGANISATION, ())
    assert planned(declared(1), []).organisation is None


def test_agents_of_several_organisations_are_refused() -> None:
    running = [live(), Agent(body(name="B"), id="b", organisation=OTHER).live]
    with pytest.raises(ConfigurationError) as caught:
        planned(declared(1), running)
    assert caught.value.message == f"the live agents belong to 2 organisations: {ORGANISATION}, {OTHER}"


WANTED = [
    desired("a", body(name="A", tools=[transfer(phone_number="+14155550199")], region="us-east")),
    desired("b", body(name="B", tools=[])),
]
RUNNING = [
    live(body(name="A", tools=[transfer()]), id="id-a"),
    live(body(name="B", tools=[hangup()]), id="id-b"),
]


def test_impacts_that_need_approval_are_held_back_by_class() -> None:
    plan = planned(
        WANTED, RUNNING, require_approval=(Impact.DATA, Impact.SAFETY, Impact.ROUTING, Impact.SPEECH)
    )
    assert plan.blockers == (
        Blocker(
            "approval",
            "changes of class safety need approval: `b` (`B`)",
            "add --allow safety (to `agentconf plan -o` when the plan is saved)",
        ),
        Blocker(
            "approval",
            "changes of class routing need approval: `a` (`A`)",
            "add --allow routing (to `agentconf plan -o` when the plan is saved)",
        ),
        Blocker(
            "approval",
            "changes of class data need approval: `a` (`A`)",
            "add --allow data (to `agentconf plan -o` when the plan is saved)",
        ),
    )


def test_an_approved_class_passes() -> None:
    needed = (Impact.ROUTING, Impact.DATA)
    plan = planned(WANTED, RUNNING, require_approval=needed, allow=frozenset({Impact.ROUTING}))
    assert [one.help for one in plan.blockers] == [
        "add --allow data (to `agentconf plan -o` when the plan is saved)"
    ]
    assert planned(WANTED, RUNNING, require_approval=needed, allow=frozenset(needed)).blockers == ()


def test_a_deletion_needs_approval_of_routing() -> None:
    plan = planned(declared(9, gone=1), agents(9), require_approval=(Impact.ROUTING,))
    assert guards(plan) == ["approval"]
