"""The order of operations: names are freed before they are taken, deletions come last."""

from __future__ import annotations

from itertools import permutations
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from simulated import body, desired, live, remembering

from agentconf.errors import ConfigurationError
from agentconf.model.impact import Impact
from agentconf.plan.change import Action, Change, ChangeKind, Operation
from agentconf.plan.make import PlanOptions, make_plan

if TYPE_CHECKING:
    from agentconf.model.live import LiveAgent
    from agentconf.plan.options import Desired
    from agentconf.plan.plan import Plan

DETOUR = "#temporary-name"


def running(names: str) -> list[LiveAgent]:
    """Live agents `A`, `B` …, whose ids are their names in lower case."""
    return [live(body(name=name), id=name.lower()) for name in names]


def renamed(**names: str) -> list[Desired]:
    """Keys that are remembered by an id of the same spelling, with their new names."""
    return [desired(key, body(name=name)) for key, name in names.items()]


def planned(wanted: list[Desired], agents: list[LiveAgent], **options: object) -> Plan:
    memory = {agent.id: agent.id for agent in agents}
    return make_plan(wanted, agents, PlanOptions(**options), remembering(memory))  # type: ignore[arg-type]


def steps(plan: Plan) -> list[tuple[str, str, tuple[str, ...]]]:
    return [(one.key, one.name, one.after) for one in plan.operations]


def test_creations_and_updates_come_by_key_and_deletions_behind_them() -> None:
    wanted = [
        desired("z", body(name="New")),
        desired("b", body(name="B", greeting="Other")),
        desired("a", body(name="A"), state="absent"),
    ]
    plan = planned(wanted, running("ABC"), prune_unmanaged=True)
    assert [(one.key, one.action) for one in plan.operations] == [
        ("b", Action.UPDATE),
        ("z", Action.CREATE),
        ("a", Action.DELETE),
        ("c", Action.DELETE),
    ]


def test_deletions_come_by_name_whatever_their_ids_and_keys_are() -> None:
    agents = [live(body(name=name), id=f"{9 - number}") for number, name in enumerate("ABC")]
    wanted = [desired("z", body(name="A"), state="absent"), desired("kept", body(name="C"))]
    plan = make_plan(
        [*wanted, desired("new", body(name="D"))], [*agents, *running("E")], PlanOptions(prune_unmanaged=True)
    )
    assert [(one.name, one.key) for one in plan.operations] == [
        ("D", "new"),
        ("A", "z"),
        ("B", "8"),
        ("E", "e"),
    ]


def test_a_rename_that_frees_a_name_comes_before_the_creation_that_takes_it() -> None:
    plan = planned(renamed(b="New", a="B"), running("B"))
    assert steps(plan) == [("b", "New", ()), ("a", "B", ("b",))]


def test_a_chain_of_renames_is_done_from_its_free_end() -> None:
    plan = planned(renamed(a="B", b="C", c="D"), running("ABC"))
    assert steps(plan) == [("c", "D", ()), ("b", "C", ("c",)), ("a", "B", ("b",))]


def test_a_deletion_that_frees_a_name_comes_before_the_creation_that_takes_it() -> None:
    wanted = [desired("a", body(name="Gone"), state="absent"), desired("b", body(name="A"))]
    plan = planned(wanted, running("A"))
    assert [(one.key, one.action, one.after) for one in plan.operations] == [
        ("a", Action.DELETE, ()),
        ("b", Action.CREATE, ("a",)),
    ]


def test_two_names_are_swapped_by_way_of_a_temporary_one() -> None:
    plan = planned(renamed(a="B", b="A"), running("AB"))
    assert steps(plan) == [
        (f"a{DETOUR}", "B (agentconf 1)", ()),
        ("b", "A", (f"a{DETOUR}",)),
        ("a", "B", (f"a{DETOUR}", "b")),
    ]


def test_a_detour_is_an_update_of_the_name_alone() -> None:
    plan = planned([desired("a", body(name="B", greeting="Other")), *renamed(b="A")], running("AB"))
    detour, _, last = plan.operations
    assert (detour.action, detour.body, detour.expected, detour.live, detour.renamed_from) == (
        Action.UPDATE,
        {"name": "B (agentconf 1)"},
        {"name": "B (agentconf 1)"},
        last.live,
        "A",
    )
    assert detour.changes == (
        Change(
            ("name",),
            ChangeKind.CHANGED,
            "A",
            "B (agentconf 1)",
            (Impact.COSMETIC,),
            "for a moment, until the name is free",
        ),
    )
    assert last.body == {"name": "B", "greeting": "Other"}


def test_a_temporary_name_is_one_that_nobody_has_or_wants() -> None:
    agents = [*running("AB"), live(body(name="B (agentconf 1)"), id="x")]
    wanted = [*renamed(a="B", b="A"), desired("new", body(name="B (agentconf 2)"))]
    assert planned(wanted, agents).operations[0].name == "B (agentconf 3)"


def test_a_temporary_name_is_no_longer_than_a_name_may_be() -> None:
    long, other = "x" * 255, "y" * 255
    agents = [live(body(name=long), id="a"), live(body(name=other), id="b")]
    name = planned(renamed(a=other, b=long), agents).operations[0].name
    assert (len(name), name[-14:]) == (255, " (agentconf 1)")


def test_every_circle_is_broken_at_its_first_key() -> None:
    plan = planned(renamed(a="B", b="A", c="D", d="E", e="C"), running("ABCDE"))
    assert [one.key for one in plan.operations] == [f"a{DETOUR}", "b", "a", f"c{DETOUR}", "e", "d", "c"]


def test_a_name_that_a_live_agent_keeps_cannot_be_taken() -> None:
    wanted = [desired("a", body(name="B")), desired("b", body(name="C"))]
    with pytest.raises(ConfigurationError) as caught:
        planned(wanted, running("AB"), select=frozenset({"a"}))
    assert (caught.value.message, caught.value.help) == (
        "`a` cannot take the name `B`: the live agent b keeps it",
        "rename or delete that agent in the same plan, or choose another name",
    )


def test_a_name_that_is_kept_because_it_is_ignored_cannot_be_taken() -> None:
    wanted = [desired("a", body(name="B")), desired("b", body(name="C"), ignore_changes=["name"])]
    with pytest.raises(ConfigurationError, match="keeps it"):
        planned(wanted, running("AB"))


def possible(operations: tuple[Operation, ...], agents: list[LiveAgent]) -> bool:
    """Whether no step takes a name that somebody has, and all that a step waits for is done before."""
    names = {agent.id: agent.name for agent in agents}
    done: set[str] = set()
    for one in operations:
        holder = one.live.id if one.live else one.key
        others = {name for identifier, name in names.items() if identifier != holder}
        if not done.issuperset(one.after) or (one.action is not Action.DELETE and one.name in others):
            return False
        names[holder] = one.name if one.action is not Action.DELETE else f"gone {holder}"
        done.add(one.key)
    return True


@pytest.mark.parametrize("names", ["".join(one) for one in permutations("ABCD")])
def test_any_permutation_of_names_can_be_done(names: str) -> None:
    agents = running("ABCD")
    plan = planned(renamed(**dict(zip("abcd", names, strict=True))), agents)
    assert possible(plan.operations, agents)


@settings(deadline=None, max_examples=80)
@given(
    names=st.lists(st.sampled_from("ABCDEFGH"), min_size=1, max_size=8, unique=True),
    live_count=st.integers(0, 6),
    gone=st.sets(st.integers(0, 7)),
)
def test_any_plan_can_be_done_one_step_after_the_other(
    names: list[str], live_count: int, gone: set[int]
) -> None:
    agents = running("ABCDEF"[:live_count])
    keys = "abcdefgh"[: len(names)]
    wanted = [
        desired(key, body(name=name), state="absent" if number in gone else "present")
        for number, (key, name) in enumerate(zip(keys, names, strict=True))
    ]
    known = {agent.id for agent in agents}
    wanted = [one for one in wanted if one.key in known or one.name not in {agent.name for agent in agents}]
    try:
        plan = planned(wanted, agents)
    except ConfigurationError:
        return  # a name that an agent without a file has: told, not planned
    assert possible(plan.operations, agents)
