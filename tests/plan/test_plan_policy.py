"""Policies in files: which changes they select, what they require, who is excepted."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from policy_world import (
    OTHER,
    PHONE,
    TODAY,
    context,
    moved,
    paths_of,
    plan_of,
    policy,
    selected,
    shown,
    verdicts,
)
from simulated import body, desired, hangup, live, lookup, transfer

from agentconf.model.impact import Impact
from agentconf.plan.change import Change, ChangeKind, Origin
from agentconf.plan.document import document
from agentconf.plan.plan import Blocker, Note
from agentconf.plan.policy.judge import judge
from agentconf.plan.policy.passing import with_verdicts
from agentconf.plan.policy.reach import Place, covers, fits, places, written
from agentconf.plan.policy.verdict import Verdict
from agentconf.plan.policy.view import view_of
from agentconf.plan.saved import dump, load

MOVED = ("support-router", "tools.transfer.phone_number")
ROW = "rule (policies/a.yaml:3)"


def waiver(expires: str = "2026-12-31", **more: Any) -> dict[str, Any]:
    base = {
        "agents": ["support-router"],
        "reason": "Migration",
        "owner": "tel@example.com",
        "expires": expires,
    }
    return base | more


# ── what is selected ───────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("select", "expected"),
    [
        ({}, [MOVED]),
        ({"agents": ["support-*"]}, [MOVED]),
        ({"agents": ["SUPPORT-*"]}, []),
        ({"agents": ["support-router agent"]}, [MOVED]),
        ({"agents": ["other", "supp?rt-router"]}, [MOVED]),
        ({"paths": ["tools.*.phone_number"]}, [MOVED]),
        ({"paths": ["tools.transfer"]}, [MOVED]),
        ({"paths": ["tools"]}, [MOVED]),
        ({"paths": ["**.phone_number"]}, [MOVED]),
        ({"paths": ["tools.*.phone_number.more"]}, []),
        ({"paths": ["tools.hangup"]}, []),
        ({"impacts": ["routing"]}, [MOVED]),
        ({"impacts": ["speech", "data"]}, []),
        ({"origins": ["unknown"]}, [MOVED]),
        ({"origins": ["yours", "theirs", "both"]}, []),
        ({"actions": ["update"]}, [MOVED]),
        ({"actions": ["create", "delete"]}, []),
        ({"kinds": ["changed"]}, [MOVED]),
        ({"kinds": ["added"]}, []),
        ({"paths": ["tools"], "impacts": ["speech"]}, []),
    ],
)
def test_a_change_is_selected_when_it_fits_every_key(
    select: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    assert selected(plan_of(moved()), **select) == expected


@pytest.mark.parametrize("origin", list(Origin))
def test_changes_are_selected_by_who_made_them(origin: Origin) -> None:
    plan = plan_of(moved())
    (operation,) = plan.operations
    changes = tuple(replace(change, origin=origin) for change in operation.changes)
    plan = replace(plan, operations=(replace(operation, changes=changes),))
    assert [one for one in Origin if selected(plan, origins=[one.value])] == [origin]


def test_a_new_agent_s_tools_are_looked_into() -> None:
    plan = plan_of((desired(data=body(tools=[hangup(), transfer(), lookup()])), None))
    assert paths_of(plan, "tools.*.phone_number") == ["tools.transfer.phone_number"]
    assert paths_of(plan, "**.properties.order") == ["tools.look_up.parameters.properties.order"]
    (found,) = view_of(plan).at("tools.look_up.auth.token")
    assert (found.kind, found.before, found.after) == ("added", None, "${env:CRM_TOKEN}")


def test_an_added_tool_is_looked_into() -> None:
    plan = plan_of((desired(data=body(tools=[transfer()])), live(body())))
    assert selected(plan, paths=["tools.*.phone_number"], kinds=["added"]) == [MOVED]


def test_a_deleted_agent_s_fields_are_removed() -> None:
    plan = plan_of((None, live(body(tools=[transfer()]))), prune_unmanaged=True)
    assert [path for _, path in selected(plan, kinds=["removed"], paths=["tools.*.phone_number"])] == [
        "tools.transfer.phone_number"
    ]


def test_an_agent_without_a_key_is_selected_and_told_by_its_name() -> None:
    plan = plan_of((None, live(body())), prune_unmanaged=True)
    (verdict,) = verdicts(plan, select={"agents": ["Support R*"], "paths": ["name"]}, deny="No")
    assert verdict.message == f"{ROW}: No: Support Router (name)"


def test_an_agent_that_is_renamed_is_selected_by_both_names() -> None:
    wanted = desired(data=body(name="Front Desk"), renamed_from="Support Router")
    plan = plan_of((wanted, live(body())))
    for name in ("Front Desk", "Support Router", "support-router"):
        assert selected(plan, agents=[name]) == [("support-router", "name")]


def test_an_operation_without_changes_is_seen_by_a_policy_over_its_agent() -> None:
    plan = plan_of(moved())
    plan = replace(plan, operations=(replace(plan.operations[0], changes=()),))
    assert selected(plan, agents=["support-router"]) == [("support-router", "")]
    assert selected(plan, paths=["tools.*"]) == []


def test_a_place_that_several_patterns_mean_is_one_change() -> None:
    said = {"select": {"paths": ["tools", "tools.*.phone_number", "**"]}, "require": {"max_changes": 0}}
    (verdict,) = verdicts(plan_of(moved()), **said)
    assert verdict.message.startswith(f"{ROW}: 1 change, where at most 0 may be in one plan: ")


# ── paths ──────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("pattern", "path", "expected"),
    [
        ("tools.*.url", ("tools", "look_up", "url"), True),
        ("tools.*", ("tools", "look_up", "url"), True),
        ("tools.*.url", ("tools", "look_up"), False),
        ("tools[book.table].url", ("tools", "book.table", "url"), True),
        ("tools.book.table.url", ("tools", "book.table", "url"), False),
        ("tools.book*.url", ("tools", "book.table", "url"), True),
        ("**.url", ("url",), True),
        ("**.url", ("a", "b", "url"), True),
        ("a.**.b", ("a", "b"), True),
        ("a.**.**.b", ("a", "x", "y", "b", "z"), True),
        ("a.**.b", ("a", "x"), False),
        ("**", (), True),
        ("a", (), False),
    ],
)
def test_a_pattern_covers_a_place_and_all_below_it(
    pattern: str, path: tuple[str, ...], expected: bool
) -> None:
    assert covers(pattern, path) is expected


def test_only_what_differs_inside_of_a_value_is_found() -> None:
    place = Place(("a",), {"x": 1, "y": [1, {"z": 2}]}, {"x": 1, "y": [True, {"z": 3}]})
    assert [one.path for one in places(place, "a.*")] == [("a", "y")]
    assert [one.path for one in places(place, "a.*.*")] == [("a", "y", "0"), ("a", "y", "1")]
    assert [(one.before, one.after) for one in places(place, "**.z")] == [(2, 3)]


def test_a_bracket_in_a_glob_is_a_bracket() -> None:
    assert (fits("a[b]", "a[b]"), fits("ab", "a[b]"), fits("a[b]", "a*]")) == (True, False, True)


_names = st.text(st.sampled_from("ab._- é"), min_size=1, max_size=4).filter(lambda name: name.strip() == name)


@given(st.lists(_names, min_size=1, max_size=4))
@settings(max_examples=60, deadline=None)
def test_a_written_path_means_its_place(path: list[str]) -> None:
    assert covers(written(path), tuple(path))
    assert not covers(written(path), tuple(path[:-1]))


# ── what is required ───────────────────────────────────────────────────


def test_denying_refuses_and_says_how_to_go_on() -> None:
    (verdict,) = verdicts(plan_of(moved()), select=PHONE, deny="Ask #telephony first")
    assert verdict == Verdict(
        f"{ROW}: Ask #telephony first: support-router (tools.transfer.phone_number)",
        "deny",
        ("support-router",),
        ("tools.transfer.phone_number",),
        "change what would be applied, or add to the policy's `waivers`: "
        "- {agents: [support-router], reason: …, owner: …, expires: YYYY-MM-DD}",
    )


def test_warning_is_said_and_refuses_nothing() -> None:
    said = verdicts(plan_of(moved()), select=PHONE, warn="Mind the desk")
    assert shown(said) == [("warn", f"{ROW}: Mind the desk: support-router (tools.transfer.phone_number)")]


def test_a_policy_that_selects_nothing_says_nothing() -> None:
    assert verdicts(plan_of(moved()), select={"paths": ["greeting"]}, deny="No") == ()


@pytest.mark.parametrize(
    ("rule", "met"),
    [
        ({"equals": OTHER}, True),
        ({"equals": "+1"}, False),
        ({"one_of": ["+1", OTHER]}, True),
        ({"one_of": ["+1"]}, False),
        ({"matches": r"\+1415\d{7}"}, True),
        ({"matches": r"\+1415"}, False),
        ({"matches": r"\+49.*"}, False),
        ({"absent": False}, True),
        ({"absent": True}, False),
    ],
)
def test_a_value_is_as_required_or_the_plan_is_refused(rule: dict[str, Any], met: bool) -> None:
    said = verdicts(plan_of(moved()), select=PHONE, require={"value": rule})
    assert [one.effect for one in said] == ([] if met else ["deny"])


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ({"equals": True}, "the value has to be true"),
        ({"one_of": ["a", 3]}, 'the value has to be one of "a", 3'),
        ({"matches": "a+"}, "the value has to match `a+`"),
        ({"absent": True}, "no value may stand there"),
    ],
)
def test_an_unmet_requirement_says_what_is_required(rule: dict[str, Any], words: str) -> None:
    place = "support-router (tools.transfer.phone_number)"
    for said, message in ({}, words), ({"deny": "No"}, f"No ({words})"):
        (verdict,) = verdicts(plan_of(moved()), select=PHONE, require={"value": rule}, **said)
        assert verdict.message == f"{ROW}: {message}: {place}"


def test_a_requirement_may_only_warn() -> None:
    said = verdicts(plan_of(moved()), select=PHONE, require={"value": {"absent": True}}, warn="Hm")
    assert [one.effect for one in said] == ["warn"]


@pytest.mark.parametrize(
    ("value", "rule", "met"),
    [
        (True, {"equals": 1}, False),
        (10, {"equals": 10.0}, True),
        (1, {"equals": True}, False),
        (5, {"matches": "5"}, False),
    ],
)
def test_values_are_compared_as_json(value: Any, rule: dict[str, Any], met: bool) -> None:
    plan = plan_of(moved())
    change = Change(("x",), ChangeKind.CHANGED, "before", value, (Impact.COSMETIC,))
    plan = replace(plan, operations=(replace(plan.operations[0], changes=(change,)),))
    assert (verdicts(plan, require={"value": rule}) == ()) is met


def test_a_secret_is_judged_by_its_reference() -> None:
    plan = plan_of((desired(data=body(tools=[lookup()])), None))
    select = {"paths": ["tools.*.auth.token"]}
    for name, met in ("${env:CRM_TOKEN}", True), ("${env:OTHER}", False):
        assert (verdicts(plan, select=select, require={"value": {"equals": name}}) == ()) is met


def test_a_field_that_goes_by_itself_has_to_be_allowed_to() -> None:
    plan = plan_of((desired(data=body(inbound_greeting=...)), live(body(inbound_greeting="Hello"))))
    select = {"paths": ["inbound_greeting"]}
    assert len(verdicts(plan, select=select, require={"value": {"absent": False}})) == 1
    assert len(verdicts(plan, select=select, require={"value": {"matches": ".*"}})) == 1
    assert verdicts(plan, select=select, require={"value": {"absent": True}}) == ()


@pytest.mark.parametrize("gone", ["agent", "tool"])
def test_what_goes_with_its_agent_or_its_tool_has_no_value_to_judge(gone: str) -> None:
    before = live(body(tools=[transfer()]))
    plan = plan_of((None if gone == "agent" else desired(), before), prune_unmanaged=True)
    assert plan.operations
    assert verdicts(plan, select=PHONE, require={"value": {"equals": "+1"}}) == ()
    assert len(verdicts(plan, select=PHONE, deny="No")) == 1


def test_an_approval_is_asked_for_once_for_all_agents() -> None:
    plan = plan_of(moved("a", 1), moved("b", 2))
    asked = policy(select=PHONE, require={"approval": "routing"})
    (verdict,) = judge(view_of(plan), [asked], context())
    assert verdict.message == (
        f"{ROW}: this needs an approval, --allow routing: a, b (tools.transfer.phone_number)"
    )
    assert verdict.help == "add --allow routing (to `agentconf plan -o` when the plan is saved)"
    assert judge(view_of(plan), [asked], context("routing")) == ()


@pytest.mark.parametrize(
    ("require", "words"),
    [
        ({"max_changes": 3}, None),
        ({"max_agents": 2}, None),
        ({"max_changes": 1}, "2 changes, where at most 1 may be in one plan"),
        ({"max_agents": 1}, "2 agents, where at most 1 may be in one plan"),
    ],
)
def test_a_plan_holds_no_more_than_it_may(require: dict[str, Any], words: str | None) -> None:
    said = verdicts(plan_of(moved("a", 1), moved("b", 2)), select=PHONE, require=require)
    place = "a, b (tools.transfer.phone_number)"
    assert [one.message for one in said] == ([] if words is None else [f"{ROW}: {words}: {place}"])


def test_all_that_is_required_has_to_hold() -> None:
    require = {"value": {"absent": True}, "approval": "speech", "max_changes": 0, "max_agents": 0}
    assert len(verdicts(plan_of(moved()), select=PHONE, require=require)) == 4


@pytest.mark.parametrize(("globs", "holds"), [(None, True), (["lo*"], True), (["production"], False)])
def test_a_policy_holds_in_its_environments(globs: list[str] | None, holds: bool) -> None:
    said = verdicts(plan_of(moved()), environments=globs, deny="No")
    assert (said != ()) is holds


def test_many_agents_are_counted_behind_the_first() -> None:
    plan = plan_of(*(moved(f"agent-{number:02}", number) for number in range(23)))
    (verdict,) = verdicts(plan, select=PHONE, deny="No")
    names = ", ".join(f"agent-{number:02}" for number in range(20))
    assert verdict.message == f"{ROW}: No: {names} (tools.transfer.phone_number) and 3 more"
    assert len(verdict.agents) == 23


# ── waivers ────────────────────────────────────────────────────────────


def test_a_waiver_lets_its_agents_pass_and_is_said() -> None:
    plan = plan_of(moved(), moved("other", 1))
    said = verdicts(plan, select=PHONE, deny="No", waivers=[waiver()])
    assert shown(said) == [
        (
            "warn",
            f"{ROW}: waived by tel@example.com until 2026-12-31, for support-router ({MOVED[1]}): Migration",
        ),
        ("deny", f"{ROW}: No: other (tools.transfer.phone_number)"),
    ]


@pytest.mark.parametrize(
    ("expires", "counts", "soon"),
    [
        ("2026-06-14", False, False),
        ("2026-06-15", True, True),
        ("2026-06-29", True, True),
        ("2026-06-30", True, False),
    ],
)
def test_a_waiver_counts_on_its_last_day_and_tells_that_it_ends_soon(
    expires: str, counts: bool, soon: bool
) -> None:
    (verdict,) = verdicts(plan_of(moved()), select=PHONE, deny="No", waivers=[waiver(expires)])
    assert verdict.effect == ("warn" if counts else "deny")
    assert ("which is soon" in verdict.message) is soon


def test_an_expired_waiver_is_named() -> None:
    (verdict,) = verdicts(plan_of(moved()), select=PHONE, deny="No", waivers=[waiver("2026-01-31")])
    assert verdict.message == (
        f"{ROW}: No: support-router (tools.transfer.phone_number)"
        " (the waiver of tel@example.com for support-router expired on 2026-01-31)"
    )


def test_an_expired_waiver_that_is_about_something_else_is_not() -> None:
    waivers = [waiver("2026-01-31", agents=["other"]), waiver("2026-01-31", paths=["greeting"])]
    (verdict,) = verdicts(plan_of(moved()), select=PHONE, deny="No", waivers=waivers)
    assert "expired" not in verdict.message


@pytest.mark.parametrize(
    ("paths", "counts"),
    [(["tools.transfer"], True), (["tools.*.phone_number"], True), (["tools.hangup"], False)],
)
def test_a_waiver_may_be_about_some_places(paths: list[str], counts: bool) -> None:
    (verdict,) = verdicts(plan_of(moved()), select=PHONE, deny="No", waivers=[waiver(paths=paths)])
    assert verdict.effect == ("warn" if counts else "deny")


def test_a_waiver_for_a_place_inside_of_a_change_does_not_cover_all_of_it() -> None:
    plan = plan_of((desired(data=body(tools=[transfer()])), live(body())))
    waivers = [waiver(paths=["tools.transfer.phone_number"])]
    (verdict,) = verdicts(plan, select={"paths": ["tools.*"]}, deny="No", waivers=waivers)
    assert verdict.effect == "deny"


def test_what_is_waived_does_not_count() -> None:
    plan = plan_of(moved(), moved("other", 1))
    said = verdicts(plan, select=PHONE, require={"max_agents": 1}, waivers=[waiver()])
    assert [one.effect for one in said] == ["warn"]


# ── in the plan ────────────────────────────────────────────────────────


def test_what_denies_blocks_and_what_warns_is_noted() -> None:
    plan = plan_of(moved())
    found = with_verdicts(plan, [Verdict("No", help="Ask", agents=("a",)), Verdict("Hm", "warn", ("a", "b"))])
    assert found.blockers == (Blocker("policy", "No", "Ask", "a"),)
    assert found.notes == (*plan.notes, Note("policy", "Hm"))


def test_asking_again_changes_nothing_but_what_is_new() -> None:
    once = with_verdicts(plan_of(moved()), [Verdict("No"), Verdict("Hm", "warn")])
    assert with_verdicts(once, [Verdict("No"), Verdict("Hm", "warn")]) == once
    assert with_verdicts(once, []).blockers == once.blockers
    assert [one.message for one in with_verdicts(once, [Verdict("No"), Verdict("Nor this")]).blockers] == [
        "No",
        "Nor this",
    ]


def test_a_saved_plan_remembers_what_was_approved() -> None:
    plan = plan_of(moved(), allow=frozenset({Impact.SPEECH, Impact.SAFETY}))
    assert document(plan)["allowed"] == ["safety", "speech"]
    assert load(dump(plan)).allowed == (Impact.SAFETY, Impact.SPEECH)


def test_policies_see_the_same_of_a_saved_plan() -> None:
    plan = plan_of(moved(), (desired("new", body(name="New", tools=[lookup()])), None))
    assert view_of(load(dump(plan))) == view_of(plan)


def test_what_a_policy_does_to_its_view_does_not_reach_the_plan() -> None:
    plan = plan_of((desired(data=body(tools=[lookup()])), None))
    before = json.dumps(document(plan))
    for change in view_of(plan).changes:
        if isinstance(change.after, dict):
            change.after.clear()
    assert json.dumps(document(plan)) == before


_globs = st.lists(st.sampled_from(["*", "a*", "b", "?", "support-*"]), min_size=1, max_size=2)
_selections = st.fixed_dictionaries(
    {},
    optional={
        "agents": _globs,
        "paths": st.lists(st.sampled_from(["**", "tools", "tools.*.phone_number", "greeting"]), min_size=1),
        "kinds": st.lists(st.sampled_from(["added", "changed", "removed"]), min_size=1),
        "actions": st.lists(st.sampled_from(["create", "update", "delete"]), min_size=1),
    },
)


@given(_selections, st.dates(date(2026, 1, 1), date(2027, 1, 1)))
@settings(max_examples=60, deadline=None)
def test_a_waiver_that_has_expired_never_lets_more_pass(selection: dict[str, Any], expires: date) -> None:
    plan = plan_of(moved("a", 1), moved("b", 2), (desired("support-new", body(name="New")), None))
    without = verdicts(plan, select=selection, deny="No")
    waived = verdicts(
        plan, select=selection, deny="No", waivers=[waiver(expires.isoformat(), agents=["*"], paths=["**"])]
    )
    refused = [one for one in waived if one.effect == "deny"]
    assert [one.agents for one in refused] == ([] if expires >= TODAY else [one.agents for one in without])
