"""A stored secret that an address hands to another host."""

from __future__ import annotations

from typing import Any

import pytest
from simulated import LOOKUP_ID, Agent, body, desired, hangup, lookup

from agentconf.model.impact import Impact
from agentconf.plan.change import Change
from agentconf.plan.destination import origin_text, same_origin
from agentconf.plan.impact import impacts_of, uses_of
from agentconf.plan.make import PlanOptions, make_plan

URL = "https://crm.example.com/orders"
MOVED = "https://crm.example.org/orders"


@pytest.mark.parametrize(
    ("before", "after", "same"),
    [
        (URL, URL, True),
        (URL, "https://crm.example.com/invoices?a=1#b", True),
        (URL, "https://crm.example.com", True),
        (URL, "https://CRM.example.com:443/orders", True),
        (URL, "HTTPS://crm.example.com/orders", True),
        (URL, "https://other@crm.example.com/orders", True),
        (URL, MOVED, False),
        (URL, "http://crm.example.com/orders", False),
        (URL, "https://crm.example.com:8443/orders", False),
        (URL, "https://crm.example.com.evil.example/orders", False),
        (URL, "https://crm.example.com@evil.example/orders", False),
        (URL, "https://crm.example.com\\@evil.example/orders", False),
        ("https://a\\b.example/x", "https://a\\b.example/y", False),
        (URL, "https://crm.example.com:port/orders", False),
        (URL, "https://[crm.example.com/orders", False),
        (URL, "//crm.example.com/orders", False),
        (URL, "/orders", False),
        ("crm.example.com/orders", "crm.example.org/orders", False),
        ("https:/a.example/x", "https:/b.example/x", False),
        ("https:///a.example/x", "https:///b.example/x", False),
        ("https://{{host}}/a", "https://{{host}}/b", True),
        ("https://{{ host }}/a", "https://{{ host }}/b", True),
        ("https://{{host}}/a", "https://{{Host}}/a", False),
        ("https://{{host}}/a", URL, False),
        ("{{base}}/a", "{{base}}/b", True),
        ("{{base}}/a", "{{other}}/a", False),
        (URL, None, False),
        (None, None, True),
    ],
)
def test_addresses_share_an_origin_only_where_nobody_could_doubt_it(
    before: Any, after: Any, same: bool
) -> None:
    assert same_origin(before, after) is same


def test_the_origin_of_an_address_ends_before_its_path() -> None:
    assert [origin_text(one) for one in (URL, "https://a?b", "{{base}}/x", 5)] == [
        "https://crm.example.com",
        "https://a",
        "{{base}}",
        "",
    ]


def change_of_url(wanted: Any, running: Any, *ignore: str, **options: Any) -> Change:
    one = desired(data=body(tools=[wanted]), ignore_changes=list(ignore))
    plan = make_plan([one], [Agent(body(tools=[running])).live], PlanOptions(**options))
    return next(one for one in plan.operations[0].changes if one.path[-1] == "url")


def weight(change: Change) -> tuple[tuple[Impact, ...], str | None]:
    return change.impacts, change.note


MOVES = ((Impact.DATA, Impact.CREDENTIAL), "its stored secret goes along")
STAYS = ((Impact.DATA,), None)


@pytest.mark.parametrize(
    ("wanted", "running", "expected"),
    [
        (lookup(url=MOVED), lookup(), MOVES),
        (lookup(url=MOVED, id=LOOKUP_ID.upper()), lookup(), MOVES),
        (lookup(url="https://crm.example.com/other"), lookup(), STAYS),
        (lookup(url=MOVED, auth=...), lookup(auth=...), STAYS),
        (lookup(url=MOVED, auth=...), lookup(), STAYS),
        (lookup(url=MOVED), lookup(auth=...), STAYS),
    ],
    ids=["moved", "moved-by-id", "path-only", "no-secret", "secret-removed", "secret-sent"],
)
def test_an_address_that_moves_takes_the_stored_secret_along(
    wanted: Any, running: Any, expected: Any
) -> None:
    assert weight(change_of_url(wanted, running)) == expected


def test_a_secret_that_only_the_platform_has_goes_along_too() -> None:
    undeclared = lookup(url=MOVED, auth=...)
    assert weight(change_of_url(undeclared, lookup(), ownership="declared")) == MOVES
    assert weight(change_of_url(undeclared, lookup(), "tools.look_up.auth")) == MOVES


def test_a_secret_that_is_sent_again_shows_by_itself() -> None:
    assert weight(change_of_url(lookup(url=MOVED), lookup(), resend_secrets=True)) == STAYS


def test_a_secret_of_another_type_is_sent_and_shows_by_itself() -> None:
    wanted = lookup(url=MOVED, auth={"type": "hmac", "secret": lookup()["auth"]["token"]})
    assert weight(change_of_url(wanted, lookup())) == STAYS


def test_one_tool_that_moves_says_nothing_of_the_others() -> None:
    other = lookup(id=LOOKUP_ID.replace("8", "9"), name="other")
    running = body(tools=[hangup(), lookup(), other])
    wanted = body(tools=[hangup(), lookup(url=MOVED), other | {"url": "https://crm.example.com/x"}])
    plan = make_plan([desired(data=wanted)], [Agent(running).live], PlanOptions())
    assert [(one.path[1], one.note) for one in plan.operations[0].changes] == [
        ("look_up", MOVES[1]),
        ("other", None),
    ]


@pytest.mark.parametrize(
    ("tool", "variable", "impacts"),
    [
        (lookup(url="https://{{host}}/{{order}}"), "host", (Impact.DATA, Impact.CREDENTIAL)),
        (lookup(url="https://{{host}}/{{order}}"), "order", (Impact.DATA,)),
        (lookup(url="https://{{host}}/{{order}}", auth=...), "host", (Impact.DATA,)),
    ],
)
def test_a_default_that_decides_on_the_host_decides_on_where_the_secret_goes(
    tool: Any, variable: str, impacts: Any
) -> None:
    assert impacts_of(("template_defaults", variable), "a", "b", uses_of(body(tools=[tool]))) == impacts
