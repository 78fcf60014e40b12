from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from project_loading import Folder, said

from agentconf.model.secret import SecretRef

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    made = Folder(tmp_path)
    made.write("agentconf.yaml", "version: 1\nvars: {host: crm.example.com}\n")
    made.write(
        "tools/hangup.yaml",
        "# shared\ntype: template\ntemplate: hangup\nprompt: one\npolicy: {a: 1, b: 2}\nlist: [1, 2]\n",
    )
    return made


def tool(text: str, folder: Folder) -> Any:
    definition = folder.agent(f"tools:\n  - {text}\n")
    assert definition.problems == ()
    return definition.data["tools"][0]


def test_a_mapping_with_ref_is_what_the_file_holds(folder: Folder) -> None:
    assert tool("$ref: ../tools/hangup.yaml", folder) == {
        "type": "template",
        "template": "hangup",
        "prompt": "one",
        "policy": {"a": 1, "b": 2},
        "list": [1, 2],
    }


def test_keys_beside_ref_are_laid_over_what_it_brings(folder: Folder) -> None:
    text = "{$ref: ../tools/hangup.yaml, prompt: null, policy: {b: 3, c: 4}, list: [9], new: x}"
    assert tool(text, folder) == {
        "type": "template",
        "template": "hangup",
        "policy": {"a": 1, "b": 3, "c": 4},
        "list": [9],
        "new": "x",
    }


def test_what_is_brought_stands_in_its_own_file(folder: Folder) -> None:
    definition = folder.agent("tools:\n  - $ref: ../tools/hangup.yaml\n    prompt: two\n")
    found = {
        path: str(definition.locate(path)) for path in [("tools", 0, "template"), ("tools", 0, "prompt")]
    }
    assert found == {
        ("tools", 0, "template"): "tools/hangup.yaml:3:11",
        ("tools", 0, "prompt"): "agents/a.yaml:3:13",
    }
    assert str(definition.locate(("tools", 0))) == "agents/a.yaml:2:5"
    assert str(definition.locate(("tools", 0, "template"), key=True)) == "tools/hangup.yaml:3:1"
    assert definition.tree.find(("tools", 0))[0].reference == "$ref: ../tools/hangup.yaml"
    assert definition.files == {"agents/a.yaml", "tools/hangup.yaml"}


def test_json_files_are_taken_in_too(folder: Folder) -> None:
    folder.write("tools/x.json", '{"type": "template", "url": "https://${var:host}"}')
    assert tool("$ref: ../tools/x.json", folder) == {"type": "template", "url": "https://crm.example.com"}


def test_an_included_file_may_include_and_refer(folder: Folder) -> None:
    folder.write(
        "tools/deep/x.yaml", "$ref: ../hangup.yaml\nprompt: ${file:p.md}\npolicy: {a: '${var:host}'}\n"
    )
    folder.write("tools/deep/p.md", "text\n")
    assert tool("$ref: ../tools/deep/x.yaml", folder) == {
        "type": "template",
        "template": "hangup",
        "prompt": "text",
        "policy": {"a": "crm.example.com", "b": 2},
        "list": [1, 2],
    }


def test_references_beside_ref_are_followed(folder: Folder) -> None:
    assert tool("{$ref: ../tools/hangup.yaml, prompt: '${var:host}'}", folder)["prompt"] == "crm.example.com"


def test_a_whole_agent_may_be_built_on_another_file(folder: Folder) -> None:
    folder.write(
        "tools/base.yaml", "name: base\nregion: us-east\ntools: [{name: x}]\nslng_api_key: ${env:K}\n"
    )
    definition = folder.agent("$ref: ../tools/base.yaml\nname: mine\ntools: []\n")
    assert definition.data == {
        "name": "mine",
        "region": "us-east",
        "tools": [],
        "slng_api_key": SecretRef("K"),
    }


def test_secrets_of_an_included_file_are_references_too(folder: Folder) -> None:
    folder.write("tools/x.yaml", "auth: {$ref: auth.yaml}\n")
    folder.write("tools/auth.yaml", "type: bearer\ntoken: ${env:T}\n")
    assert tool("$ref: ../tools/x.yaml", folder) == {"auth": {"type": "bearer", "token": SecretRef("T")}}


def test_a_literal_secret_of_an_included_file_is_never_shown(folder: Folder) -> None:
    folder.write("tools/x.yaml", "auth:\n  token: sk-1234\n")
    definition = folder.agent("tools:\n  - $ref: ../tools/x.yaml\n")
    document = definition.locate(("tools", 0, "auth", "token")).document
    assert document.line(2) == "  token: *******"


@pytest.mark.parametrize(
    "text",
    [
        "tools:\n  - {parameters: {$ref: '#/$defs/x', $defs: {x: {$ref: '#'}}}}\n",
        "models: {llm_kwargs: {$ref: x}}\n",
        "tools:\n  - system: {arguments: [{source: {type: constant, value: {$ref: x}}}]}\n",
    ],
)
def test_a_ref_in_free_json_is_not_ours(text: str, folder: Folder) -> None:
    definition = folder.agent(text)
    assert definition.problems == ()
    assert "$ref" in str(definition.data)


def test_references_in_free_json_are_followed(folder: Folder) -> None:
    definition = folder.agent("tools:\n  - parameters: {properties: {host: {const: '${var:host}'}}}\n")
    assert definition.data["tools"][0]["parameters"] == {"properties": {"host": {"const": "crm.example.com"}}}


# ── what cannot be taken in ────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("ref", "code", "message"),
    [
        ("5", "AC006", "`$ref` takes the path of a file"),
        ("null", "AC006", "`$ref` takes the path of a file"),
        ("'#/tools/0'", "AC006", "`$ref` takes a whole file, without `#…`"),
        ("../tools/hangup.yaml#/x", "AC006", "`$ref` takes a whole file, without `#…`"),
        ("'../tools/${var:host}.yaml'", "AC006", "`$ref` takes a plain path, without `${…}`"),
        ("../tools/hangpu.yaml", "AC006", "there is no file `tools/hangpu.yaml`"),
        ("../../x.yaml", "AC007", "`../../x.yaml` leads out of the project"),
        (
            "https://x.example.com/x.yaml",
            "AC007",
            "`https://x.example.com/x.yaml` is not a file of this project",
        ),
        (
            "../tools/list.yaml",
            "AC103",
            "`$ref` takes a file with a mapping, and `tools/list.yaml` holds something",
        ),
        (
            "../tools/null.yaml",
            "AC103",
            "`$ref` takes a file with a mapping, and `tools/null.yaml` holds something",
        ),
    ],
)
def test_a_ref_that_brings_no_mapping_is_refused(ref: str, code: str, message: str, folder: Folder) -> None:
    folder.write("tools/list.yaml", "- a\n")
    folder.write("tools/null.yaml", "null\n")
    definition = folder.agent(f"tools:\n  - $ref: {ref}\n    name: x\n")
    (problem,) = definition.problems
    assert (problem.code, str(problem.location)) == (code, "agents/a.yaml:2:11")
    assert problem.message.startswith(message)
    assert (definition.data, definition.tree.find(("tools", 0))[0].unresolved) == (
        {"tools": [{"name": "x"}]},
        True,
    )


def test_a_broken_included_file_is_told_where_it_is_broken(folder: Folder) -> None:
    folder.write("tools/x.yaml", "type: [\n")
    definition = folder.agent("tools:\n  - $ref: ../tools/x.yaml\n  - $ref: ../tools/x.yaml\n")
    assert {(one.code, one.location.path) for one in definition.problems} == {("AC001", "tools/x.yaml")}
    assert definition.tree.find(("tools", 0))[0].unresolved


def test_what_is_wrong_in_a_file_that_can_be_read_is_told_too(folder: Folder) -> None:
    folder.write("tools/x.yaml", "type: a\ntype: b\nname: ${var:unset}\n")
    definition = folder.agent("tools:\n  - $ref: ../tools/x.yaml\n")
    assert [(one.code, str(one.location)) for one in definition.problems] == [
        ("AC002", "tools/x.yaml:2:1"),
        ("AC504", "tools/x.yaml:3:7"),
    ]
    assert definition.data == {"tools": [{"type": "a", "name": "${var:unset}"}]}


def test_a_cycle_of_files_is_shown(folder: Folder) -> None:
    folder.write("tools/x.yaml", "inner:\n  $ref: y.yaml\n")
    folder.write("tools/y.yaml", "inner: {$ref: ./x.yaml}\nname: y\n")
    definition = folder.agent("tools:\n  - $ref: ../tools/x.yaml\n")
    assert said(definition.problems) == [
        (
            "AC009",
            "tools/y.yaml:1:15",
            "this leads back to itself: tools/x.yaml → tools/y.yaml → tools/x.yaml",
        )
    ]
    assert definition.data == {"tools": [{"inner": {"inner": {}, "name": "y"}}]}


def test_a_file_that_includes_itself_is_a_cycle(folder: Folder) -> None:
    definition = folder.agent("name: x\nmore: {$ref: a.yaml}\n")
    assert [(one.code, one.message) for one in definition.problems] == [
        ("AC009", "this leads back to itself: agents/a.yaml → agents/a.yaml")
    ]


def test_files_that_double_each_other_end_at_the_bound(folder: Folder) -> None:
    folder.write("tools/t0.yaml", "x: 1\n")
    for number in range(1, 31):
        before = f"{{$ref: t{number - 1}.yaml}}"
        folder.write(f"tools/t{number}.yaml", f"a: {before}\nb: {before}\nc: {before}\nd: {before}\n")
    definition = folder.agent("tools:\n  - $ref: ../tools/t30.yaml\n")
    assert {(one.code, one.message) for one in definition.problems} == {
        ("AC004", "references make this larger than 10 MiB")
    }


def test_a_file_is_followed_once_for_all_who_include_it(folder: Folder) -> None:
    folder.write("agents/a.yaml", "tools:\n  - $ref: ../tools/hangup.yaml\n")
    folder.write("agents/b.yaml", "tools:\n  - $ref: ../tools/hangup.yaml\n")
    first, second = folder.load().definitions
    inner = ("tools", 0, "policy")
    assert first.tree.find(inner)[0] is second.tree.find(inner)[0]


def test_a_path_with_a_nul_is_told_apart_from_one_that_is_missing(folder: Folder) -> None:
    definition = folder.agent('a: "${file:a\\0b}"\nb: {$ref: ""}\nc: ${file:}\n')
    assert sorted(one.message for one in definition.problems) == [
        "`${file:}` names no file",
        "a path is missing here",
        "the path holds a NUL character",
    ]
