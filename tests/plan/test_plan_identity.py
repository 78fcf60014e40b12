from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from simulated import body, desired, live, remembering

from agentconf.errors import ConfigurationError
from agentconf.plan.change import Action
from agentconf.plan.identity import match
from agentconf.plan.make import PlanOptions, make_plan
from agentconf.plan.options import Desired

if TYPE_CHECKING:
    from agentconf.model.live import LiveAgent


def declared(key: str, name: str, **lifecycle: Any) -> Desired:
    return desired(key, body(name=name), **lifecycle)


def running(name: str, identifier: str) -> LiveAgent:
    return live(body(name=name), id=identifier)


def pairs(
    wanted: list[Desired], agents: list[LiveAgent], remembered: dict[str, str] | None = None
) -> dict[str, str]:
    return {key: agent.id for key, agent in match(wanted, agents, remembered or {}).live.items()}


def refusal(wanted: list[Desired], agents: list[LiveAgent], remembered: dict[str, str] | None = None) -> str:
    with pytest.raises(ConfigurationError) as caught:
        match(wanted, agents, remembered or {})
    assert caught.value.help == "give each agent its own name, and each live agent one file"
    return caught.value.message


def test_the_remembered_id_comes_before_the_name() -> None:
    found = pairs([declared("a", "A")], [running("B", "1")], {"a": "1"})
    assert found == {"a": "1"}


def test_without_memory_the_name_decides() -> None:
    assert pairs([declared("a", "A")], [running("A", "1"), running("B", "2")]) == {"a": "1"}


def test_a_remembered_id_that_is_gone_falls_back_to_the_name() -> None:
    assert pairs([declared("a", "A")], [running("A", "1")], {"a": "gone"}) == {"a": "1"}


def test_the_former_name_comes_last() -> None:
    wanted = [declared("a", "A", renamed_from="Old")]
    assert pairs(wanted, [running("Old", "1")]) == {"a": "1"}
    assert pairs(wanted, [running("Old", "1"), running("A", "2")]) == {"a": "2"}


def test_a_key_that_matches_nothing_has_no_live_agent() -> None:
    found = match([declared("a", "A")], [running("B", "2"), running("C", "1")], {})
    assert (found.live, [agent.name for agent in found.unclaimed]) == ({}, ["B", "C"])


def test_an_agent_remembered_for_one_key_is_not_taken_by_the_name_of_another() -> None:
    wanted = [declared("a", "New"), declared("b", "Old")]
    assert pairs(wanted, [running("Old", "1")], {"a": "1"}) == {"a": "1"}


def test_two_names_that_are_swapped_are_told_apart_by_memory() -> None:
    wanted = [declared("a", "B"), declared("b", "A")]
    assert pairs(wanted, [running("A", "1"), running("B", "2")], {"a": "1", "b": "2"}) == {"a": "1", "b": "2"}


def test_a_tombstone_claims_its_agent_too() -> None:
    assert pairs([declared("a", "A", state="absent")], [running("A", "1")]) == {"a": "1"}


def test_two_keys_of_one_name_are_refused_with_their_files() -> None:
    assert refusal([declared("a", "A"), declared("b", "A")], []) == (
        "`a` (agents/a.yaml) and `b` (agents/b.yaml) have the same name `A`"
    )


def test_two_keys_that_claim_one_agent_by_name_and_by_former_name_are_refused() -> None:
    wanted = [declared("a", "Old"), declared("b", "New", renamed_from="Old")]
    assert refusal(wanted, [running("Old", "1")]) == (
        "`a` (agents/a.yaml) and `b` (agents/b.yaml) claim the same live agent `Old` (1)"
    )


def test_two_keys_for_which_one_id_is_remembered_are_refused() -> None:
    wanted = [declared("a", "A"), declared("b", "B")]
    assert "claim the same live agent `X` (1)" in refusal(wanted, [running("X", "1")], {"a": "1", "b": "1"})


def test_two_keys_renamed_from_one_agent_are_refused() -> None:
    wanted = [declared("a", "A", renamed_from="Old"), declared("b", "B", renamed_from="Old")]
    assert "claim the same live agent `Old` (1)" in refusal(wanted, [running("Old", "1")])


def test_a_key_whose_id_and_name_mean_two_agents_is_refused() -> None:
    agents = [running("Old", "1"), running("A", "2")]
    assert refusal([declared("a", "A")], agents, {"a": "1"}) == (
        "`a` (agents/a.yaml) matches 2 live agents: `Old` (1) and `A` (2)"
    )


def test_a_key_whose_name_two_live_agents_have_is_refused() -> None:
    agents = [running("A", "2"), running("A", "1")]
    assert refusal([declared("a", "A")], agents) == (
        "`a` (agents/a.yaml) matches 2 live agents: `A` (1) and `A` (2)"
    )


def test_all_conflicts_are_told_at_once() -> None:
    wanted = [declared("a", "A"), declared("b", "A"), declared("c", "C")]
    message = refusal(wanted, [running("C", "1"), running("C", "2")])
    assert "have the same name `A`" in message
    assert "`c` (agents/c.yaml) matches 2 live agents" in message


def test_an_agent_without_a_file_is_named_by_its_key() -> None:
    wanted = [Desired("a", body(name="A")), Desired("b", body(name="A"))]
    assert refusal(wanted, []) == "`a` and `b` have the same name `A`"


def test_a_rename_that_is_done_is_noted_and_changes_nothing() -> None:
    plan = make_plan([declared("a", "A", renamed_from="Old")], [running("A", "1")], PlanOptions())
    assert plan.operations == ()
    assert [(note.kind, note.message, note.key) for note in plan.notes if note.kind == "suggestion"] == [
        ("suggestion", "`a` is already named `A`: remove `renamed_from: Old` from its file", "a")
    ]


def test_a_rename_from_nothing_that_is_live_is_a_creation_and_said_to_be_one() -> None:
    plan = make_plan([declared("a", "A", renamed_from="Old")], [running("B", "1")], PlanOptions())
    assert [one.action for one in plan.operations] == [Action.CREATE]
    assert [(note.message, note.key) for note in plan.notes if note.kind == "not-live"] == [
        ("neither `Old` (`renamed_from`) nor `A` is live: a new agent is made", "a")
    ]


@pytest.mark.parametrize("options", [{"select": frozenset({"b"})}, {"destroy": frozenset({"a"})}])
def test_a_rename_from_nothing_is_no_creation_where_none_is_planned(options: Any) -> None:
    wanted = [declared("a", "A", renamed_from="Old"), declared("b", "B")]
    plan = make_plan(wanted, [running("B", "1")], PlanOptions(**options))
    assert [note.message for note in plan.notes if "a new agent is made" in note.message] == []


def test_the_name_of_an_agent_that_is_renamed_cannot_be_reused_in_the_same_change() -> None:
    wanted = [declared("a", "New", renamed_from="Old"), declared("b", "Old")]
    assert "claim the same live agent `Old` (1)" in refusal(wanted, [running("Old", "1")])


def test_a_name_that_changes_without_a_word_is_a_creation() -> None:
    plan = make_plan([declared("a", "New")], [running("Old", "1")], PlanOptions())
    assert [(one.action, one.name) for one in plan.operations] == [(Action.CREATE, "New")]
    assert any('lifecycle: {renamed_from: "Old"}' in note.message for note in plan.notes)


def test_a_rename_is_an_update_of_the_name() -> None:
    plan = make_plan([declared("a", "A", renamed_from="Old")], [running("Old", "1")], PlanOptions())
    (operation,) = plan.operations
    assert (operation.action, operation.body, operation.name, operation.renamed_from) == (
        Action.UPDATE,
        {"name": "A"},
        "A",
        "Old",
    )


def test_a_changed_name_of_a_remembered_agent_is_an_update() -> None:
    plan = make_plan([declared("a", "A")], [running("Old", "1")], PlanOptions(), remembering({"a": "1"}))
    assert [(one.action, one.body) for one in plan.operations] == [(Action.UPDATE, {"name": "A"})]


def test_a_name_that_is_ignored_stays() -> None:
    wanted = declared("a", "A", renamed_from="Old", ignore_changes=["name"])
    assert make_plan([wanted], [running("Old", "1")], PlanOptions()).operations == ()
