"""Whatever stands in a file, there is a finding and never a traceback."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from samples import define, lint

from agentconf.lint.engine import lint_project
from agentconf.lint.finding import Severity
from agentconf.lint.schema import soundness
from agentconf.model.agent import Agent, AgentFile
from agentconf.model.project import LintSettings
from agentconf.project.load import Loader
from agentconf.report.findings_text import full

WHOLE: dict[str, Any] = {
    "name": "Example",
    "system_prompt": "Be kind.",
    "greeting": "Hello",
    "language": "en",
    "region": "us-east",
    "models": {
        "stt": "a",
        "llm": "b",
        "tts": "c",
        "tts_voice": "d",
        "stt_kwargs": {"e": [1]},
        "fallbacks": {"stt": ["f"], "tts": [{"model": "g", "voice": "h"}]},
        "stt_final_timeout_s": 1.5,
    },
    "idle_nudges": {"first_nudge_text": "a", "second_nudge_text": "b", "final_hangup_text": "c"},
    "enable_interruptions": True,
    "tools": [
        {"type": "template", "id": "x", "template": "hangup"},
        {"type": "built_in", "built_in": "current_datetime", "timezone": "UTC"},
        {"type": "human_transfer", "name": "t", "phone_number": "+14155550101"},
        {
            "type": "webhook",
            "name": "w",
            "description": "d",
            "url": "https://hooks.greenfield-clinic.net/{{a}}",
            "parameters": {"type": "object", "properties": {"a": {"type": "string"}}},
            "auth": {"type": "bearer", "token": "${env:TOKEN}"},
            "source": "system",
            "system": {
                "triggers": [{"event": "call_end"}],
                "arguments": [
                    {"name": "a", "type": "string", "source": {"type": "template", "template": "{{b}}"}},
                    {"name": "c", "type": "string[]", "source": {"type": "constant", "value": ["x"]}},
                ],
            },
            "execution_policy": {"pre_action_message": {"enabled": True, "text": "One moment."}},
        },
    ],
    "sip_inbound_trunk_id": None,
    "template_defaults": {"a": "b"},
    "runtime_variables": [{"name": "a", "description": "b"}],
    "slng_api_key": "${env:KEY}",
    "lifecycle": {"prevent_destroy": True, "ignore_changes": ["a"], "state": "present"},
    "examples": [{"name": "a", "arguments": {"a": "b"}, "expect": {"greeting": "c"}}],
}

keys = st.sampled_from(["type", "name", "source", "auth", "url"]) | st.text(max_size=3)
scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(10**6), 10**6)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=5)
)
junk = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=3),
    max_leaves=6,
)


def places(data: Any, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """Return the paths of all values."""
    children = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    return [path, *(place for key, child in children for place in places(child, (*path, key)))]


@st.composite
def spoilt(draw: st.DrawFn) -> dict[str, Any]:
    """Draw an agent in which some values are replaced, taken out or added."""
    data = copy.deepcopy(WHOLE)
    for _ in range(draw(st.integers(1, 4))):
        *parents, last = draw(st.sampled_from(places(data)[1:]))
        holder: Any = data
        for segment in parents:
            holder = holder[segment]
        match draw(st.sampled_from(["replace", "remove", "add"])):
            case "replace":
                holder[last] = draw(junk)
            case "remove":
                del holder[last]
            case _ if isinstance(holder, dict):
                holder[draw(st.text(max_size=4))] = draw(junk)
            case _:
                holder.append(draw(junk))
    return data


@settings(max_examples=200, deadline=None)
@given(spoilt())
def test_a_spoilt_agent_has_issues_exactly_when_it_does_not_validate(data: dict[str, Any]) -> None:
    definition = define(json.dumps(data), path="agents/example.json")
    agent, issues = soundness(definition)
    try:
        AgentFile.model_validate(definition.data)
        valid = True
    except ValidationError:
        valid = False
    absent = isinstance(data.get("lifecycle"), dict) and data["lifecycle"].get("state") == "absent"
    assert isinstance(agent, Agent)
    assert bool(issues) is not valid or absent
    for issue in issues:
        definition.locate(issue.path, key=issue.key)


@settings(max_examples=100, deadline=None)
@given(spoilt())
def test_a_spoilt_agent_is_linted_to_the_end(data: dict[str, Any]) -> None:
    result = lint(define(json.dumps(data), path="agents/example.json"))
    assert full(result.findings, colour=False, width=80).count(" --> ") == len(result.findings)


def test_the_project_of_this_repository_has_neither_error_nor_warning() -> None:
    loader = Loader(Path.cwd(), {})
    first = loader.project(None)
    projects = [loader.project(name) for name in first.environment_names]
    result = lint_project(projects, LintSettings())
    assert [str(one.location) for one in result.findings if one.severity is not Severity.INFO] == []
