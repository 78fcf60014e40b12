from __future__ import annotations

import asyncio

import pytest
from apply_world import (
    ORGANISATION,
    OTHER,
    Behaviour,
    Gate,
    Scripted,
    applied,
    applying,
    create,
    delete,
    plan_of,
    raising,
    update,
)

from agentconf.apply.event import Event, Finished, Started
from agentconf.apply.executor import ApplyOptions, apply_plan, secret_refs
from agentconf.apply.outcome import Outcome
from agentconf.errors import AuthenticationError, ConfigurationError, ExitCode, RemoteError
from agentconf.model.secret import SecretRef
from agentconf.plan.change import Operation
from agentconf.remote.platform import UnreachableError, UnresolvedError

REFUSED = raising(RemoteError("could not create agent 'b': no", help="do something"))


def test_every_kind_of_operation_is_carried_out() -> None:
    platform = Scripted()
    run = applied(platform, create("a"), update("b"), delete("c"))
    assert sorted(platform.asked) == ["create a", "delete id-c", "update id-b"]
    assert set(run.outcomes.values()) == {"done"}
    assert run.report.exit_code() is ExitCode.OK


def test_an_empty_plan_is_done_at_once() -> None:
    run = applied(Scripted())
    assert (run.report.results, run.report.complete, run.events) == ((), True, [])


def test_results_come_in_the_plans_order_whatever_ends_first() -> None:
    async def go() -> list[str]:
        gate = Gate()
        platform = Scripted({"a": gate, "b": raising(RemoteError("x"))})
        running = asyncio.create_task(applying(platform, create("a"), create("b"), create("c")))
        await gate.reached.wait()
        await asyncio.sleep(0.001)
        gate.open.set()
        return [result.operation.key for result in (await running).report.results]

    assert asyncio.run(go()) == ["a", "b", "c"]


def test_the_ids_of_written_agents_are_told() -> None:
    run = applied(Scripted(), create("a"), update("b"), delete("c"))
    assert [result.agent_id for result in run.report.results] == ["id-a", "id-b", None]


def test_secrets_are_handed_to_the_platform_only() -> None:
    platform = Scripted()
    secrets = {"KEY": "canary"}
    run = applied(platform, create("a", body={"slng_api_key": SecretRef("KEY")}), secrets=secrets)
    assert platform.secrets == [secrets]
    assert "canary" not in repr(run.report) + repr(run.events)


def test_the_secrets_that_would_be_sent_are_named() -> None:
    tool = {"auth": {"type": "bearer", "token": SecretRef("TOKEN")}}
    body = {"slng_api_key": SecretRef("KEY"), "tools": [tool], "other": (SecretRef("IN_A_TUPLE"), "x", 1)}
    plan = plan_of(create("a", body=body), update("b"), delete("c"))
    assert secret_refs(plan) == {SecretRef("KEY"), SecretRef("TOKEN"), SecretRef("IN_A_TUPLE")}


def test_missing_secrets_are_all_named_before_anything_is_sent() -> None:
    platform = Scripted()
    body = {"slng_api_key": SecretRef("KEY"), "x": SecretRef("EMPTY"), "y": SecretRef("SET")}
    with pytest.raises(ConfigurationError, match="not set: EMPTY, KEY"):
        applied(platform, create("a", body=body), secrets={"EMPTY": "", "SET": "x"})
    assert platform.asked == []


def test_one_failed_operation_stops_no_other() -> None:
    run = applied(Scripted({"b": REFUSED}), create("a"), create("b"), create("c"))
    assert run.outcomes == {"a": "done", "b": "failed", "c": "done"}
    assert run.messages["b"] == "could not create agent 'b': no"
    assert run.report.results[1].help == "do something"
    assert run.report.exit_code() is ExitCode.PARTIAL


def test_an_unresolved_write_is_unknown() -> None:
    run = applied(Scripted({"id-b": raising(UnresolvedError("who knows"))}), update("b"))
    assert (run.outcomes, run.messages) == ({"b": "unknown"}, {"b": "who knows"})
    assert run.report.results[0].agent_id == "id-b"


def test_a_secret_that_the_platform_misses_fails_the_operation() -> None:
    run = applied(Scripted({"a": raising(ConfigurationError("the variable X is not set"))}), create("a"))
    assert run.outcomes == {"a": "failed"}


def test_a_field_that_the_platform_did_not_keep_fails_by_name() -> None:
    run = applied(Scripted(lost=("greeting",)), create("a"), update("b"), delete("c"))
    assert run.outcomes == {"a": "failed", "b": "failed", "c": "not-attempted"}
    assert run.messages["a"] == "written, but the platform did not keep: greeting"
    assert run.report.results[0].agent_id == "id-a"


def test_what_was_written_and_not_kept_says_what_there_is_now_and_what_to_do() -> None:
    run = applied(Scripted(lost=("greeting",)), create("a"), update("b"))
    way_out = (
        "set that field as the platform has it (`agentconf plan` shows it) or add it to "
        "`lifecycle.ignore_changes`, then apply again"
    )
    assert [result.help for result in run.report.results] == [
        f"the agent exists now: {way_out}",
        f"the rest of the update is live: {way_out}",
    ]


def test_several_fields_that_were_not_kept_are_spoken_of_as_such() -> None:
    run = applied(Scripted(lost=("greeting", "name")), create("a"))
    assert str(run.report.results[0].help).startswith("the agent exists now: set those fields as ")


DEAD = raising(UnreachableError("could not update agent: 127.0.0.1:1 refuses connections", help="check"))
RESET = raising(UnresolvedError("not known: the connection broke", unanswered=True))
DOUBTFUL = raising(UnresolvedError("not known: 502"))
CUT_OFF = "the platform gave no answer to 5 operations in a row"


def many(count: int) -> list[Operation]:
    return [update(f"a{number}") for number in range(count)]


def scripted(**behaviour: Behaviour) -> Scripted:
    return Scripted({f"id-{key}": act for key, act in behaviour.items()})


def test_an_operation_that_never_got_through_is_failed() -> None:
    run = applied(scripted(a0=DEAD), *many(1))
    assert (run.outcomes, run.report.results[0].help) == ({"a0": "failed"}, "check")


def test_a_platform_that_is_gone_is_given_up_after_a_few_operations() -> None:
    platform = Scripted({f"id-a{number}": DEAD for number in range(200)})
    run = applied(platform, *many(200), delete("z"), concurrency=1)
    assert len(platform.asked) == 5
    assert [run.report.count(one) for one in Outcome] == [0, 5, 196, 0]
    assert {one.message for one in run.report.results[5:]} == {CUT_OFF}
    assert {one.help for one in run.report.results[5:]} == {"apply again when the platform can be reached"}
    assert run.report.exit_code() is ExitCode.PARTIAL


def test_operations_under_way_are_finished_when_the_platform_is_given_up() -> None:
    platform = Scripted({f"id-a{number}": DEAD for number in range(20)})
    run = applied(platform, *many(20), concurrency=8)
    assert len(platform.asked) == 8
    assert run.report.count(Outcome.NOT_ATTEMPTED) == 12


def test_broken_connections_count_like_refused_ones() -> None:
    platform = scripted(a0=DEAD, a1=RESET, a2=DEAD, a3=RESET, a4=RESET)
    run = applied(platform, *many(7), concurrency=1)
    assert [one.outcome.value for one in run.report.results] == [
        "failed", "unknown", "failed", "unknown", "unknown", "not-attempted", "not-attempted",
    ]  # fmt: skip


@pytest.mark.parametrize("answer", [None, REFUSED], ids=["done", "refused"])
def test_an_answer_on_the_way_begins_the_count_anew(answer: Behaviour | None) -> None:
    dead = {f"id-a{number}": DEAD for number in range(9) if number != 4}
    platform = Scripted(dead | ({"id-a4": answer} if answer else {}))
    run = applied(platform, *many(10), concurrency=1)
    assert run.report.count(Outcome.NOT_ATTEMPTED) == 0


def test_a_doubtful_answer_neither_counts_nor_begins_anew() -> None:
    platform = scripted(a0=DEAD, a1=DEAD, a2=DOUBTFUL, a3=DEAD, a4=DEAD, a5=DEAD)
    run = applied(platform, *many(8), concurrency=1)
    assert run.report.count(Outcome.NOT_ATTEMPTED) == 2


def test_refusals_alone_never_give_a_platform_up() -> None:
    platform = Scripted({f"id-a{number}": REFUSED for number in range(20)})
    assert applied(platform, *many(20), concurrency=1).report.count(Outcome.FAILED) == 20


def test_an_answer_that_comes_after_the_platform_was_given_up_starts_nothing() -> None:
    gate = Gate()
    platform = Scripted({"id-a0": gate} | {f"id-a{number}": DEAD for number in range(1, 20)})
    waiting = update("b", "a0")

    def listen(event: Event) -> None:
        if isinstance(event, Finished) and event.result.outcome is Outcome.NOT_ATTEMPTED:
            gate.open.set()

    report = asyncio.run(
        apply_plan(plan_of(*many(20), waiting), platform, {}, ApplyOptions(concurrency=2), listen)
    )
    assert report.results[0].outcome is Outcome.DONE
    assert (report.results[-1].message, report.count(Outcome.NOT_ATTEMPTED)) == (CUT_OFF, 15)


def test_fail_fast_starts_nothing_more() -> None:
    platform = Scripted({"a": REFUSED})
    run = applied(platform, create("a"), create("b"), create("c"), fail_fast=True, concurrency=1)
    assert run.outcomes == {"a": "failed", "b": "not-attempted", "c": "not-attempted"}
    assert run.messages["b"] == "an operation before it was not done (fail-fast)"
    assert platform.asked == ["create a"]


def test_fail_fast_lets_what_is_under_way_finish() -> None:
    async def go() -> dict[str, str]:
        gate = Gate()
        platform = Scripted({"a": REFUSED, "b": gate})
        running = asyncio.create_task(
            applying(platform, create("a"), create("b"), create("c"), fail_fast=True, concurrency=2)
        )
        await gate.reached.wait()
        await asyncio.sleep(0.001)
        gate.open.set()
        return (await running).outcomes

    assert asyncio.run(go()) == {"a": "failed", "b": "done", "c": "not-attempted"}


@pytest.mark.parametrize("concurrency", [1, 3, 8])
def test_no_more_operations_are_under_way_than_allowed(concurrency: int) -> None:
    platform = Scripted()
    applied(platform, *(create(f"a{number}") for number in range(30)), concurrency=concurrency)
    assert platform.most == concurrency


def test_operations_start_in_the_plans_order() -> None:
    platform = Scripted()
    applied(platform, create("c"), update("a"), create("b"), concurrency=1)
    assert platform.asked == ["create c", "update id-a", "create b"]


def test_an_operation_waits_for_those_before_it() -> None:
    platform = Scripted()
    run = applied(platform, update("a"), create("b", "a"), create("c", "b"), create("d"))
    assert platform.asked.index("update id-a") < platform.asked.index("create b")
    assert platform.asked.index("create b") < platform.asked.index("create c")
    assert platform.asked.index("create d") < platform.asked.index("create b")
    assert set(run.outcomes.values()) == {"done"}


@pytest.mark.parametrize("error", [RemoteError("no"), UnresolvedError("who knows")])
def test_what_waits_for_something_that_was_not_done_is_not_attempted(error: RemoteError) -> None:
    platform = Scripted({"id-a": raising(error)})
    run = applied(platform, update("a"), create("b", "a"), create("c", "b"), create("d"))
    assert run.outcomes["b"] == run.outcomes["c"] == "not-attempted"
    assert run.messages["b"] == "waits for 'a', which was not done"
    assert run.messages["c"] == "waits for 'b', which was not done"
    assert run.outcomes["d"] == "done"


def test_deletions_start_when_everything_before_them_has_ended() -> None:
    async def go() -> list[str]:
        gate = Gate()
        platform = Scripted({"a": gate})
        running = asyncio.create_task(applying(platform, create("a"), create("b"), delete("c")))
        await gate.reached.wait()
        await asyncio.sleep(0.001)
        before = list(platform.asked)
        gate.open.set()
        await running
        return before

    assert asyncio.run(go()) == ["create a", "create b"]


@pytest.mark.parametrize("error", [RemoteError("no"), UnresolvedError("who knows")])
def test_deletions_are_not_made_when_something_before_them_was_not_done(error: RemoteError) -> None:
    platform = Scripted({"a": raising(error)})
    run = applied(platform, create("a"), update("b"), delete("c"), delete("d"))
    assert run.outcomes["b"] == "done"
    assert run.outcomes["c"] == run.outcomes["d"] == "not-attempted"
    assert run.messages["c"] == "deletions are made only when everything before them is done"
    assert "delete id-c" not in platform.asked


def test_one_failed_deletion_stops_no_other() -> None:
    run = applied(Scripted({"id-a": raising(RemoteError("no"))}), delete("a"), delete("b"))
    assert run.outcomes == {"a": "failed", "b": "done"}


def test_a_creation_that_takes_the_name_of_a_deleted_agent_comes_after_it() -> None:
    platform = Scripted()
    run = applied(platform, create("a"), delete("b"), create("c", "b"), delete("d"))
    assert platform.asked == ["create a", "delete id-b", "create c", "delete id-d"]
    assert set(run.outcomes.values()) == {"done"}


def test_two_operations_of_one_agent_follow_each_other() -> None:
    platform = Scripted()
    run = applied(platform, update("a", name="aside"), update("b", "a"), update("a", "b"))
    assert platform.asked == ["update id-a", "update id-b", "update id-a"]
    assert [result.outcome for result in run.report.results] == [Outcome.DONE] * 3


def test_a_plan_out_of_order_is_not_begun() -> None:
    platform = Scripted()
    with pytest.raises(ValueError, match="out of order: a comes before b"):
        applied(platform, create("a", "b"), create("b"))
    assert platform.asked == []


def test_waiting_for_an_agent_that_the_plan_leaves_alone_is_no_wait() -> None:
    assert applied(Scripted(), create("a", "unchanged")).outcomes == {"a": "done"}


def test_a_denial_stops_everything_that_has_not_begun() -> None:
    platform = Scripted({"a": raising(AuthenticationError("who are you", help="log in"))})
    run = applied(platform, create("a"), create("b"), delete("c"), concurrency=1)
    assert run.outcomes == {"a": "failed", "b": "not-attempted", "c": "not-attempted"}
    assert run.messages["b"] == "the platform denied access before"
    assert run.report.denied == "who are you"
    assert run.report.results[0].help == "log in"
    assert run.report.exit_code() is ExitCode.DENIED


def test_the_first_denial_is_the_one_that_is_told() -> None:
    errors = {name: raising(AuthenticationError(name)) for name in "ab"}
    assert applied(Scripted(errors), create("a"), create("b")).report.denied == "a"


def test_a_plan_for_another_organisation_is_not_begun() -> None:
    platform = Scripted()
    with pytest.raises(AuthenticationError, match=f"for the organisation {OTHER}, not for {ORGANISATION}"):
        applied(platform, create("a"), organisation=OTHER, expect_organisation=ORGANISATION)
    assert platform.asked == []


def test_without_a_live_agent_one_create_shows_the_organisation_before_the_others_start() -> None:
    async def go() -> tuple[list[str], int]:
        gate = Gate()
        platform = Scripted({"a": gate})
        operations = [create(name) for name in "abcde"]
        running = asyncio.create_task(
            applying(platform, *operations, organisation=None, expect_organisation=ORGANISATION)
        )
        await gate.reached.wait()
        await asyncio.sleep(0.001)
        alone = list(platform.asked)
        gate.open.set()
        await running
        return alone, platform.most

    assert asyncio.run(go()) == (["create a"], 4)


def test_the_wrong_organisation_is_found_out_after_one_create() -> None:
    platform = Scripted(organisation=OTHER)
    run = applied(platform, create("a"), create("b"), organisation=None, expect_organisation=ORGANISATION)
    assert platform.asked == ["create a"]
    assert run.outcomes == {"a": "failed", "b": "not-attempted"}
    assert f"the organisation {OTHER} answered, not {ORGANISATION}" in str(run.report.denied)
    assert run.report.results[0].agent_id == "id-a"
    assert run.report.exit_code() is ExitCode.DENIED


def test_a_create_that_fails_shows_no_organisation() -> None:
    platform = Scripted({"a": raising(RemoteError("no"))})
    applied(
        platform,
        *(create(name) for name in "abc"),
        organisation=None,
        expect_organisation=ORGANISATION,
    )
    assert platform.asked[:2] == ["create a", "create b"]
    assert platform.most == 1


def test_a_known_organisation_is_still_watched() -> None:
    run = applied(Scripted(organisation=OTHER), update("a"), expect_organisation=ORGANISATION)
    assert run.report.denied is not None


def test_without_an_expected_organisation_any_may_answer() -> None:
    assert applied(Scripted(organisation=OTHER), create("a"), organisation=None).outcomes == {"a": "done"}


def test_the_listener_hears_of_every_start_and_every_end_once() -> None:
    run = applied(Scripted({"a": REFUSED}), create("a"), create("b", "a"), delete("c"), concurrency=1)
    assert run.told == [
        "start a",
        "failed a 1/3",
        "not-attempted b 2/3",
        "not-attempted c 3/3",
    ]


def test_an_operation_is_told_before_it_is_sent() -> None:
    platform = Scripted()
    seen: list[int] = []

    def listen(event: Event) -> None:
        if isinstance(event, Started):
            seen.append(len(platform.asked))

    asyncio.run(apply_plan(plan_of(create("a")), platform, {}, ApplyOptions(), listen))
    assert seen == [0]


def test_a_bug_in_an_operation_reaches_the_caller_and_leaves_nothing_running() -> None:
    async def go() -> int:
        gate = Gate()
        platform = Scripted({"a": raising(KeyError("a bug")), "b": gate})
        with pytest.raises(KeyError, match="a bug"):
            await applying(platform, create("a"), create("b"))
        return platform.under_way

    assert asyncio.run(go()) == 0


def test_cancelling_an_apply_leaves_nothing_running() -> None:
    async def go() -> tuple[bool, int]:
        gate = Gate()
        platform = Scripted({"a": gate})
        running = asyncio.create_task(applying(platform, create("a")))
        await gate.reached.wait()
        running.cancel()
        await asyncio.wait([running])
        return running.cancelled(), platform.under_way

    assert asyncio.run(go()) == (True, 0)


def test_ten_thousand_operations_are_scheduled_without_delay() -> None:
    writes = [create(f"a{number}") for number in range(9_000)]
    deletions = [delete(f"d{number}") for number in range(1_000)]
    run = applied(Scripted(), *writes, *deletions)
    assert run.report.count(Outcome.DONE) == 10_000
