"""Creating exactly once, whatever the network does; every POST is counted."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from remote_world import SECRETS, Canned, agent_body, answer, live_answer, world

from agentconf.emulator.faults import parse_faults
from agentconf.errors import AuthenticationError, RemoteError
from agentconf.remote.platform import UnresolvedError

if TYPE_CHECKING:
    from agentconf.remote.slng.client import SlngPlatform

MADE = live_answer(
    tools=[{"type": "webhook", "id": "8D7F2A3F-35D6-4FF9-97E6-1AB6A2D6867A", "name": "lookup"}]
)
CONFLICT = {"detail": "Agent with name 'Support Router' already exists"}


async def create_one(platform: SlngPlatform) -> Any:
    return await platform.create_agent(agent_body(), SECRETS)


def test_secrets_reach_the_platform() -> None:
    canned = Canned(answer(201, MADE))
    canned.ask(create_one)
    sent = json.loads(canned.requests[0].content)
    assert sent["slng_api_key"] == SECRETS["SLNG_API_KEY"]
    assert sent["tools"][0]["auth"]["token"] == SECRETS["CRM_TOKEN"]


@pytest.mark.parametrize("fault", ["502", "reset-after"])
def test_a_create_that_was_carried_out_is_found_and_not_sent_again(fault: str) -> None:
    with world(f"POST /v1/agents {fault}") as here:
        made = here.create()
        assert len(here.log("POST")) == 1
        assert [agent.id for agent in here.ask(lambda platform: platform.list_agents())] == [made.id]


@pytest.mark.parametrize("fault", ["500", "reset-before"])
def test_a_create_that_was_not_carried_out_is_sent_again_after_a_look(fault: str) -> None:
    with world(f"POST /v1/agents {fault}") as here:
        here.create()
        assert [method for method, _ in here.log()] == ["POST", "GET", "POST"]
        assert here.names() == ["Support Router"]


@pytest.mark.parametrize("fault", ["429", "503"])
def test_a_create_that_was_refused_for_now_is_sent_again_without_a_look(fault: str) -> None:
    with world(f"POST /v1/agents {fault}", f"POST /v1/agents {fault}") as here:
        here.create()
        assert here.log() == [("POST", int(fault)), ("POST", int(fault)), ("POST", 201)]


def test_a_create_that_never_left_is_sent_again_without_a_look() -> None:
    canned = Canned(httpx.ConnectError("x"), httpx.PoolTimeout("x"), answer(201, MADE))
    canned.ask(create_one)
    assert canned.methods == ["POST", "POST", "POST"]


@pytest.mark.parametrize(
    ("fault", "sent"),
    [("502", 1), ("reset-after", 1), ("500", 2), ("reset-before", 2), ("429", 2)],
)
def test_a_copy_is_made_once_whatever_happens_to_its_answer(fault: str, sent: int) -> None:
    with world(f"POST /v1/agents/*/duplicate {fault}") as here:
        original = here.create()
        body = agent_body("Night Router")
        made = here.ask(lambda platform: platform.duplicate_agent(original.id, body, SECRETS))
        assert here.names() == ["Night Router", "Support Router"]
        assert (made.name, made.id != original.id) == ("Night Router", True)
        assert len(here.log("POST")) == 1 + sent


def test_a_copy_is_asked_for_with_its_name_and_its_key_only() -> None:
    canned = Canned(answer(201, {**MADE, "name": "Night Router"}))
    canned.ask(lambda platform: platform.duplicate_agent("a/b", agent_body("Night Router"), SECRETS))
    assert canned.requests[0].url.raw_path == b"/v1/agents/a%2Fb/duplicate"
    sent = json.loads(canned.requests[0].content)
    assert sent == {"name": "Night Router", "slng_api_key": SECRETS["SLNG_API_KEY"]}


def test_a_whole_storm_of_faults_ends_in_one_agent() -> None:
    storm = ["reset-before", "429", "500", "503", "reset-after"]
    looks = ["GET /v1/agents 500", "GET /v1/agents reset-before", "GET /v1/agents 429"]
    with world(*(f"POST /v1/agents {fault}" for fault in storm), *looks) as here:
        made = here.create(tries=12)
        assert here.names() == ["Support Router"]
        assert made.name == "Support Router"


def test_every_kind_of_fault_at_once_over_many_creates_makes_each_agent_once() -> None:
    faults = "429=0.1,500=0.1,502=0.1,503=0.1,reset-before=0.1,reset-after=0.1"
    names = [f"Agent {number}" for number in range(40)]
    with world(faults=parse_faults(faults), random_seed=7) as here:

        async def go(platform: SlngPlatform) -> list[Any]:
            creates = (platform.create_agent(agent_body(name), SECRETS) for name in names)
            return await asyncio.gather(*creates)

        made = here.ask(go, tries=50, budget=100_000)
        assert [agent.name for agent in made] == names
        assert here.names() == sorted(names)
        assert sum(status == 201 for _, status in here.log("POST")) <= len(names)


def test_a_name_that_is_taken_is_an_error_at_once() -> None:
    with world() as here:
        here.create()
        with pytest.raises(RemoteError, match=r"already exists.*409") as caught:
            here.create()
        assert len(here.log("POST")) == 2
    assert "names are unique" in str(caught.value.help)
    assert not isinstance(caught.value, UnresolvedError)


def test_a_conflict_after_a_certain_refusal_is_somebody_elses() -> None:
    canned = Canned(answer(429), answer(409, CONFLICT))
    with pytest.raises(RemoteError, match="already exists"):
        canned.ask(create_one)
    assert canned.methods == ["POST", "POST"]


def test_a_late_write_of_ours_is_recognised_by_the_conflict_it_causes() -> None:
    canned = Canned(httpx.ReadTimeout("x"), answer(200, []), answer(409, CONFLICT), answer(200, [MADE]))
    assert canned.ask(create_one).id == MADE["id"]
    assert canned.methods == ["POST", "GET", "POST", "GET"]


def test_a_503_that_a_proxy_made_up_is_recognised_by_the_conflict_it_causes() -> None:
    canned = Canned(answer(503), answer(409, CONFLICT), answer(200, [MADE]))
    assert canned.ask(create_one).id == MADE["id"]


def test_a_conflict_after_a_503_with_another_agent_is_a_plain_conflict() -> None:
    other = MADE | {"greeting": "Another one."}
    canned = Canned(answer(503), answer(409, CONFLICT), answer(200, [other]))
    with pytest.raises(RemoteError, match="already exists") as caught:
        canned.ask(create_one)
    assert not isinstance(caught.value, UnresolvedError)


def test_a_conflict_after_doubt_without_an_agent_of_that_name_is_an_error() -> None:
    canned = Canned(answer(502), answer(200, []), answer(409, CONFLICT), answer(200, []))
    with pytest.raises(RemoteError, match="already exists"):
        canned.ask(create_one)


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"greeting": "Another one."}, "greeting"),
        ({"system_prompt": "x", "language": "de"}, "system_prompt, language"),
        ({"tools": []}, "tools"),
    ],
)
def test_somebody_elses_agent_of_that_name_is_not_taken_for_ours(changes: Any, fields: str) -> None:
    canned = Canned(answer(502), answer(200, [MADE | changes]))
    with pytest.raises(UnresolvedError, match=f"differs from what was sent in {fields}$"):
        canned.ask(create_one)
    assert canned.methods == ["POST", "GET"]


def test_line_ends_do_not_make_another_agent() -> None:
    canned = Canned(answer(502), answer(200, [MADE | {"greeting": "Hello\nthere"}]))
    made = canned.ask(lambda platform: platform.create_agent(agent_body(greeting="Hello\r\nthere"), SECRETS))
    assert made.id == MADE["id"]


def test_a_body_without_tools_matches_by_its_texts() -> None:
    canned = Canned(answer(502), answer(200, [MADE]))
    body = agent_body(tools=None)
    assert canned.ask(lambda platform: platform.create_agent(body, SECRETS)).id == MADE["id"]


def test_deleted_agents_and_malformed_neighbours_are_not_ours() -> None:
    neighbours = [None, {"name": 7}, {"name": "Other"}, MADE | {"deleted_at": "2026-01-03T00:00:00Z"}, MADE]
    canned = Canned(answer(502), answer(200, neighbours))
    assert canned.ask(create_one).id == MADE["id"]


def test_a_create_whose_answer_cannot_be_read_is_looked_up() -> None:
    canned = Canned(httpx.Response(201, content=b'{"id":'), answer(200, [MADE]))
    assert canned.ask(create_one).id == MADE["id"]
    assert canned.methods == ["POST", "GET"]


def test_a_create_whose_answer_is_too_large_is_looked_up() -> None:
    canned = Canned(answer(201, {"padding": "x" * 50_000}), answer(200, [MADE]))
    assert canned.ask(create_one, max_answer_bytes=20_000).id == MADE["id"]


def test_a_create_that_is_answered_with_something_else_is_unknown() -> None:
    with pytest.raises(UnresolvedError, match=r"done, but .*tools is missing"):
        Canned(answer(201, live_answer(tools=None))).ask(create_one)


def test_a_doubt_that_no_look_can_settle_stays_unknown() -> None:
    canned = Canned(httpx.ReadTimeout("x"))
    with pytest.raises(
        UnresolvedError, match="create agent 'Support Router': no answer within 30 s"
    ) as caught:
        canned.ask(create_one)
    assert canned.methods.count("POST") == 1
    assert "agentconf plan" in str(caught.value.help)


def test_a_look_that_finds_nothing_does_not_settle_a_request_that_may_still_be_under_way() -> None:
    canned = Canned(httpx.ReadTimeout("x"), answer(200, []))
    with pytest.raises(UnresolvedError):
        canned.ask(create_one, tries=1)
    assert canned.methods == ["POST", "GET"]


def test_a_look_that_finds_nothing_settles_a_request_that_is_over() -> None:
    canned = Canned(answer(500, {"detail": "Internal server error"}), answer(200, []))
    with pytest.raises(RemoteError, match="no agent of that name is there") as caught:
        canned.ask(create_one, tries=1)
    assert not isinstance(caught.value, UnresolvedError)


def test_the_last_look_comes_after_the_budget_and_may_find_the_agent() -> None:
    with world("POST /v1/agents reset-after") as here:
        made = here.ask(create_one, tries=1)
        assert here.names() == [made.name]
        assert len(here.log("POST")) == 1


def test_a_look_that_is_refused_leaves_the_create_unknown() -> None:
    canned = Canned(answer(502), answer(403, {"detail": "no"}))
    with pytest.raises(UnresolvedError, match="no \\(403"):
        canned.ask(create_one)


def test_a_last_look_that_is_refused_leaves_the_create_unknown() -> None:
    canned = Canned(answer(502), answer(400, {"detail": "no"}))
    with pytest.raises(UnresolvedError, match="502"):
        canned.ask(create_one, tries=1)


def test_a_key_that_is_refused_from_the_start_is_said() -> None:
    with pytest.raises(AuthenticationError, match="User not found"):
        Canned(answer(401, {"detail": "User not found"})).ask(create_one)


def test_a_key_that_is_revoked_after_doubt_leaves_the_create_unknown() -> None:
    canned = Canned(answer(502), answer(200, []), answer(401, {"detail": "User not found"}))
    with pytest.raises(UnresolvedError, match="User not found"):
        canned.ask(create_one)


def test_a_refusal_after_doubt_is_a_refusal() -> None:
    canned = Canned(answer(502), answer(200, []), answer(422, {"detail": "bad"}))
    with pytest.raises(RemoteError, match="bad") as caught:
        canned.ask(create_one)
    assert not isinstance(caught.value, UnresolvedError)


def test_a_create_that_is_throttled_until_the_end_was_not_made() -> None:
    with pytest.raises(RemoteError) as caught:
        Canned(answer(429, Retry_After="50")).ask(create_one)
    assert not isinstance(caught.value, UnresolvedError)
