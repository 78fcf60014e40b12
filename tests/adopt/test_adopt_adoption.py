"""What is live, taken into the files: where it came from, and nothing else is touched."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

import pytest
from conftest import Project
from hypothesis import HealthCheck, given, settings

sys.path.insert(0, str(Path(__file__).parent.parent / "plan"))

from simulated import Agent
from strategies import agent_bodies

from agentconf.adopt.adoption import Adopted, adopt
from agentconf.adopt.copy import Copy
from agentconf.adopt.draft import Options, drafts
from agentconf.adopt.places import Wanted
from agentconf.model.live import LiveAgent
from agentconf.plan.change import ABSENT
from agentconf.plan.drift import drift_of
from agentconf.plan.make import reconcile
from agentconf.plan.options import PlanOptions, desired_of
from agentconf.plan.toolids import with_tool_ids
from agentconf.project.load import Loader

PLAIN = re.compile(r"[\w.-]+")
"""Keys that nobody needs quotes for; a file with other ones may have to be changed by hand."""

ROUTER = """\
# yaml-language-server: $schema=../schemas/agent.schema.json
name: Router   # as people say it
region: eu-central
language: en
system_prompt: ${file:../prompts/router.md}
greeting: Hello from ${var:brand}.
models: {stt: a/stt:en, llm: b/llm, tts: c/tts:en, tts_voice: thalia}   # the voice of spring
template_defaults:
  brand: "Fernhill"
tools:
  # how a call ends
  - $ref: ../tools/hangup.yaml
  - type: webhook
    id: 8d7f2a3f-35d6-4ff9-97e6-1ab6a2d6867a
    name: look_up
    description: Looks an order up
    url: https://crm.example.com/orders   # theirs
    parameters: {type: object, properties: {order: {type: string}}, required: [order]}
    auth: {type: bearer, token: "${env:CRM_TOKEN}"}
"""
DESK = """\
name: Desk
region: eu-central
language: en
system_prompt: ${file:../prompts/shared.md}
greeting: Hi.
models: {stt: a/stt:en, llm: b/llm, tts: c/tts:en, tts_voice: thalia}
tools:
  - $ref: ../tools/hangup.yaml
"""


@pytest.fixture
def project(tmp_path: Path) -> Project:
    made = Project(tmp_path)
    made.write(
        "agentconf.yaml", "version: 1\nvars: {brand: Fernhill}\ndefaults: {enable_interruptions: false}\n"
    )
    made.write("environments/local.yaml", "emulator: true\nagents:\n  desk: {greeting: Hi local.}\n")
    made.write("environments/staging.yaml", "emulator: true\n")
    made.write("agents/router.yaml", ROUTER)
    made.write("agents/desk.yaml", DESK)
    made.write("agents/twin.yaml", DESK.replace("Desk", "Twin"))
    made.write("prompts/router.md", "You help.\n\n- briefly\n")
    made.write("prompts/shared.md", "You share.\n")
    made.write("tools/hangup.yaml", "type: template\ntemplate: hangup\nprompt: Say goodbye.\n")
    return made


def live_of(project: Project, key: str) -> dict[str, Any]:
    """The body that a platform would answer."""
    definition = Loader(project.root, {}).project("local").definition(key)
    assert definition is not None
    assert definition.problems == ()
    return Agent(with_tool_ids(key, definition.body, {})).live.body


def taken(project: Project, key: str, *changes: tuple[tuple[str, ...], Any]) -> Adopted:
    body = live_of(project, key)
    tools = {tool.get("name") or tool.get("template"): tool["id"] for tool in body.get("tools", ())}
    live = LiveAgent("id", str(body["name"]), "o", "t", body)
    wanted = [
        Wanted(
            key,
            tuple(tools.get(part, part) if at == 1 else part for at, part in enumerate(place)),
            value,
            live,
        )
        for place, value in changes
    ]
    return adopt(project.root, {}, "local", wanted)


def lines(before: str, after: str) -> tuple[list[str], list[str]]:
    old, new = before.splitlines(), after.splitlines()
    return [line for line in old if line not in new], [line for line in new if line not in old]


@pytest.mark.parametrize(
    ("place", "value", "file", "gone", "come"),
    [
        (("name",), "Front", "agents/router.yaml", ["name: Router   # as people say it"], ["name: Front   # as people say it"]),
        (("template_defaults", "brand"), "Oak", "agents/router.yaml", ['  brand: "Fernhill"'], ['  brand: "Oak"']),
        (("models", "tts_voice"), "luna", "agents/router.yaml", [ROUTER.splitlines()[6]], [ROUTER.splitlines()[6].replace("thalia", "luna")]),
        (("system_prompt",), "You sing.\n\n- loudly", "prompts/router.md", ["You help.", "- briefly"], ["You sing.", "- loudly"]),
        (("greeting",), "Hello ${brand}.", "agents/router.yaml", ["greeting: Hello from ${var:brand}."], ["greeting: Hello $${brand}."]),
        (("tools", "look_up", "url"), "https://new.example.com/a", "agents/router.yaml", ["    url: https://crm.example.com/orders   # theirs"], ["    url: https://new.example.com/a   # theirs"]),
        (("tools", "look_up", "timeout_seconds"), 5, "agents/router.yaml", [], ["    timeout_seconds: 5"]),
        (("tools", "look_up"), ABSENT, "agents/router.yaml", ROUTER.splitlines()[12:], []),
        (("tools", "hangup", "prompt"), "Bye.", "agents/router.yaml", [], ["    prompt: Bye."]),
        (("enable_interruptions",), True, "agents/router.yaml", [], ["enable_interruptions: true"]),
        (("template_defaults", "hours"), "nine: to five", "agents/router.yaml", [], ["  hours: 'nine: to five'"]),
        (("inbound_greeting",), "Yes?", "agents/router.yaml", [], ["inbound_greeting: Yes?"]),
    ],
)  # fmt: skip
def test_a_value_goes_where_it_came_from(
    project: Project, place: tuple[str, ...], value: Any, file: str, gone: list[str], come: list[str]
) -> None:
    adopted = taken(project, "router", (place, value))
    assert (adopted.refused, list(adopted.files)) == ((), [file])
    assert lines((project.root / file).read_text(encoding="utf-8"), adopted.files[file]) == (gone, come)


def test_an_environments_override_is_where_its_value_came_from(project: Project) -> None:
    adopted = taken(project, "desk", (("greeting",), "Good day."))
    assert adopted.files == {
        "environments/local.yaml": "emulator: true\nagents:\n  desk: {greeting: Good day.}\n"
    }
    assert adopted.elsewhere == {}


def test_a_change_in_a_file_of_all_environments_is_said(project: Project) -> None:
    assert taken(project, "router", (("name",), "Front")).elsewhere == {"router": ("staging",)}


def test_a_prompt_that_others_share_is_not_changed_for_them(project: Project) -> None:
    adopted = taken(project, "desk", (("system_prompt",), "You alone."))
    assert adopted.refused == ()
    assert list(adopted.files) == ["agents/desk.yaml"]
    assert "system_prompt: You alone.\n" in adopted.files["agents/desk.yaml"]


def test_a_tool_of_the_dashboard_is_appended_with_a_reference_for_its_secret(project: Project) -> None:
    tool = {
        "type": "webhook",
        "id": "11111111-1111-4111-8111-111111111111",
        "name": "book",
        "description": "Books",
        "url": "https://b.example.com",
        "parameters": {"type": "object", "properties": {}},
        "auth": {"type": "bearer"},
    }
    adopted = taken(project, "router", (("tools", tool["id"]), tool))
    assert adopted.refused == ()
    assert adopted.files["agents/router.yaml"].endswith(
        "  - type: webhook\n"
        "    id: 11111111-1111-4111-8111-111111111111\n"
        "    name: book\n"
        "    description: Books\n"
        "    url: https://b.example.com\n"
        "    parameters:\n"
        "      type: object\n"
        "      properties: {}\n"
        "    auth:\n"
        "      type: bearer\n"
        "      token: ${env:ROUTER_BOOK_TOKEN}\n"
    )
    assert adopted.taken[0].note == "set ROUTER_BOOK_TOKEN before an apply sends it"


def test_a_secret_is_never_taken(project: Project) -> None:
    (refused,) = taken(project, "router", (("tools", "look_up", "auth", "type"), "hmac")).refused
    assert "a secret is never read" in refused.reason


def test_the_value_of_an_environment_variable_is_never_written(project: Project) -> None:
    project.replace(
        "agents/router.yaml", "https://crm.example.com/orders", "https://${env:HOST:-crm.example.com}/a"
    )
    (refused,) = taken(project, "router", (("tools", "look_up", "url"), "https://crm.example.com/b")).refused
    assert "may be a secret" in refused.reason


def test_an_override_of_all_agents_gives_way_to_nothing_in_the_agents_file(project: Project) -> None:
    project.write("environments/local.yaml", 'emulator: true\nagents:\n  "*": {language: de}\n')
    (refused,) = taken(project, "router", (("language",), "es")).refused
    assert "would change desk, twin too" in refused.reason


def test_several_values_of_several_files_are_taken_together(project: Project) -> None:
    adopted = taken(
        project,
        "router",
        (("system_prompt",), "New."),
        (("greeting",), "New too."),
        (("tools", "look_up", "description"), "Finds"),
        (("tools", "hangup"), ABSENT),
        (("language",), "de"),
    )
    assert (adopted.refused, sorted(adopted.files)) == ((), ["agents/router.yaml", "prompts/router.md"])
    gone, come = lines(ROUTER, adopted.files["agents/router.yaml"])
    assert gone == [
        "language: en",
        "greeting: Hello from ${var:brand}.",
        "  - $ref: ../tools/hangup.yaml",
        "    description: Looks an order up",
    ]
    assert come == ["language: de", "greeting: New too.", "    description: Finds"]


def test_a_default_that_one_agent_takes_is_changed_where_it_stands_and_that_is_said(project: Project) -> None:
    for key in ("desk", "twin"):
        (project.root / "agents" / f"{key}.yaml").unlink()
    adopted = taken(project, "router", (("enable_interruptions",), True))
    (one,) = adopted.taken
    assert (one.file, one.line) == ("agentconf.yaml", 3)
    assert one.note == "a default of the project, which so far only router takes"


def test_a_file_that_one_agent_uses_twice_is_not_changed_for_one_of_the_uses(project: Project) -> None:
    project.replace(
        "agents/router.yaml", "greeting: Hello from ${var:brand}.", "greeting: ${file:../prompts/router.md}"
    )
    adopted = taken(project, "router", (("greeting",), "Hello."))
    (one,) = adopted.taken
    assert (sorted(adopted.files), one.note) == (
        ["agents/router.yaml"],
        "an override in the agent's own file",
    )


def test_of_agents_that_share_a_file_the_last_one_keeps_it(project: Project) -> None:
    wanted = []
    for key, text in (("desk", "For the desk."), ("twin", "For the twin.")):
        live = LiveAgent(key, key, "o", "t", live_of(project, key))
        wanted.append(Wanted(key, ("system_prompt",), text, live))
    adopted = adopt(project.root, {}, "local", wanted)
    assert adopted.refused == ()
    assert [(one.wanted.key, one.file) for one in adopted.taken] == [
        ("desk", "agents/desk.yaml"),
        ("twin", "prompts/shared.md"),
    ]


def test_many_agents_are_read_a_few_times_not_once_each(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = [f"agent-{number}" for number in range(30)]
    for key in keys:
        project.write(f"agents/{key}.yaml", DESK.replace("Desk", key).replace("shared.md", f"{key}.md"))
        project.write(f"prompts/{key}.md", "You help.\n")
    wanted = []
    for key in keys:
        live = LiveAgent(key, key, "o", "t", live_of(project, key))
        wanted += [
            Wanted(key, ("system_prompt",), f"Of {key}.", live),
            Wanted(key, ("greeting",), f"Here is {key}.", live),
            Wanted(key, ("models", "tts_voice"), "luna", live),
        ]
    read = []
    init = Copy.__init__
    monkeypatch.setattr(Copy, "__init__", lambda *given: (read.append(1), init(*given))[1])
    adopted = adopt(project.root, {}, "local", wanted)
    assert (len(adopted.taken), adopted.refused, len(adopted.files)) == (90, (), 60)
    assert len(read) <= 3


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(one=agent_bodies(), other=agent_bodies())
def test_whatever_drifts_is_taken_or_said_and_then_the_plan_is_empty(
    tmp_path_factory: pytest.TempPathFactory, one: dict[str, Any], other: dict[str, Any]
) -> None:
    root = tmp_path_factory.mktemp("drift")
    (root / "agents").mkdir()
    first = Agent(with_tool_ids("agent", one, {})).live
    other["name"] = one["name"]
    second = Agent(with_tool_ids("agent", other, first.body)).live
    (made,) = drafts([("agent", first)], Options(trunks=True), ())
    for name, text in made.files.items():
        (root / name).parent.mkdir(exist_ok=True)
        (root / name).write_bytes(text.encode())
    loader = Loader(root, {})
    declared = [desired_of(definition) for definition in loader.project("local").definitions]
    drift = drift_of(reconcile(declared, [second], PlanOptions()), [second])
    wanted = [
        Wanted("agent", change.place, change.after, second)
        for drifted in drift.agents
        for change in drifted.changes
    ]
    adopted = adopt(root, {}, "local", wanted)
    left = {refused.wanted.place for refused in adopted.refused}
    after = Loader(root, {})
    for name, text in adopted.files.items():
        after.add_text(name, text)
    again = reconcile(
        [desired_of(definition) for definition in after.project("local").definitions], [second], PlanOptions()
    )
    open_ = {change.place for operation in again.plan.operations for change in operation.changes}
    assert all(
        any(place[: len(path)] == path or path[: len(place)] == place for path in left) for place in open_
    )
    if all(PLAIN.fullmatch(part) for one_wanted in wanted for part in one_wanted.place):
        assert [place for place in left if "auth" not in place] == []
