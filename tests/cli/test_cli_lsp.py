"""`lsp`: a session as an editor has it, over standard input and output."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import Project, clean_environ
from lsp_client import Client

AGENT = """\
name: Router
region: eu-west
language: en
slng_api_key: ${env:SLNG_API_KEY}
system_prompt: ${file:../prompts/router.md}
greeting: "𠮷 Hello {{#if x}} from {{brand}} of ${var:town}."
models: {stt: 'slng/deepgram/nova:3-en', llm: b/llm, tts: 'slng/deepgram/aura:2-en', tts_voice: aura-2-thalia-en}
template_defaults:
  brand: Fernhill
tools:
  - $ref: ../tools/hangup.yaml
  - type: webhook
    name: look_up_order
    description: Looks an order up
    url: https://crm.example.com/orders
    parameters: {type: object, properties: {}}
    auth: {type: bearer, token: "${env:CRM_TOKEN}"}
"""
FILE = "agents/router.yaml"


@pytest.fixture
def client(tmp_path: Path) -> Iterator[Client]:
    project = Project(tmp_path)
    project.write("agentconf.yaml", "version: 1\nvars: {town: Ulm}\n")
    project.write(FILE, AGENT)
    project.write("prompts/router.md", "You help.\nUse look_up_order.\n")
    project.write("tools/hangup.yaml", "type: template\ntemplate: hangup\n")
    with Client(tmp_path) as session:
        yield session


def place(text: str, needle: str, behind: bool = False) -> tuple[int, int]:
    """Line and column (in UTF-16 code units) of a stretch."""
    offset = text.index(needle) + (len(needle) if behind else 0)
    line = text.count("\n", 0, offset)
    before = text[text.rfind("\n", 0, offset) + 1 : offset]
    return line, len(before.encode("utf-16-le")) // 2


def codes(found: list[dict[str, Any]]) -> list[str]:
    return [one["code"] for one in found if one["severity"] < 3]


def test_findings_follow_what_is_typed(client: Client) -> None:
    found = client.open(FILE, AGENT)
    assert codes(found) == ["AC401", "AC202"]
    block = next(one for one in found if one["code"] == "AC202")
    line, start = place(AGENT, "{{#if x}}")
    assert block["range"] == {
        "start": {"line": line, "character": start},
        "end": {"line": line, "character": start + 9},
    }
    assert block["source"] == "agentconf"
    mended = AGENT.replace("{{#if x}} ", "").replace("eu-west", "eu-central")
    assert codes(client.change(FILE, mended)) == []
    assert codes(client.change(FILE, mended.replace("name: Router", "name: [", 1), 3)) == ["AC001"]


def test_findings_in_a_prompt_are_told_of_the_prompt(client: Client) -> None:
    client.open(FILE, AGENT)
    found = client.open("prompts/router.md", "You help {{.\n", "markdown")
    assert codes(found) == ["AC201"]
    assert codes(client.change("prompts/router.md", "You help.\n")) == []


def test_a_hover_explains_the_rule_or_the_field(client: Client) -> None:
    client.open(FILE, AGENT)
    rule = client.at("textDocument/hover", FILE, *place(AGENT, "eu-west"))
    assert "# AC401 unknown-region" in rule["contents"]["value"]
    voice = client.at("textDocument/hover", FILE, *place(AGENT, "tts_voice"))
    assert "Voice of the text-to-speech model" in voice["contents"]["value"]
    tool = client.at("textDocument/hover", FILE, *place(AGENT, "description: Looks"))
    assert "description" in tool["contents"]["value"]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("from {{brand}}", "from {{", {"brand"}),
        ("${file:../prompts/router.md}", "${file:", {"../prompts/router.md"}),
        ("$ref: ../tools/hangup.yaml", "$ref: ", {"../tools/hangup.yaml"}),
        ("${var:town}", "${var:", {"town"}),
        ("region: eu-west", "region: ", {"us-east", "eu-central", "ap-south"}),
        ("stt: 'slng/deepgram/nova:3-en'", "stt: ", {"slng/deepgram/nova:3-en", "soniox/speech-ai:rt-v4"}),
        ("tts_voice: aura-2-thalia-en", "tts_voice: ", {"aura-2-thalia-en", "aura-2-luna-en"}),
    ],
)
def test_what_may_stand_somewhere_is_offered(
    client: Client, before: str, after: str, expected: set[str]
) -> None:
    text = AGENT.replace(before, after, 1)
    client.open(FILE, AGENT)
    client.change(FILE, text)
    items = client.at("textDocument/completion", FILE, *place(text, after, behind=True))
    assert expected <= {one["label"] for one in items}


def test_tools_are_offered_in_a_prompt(client: Client) -> None:
    client.open("prompts/router.md", "You help.\nUse lo", "markdown")
    items = client.at("textDocument/completion", "prompts/router.md", 1, 6)
    assert {one["label"] for one in items} == {"look_up_order", "end_call"}


@pytest.mark.parametrize(
    ("needle", "file", "line"),
    [
        ("prompts/router.md", "prompts/router.md", 0),
        ("tools/hangup.yaml", "tools/hangup.yaml", 0),
        ("town}", "agentconf.yaml", 1),
        ("brand}}", FILE, 8),
    ],
)
def test_what_is_referred_to_is_found(client: Client, needle: str, file: str, line: int) -> None:
    client.open(FILE, AGENT)
    found = client.at("textDocument/definition", FILE, *place(AGENT, needle))
    assert [(one["uri"], one["range"]["start"]["line"]) for one in found] == [(client.uri(file), line)]


def test_a_tool_of_a_prompt_is_found(client: Client) -> None:
    client.open("prompts/router.md", "You help.\nUse look_up_order.\n", "markdown")
    (found,) = client.at("textDocument/definition", "prompts/router.md", 1, 8)
    assert (found["uri"], found["range"]["start"]["line"]) == (client.uri(FILE), 12)


def test_fixes_are_offered(client: Client) -> None:
    client.open(FILE, AGENT)
    line, start = place(AGENT, "eu-west")
    where = {"start": {"line": line, "character": start}, "end": {"line": line, "character": start + 1}}
    (action,) = client.ask(
        "textDocument/codeAction",
        textDocument={"uri": client.uri(FILE)},
        range=where,
        context={"diagnostics": []},
    )
    (edit,) = action["edit"]["changes"][client.uri(FILE)]
    assert (edit["newText"], edit["range"]["start"]) == ("eu-central", where["start"])
    assert (action["kind"], action["isPreferred"]) == ("quickfix", False)


def test_a_file_that_is_closed_counts_as_it_is_on_the_disk(client: Client) -> None:
    client.open(FILE, AGENT)
    client.change(FILE, AGENT.replace("{{#if x}} ", ""))
    client.tell("textDocument/didClose", textDocument={"uri": client.uri(FILE)})
    assert codes(client.told(FILE)) == ["AC401", "AC202"]


def test_what_the_baseline_knows_is_no_news(client: Client) -> None:
    from cli_inside import inside  # noqa: PLC0415

    assert inside(client.root, "lint", "--write-baseline", str(client.root / "old.json")).code == 0
    (client.root / "agentconf.yaml").write_text(
        "version: 1\nvars: {town: Ulm}\nlint: {baseline: old.json}\n", encoding="utf-8"
    )
    assert client.open(FILE, AGENT) == []
    assert codes(client.change(FILE, AGENT.replace("language: en", "language: english"))) == ["AC402"]


def test_of_many_letters_typed_at_once_the_last_one_counts(client: Client) -> None:
    client.open(FILE, AGENT)
    for number in range(30):
        client.tell(
            "textDocument/didChange",
            textDocument={"uri": client.uri(FILE), "version": number + 2},
            contentChanges=[{"text": AGENT.replace("name: Router", f"name: Router {number}")}],
        )
    mended = AGENT.replace("{{#if x}} ", "").replace("eu-west", "eu-central")
    assert codes(client.change(FILE, mended, 40)) == []


def test_files_of_no_project_are_none_of_its_business(client: Client) -> None:
    item = {"uri": client.uri("notes.yaml"), "languageId": "yaml", "version": 1, "text": "a: ["}
    client.tell("textDocument/didOpen", textDocument=item)
    assert client.at("textDocument/hover", "notes.yaml", 0, 0) is None
    assert client.diagnostics.empty()


def test_secrets_are_in_no_message(client: Client) -> None:
    found = client.open(FILE, AGENT.replace("${env:CRM_TOKEN}", "a-secret-of-nobody-at-all"))
    assert "AC320" in codes(found)
    assert "a-secret-of-nobody" not in str(found)


def test_without_the_extra_that_is_said(tmp_path: Path) -> None:
    code = "import sys; sys.modules['pygls'] = None; from agentconf.cli.main import main; main()"
    ended = subprocess.run(
        [sys.executable, "-c", code, "lsp"],
        cwd=tmp_path,
        env=clean_environ(),
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    assert (ended.returncode, "pip install 'agentconf[lsp]'" in ended.stderr) == (3, True)
