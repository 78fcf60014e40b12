"""`schema`: the JSON Schemas that ship."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest
from cli_inside import inside
from conftest import Run

from agentconf.resources import schema_names

CAMPAIGN = ("event", "preview", "report", "run", "status")


def test_without_a_name_it_lists_them(run: Run) -> None:
    ended = run("schema")
    assert (ended.code, ended.err) == (0, "")
    names = ended.out.splitlines()
    assert names == sorted(names)
    expected = {"agent", "apply", "campaign", "environment", "error", "findings", "plan", "project"}
    of_calls = {"call", "calls", "contacts", "session", *(f"campaign-{one}" for one in CAMPAIGN)}
    assert expected | of_calls | {"provenance", "render", "test"} <= set(names)


@pytest.mark.parametrize("name", schema_names())
def test_each_is_a_sound_schema_that_says_what_it_is(tmp_path: Path, name: str) -> None:
    schema = json.loads(inside(tmp_path, "schema", name).out)
    jsonschema.Draft202012Validator.check_schema(schema)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["title"]
    assert schema["description"]


def test_an_unknown_name_is_wrong_usage_with_the_nearest_there_is(tmp_path: Path) -> None:
    ended = inside(tmp_path, "schema", "agnet")
    assert (ended.code, ended.out) == (64, "")
    assert "there is no schema 'agnet'" in ended.err
    assert "did you mean 'agent'?" in ended.err


def test_a_name_unlike_any_other_lists_them(tmp_path: Path) -> None:
    assert f"there are: {', '.join(schema_names())}\n" in inside(tmp_path, "schema", "zzz").err
