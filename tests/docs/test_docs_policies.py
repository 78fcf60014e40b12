"""docs/policies.md: its commands say what it shows, its examples are sound, its tables leave no key out."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
import yaml
from conftest import ROOT
from doc_page import blocks, example, follow

from agentconf.model.policy import Policy, PolicyFile, Requirement, Selection, ValueRule, Waiver
from agentconf.plan.policy import PolicyChange, PolicyContext, PolicyPlan, Verdict
from agentconf.project.load import load_project

PAGE = "policies.md"


def test_its_commands_say_what_it_shows(tmp_path: Path) -> None:
    assert follow(PAGE, example(tmp_path)) == []


def test_its_policies_are_sound(tmp_path: Path) -> None:
    files = [one.text for one in blocks(PAGE) if one.language == "yaml" and "- id: " in one.text]
    project = example(tmp_path)
    for number, text in enumerate(files[1:]):
        (project / "policies").mkdir(exist_ok=True)
        (project / f"policies/{number}.yaml").write_text(text)
    assert len(files) == 3
    assert load_project(project, environ={}).policies.problems == ()


@pytest.mark.parametrize("model", [PolicyFile, Policy, Selection, Requirement, ValueRule, Waiver])
def test_its_tables_name_every_key(model: type[PolicyFile]) -> None:
    page = (ROOT / "docs" / PAGE).read_text(encoding="utf-8")
    prefix = "value." if model is ValueRule else ""
    missing = [name for name in model.model_fields if f"`{prefix}{name}" not in page]
    assert missing == []


@pytest.mark.parametrize("view", [PolicyPlan, PolicyChange, PolicyContext, Verdict])
def test_it_names_all_that_plug_ins_see(view: type[Verdict]) -> None:
    page = (ROOT / "docs" / PAGE).read_text(encoding="utf-8")
    assert [name for name in view.__dataclass_fields__ if f"`{name}`" not in page] == []


@pytest.mark.parametrize(("today", "objections"), [(date(2026, 6, 19), 1), (date(2026, 6, 22), 0)])
def test_its_plug_in_does_what_it_says(today: date, objections: int) -> None:
    (code,) = [one.text for one in blocks(PAGE) if one.language == "python"]
    module: dict[str, object] = {}
    exec(code, module)
    change = PolicyChange(
        "a", ("A",), "update", ("tools", "x", "phone_number"), "changed", "+1", "+2", ("routing",), "yours"
    )
    policy = module["no_fridays"]
    assert callable(policy)
    found = list(policy(PolicyPlan("local", None, (change,)), PolicyContext("local", today)))
    assert len(found) == objections


def test_its_list_of_plug_ins_is_a_setting() -> None:
    (text,) = [one.text for one in blocks(PAGE) if one.language == "yaml" and "plugins" in one.text]
    assert yaml.safe_load(text) == {"policies": {"plugins": ["no-fridays"]}}
