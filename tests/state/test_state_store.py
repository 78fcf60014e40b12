"""What a state tells to those who plan."""

from __future__ import annotations

from agentconf.plan.make import make_plan
from agentconf.plan.options import PlanOptions
from agentconf.state.store import Remembered, State


def test_a_state_gives_the_remembered_ids_as_a_plan_takes_them() -> None:
    state = State(1, "lineage", "organisation", {"router": Remembered("an-id", "Router")})
    assert state.ids == {"router": "an-id"}
    assert make_plan([], [], PlanOptions(), state.ids).empty


def test_a_state_shows_no_base_and_no_fingerprint() -> None:
    remembered = Remembered("an-id", "Router", {"system_prompt": "the prompt"}, {"slng_api_key": "print"})
    assert "the prompt" not in repr(remembered)
    assert "print" not in repr(remembered).replace("fingerprints", "")
