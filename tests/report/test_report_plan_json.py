from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from jsonschema import Draft202012Validator
from sample_plans import FULL, NOTHING

from agentconf.plan.saved import dump
from agentconf.report import plan_json

if TYPE_CHECKING:
    from agentconf.plan.plan import Plan

SCHEMA = json.loads((Path(__file__).parents[2] / "schemas" / "plan.schema.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("given", [FULL, NOTHING], ids=["full", "nothing"])
def test_the_document_is_the_one_that_a_saved_plan_holds(given: Plan) -> None:
    assert plan_json.render(given) == dump(given)


@pytest.mark.parametrize("given", [FULL, NOTHING], ids=["full", "nothing"])
def test_the_document_is_as_its_schema_says(given: Plan) -> None:
    assert list(Draft202012Validator(SCHEMA).iter_errors(json.loads(plan_json.render(given)))) == []
