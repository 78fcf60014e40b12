"""Whatever the platform can answer, written into files and read back, is the same agent."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parent.parent / "plan"))

from simulated import Agent, body, hangup, lookup, transfer
from strategies import agent_bodies, free_objects

from agentconf.adopt.draft import Drafted, Options, drafts
from agentconf.adopt.importing import choose
from agentconf.adopt.literal import unwritable
from agentconf.adopt.naming import handle, plain, variable
from agentconf.errors import UsageError
from agentconf.lint.engine import lint_project
from agentconf.lint.finding import Severity
from agentconf.model.live import LiveAgent
from agentconf.plan.make import make_plan
from agentconf.plan.options import PlanOptions, desired_of
from agentconf.plan.toolids import with_tool_ids
from agentconf.project.definition import Project
from agentconf.project.load import Loader

ODD = st.sampled_from(
    [
        "${var:x} and $${env:Y} and ${",
        "{{brand}} ${file:../secret}",
        "line\nline\n\n",
        "  leading\n\ttab\n",
        "trailing blank \nnext",
        "\ufeffmark",
        "next\x85line",
        "para\u2028graph\u2029s",
        "bell\x07",
        "cr\rlf\r\n",
        "no",
        "9:30",
        "012",
        "1e3",
        "0o14",
        "~",
        "",
        "- a",
        "# none",
        "a: b",
        "'quoted'",
        '"quoted" \\n',
        "emoji 👩‍👩‍👧 and CJK 漢字",
        "x" * 300,
        "%TAG",
        "---\n...\n",
        "|",
        "&a *b !c",
    ]
)
OURS = ("AC0", "AC1", "AC320", "AC322", "AC407")
"""Rules that speak of how a file is written. The generator makes agents that others object to, rightly."""

KEPT = {"unknown_of_tomorrow": st.none() | free_objects | ODD}


def read(made: list[Drafted], root: Path) -> Project:
    loader = Loader(root, {})
    for one in made:
        for path, text in one.files.items():
            loader.add_text(path, text)
    return loader.project("local")


def left_over(made: list[Drafted], live: list[LiveAgent], root: Path) -> Any:
    project = read(made, root)
    assert [problem for one in project.definitions for problem in one.problems] == []
    return make_plan([desired_of(one) for one in project.definitions], live, PlanOptions()).operations


def imported(live: list[LiveAgent], **options: Any) -> list[Drafted]:
    chosen = choose(live, (), (), {})
    return drafts(chosen.agents, Options(**options), ())


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("project")
    (folder / "agents").mkdir()
    return folder


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(stored=agent_bodies(), unknown=st.fixed_dictionaries({}, optional=KEPT), trunks=st.booleans())
def test_any_valid_agent_comes_back_and_lints_without_errors(
    root: Path, stored: dict[str, Any], unknown: dict[str, Any], trunks: bool
) -> None:
    live = Agent(with_tool_ids("agent", stored, {}), extra=unknown).live
    if list(unwritable(live.body)):
        return
    made = imported([live], trunks=trunks)
    assert left_over(made, [live], root) == ()
    project = read(made, root)
    errors = [
        finding
        for finding in lint_project([project], project.settings.lint).findings
        if finding.severity is Severity.ERROR
    ]
    found = [(finding.code, finding.message) for finding in errors if finding.code.startswith(OURS)]
    assert found == []


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(texts=st.lists(ODD | st.text(max_size=20), min_size=6, max_size=6), more=free_objects)
def test_any_text_comes_back_whatever_the_platform_would_say_to_it(
    root: Path, texts: list[str], more: dict[str, Any]
) -> None:
    name, prompt, greeting, default, description, nudge = texts
    live = LiveAgent(
        id="550e8400-e29b-41d4-a716-446655440000",
        name=name or "n",
        organisation_id="o",
        updated_at="t",
        body={
            **body(system_prompt=prompt, greeting=greeting, slng_api_key=...),
            "name": name or "n",
            "template_defaults": {"brand": default},
            "idle_nudges": {"first_nudge_text": nudge},
            "tools": [
                lookup(description=description, parameters=more, auth={"type": "bearer"}),
                {**more, "type": nudge, "id": "9d7f2a3f-35d6-4ff9-97e6-1ab6a2d6867a"},
            ],
            "of_tomorrow": more,
        },
        variables=frozenset({"brand"}),
    )
    if list(unwritable(live.body)) or "$ref" in str(live.body):
        return
    operations = left_over(imported([live]), [live], root)
    assert [(change.path, change.before, change.after) for one in operations for change in one.changes] == []


def test_a_file_reads_as_people_write_it() -> None:
    live = Agent(
        body(system_prompt="Help.\nBe brief.\n", tools=[hangup(), lookup(), transfer()], language="no")
    ).live
    (made,) = imported([live])
    assert list(made.files) == ["agents/support-router.yaml", "prompts/support-router.md"]
    assert made.files["prompts/support-router.md"] == "Help.\nBe brief.\n\n"
    assert made.files["agents/support-router.yaml"] == (
        "# yaml-language-server: $schema=../schemas/agent.schema.json\n"
        "name: Support Router\n"
        "language: 'no'\n"
        "region: eu-central\n"
        "\n"
        "system_prompt: ${file:../prompts/support-router.md}\n"
        "greeting: Welcome to {{brand}}.\n"
        "\n"
        "models:\n"
        "  stt: a/stt:en\n"
        "  llm: b/llm\n"
        "  tts: c/tts:en\n"
        "  tts_voice: thalia\n"
        "\n"
        "idle_nudges:\n"
        "  first_nudge_text: Are you there?\n"
        "  second_nudge_text: Hello?\n"
        "  final_hangup_text: Goodbye.\n"
        "\n"
        "tools:\n"
        "- type: template\n"
        "  id: dc4d6391-dc51-44e3-a816-bf65948290a2\n"
        "  template: hangup\n"
        "- type: webhook\n"
        "  id: 8d7f2a3f-35d6-4ff9-97e6-1ab6a2d6867a\n"
        "  name: look_up\n"
        "  description: Looks an order up\n"
        "  url: https://crm.example.com/orders\n"
        "  parameters:\n"
        "    type: object\n"
        "    properties:\n"
        "      order:\n"
        "        type: string\n"
        "  auth:\n"
        "    type: bearer\n"
        "    token: ${env:SUPPORT_ROUTER_LOOK_UP_TOKEN}\n"
        "- type: human_transfer\n"
        "  id: a9040e05-15a8-4fc9-86bd-a4903a6a907e\n"
        "  name: transfer\n"
        "  phone_number: '+14155550101'\n"
        "\n"
        "template_defaults:\n"
        "  brand: Fernhill\n"
        "\n"
        "slng_api_key: ${env:SLNG_API_KEY}\n"
    )
    assert list(made.secrets) == ["SLNG_API_KEY", "SUPPORT_ROUTER_LOOK_UP_TOKEN"]


def test_tools_that_several_share_get_one_file_on_request(root: Path) -> None:
    other = lookup(id="9d7f2a3f-35d6-4ff9-97e6-1ab6a2d6867a")
    live = [
        Agent(body(tools=[lookup(), transfer()])).live,
        Agent(body(name="Other", tools=[other]), id="7b0e8400-e29b-41d4-a716-446655440000").live,
    ]
    made = imported(live, factor_tools=True)
    assert [path for one in made for path in one.files if path.startswith("tools/")] == [
        "tools/look-up.yaml"
    ] * 2
    assert (
        "- $ref: ../tools/look-up.yaml\n  id: 9d7f2a3f-35d6-4ff9-97e6-1ab6a2d6867a\n"
        in made[0].files["agents/other.yaml"]
    )
    assert left_over(made, live, root) == ()


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Support Router", "support-router"),
        ("  Après-vente (Lyon) #2 ", "apres-vente-lyon-2"),
        ("漢字", "agent"),
        ("x" * 300, "x" * 60),
    ],
)
def test_a_key_is_made_of_a_name(name: str, expected: str) -> None:
    assert handle(name, ()) == expected


def test_keys_and_variables_are_unique_and_clean() -> None:
    assert [handle("A b", taken) for taken in ((), {"a-b"}, {"a-b", "a-b-2"})] == ["a-b", "a-b-2", "a-b-3"]
    assert variable("support-router", "check order!", "token") == "SUPPORT_ROUTER_CHECK_ORDER_TOKEN"
    assert variable("1st", "token") == "_1ST_TOKEN"
    assert plain("Ü - ß") == "u"


def live_ones() -> list[LiveAgent]:
    return [
        Agent(body(name=name), id=f"00000000-0000-4000-8000-00000000000{number}").live
        for number, name in enumerate(("Alpha", "Beta", "Beta"))
    ]


def test_all_are_meant_but_those_that_files_declare() -> None:
    live = live_ones()
    chosen = choose(live, (), ["beta"], {live[0].id: "a"})
    assert [key for key, _ in chosen.agents] == ["beta-2", "beta-3"]
    assert chosen.declared == (("Alpha", "a"),)


@pytest.mark.parametrize(
    ("word", "message"),
    [
        ("Beta", "2 live agents are named 'Beta'"),
        ("Alfa", "there is no live agent 'Alfa'"),
        ("Alpha", "is declared already"),
    ],
)
def test_one_that_is_not_clear_is_refused(word: str, message: str) -> None:
    live = live_ones()
    with pytest.raises(UsageError, match=message):
        choose(live, [word], (), {live[0].id: "alpha"})


def test_one_is_meant_by_its_name_or_its_id() -> None:
    live = live_ones()
    assert [agent for _, agent in choose(live, ["Alpha", live[2].id.upper()], (), {}).agents] == [
        live[0],
        live[2],
    ]
