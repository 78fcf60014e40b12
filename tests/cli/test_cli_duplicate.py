"""`duplicate`: the platform copies an agent, the files of the copy are written, and a plan is empty."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from cli_inside import fits, inside, tree
from conftest import Ended, Project
from live_edits import edit

SECRETS = {"FRONT_KEY": "the-key-of-the-models", "FRONT_TOKEN": "the-token-of-the-lookup"}
ROUTER = """\
# The front door.
name: Router
region: eu-central
language: en
slng_api_key: ${env:FRONT_KEY}
system_prompt: ${file:../prompts/router.md}   # shared with nobody
greeting: Hello from {{brand}}.
models: {stt: 'slng/deepgram/nova:3-en', llm: 'groq/openai/gpt-oss-120b', tts: 'slng/deepgram/aura:2-en', tts_voice: 'aura-2-thalia-en'}
template_defaults: {brand: Fernhill, store: "12"}
sip_inbound_trunk_id: 47f85912-3194-4b71-a933-2a9dc9d02ce6
lifecycle: {renamed_from: Old Router}
tools:
  - $ref: ../tools/hangup.yaml
  - type: webhook
    name: look_up
    description: Looks an order up
    url: https://crm.example.com/stores/{{store}}/orders
    parameters: {type: object, properties: {order: {type: string}}, required: [order]}
    auth: {type: bearer, token: "${env:FRONT_TOKEN}"}
"""


@pytest.fixture
def project(tmp_path: Path) -> Project:
    made = Project(tmp_path)
    made.write("agentconf.yaml", "version: 1\n")
    made.write("agents/router.yaml", ROUTER)
    made.write("prompts/router.md", "You help.\n\n- briefly\n")
    made.write("tools/hangup.yaml", "type: template\ntemplate: hangup\nprompt: Say goodbye.\n")
    assert inside(tmp_path, "apply", "--auto-approve", environ=SECRETS).code == 0
    return made


@pytest.fixture
def call(project: Project) -> Any:
    def command(*arguments: str, environ: Any = SECRETS) -> Ended:
        return inside(project.root, *arguments, environ=environ)

    return command


def state(project: Project) -> dict[str, Any]:
    text = (project.root / ".agentconf" / "state" / "local.json").read_text(encoding="utf-8")
    found: dict[str, Any] = json.loads(text)["agents"]
    return found


COPY = ("duplicate", "router", "--name", "Night Router", "--auto-approve")


def test_a_copy_has_the_files_of_its_original_and_plans_empty(call: Any, project: Project) -> None:
    ended = call(*COPY)
    assert (ended.code, ended.err) == (0, "")
    assert "agents/night-router.yaml" in ended.out
    assert (project.root / "agents" / "night-router.yaml").read_text(encoding="utf-8") == (
        ROUTER.replace("name: Router", "name: Night Router")
        .replace("prompts/router.md", "prompts/night-router.md")
        .replace("sip_inbound_trunk_id: 47f85912-3194-4b71-a933-2a9dc9d02ce6\n", "")
        .replace("lifecycle: {renamed_from: Old Router}\n", "")
    )
    assert (project.root / "prompts" / "night-router.md").read_text(encoding="utf-8") == (
        project.root / "prompts" / "router.md"
    ).read_text(encoding="utf-8")
    assert call("plan", "--detailed-exitcode").code == 0
    assert call("lint").code == 0
    applied = call("apply", "--auto-approve")
    assert (applied.code, "No changes" in applied.out) == (0, True)


def test_it_is_remembered_with_the_secrets_that_were_copied_along(call: Any, project: Project) -> None:
    assert call(*COPY).code == 0
    found = state(project)
    assert found["night-router"]["fingerprints"].keys() == found["router"]["fingerprints"].keys()
    assert call("plan", "--detailed-exitcode").code == 0
    rotated = call("plan", environ={**SECRETS, "FRONT_TOKEN": "another-token"})
    assert "2 to change" in rotated.out
    (listed,) = [one for one in call("history", "--json").json["runs"] if one["command"] == "duplicate"]
    assert [(one["action"], one["outcome"]) for one in listed["operations"]] == [("create", "done")]
    assert call("rollback", "--auto-approve").code == 0
    assert sorted(state(project)) == ["router"]


def test_a_key_and_a_document_for_programs(call: Any, project: Project) -> None:
    ended = call(*COPY, "--as", "night", "--json")
    assert (ended.code, fits(ended.json, "duplicate")) == (0, True)
    assert (ended.json["original"]["key"], ended.json["copy"]["key"]) == ("router", "night")
    assert ended.json["copy"]["files"] == ["agents/night.yaml", "prompts/night.md"]
    assert ended.json["copy"]["id"] == state(project)["night"]["id"] != ended.json["original"]["id"]


def test_what_the_dashboard_changed_is_copied_and_written_anew(call: Any, project: Project) -> None:
    edit(project, "Router", greeting="Yes?")
    ended = call(*COPY)
    assert (ended.code, "router is not live as its files say" in ended.err) == (0, True)
    assert "greeting: Yes?" in (project.root / "agents" / "night-router.yaml").read_text(encoding="utf-8")
    assert call("plan", "night-router", "--detailed-exitcode").code == 0


def test_what_an_environment_says_of_the_original_only_is_written_into_the_copy(
    call: Any, project: Project
) -> None:
    project.write("environments/local.yaml", "emulator: true\nagents: {router: {greeting: Local.}}\n")
    assert call("apply", "--auto-approve").code == 0
    assert call(*COPY).code == 0
    assert "greeting: Local." in (project.root / "agents" / "night-router.yaml").read_text(encoding="utf-8")
    assert call("plan", "--detailed-exitcode").code == 0


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("duplicate", "nobody", "--name", "X", "--auto-approve"), 64, "nobody"),
        (("duplicate", "router", "--auto-approve"), 64, "--name"),
        (("duplicate", "router", "--name", " ", "--auto-approve"), 64, "--name is empty"),
        (("duplicate", "router", "--name", "Router", "--auto-approve"), 64, "named 'Router' already"),
        (("duplicate", "router", "--name", "X" * 256, "--auto-approve"), 1, "AC105"),
        ((*COPY, "--as", "router"), 64, "there is an agent 'router' already"),
        ((*COPY, "--as", "../outside"), 64, "is no key"),
        (("duplicate", "router", "--name", "Night Router"), 64, "no terminal"),
        ((*COPY, "-e", "nowhere"), 3, "nowhere"),
    ],
)
def test_what_cannot_be_copied_is_refused_before_anything_is_done(
    call: Any, project: Project, arguments: tuple[str, ...], code: int, words: str
) -> None:
    before = tree(project.root / "agents"), state(project)
    ended = call(*arguments)
    assert (ended.code, words in ended.err) == (code, True), ended.err
    assert (tree(project.root / "agents"), state(project)) == before


def test_a_key_that_is_not_set_is_said_before_anything_is_done(call: Any, project: Project) -> None:
    ended = call(*COPY, environ={})
    assert (ended.code, "FRONT_KEY" in ended.err) == (3, True)
    assert "FRONT_TOKEN" not in ended.err
    assert sorted(state(project)) == ["router"]


def test_approvals_and_policies_hold_for_copies_too(call: Any, project: Project) -> None:
    project.write("environments/local.yaml", "emulator: true\nrequire_approval: [speech]\n")
    refused = call(*COPY)
    assert (refused.code, "--allow speech" in refused.err) == (6, True)
    assert call(*COPY, "--allow", "speech").code == 0


def test_an_agent_that_is_declared_and_not_live_has_no_copy(call: Any, project: Project) -> None:
    project.agent("desk")
    ended = call("duplicate", "desk", "--name", "X", "--auto-approve")
    assert (ended.code, "desk is not live" in ended.err) == (64, True)


def test_a_copy_whose_files_cannot_be_written_is_said_and_can_be_imported(
    call: Any, project: Project
) -> None:
    before = tree(project.root / "agents"), tree(project.root / "prompts")
    ended = call(*COPY, "--as", "k" * 250)
    assert (ended.code, "the copy is live" in ended.err, "agentconf import" in ended.err) == (3, True, True)
    assert (tree(project.root / "agents"), tree(project.root / "prompts")) == before
    assert call("import", "Night Router").code == 0
    assert call("lint").code == 0
