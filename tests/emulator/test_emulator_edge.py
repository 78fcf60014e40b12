from __future__ import annotations

import pytest
from emulator_client import agent_body, emulated

ACME = "11111111-1111-4111-8111-111111111111"
OTHER = "22222222-2222-4222-8222-222222222222"
TOKENS = {"acme": ACME, "other": OTHER, "nobody": None}


@pytest.mark.parametrize(
    "header", [None, "", "Bearer", "Bearer ", "Basic abc", "abc", "Bearer a b", "Bearer\tabc"]
)
def test_without_a_bearer_token_the_edge_refuses(header: str | None) -> None:
    with emulated() as client:
        headers = {} if header is None else {"Authorization": header}
        answer = client.send("GET", "/v1/agents", token=None, headers=headers)
        assert (answer.status, answer.json) == (401, {"error": "Missing or malformed Authorization header"})


def test_the_scheme_is_read_in_any_case() -> None:
    with emulated() as client:
        assert (
            client.send("GET", "/v1/agents", token=None, headers={"authorization": "bEARER abc"}).status
            == 200
        )


def test_without_configured_tokens_every_token_is_the_default_organisation() -> None:
    with emulated() as client:
        agent = client.create()
        assert client.send("GET", "/v1/agents", token="another").json == [agent]


def test_an_unknown_token_belongs_to_nobody() -> None:
    with emulated(tokens=TOKENS) as client:
        answer = client.send("GET", "/v1/agents", token="stranger")
        assert (answer.status, answer.json) == (401, {"detail": "User not found"})


def test_a_user_without_an_organisation_may_do_nothing() -> None:
    with emulated(tokens=TOKENS) as client:
        answer = client.send("GET", "/v1/agents", token="nobody")
        assert (answer.status, answer.json) == (403, {"detail": "User is not a member of any organisation"})


def test_organisations_see_nothing_of_each_other() -> None:
    with emulated(tokens=TOKENS) as client:
        agent = client.send("POST", "/v1/agents", agent_body(), token="acme").json
        path = f"/v1/agents/{agent['id']}"
        assert agent["organisation_id"] == ACME
        assert client.send("GET", "/v1/agents", token="other").json == []
        strangers = [
            client.send("GET", path, token="other"),
            client.send("PATCH", path, {"greeting": "mine now"}, token="other"),
            client.send("DELETE", path, token="other"),
            client.send("GET", f"{path}/calls", token="other"),
        ]
        assert [answer.status for answer in strangers] == [404] * 4
        assert client.send("GET", "/v1/agents", token="acme").json == [agent]


def test_a_name_is_unique_in_an_organisation_only() -> None:
    with emulated(tokens=TOKENS) as client:
        made = [
            client.send("POST", "/v1/agents", agent_body(), token=token).status for token in ("acme", "other")
        ]
        assert made == [201, 201]


@pytest.mark.parametrize("path", ["/v1/agents/", "/v2/agents", "/", "/v1/agents/x/y"])
def test_an_unknown_path_is_not_found(path: str) -> None:
    with emulated() as client:
        answer = client.send("GET", path)
        assert (answer.status, answer.json) == (404, {"detail": "Not Found"})


@pytest.mark.parametrize("method", ["PUT", "DELETE", "OPTIONS"])
def test_an_unknown_method_is_answered_with_those_that_there_are(method: str) -> None:
    with emulated() as client:
        answer = client.send(method, "/v1/agents")
        assert (answer.status, answer.json) == (405, {"detail": "Method Not Allowed"})
        assert answer.headers["allow"] == "GET, POST"


def test_the_edge_asks_for_a_token_before_it_looks_at_the_method() -> None:
    with emulated() as client:
        assert client.send("PUT", "/v1/agents", token=None).status == 401
