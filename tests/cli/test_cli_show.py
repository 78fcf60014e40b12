"""`show`: the resolved definition, where it came from, and never a secret."""

from __future__ import annotations

import json
from typing import Any

import pytest
from cli_inside import fits, inside
from conftest import AGENT, Emulator, Project

from agentconf.source.compose import compose

AWKWARD = """\
name: B
region: eu-central
language: no
system_prompt: |
  You are brief.

    - 9:30 is a time.\t
  Say "yes": no more.
greeting: 9:30
models: {stt: slng/deepgram/nova:3-en, llm: groq/openai/gpt-oss-120b, tts: slng/deepgram/aura:2-en, tts_voice: v}
slng_api_key: ${env:SLNG_API_KEY}
template_defaults: {empty: "", blank: " ", tilde: "~", "null": "null", date: "2001-01-01", sign: "+14155550100"}
field_of_tomorrow: [yes, 0x1F, "0x1F", 1e20, "#x", "a: b", "- c", "café 😀", "\\x07", {}, [], 1_000, "<<", "="]
"""


@pytest.fixture
def overlaid(project: Project) -> Project:
    """One agent whose values come from five files."""
    project.write("agentconf.yaml", "version: 1\ndefaults: {enable_interruptions: false}\n")
    project.write("prompts/long.md", "You are brief.\n")
    project.write("tools/hangup.yaml", "type: template\ntemplate: hangup\n")
    project.agent("router")
    project.replace(
        "agents/router.yaml",
        "You are the assistant of {{practice_name}}. Be brief.",
        "${file:../prompts/long.md}",
    )
    project.replace(
        "agents/router.yaml", "{type: template, template: hangup}", "{$ref: ../tools/hangup.yaml}"
    )
    project.replace("agents/router.yaml", "https://crm", "https://${var:host}")
    project.write("environments/local.yaml", "emulator: true\nvars: {host: crm}\n")
    project.write(
        "environments/staging.yaml", "vars: {host: crm.staging}\nagents:\n  router:\n    region: us-east\n"
    )
    return project


def read_back(text: str) -> Any:
    composed = compose(text, "shown.yaml")
    assert composed.tree is not None
    assert [problem for problem in composed.problems if problem.code != "AC005"] == []
    return composed.tree.data()


def values(project: Project, *arguments: str) -> dict[str, Any]:
    document = inside(project.root, "show", "router", "--provenance", "--json", *arguments).json
    return {".".join(map(str, value["path"])): value for value in document["values"]}


def test_yaml_reads_back_to_what_the_json_says(project: Project) -> None:
    project.write("agents/b.yaml", AWKWARD)
    shown, as_json = inside(project.root, "show", "b"), inside(project.root, "show", "b", "--json")
    assert (shown.code, shown.err, as_json.code) == (0, "", 0)
    assert read_back(shown.out) == as_json.json
    assert (as_json.json["language"], as_json.json["greeting"]) == ("no", "9:30")
    assert as_json.json["system_prompt"].splitlines()[2] == "  - 9:30 is a time.\t"


@pytest.mark.parametrize("text", ["1e3", "0o14", "12e03", "-2E+05", "a\u2028b"])
def test_texts_that_only_yaml_1_2_takes_for_numbers_stay_texts(project: Project, text: str) -> None:
    project.agent("router", extra=f"field_of_tomorrow: {json.dumps(text)}\n")
    assert read_back(inside(project.root, "show", "router").out)["field_of_tomorrow"] == text


def test_json_is_the_body_without_the_keys_of_our_own_and_fits_the_schema(project: Project) -> None:
    project.agent("router", extra="lifecycle: {prevent_destroy: true}\nexamples: [{name: one}]\n")
    document = inside(project.root, "show", "router", "--json").json
    assert fits(document, "agent")
    assert list(document) == [
        "name",
        "region",
        "language",
        "system_prompt",
        "greeting",
        "models",
        "slng_api_key",
        "template_defaults",
        "tools",
    ]


def test_includes_defaults_variables_and_overrides_are_resolved(overlaid: Project) -> None:
    document = inside(overlaid.root, "show", "router", "--json", "-e", "staging").json
    assert document["system_prompt"].strip() == "You are brief."
    assert document["tools"][0] == {"type": "template", "template": "hangup"}
    assert document["tools"][1]["url"] == "https://crm.staging.example.com/lookup"
    assert (document["region"], document["enable_interruptions"]) == ("us-east", False)


def test_provenance_names_the_file_and_line_of_each_value(overlaid: Project) -> None:
    found = values(overlaid, "-e", "staging")
    places = {path: f"{value['file']}:{value['line']}:{value['column']}" for path, value in found.items()}
    assert places["name"] == "agents/router.yaml:1:7"
    assert places["region"] == "environments/staging.yaml:4:13"
    assert places["system_prompt"] == "prompts/long.md:1:1"
    assert places["tools.0.template"] == "tools/hangup.yaml:2:11"
    assert places["enable_interruptions"] == "agentconf.yaml:2:34"


def test_provenance_keeps_what_stood_in_the_place_of_a_resolved_value(overlaid: Project) -> None:
    found = values(overlaid)
    references = {path: value["reference"] for path, value in found.items() if value["reference"]}
    assert references["system_prompt"] == "${file:../prompts/long.md}"
    assert references["tools.1.url"] == "https://${var:host}.example.com/lookup"
    assert found["tools.1.url"]["value"] == "https://crm.example.com/lookup"
    assert found["greeting"]["reference"] is None


def test_provenance_json_fits_its_schema(overlaid: Project) -> None:
    document = inside(overlaid.root, "show", "router", "--provenance", "--json", "-e", "staging").json
    assert fits(document, "provenance")
    assert (document["agent"], document["environment"]) == ("router", "staging")


def test_provenance_as_text_is_a_table_of_paths_values_and_places(overlaid: Project) -> None:
    ended = inside(overlaid.root, "show", "router", "--provenance", "-e", "staging")
    rows = dict(line.split(maxsplit=1) for line in ended.out.splitlines())
    assert rows["region"].split() == ["us-east", "environments/staging.yaml:4:13"]
    assert rows["tools[0].template"].split() == ["hangup", "tools/hangup.yaml:2:11"]
    assert rows["tools[1].auth.token"].split() == ["${env:CRM_TOKEN}", "agents/router.yaml:19:33"]
    assert rows["system_prompt"].endswith("prompts/long.md:1:1  (${file:../prompts/long.md})")


def test_provenance_as_text_cuts_long_values_and_shows_what_would_steer_a_terminal(project: Project) -> None:
    project.agent("router")
    project.replace("agents/router.yaml", "Hello, this is {{practice_name}}.", '"\\e[31mred\\nsecond"')
    lines = inside(project.root, "show", "router", "--provenance").out.splitlines()
    prompt = next(line for line in lines if line.startswith("system_prompt"))
    assert "You are the assistant of {{practice_name}}.…  agents/router.yaml:4:16" in prompt
    assert any("\\x1b[31mred\\nsecond" in line for line in lines)


@pytest.mark.parametrize("arguments", [[], ["--json"], ["--provenance"], ["--provenance", "--json"]])
def test_literal_secrets_are_masked_and_references_are_not(project: Project, arguments: list[str]) -> None:
    project.agent("router")
    project.replace("agents/router.yaml", "${env:SLNG_API_KEY}", "a-literal-key")
    project.agent("keyed")
    for key, extra in (("token", "token: a-literal-token"), ("future", "type: oauth, key: a-literal-key")):
        project.agent(key)
        project.replace(f"agents/{key}.yaml", 'type: bearer, token: "${env:CRM_TOKEN}"', extra)
    for key in ("router", "token", "future"):
        ended = inside(project.root, "show", key, *arguments)
        assert (ended.code, "a-literal" in ended.out + ended.err, "***" in ended.out) == (0, False, True)
    assert "${env:SLNG_API_KEY}" in inside(project.root, "show", "keyed", *arguments).out


def test_values_of_secrets_never_show(project: Project) -> None:
    project.agent("router")
    ended = inside(project.root, "show", "router", environ={"CRM_TOKEN": "a-value-of-the-environment"})
    assert "${env:CRM_TOKEN}" in ended.out
    assert "a-value-of-the-environment" not in ended.out + ended.err


def test_an_unknown_agent_is_suggested(project: Project) -> None:
    project.agent("router")
    ended = inside(project.root, "show", "ruoter")
    assert (ended.code, ended.out) == (64, "")
    assert "there is no agent 'ruoter'" in ended.err
    assert "did you mean 'router'?" in ended.err


def test_an_unknown_agent_unlike_any_other_lists_those_that_are_there(project: Project) -> None:
    assert "there are: none" in inside(project.root, "show", "router").err
    project.agent("router")
    assert "there are: router" in inside(project.root, "show", "xyz").err


@pytest.mark.parametrize("option", [(), ("--provenance",), ("--json",)])
def test_an_agent_that_cannot_be_resolved_is_an_error_with_its_place(
    project: Project, option: tuple[str, ...]
) -> None:
    project.agent("router")
    project.replace("agents/router.yaml", "Hello, this is", "${var:nobody_set}")
    ended = inside(project.root, "show", "router", *option)
    assert ended.code == 3
    assert ended.err.startswith("agents/router.yaml:5:11: error: the variable `nobody_set` is not set")
    assert "help: " in ended.err


def test_a_file_that_is_no_mapping_is_an_error_with_its_place(project: Project) -> None:
    project.agent("router", "- a list\n")
    ended = inside(project.root, "show", "router")
    assert (ended.code, ended.out) == (3, "")
    assert ended.err.startswith("agents/router.yaml:1:1: error: an agent's file is a mapping")


def test_a_broken_project_file_stops_it(project: Project) -> None:
    project.agent("router")
    project.write("agentconf.yaml", "version: 1\nenvironments: {local: {emulator: true\n")
    ended = inside(project.root, "show", "router")
    assert (ended.code, ended.out) == (3, "")
    assert ended.err.startswith("agentconf.yaml:2:")


def test_so_does_a_setting_that_there_is_none(project: Project) -> None:
    project.agent("router")
    project.write("agentconf.yaml", "version: 1\na_field_of_tomorrow: 1\n")
    assert inside(project.root, "show", "router").code == 3


@pytest.mark.parametrize("arguments", [["--json"], ["--provenance", "--json"]])
def test_a_number_that_json_has_not_is_a_clear_error(project: Project, arguments: list[str]) -> None:
    project.agent("router", extra="field_of_tomorrow: .inf\n")
    assert ".inf" in inside(project.root, "show", "router").out
    ended = inside(project.root, "show", "router", *arguments)
    assert ended.code == 3
    assert "a number that JSON cannot carry" in ended.json["error"]["message"]


def test_a_live_agent_comes_from_no_file(project: Project) -> None:
    project.agent("router")
    ended = inside(project.root, "show", "router", "--live", "--provenance")
    assert (ended.code, ended.out) == (64, "")
    assert "contradict" in ended.err


def test_live_shows_the_live_agent_in_the_shape_of_a_definition(project: Project, emulator: Emulator) -> None:
    project.agent("router")
    assert inside(project.root, "apply", "--auto-approve", environ=emulator.environ).code == 0
    emulator.patch("router", greeting="9:30")
    shown = inside(project.root, "show", "router", "--live", environ=emulator.environ)
    as_json = inside(project.root, "show", "router", "--live", "--json", environ=emulator.environ)
    assert read_back(shown.out) == as_json.json
    assert (as_json.json["greeting"], as_json.json["template_defaults"]) == (
        "9:30",
        {"practice_name": "Greenfield"},
    )
    assert as_json.json["tools"][1]["auth"] == {"type": "bearer"}
    assert {"id", "organisation_id", "created_at", "updated_at"}.isdisjoint(as_json.json)


def test_live_without_a_live_agent_says_where_it_looked(project: Project) -> None:
    project.agent("router")
    ended = inside(project.root, "show", "router", "--live")
    assert (ended.code, ended.out) == (3, "")
    assert "no live agent is named 'router' in environment 'local'" in ended.err
    assert "agentconf plan -e local" in ended.err


def test_live_needs_a_name_to_look_for(project: Project) -> None:
    project.agent("router", AGENT.format(name="x").partition("\n")[2])
    ended = inside(project.root, "show", "router", "--live")
    assert (ended.code, "has no name to look for" in ended.err) == (3, True)


def test_json_is_one_document_with_non_ascii_text_as_it_is(project: Project) -> None:
    project.agent("router")
    project.replace("agents/router.yaml", "Hello", "Grüß Gott")
    out = inside(project.root, "show", "router", "--json").out
    assert json.loads(out)["greeting"].startswith("Grüß Gott")
    assert "Grüß" in out


def test_provenance_tells_where_a_variable_has_its_value(project: Project) -> None:
    project.write("environments/local.yaml", "emulator: true\nvars:\n  where: eu-central\n")
    project.agent("router")
    project.replace("agents/router.yaml", "region: eu-central", "region: ${var:where}")
    text = inside(project.root, "show", "router", "--provenance").out
    assert "agents/router.yaml:2:9  (${var:where}), where at environments/local.yaml:3:10" in text
    values = inside(project.root, "show", "router", "--provenance", "--json").json["values"]
    region = next(value for value in values if value["path"] == ["region"])
    assert region["variables"] == [
        {"name": "where", "file": "environments/local.yaml", "line": 3, "column": 10}
    ]
