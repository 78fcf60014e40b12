"""What a platform that places calls declares of itself."""

from __future__ import annotations

from dataclasses import astuple

from agentconf.calls.platform import CallRequest, Capabilities


def test_a_platform_can_do_nothing_that_it_does_not_declare() -> None:
    assert not any(astuple(Capabilities()))


def test_a_call_has_no_arguments_unless_it_is_given_some() -> None:
    assert CallRequest("an-agent", "+14155550101").arguments == {}
