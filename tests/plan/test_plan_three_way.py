"""What was last applied tells who made a difference; what both sides changed is for somebody to settle."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from simulated import (
    HANGUP_ID,
    LOOKUP_ID,
    NUDGES,
    TRUNK,
    Agent,
    Json,
    applied,
    body,
    desired,
    hangup,
    live,
    lookup,
    remembering,
    transfer,
)

from agentconf.errors import UsageError
from agentconf.model.live import LiveAgent
from agentconf.model.memory import Remembered, State
from agentconf.plan.canonical import canonical
from agentconf.plan.change import ABSENT, Change, Origin
from agentconf.plan.make import Reconciliation, reconcile
from agentconf.plan.options import PlanOptions
from agentconf.plan.plan import Blocker, Plan
from agentconf.plan.resolution import Resolutions, Resolve, Side
from agentconf.plan.saved import dump, load

KEY = "support-router"


def remembered(base: Json, running: Agent, **changes: Any) -> State:
    """A state in which one agent was applied with this body."""
    return remembering(**{KEY: Remembered(running.id, base["name"], canonical(base), **changes)})


def reconciled(base: Json, running: Json, wanted: Json, **options: Any) -> Reconciliation:
    agent = Agent(running)
    return reconcile([desired(data=wanted)], [agent.live], PlanOptions(**options), remembered(base, agent))


def changes(found: Reconciliation) -> dict[str, Change]:
    return {
        ".".join(map(str, change.path)): change
        for operation in found.plan.operations
        for change in operation.changes
    }


def origins(found: Reconciliation) -> dict[str, Origin]:
    return {path: change.origin for path, change in changes(found).items()}


def conflicts(plan: Plan) -> list[Blocker]:
    return [one for one in plan.blockers if one.guard == "conflict"]


def patch(found: Reconciliation) -> Json:
    (operation,) = found.plan.operations
    return operation.body


@pytest.mark.parametrize(
    ("base", "running", "wanted", "expected"),
    [
        ("A", "A", "B", {"greeting": Origin.YOURS}),
        ("A", "B", "A", {"greeting": Origin.THEIRS}),
        ("A", "B", "C", {"greeting": Origin.BOTH}),
        ("A", "B", "B", {}),
        ("A", "A", "A", {}),
    ],
)
def test_a_field_tells_who_changed_it(
    base: str, running: str, wanted: str, expected: dict[str, Origin]
) -> None:
    texts = [body(greeting=text) for text in (base, running, wanted)]
    assert origins(reconciled(*texts)) == expected


def test_without_a_base_nobody_can_tell() -> None:
    found = reconcile([desired(data=body(greeting="B"))], [live()], PlanOptions(), remembering({KEY: "x"}))
    assert origins(found) == {"greeting": Origin.UNKNOWN}


def test_a_change_shows_what_was_last_applied() -> None:
    found = reconciled(body(greeting="A"), body(greeting="B"), body(greeting="C"))
    one = changes(found)["greeting"]
    assert (one.base, one.before, one.after) == ("A", "B", "C")


def test_fields_of_one_agent_have_origins_of_their_own() -> None:
    voice = {**body()["models"], "tts_voice": "asteria"}
    found = reconciled(body(), body(models=voice), body(greeting="Hello."))
    assert origins(found) == {"greeting": Origin.YOURS, "models.tts_voice": Origin.THEIRS}
    assert patch(found) == {"greeting": "Hello.", "models": body()["models"]}
    assert conflicts(found.plan) == []


def test_a_default_counts_as_a_value() -> None:
    """Somebody switched interruptions off in the dashboard; no file ever spoke of them."""
    found = reconciled(body(), body(enable_interruptions=False), body())
    assert origins(found) == {"enable_interruptions": Origin.THEIRS}
    assert changes(found)["enable_interruptions"].base is True


@pytest.mark.parametrize(
    ("base", "running", "wanted", "expected"),
    [
        ([hangup()], [hangup(), transfer()], [hangup()], {"tools.transfer": Origin.THEIRS}),
        ([hangup(), transfer()], [hangup()], [hangup(), transfer()], {"tools.transfer": Origin.THEIRS}),
        ([hangup()], [hangup()], [hangup(), transfer()], {"tools.transfer": Origin.YOURS}),
        ([hangup(), transfer()], [hangup(), transfer()], [hangup()], {"tools.transfer": Origin.YOURS}),
        (
            [transfer()],
            [transfer(phone_number="+14155550102")],
            [transfer(phone_number="+14155550103")],
            {"tools.transfer.phone_number": Origin.BOTH},
        ),
        ([transfer()], [], [transfer(phone_number="+14155550103")], {"tools.transfer": Origin.BOTH}),
        ([hangup(), transfer()], [transfer(), hangup()], [hangup(), transfer()], {}),
    ],
)
def test_tools_are_told_apart_by_id(
    base: list[Json], running: list[Json], wanted: list[Json], expected: dict[str, Origin]
) -> None:
    assert origins(reconciled(*(body(tools=one) for one in (base, running, wanted)))) == expected


def test_a_secret_that_was_lost_is_lost_by_them() -> None:
    found = reconciled(body(tools=[lookup()]), body(tools=[lookup(auth=...)]), body(tools=[lookup()]))
    assert (origins(found), changes(found)["tools.look_up.auth"].note) == (
        {"tools.look_up.auth": Origin.THEIRS},
        "lost",
    )


def test_what_the_platform_filled_in_is_nobodys_edit() -> None:
    later = {**NUDGES, "first_nudge_text": "Hello?"}
    found = reconciled(body(), body(idle_nudges=dict(NUDGES)), body(idle_nudges=later))
    assert set(origins(found).values()) == {Origin.YOURS}


def test_a_trunk_that_was_attached_outside_and_declared_here_is_a_conflict() -> None:
    other = TRUNK.replace("4", "5")
    found = reconciled(body(), body(sip_outbound_trunk_id=TRUNK), body(sip_outbound_trunk_id=other))
    assert origins(found) == {"sip_outbound_trunk_id": Origin.BOTH}


def test_what_a_file_leaves_alone_is_remembered_as_it_is_live() -> None:
    found = reconciled(body(), body(sip_outbound_trunk_id=TRUNK), body())
    assert found.plan.operations == ()
    assert found.bases[KEY]["sip_outbound_trunk_id"] == TRUNK


class TestConflicts:
    base, running, wanted = body(greeting="A"), body(greeting="B"), body(greeting="C", language="de")

    def resolved(self, **options: Any) -> Reconciliation:
        return reconciled(self.base, self.running, self.wanted, **options)

    def test_one_that_nobody_settled_holds_the_plan_back_and_names_the_flags(self) -> None:
        (blocker,) = conflicts(self.resolved().plan)
        assert (blocker.key, "greeting of `support-router` was changed here" in blocker.message) == (
            KEY,
            True,
        )
        assert "--resolve support-router:greeting=ours" in str(blocker.help)
        assert "--resolve support-router:greeting=theirs" in str(blocker.help)

    def test_ours_writes_the_files_value(self) -> None:
        found = self.resolved(resolutions=Resolutions(Side.OURS))
        assert (conflicts(found.plan), patch(found)) == ([], {"greeting": "C", "language": "de"})
        assert found.bases[KEY]["greeting"] == "C"

    def test_theirs_leaves_the_live_value_and_stays_a_conflict(self) -> None:
        found = self.resolved(resolutions=Resolutions(Side.THEIRS))
        assert (conflicts(found.plan), patch(found)) == ([], {"language": "de"})
        assert found.bases[KEY]["greeting"] == "A"
        agent = Agent(body(greeting="B", language="de"))
        state = remembering(**{KEY: Remembered(agent.id, "Support Router", found.bases[KEY])})
        again = reconcile([desired(data=self.wanted)], [agent.live], PlanOptions(), state)
        assert origins(again) == {"greeting": Origin.BOTH}

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("support-router:greeting=ours", {"greeting": "C", "language": "de"}),
            ("greeting=ours", {"greeting": "C", "language": "de"}),
            ("support-router:greeting=theirs", {"language": "de"}),
        ],
    )
    def test_a_path_settles_one(self, text: str, expected: Json) -> None:
        found = self.resolved(resolutions=Resolutions(None, (Resolve.parse(text),)))
        assert (conflicts(found.plan), patch(found)) == ([], expected)

    @pytest.mark.parametrize("text", ["other:greeting=ours", "language=theirs", "models=ours"])
    def test_another_path_settles_nothing(self, text: str) -> None:
        assert len(conflicts(self.resolved(resolutions=Resolutions(None, (Resolve.parse(text),))).plan)) == 1

    def test_the_later_path_wins_and_paths_win_over_the_rest(self) -> None:
        paths = tuple(map(Resolve.parse, ("greeting=ours", "greeting=theirs")))
        assert patch(self.resolved(resolutions=Resolutions(Side.OURS, paths))) == {"language": "de"}


@pytest.mark.parametrize("named", ["tools.transfer", "tools[transfer].phone_number", "tools"])
def test_a_tool_is_settled_by_its_name(named: str) -> None:
    numbers = ("+14155550101", "+14155550102", "+14155550103")
    sides = [body(tools=[hangup(), transfer(phone_number=number)]) for number in numbers]
    options = {"resolutions": Resolutions(None, (Resolve.parse(f"{KEY}:{named}=theirs"),))}
    found = reconciled(*sides, **options)
    assert (found.plan.operations, conflicts(found.plan)) == ((), [])
    (kept,) = [tool for tool in found.bases[KEY]["tools"] if tool["type"] == "human_transfer"]
    assert kept["phone_number"] == "+14155550101"


def test_a_whole_tool_that_is_theirs_stays_away_or_stays() -> None:
    removed = reconciled(
        body(tools=[transfer()]),
        body(),
        body(tools=[transfer(phone_number="+14155550103")]),
        resolutions=Resolutions(Side.THEIRS),
    )
    assert (removed.plan.operations, removed.bases[KEY]["tools"]) == (
        (),
        canonical(body(tools=[transfer()]))["tools"],
    )


def test_a_part_of_a_free_object_is_left_with_all_of_it() -> None:
    def parameters(kind: str, **more: Any) -> Json:
        return body(
            tools=[lookup(parameters={"type": "object", "properties": {"order": {"type": kind}}, **more})]
        )

    found = reconciled(
        parameters("string"),
        parameters("number"),
        parameters("integer"),
        resolutions=Resolutions(Side.THEIRS),
    )
    assert (found.plan.operations, conflicts(found.plan)) == ((), [])
    assert found.bases[KEY]["tools"] == canonical(parameters("string"))["tools"]


def test_drift_that_is_named_as_theirs_is_left() -> None:
    found = reconciled(
        body(greeting="A"),
        body(greeting="B"),
        body(greeting="A"),
        resolutions=Resolutions(None, (Resolve.parse("greeting=theirs"),)),
    )
    assert (found.plan.operations, found.bases[KEY]["greeting"]) == ((), "A")


def test_a_conflict_over_a_shown_default() -> None:
    sides = [body(template_defaults={"brand": name}) for name in ("Fernhill", "Theirs", "Ours")]
    assert origins(reconciled(*sides)) == {"template_defaults.brand": Origin.BOTH}
    found = reconciled(*sides, resolutions=Resolutions(Side.THEIRS))
    assert (found.plan.operations, found.bases[KEY]["template_defaults"]) == ((), {"brand": "Fernhill"})


@pytest.mark.parametrize(
    "text", ["greeting", "greeting=mine", "=ours", ":greeting=ours", "router:=theirs", ""]
)
def test_a_resolution_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="--resolve takes"):
        Resolve.parse(text)


def test_origins_and_bases_survive_the_saved_plan() -> None:
    plan = reconciled(body(greeting="A"), body(greeting="B"), body(greeting="C")).plan
    read = load(dump(plan))
    assert read == plan
    assert [change.place for one in read.operations for change in one.changes] == [("greeting",)]


class TestHiddenDefaults:
    """Defaults that no prompt and no greeting uses are in no answer."""

    def declared(self, **defaults: str) -> Json:
        return body(template_defaults={"brand": "Fernhill", **defaults})

    def planned(self, base: Json, wanted: Json) -> Reconciliation:
        return reconciled(base, self.declared(), wanted)

    def test_one_that_is_as_it_was_sent_is_covered(self) -> None:
        found = self.planned(self.declared(hidden="a"), self.declared(hidden="a"))
        assert (found.plan.operations, [note for note in found.plan.notes if "hidden" in note.message]) == (
            (),
            [],
        )

    @pytest.mark.parametrize(
        ("before", "after"),
        [({"hidden": "a"}, {"hidden": "b"}), ({"hidden": "a"}, {}), ({}, {"hidden": "b"})],
    )
    def test_one_that_changed_in_the_file_is_sent(self, before: Json, after: Json) -> None:
        found = self.planned(self.declared(**before), self.declared(**after))
        one = changes(found)["template_defaults.hidden"]
        assert (one.origin, one.before, one.after) == (
            Origin.YOURS,
            before.get("hidden", ABSENT),
            after.get("hidden", ABSENT),
        )
        assert patch(found) == {"template_defaults": self.declared(**after)["template_defaults"]}
        assert found.bases[KEY]["template_defaults"] == self.declared(**after)["template_defaults"]

    def test_one_that_was_never_sent_stays_unknown(self) -> None:
        agent = Agent(self.declared())
        first = reconcile([desired(data=self.declared(hidden="a"))], [agent.live], PlanOptions())
        state = remembering(**{KEY: Remembered(agent.id, "Support Router", first.bases[KEY])})
        again = reconcile([desired(data=self.declared(hidden="b"))], [agent.live], PlanOptions(), state)
        assert (first.plan.operations, again.plan.operations) == ((), ())
        assert any("`hidden`" in note.message for note in again.plan.notes if note.kind == "not-covered")


PRINTS = {"slng_api_key": "key-1", f"tools/{LOOKUP_ID}/auth/token": "token-1"}


class TestSecrets:
    wanted = body(tools=[hangup(), lookup()])

    def planned(self, set_here: dict[str, str], prints: dict[str, str] | None = None) -> Reconciliation:
        agent = Agent(self.wanted)
        state = remembered(self.wanted, agent, fingerprints=PRINTS if prints is None else prints)
        options = PlanOptions(fingerprints=set_here)
        return reconcile([desired(data=self.wanted)], [agent.live], options, state)

    def test_one_that_is_the_same_is_not_sent_and_covered(self) -> None:
        plan = self.planned({"SLNG_API_KEY": "key-1", "CRM_TOKEN": "token-1"}).plan
        assert (plan.operations, plan.notes) == ((), ())

    def test_one_that_rotated_is_sent(self) -> None:
        found = self.planned({"SLNG_API_KEY": "key-1", "CRM_TOKEN": "token-2"})
        (change,) = changes(found).values()
        assert (change.path, change.note, change.origin) == (
            ("tools", "look_up", "auth", "token"),
            "rotated",
            Origin.YOURS,
        )
        sent = {tool["id"]: tool.get("auth") for tool in patch(found)["tools"]}
        assert sent == {HANGUP_ID: None, LOOKUP_ID: lookup()["auth"]}

    def test_the_agents_key_rotates_too(self) -> None:
        found = self.planned({"SLNG_API_KEY": "key-2", "CRM_TOKEN": "token-1"})
        assert {path: change.note for path, change in changes(found).items()} == {"slng_api_key": "rotated"}
        assert patch(found) == {"slng_api_key": self.wanted["slng_api_key"]}

    def test_one_that_is_not_set_here_is_checked_at_apply(self) -> None:
        plan = self.planned({}).plan
        assert plan.operations == ()
        assert [note.message for note in plan.notes] == ["CRM_TOKEN, SLNG_API_KEY"]

    def test_one_without_a_fingerprint_is_not_sent_and_said(self) -> None:
        plan = self.planned({"SLNG_API_KEY": "key-2", "CRM_TOKEN": "token-2"}, prints={}).plan
        assert (plan.operations, {note.kind for note in plan.notes}) == ((), {"not-covered"})

    @pytest.mark.parametrize(
        ("places", "expected"),
        [
            (((None, ("slng_api_key",)),), ["slng_api_key"]),
            (((KEY, ("tools", "look_up")),), ["tools.look_up.auth.token"]),
            ((("other", ("tools", "look_up")),), []),
        ],
    )
    def test_one_that_is_named_is_sent_again(self, places: Any, expected: list[str]) -> None:
        agent = Agent(self.wanted)
        found = reconcile([desired(data=self.wanted)], [agent.live], PlanOptions(resend_places=places))
        assert list(changes(found)) == expected


def second(name: str = "Other") -> Agent:
    return Agent(body(name=name), id="7b0e8400-e29b-41d4-a716-446655440000")


class TestWhatIsNoLongerDeclared:
    def planned(self, running: list[LiveAgent], state: State, **options: Any) -> Plan:
        return reconcile([desired()], running, PlanOptions(**options), state).plan

    def state(self, **changes: Any) -> State:
        ours = second()
        return remembering(
            **{
                KEY: Remembered(Agent({}).id, "Support Router"),
                "other": Remembered(ours.id, "Other", **changes),
            }
        )

    def test_it_is_said_and_not_deleted(self) -> None:
        plan = self.planned([live(), second().live], self.state())
        assert (plan.operations, plan.unmanaged) == ((), ())
        assert [(note.kind, note.key) for note in plan.notes if note.kind == "orphan"] == [
            ("orphan", "other")
        ]

    def test_pruning_deletes_it_by_its_key_and_leaves_what_was_never_ours(self) -> None:
        stranger = replace(second("Stranger").live, id="c-stranger")
        plan = self.planned([live(), second().live, stranger], self.state(), prune=True)
        assert [(one.action.value, one.key) for one in plan.operations] == [("delete", "other")]
        assert plan.unmanaged == ("Stranger",)

    def test_pruning_the_unmanaged_deletes_all(self) -> None:
        stranger = replace(second("Stranger").live, id="c-stranger")
        plan = self.planned([live(), second().live, stranger], self.state(), prune_unmanaged=True)
        assert [one.key for one in plan.operations] == ["other", "c-stranger"]

    def test_its_protection_is_remembered(self) -> None:
        plan = self.planned([live(), second().live], self.state(prevent_destroy=True), prune=True)
        (blocker,) = [one for one in plan.blockers if one.guard == "prevent-destroy"]
        assert "agentconf state rm other" in str(blocker.help)

    def test_without_memory_pruning_says_that_it_knows_nothing(self) -> None:
        plan = reconcile([desired()], [live(), second().live], PlanOptions(prune=True)).plan
        assert plan.operations == ()
        assert any("--prune-unmanaged" in note.message for note in plan.notes)

    def test_what_is_gone_is_forgotten(self) -> None:
        assert reconcile([desired()], [live()], PlanOptions(), self.state()).forgotten == ("other",)


def test_an_agent_that_was_deleted_outside_is_made_anew_and_that_is_said() -> None:
    found = reconcile([desired()], [], PlanOptions(), remembering({KEY: "gone"}))
    assert [one.action.value for one in found.plan.operations] == ["create"]
    assert any("deleted outside" in note.message for note in found.plan.notes)


def test_another_agent_of_the_name_is_taken_for_it_and_its_base_is_not() -> None:
    agent = Agent(body(greeting="B"))
    state = remembering(**{KEY: Remembered("gone", "Support Router", canonical(body(greeting="A")))})
    found = reconcile([desired(data=body(greeting="A"))], [agent.live], PlanOptions(), state)
    assert origins(found) == {"greeting": Origin.UNKNOWN}
    assert any("is taken for it" in note.message for note in found.plan.notes)


def test_an_agent_whose_file_moved_keeps_its_base() -> None:
    agent = Agent(body(greeting="B"))
    state = remembering(old=Remembered(agent.id, "Support Router", canonical(body(greeting="A"))))
    found = reconcile([desired("new", body(greeting="A"))], [agent.live], PlanOptions(), state)
    assert origins(found) == {"greeting": Origin.THEIRS}
    assert [(note.kind, note.key) for note in found.plan.notes if note.kind == "moved"] == [("moved", "new")]


def test_the_state_of_another_organisation_is_refused() -> None:
    state = replace(remembering(), organisation_id="another")
    (blocker,) = reconcile([desired()], [live()], PlanOptions(), state).plan.blockers
    assert (blocker.guard, "of the organisation another" in blocker.message) == ("organisation", True)


def test_what_is_applied_and_remembered_is_no_difference() -> None:
    """The law of idempotence with memory: plan, apply, remember, plan."""
    agent = Agent(body(greeting="B", tools=[lookup()]))
    wanted = desired(data=body(greeting="C", tools=[lookup(url="https://crm.example.com/v2"), hangup()]))
    first = reconcile([wanted], [agent.live], PlanOptions(), remembered(body(greeting="C"), agent))
    after = applied(first.plan.operations[0], agent)
    state = remembering(**{KEY: Remembered(agent.id, "Support Router", first.bases[KEY])})
    again = reconcile([wanted], [after], PlanOptions(), state)
    assert (again.plan.operations, again.bases) == ((), first.bases)
