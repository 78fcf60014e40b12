from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from project_loading import Folder, said, underlined

from agentconf.model.secret import SecretRef

if TYPE_CHECKING:
    from pathlib import Path

PROJECT = """\
version: 1
vars:
  host: crm.example.com
  port: 8443
  hex: 0x1F
  phone: +14155551234
  share: 0.5
  on: true
  nothing: null
  list: [1, {host: "${var:host}"}]
  map: {a: 1, b: [x]}
  via: ${var:host}
  number_via: ${var:port}
  from_env: ${env:HOST}
  tool: {type: template, template: hangup}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    made = Folder(tmp_path)
    made.write("agentconf.yaml", PROJECT)
    return made


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("${var:host}", "crm.example.com"),
        ("${var:port}", 8443),
        ("${var:share}", 0.5),
        ("${var:on}", True),
        ("${var:nothing}", None),
        ("${var:list}", [1, {"host": "crm.example.com"}]),
        ("${var:map}", {"a": 1, "b": ["x"]}),
        ("${var:number_via}", 8443),
    ],
)
def test_a_text_that_is_one_variable_takes_on_its_type(text: str, value: Any, folder: Folder) -> None:
    definition = folder.agent(f"x: {text}\n")
    assert (definition.data, definition.problems) == ({"x": value}, ())


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("https://${var:host}:${var:port}/", "https://crm.example.com:8443/"),
        ("${var:hex} ${var:phone} ${var:share}", "0x1F +14155551234 0.5"),
        ("${var:on}!", "true!"),
        ("${var:via} ${var:number_via}", "crm.example.com 8443"),
        ("$${var:host}", "${var:host}"),
        ("costs $${5} at ${var:host}", "costs ${5} at crm.example.com"),
        ("{{a}} ${var:port} {{b}}", "{{a}} 8443 {{b}}"),
        (" ${var:port}", " 8443"),
    ],
)
def test_a_variable_within_a_text_becomes_text(text: str, value: str, folder: Folder) -> None:
    definition = folder.agent(f"x: '{text}'\n")
    assert (definition.data, definition.problems) == ({"x": value}, ())


def test_references_are_followed_everywhere_but_in_keys(folder: Folder) -> None:
    text = (
        'examples:\n  - {name: "${var:host}", "${var:host}": 1}\nlifecycle: {renamed_from: "${var:host}"}\n'
    )
    assert folder.agent(text).data == {
        "examples": [{"name": "crm.example.com", "${var:host}": 1}],
        "lifecycle": {"renamed_from": "crm.example.com"},
    }


def test_an_escape_in_quotes_may_hide_a_reference(folder: Folder) -> None:
    assert folder.agent('x: "\\x24{var:host}"\n').data == {"x": "crm.example.com"}


def test_the_value_stands_where_the_variable_is_used(folder: Folder) -> None:
    definition = folder.agent("x: ${var:port}\ny: a ${var:port}\nz: plain\n")
    found = {key: (str(child.location), child.reference) for key, child in definition.tree.value.items()}
    assert found == {
        "x": ("agents/a.yaml:1:4", "${var:port}"),
        "y": ("agents/a.yaml:2:4", "a ${var:port}"),
        "z": ("agents/a.yaml:3:4", None),
    }


def test_the_parts_of_a_variable_stand_where_it_is_declared(folder: Folder) -> None:
    definition = folder.agent("x: ${var:map}\n")
    assert str(definition.locate(("x", "b", 0))) == "agentconf.yaml:11:19"


def test_each_use_of_a_variable_is_noted(folder: Folder) -> None:
    definition = folder.agent("x: ${var:port}\ny: a ${var:host} ${var:port}\n")
    assert [(use.name, str(use.location)) for use in definition.variables] == [
        ("port", "agents/a.yaml:1:4"),
        ("host", "agents/a.yaml:2:6"),
        ("port", "agents/a.yaml:2:18"),
    ]


# ── environment variables ────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("${env:HOST}", "h"),
        ("${env:EMPTY}", ""),
        ("${env:HOST:-d}", "h"),
        ("${env:EMPTY:-d}", "d"),
        ("${env:UNSET:-d e}", "d e"),
        ("${env:UNSET:-}", ""),
        ("https://${env:HOST}/${env:UNSET:-d}", "https://h/d"),
        ("${env:NUMBER}", "5"),
        ("${env:TRICKY}", "${var:host} {{x}}"),
        ("${var:from_env}", "h"),
    ],
)
def test_an_environment_variable_is_a_text(text: str, value: str, folder: Folder) -> None:
    environ = {"HOST": "h", "EMPTY": "", "NUMBER": "5", "TRICKY": "${var:host} {{x}}"}
    definition = folder.agent(f"x: '{text}'\n", environ=environ)
    assert (definition.data, definition.problems) == ({"x": value}, ())


def test_an_environment_variable_that_is_not_set_is_named(folder: Folder) -> None:
    definition = folder.agent("x: a\ny: go to ${env:CRM_HOST} now\n")
    assert said(definition.problems) == [
        ("AC006", "agents/a.yaml:2:10", "the environment variable `CRM_HOST` is not set")
    ]
    assert underlined(definition.problems[0]) == "${env:CRM_HOST}"
    assert definition.problems[0].help == "set it, or give a default: ${env:CRM_HOST:-…}"


# ── what cannot be followed ────────────────────────────────────────────────────────────


def test_an_unset_variable_is_named_with_its_place_and_environment(folder: Folder) -> None:
    definition = folder.agent("x: |\n  at ${var:hots}\n  and ${var:other}\n")
    assert said(definition.problems) == [
        ("AC504", "agents/a.yaml:2:6", "the variable `hots` is not set in the environment `local`"),
        ("AC504", "agents/a.yaml:3:7", "the variable `other` is not set in the environment `local`"),
    ]
    assert [problem.help for problem in definition.problems] == [
        "did you mean `host`?",
        "set it under `vars` of `local`",
    ]


@pytest.mark.parametrize(
    "text", ["${var:unset}", "a ${var:unset}", "${env:UNSET}", "${file:unset.md}", "${name}"]
)
def test_what_cannot_be_followed_stays_as_written_and_is_marked(text: str, folder: Folder) -> None:
    definition = folder.agent(f"x: '{text}'\ny: fine\n")
    tree = definition.tree.value["x"]
    assert (definition.data, tree.unresolved, tree.reference) == ({"x": text, "y": "fine"}, True, text)
    assert len(definition.problems) == 1


@pytest.mark.parametrize(("value", "kind"), [("nothing", "null"), ("list", "a list"), ("map", "a mapping")])
def test_only_scalars_can_be_part_of_a_text(value: str, kind: str, folder: Folder) -> None:
    definition = folder.agent(f"x: a ${{var:{value}}}\n")
    assert said(definition.problems) == [
        ("AC006", "agents/a.yaml:1:6", f"the variable `{value}` is {kind} and cannot be a part of a text")
    ]
    assert definition.problems[0].labels[0].location.path == "agentconf.yaml"


@pytest.mark.parametrize(
    ("text", "place", "stretch"),
    [
        ('x: "a \\t ${name} b"', "1:10", "${name}"),
        ("x: >\n  a\n  b ${name} c\n", "2:5", "${name}"),
        ("x: ${a} ${a} ${b}", "1:4", "${a}"),
        ('x: "${n\\x61me}"', "1:4", '"${n\\x61me}"'),
    ],
)
def test_a_fault_is_underlined_where_it_stands(text: str, place: str, stretch: str, folder: Folder) -> None:
    if text.startswith("x: >"):
        place = "3:5"
    problem = folder.agent(text).problems[0]
    assert (problem.code, str(problem.location), underlined(problem)) == (
        "AC006",
        f"agents/a.yaml:{place}",
        stretch,
    )


def test_all_faults_of_a_text_are_told_at_once(folder: Folder) -> None:
    definition = folder.agent("x: ${a} ${var:unset} ${env:UNSET} ${\n")
    assert [problem.code for problem in definition.problems] == ["AC006", "AC504", "AC006", "AC006"]


# ── files ────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("content", "value"),
    [
        ("one\n", "one"),
        ("one", "one"),
        ("one\n\n", "one\n"),
        ("one\r\ntwo\r\n", "one\ntwo"),
        ("\ufeffone\n", "one"),
        ("", ""),
        ("\n", ""),
        ("cost: ${5} ${var:host} $${x} {{name}}\n", "cost: ${5} ${var:host} $${x} {{name}}"),
    ],
)
def test_a_file_is_taken_in_as_it_is_without_its_final_line_end(
    content: str, value: str, folder: Folder
) -> None:
    folder.write("prompts/p.md", content)
    definition = folder.agent("x: ${file:../prompts/p.md}\n")
    assert (definition.data, definition.problems) == ({"x": value}, ())


def test_a_text_of_a_file_stands_in_the_file_and_its_key_where_it_is_used(folder: Folder) -> None:
    folder.write("prompts/p.md", "Hello,\r\nthis is {{name}}.\r\n")
    definition = folder.agent("first: 1\nx: ${file:../prompts/p.md}\n")
    tree = definition.tree.value["x"]
    at = tree.value.index("{{name}}")
    assert str(definition.locate(("x",), key=True)) == "agents/a.yaml:2:1"
    assert str(definition.locate(("x",))) == "prompts/p.md:1:1"
    assert str(definition.locate_text(("x",), at, at + 8)) == "prompts/p.md:2:9"
    assert tree.reference == "${file:../prompts/p.md}"


def test_a_stretch_of_several_lines_of_a_file_is_exact(folder: Folder) -> None:
    folder.write("prompts/p.md", "one\ntwo\none\ntwo\n")
    definition = folder.agent("x: ${file:../prompts/p.md}\n")
    assert str(definition.locate_text(("x",), 8, 13)) == "prompts/p.md:3:1"


def test_a_file_is_no_part_of_a_text(folder: Folder) -> None:
    folder.write("prompts/p.md", "one\n")
    definition = folder.agent("x: a ${file:../prompts/p.md}\n")
    assert said(definition.problems) == [
        ("AC006", "agents/a.yaml:1:6", "`${file:…}` brings a whole text and cannot be a part of one")
    ]


@pytest.mark.parametrize(
    ("path", "code", "message", "help_"),
    [
        ("/etc/passwd", "AC007", "`/etc/passwd` is not a file of this project", "write a path"),
        ("~/x.md", "AC007", "`~/x.md` is not a file of this project", "write a path"),
        ("C:\\x.md", "AC007", "`C:\\x.md` is not a file of this project", "write a path"),
        (
            "https://x.example.com/p",
            "AC007",
            "`https://x.example.com/p` is not a file of this",
            "write a path",
        ),
        ("../../x.md", "AC007", "`../../x.md` leads out of the project", "move the file into it"),
        (
            "../prompts/../../x.md",
            "AC007",
            "`../prompts/../../x.md` leads out of the project",
            "move the file",
        ),
        ("..\\prompts\\p.md", "AC006", "`..\\prompts\\p.md` holds backslashes", "paths are written with `/`"),
        ("../prompts/P1.md", "AC006", "there is no file `prompts/P1.md`", "did you mean `../prompts/p.md`?"),
        ("prompts/p.md", "AC006", "there is no file `agents/prompts/p.md`", "paths are relative to the file"),
        ("../none/p.md", "AC006", "there is no file `none/p.md`", None),
        ("../prompts/zzzzzz", "AC006", "there is no file `prompts/zzzzzz`", None),
        ("../prompts/outside.md", "AC007", "`../prompts/outside.md` is a link that leads out of the", None),
        ("../prompts/dangling.md", "AC006", "`prompts/dangling.md` is a link that leads nowhere", None),
        ("../out/secret.md", "AC007", "`../out/secret.md` is a link that leads out of the project", None),
    ],
)
def test_a_path_that_leads_to_no_file_of_the_project_is_refused(
    path: str, code: str, message: str, help_: str | None, tmp_path: Path
) -> None:
    folder = Folder(tmp_path / "project")
    folder.write("prompts/p.md", "x")
    (tmp_path / "x.md").write_text("outside")
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "secret.md").write_text("outside")
    (folder.root / "prompts" / "outside.md").symlink_to(tmp_path / "x.md")
    (folder.root / "prompts" / "dangling.md").symlink_to("none.md")
    (folder.root / "out").symlink_to(tmp_path / "elsewhere")
    definition = folder.agent(f"x: ${{file:{path}}}\n")
    (problem,) = definition.problems
    assert (problem.code, str(problem.location)) == (code, "agents/a.yaml:1:4")
    assert problem.message.startswith(message)
    assert (problem.help or "").startswith(help_ or "")
    assert (problem.help is None) == (help_ is None)
    assert "outside" not in str(definition.data)[5:] or "outside.md" in str(definition.data)


def test_a_link_inside_of_the_project_is_followed(folder: Folder) -> None:
    folder.write("prompts/p.md", "one\n")
    (folder.root / "prompts" / "link.md").symlink_to("p.md")
    assert folder.agent("x: ${file:../prompts/link.md}\n").data == {"x": "one"}


def test_a_path_with_a_nul_is_no_path(folder: Folder) -> None:
    definition = folder.agent('x: "${file:a\\0b}"\n')
    assert [problem.code for problem in definition.problems] == ["AC006"]


def test_a_file_that_cannot_be_read_is_told_with_where_it_is_used(folder: Folder) -> None:
    folder.write("prompts/p.md", "x").write_bytes(b"caf\xe9\n")
    definition = folder.agent("x: ${file:../prompts/p.md}\n")
    (problem,) = definition.problems
    assert (problem.code, str(problem.location)) == ("AC008", "prompts/p.md:1:4")
    assert [(str(label.location), label.text) for label in problem.labels] == [
        ("agents/a.yaml:1:4", "pulled in here")
    ]


def test_a_folder_is_no_text(folder: Folder) -> None:
    definition = folder.agent("x: ${file:../agents}\n")
    assert [(problem.code, problem.message) for problem in definition.problems] == [
        ("AC008", "a folder, not a file")
    ]


def test_a_path_in_a_variable_counts_from_where_it_is_declared(folder: Folder) -> None:
    folder.write("agentconf.yaml", "version: 1\nvars: {p: '${file:prompts/p.md}'}\n")
    folder.write("prompts/p.md", "one\n")
    assert folder.agent("x: ${var:p}\ny: <${var:p}>\n").data == {"x": "one", "y": "<one>"}


# ── variables of variables ────────────────────────────────────────────────────────────


def test_a_cycle_of_variables_is_shown(folder: Folder) -> None:
    folder.write(
        "agentconf.yaml", 'version: 1\nvars:\n  a: "${var:b}"\n  b: "x ${var:c}"\n  c: [1, "${var:a}"]\n'
    )
    folder.write("agents/a.yaml", "x: ${var:a}\n")
    project = folder.load()
    assert said(project.problems) == [
        (
            "AC009",
            "agentconf.yaml:5:11",
            "this leads back to itself: ${var:a} → ${var:b} → ${var:c} → ${var:a}",
        ),
        ("AC006", "agentconf.yaml:4:9", "the variable `c` is a list and cannot be a part of a text"),
    ]
    assert project.definitions[0].tree.value["x"].unresolved


def test_what_is_wrong_with_a_variable_is_told_once_for_all_who_use_it(folder: Folder) -> None:
    folder.write("agentconf.yaml", "version: 1\nvars: {a: '${env:UNSET}', b: '${var:a}'}\n")
    for key in "abc":
        folder.write(f"agents/{key}.yaml", "x: ${var:a}\ny: '${var:b}'\n")
    project = folder.load()
    assert said(project.problems) == [
        ("AC006", "agentconf.yaml:2:12", "the environment variable `UNSET` is not set")
    ]
    assert [definition.problems for definition in project.definitions] == [(), (), ()]
    assert [(use.name, str(use.location)) for use in project.variables] == [("a", "agentconf.yaml:2:31")]


def test_a_variable_that_nothing_uses_is_not_followed(folder: Folder) -> None:
    folder.write("agentconf.yaml", "version: 1\nvars: {a: '${env:UNSET}'}\n")
    folder.write("agents/a.yaml", "x: 1\n")
    project = folder.load()
    assert (project.problems, project.environment.variables) == ((), {"a": "${env:UNSET}"})


def test_a_chain_too_long_to_be_meant_is_refused(folder: Folder) -> None:
    chain = "".join(f"  v{number}: ${{var:v{number + 1}}}\n" for number in range(40))
    folder.write("agentconf.yaml", f"version: 1\nvars:\n{chain}  v40: x\n")
    folder.write("agents/a.yaml", "x: ${var:v0}\ny: ${var:v20}\n")
    project = folder.load()
    assert [(problem.code, problem.message) for problem in project.problems] == [
        ("AC009", "more than 32 references lead from one to the next")
    ]


# ── growth ────────────────────────────────────────────────────────────


def grow(folder: Folder, first: str, step: str, levels: int) -> Any:
    lines = "".join(f"  v{n + 1}: {step.replace('V', f'${{var:v{n}}}')}\n" for n in range(levels))
    folder.write("agentconf.yaml", f"version: 1\nvars:\n  v0: {first}\n{lines}")
    folder.write("agents/a.yaml", f"x: ${{var:v{levels}}}\n")
    return folder.load()


def test_texts_that_double_end_at_the_bound(folder: Folder) -> None:
    project = grow(folder, "x", "V V V V", 30)
    assert [(one.code, one.message) for one in project.problems] == [
        ("AC004", "references make this larger than 10 MiB")
    ]
    assert project.definitions[0].tree.value["x"].unresolved


def test_lists_that_double_end_at_the_bound(folder: Folder) -> None:
    project = grow(folder, "x", "['V', 'V', 'V', 'V']", 30)
    assert [(one.code, one.message) for one in project.problems][:1] == [
        ("AC004", "references make this larger than 10 MiB")
    ]
    assert project.definitions[0].data is not None


def test_a_definition_that_repeats_a_large_text_ends_at_the_bound(folder: Folder) -> None:
    folder.write("prompts/p.md", "x" * 1_000_000)
    definition = folder.agent("x:\n" + "  - ${file:../prompts/p.md}\n" * 12)
    assert [(one.code, str(one.location)) for one in definition.problems] == [("AC004", "agents/a.yaml:12:5")]


def test_values_that_nest_each_other_end_at_the_bound(folder: Folder) -> None:
    deep = "[" * 40 + "V" + "]" * 40
    project = grow(folder, "x", deep.replace("V", "'V'"), 3)
    problems = [*project.problems, *project.definitions[0].problems]
    assert {(one.code, one.message) for one in problems} == {
        ("AC001", "references make this nested more than 100 levels deep")
    }
    assert project.definitions[0].data is not None


def test_values_that_were_followed_before_cannot_nest_deeper_either(folder: Folder) -> None:
    folder.write(
        "agentconf.yaml",
        f"version: 1\nvars:\n  a: {'[' * 60}x{']' * 60}\n  b: {'[' * 60}'${{var:a}}'{']' * 60}\n",
    )
    definition = folder.agent(f"x: ${{var:a}}\ny: {'[' * 60}'${{var:a}}'{']' * 60}\n")
    assert [(one.code, one.message) for one in definition.problems] == [
        ("AC001", "references make this nested more than 100 levels deep")
    ]


# ── secrets ────────────────────────────────────────────────────────────


def test_a_reference_in_a_write_only_field_is_never_looked_up(folder: Folder) -> None:
    text = (
        "slng_api_key: ${env:KEY}\n"
        "tools:\n"
        "  - auth: {type: bearer, token: '${env:TOKEN}'}\n"
        "  - auth: {type: hmac, secret: '${env:SECRET}'}\n"
    )
    definition = folder.agent(text, environ={"KEY": "k", "TOKEN": "t", "SECRET": "s"})
    assert definition.problems == ()
    assert definition.data == {
        "slng_api_key": SecretRef("KEY"),
        "tools": [
            {"auth": {"type": "bearer", "token": SecretRef("TOKEN")}},
            {"auth": {"type": "hmac", "secret": SecretRef("SECRET")}},
        ],
    }
    assert definition.document.masks == []
    assert definition.tree.value["slng_api_key"].reference == "${env:KEY}"


def test_a_variable_may_name_the_secret(folder: Folder) -> None:
    folder.write("agentconf.yaml", "version: 1\nvars: {key: '${env:KEY}', auth: {token: '${env:TOKEN}'}}\n")
    definition = folder.agent(
        "slng_api_key: ${var:key}\ntools:\n  - auth: ${var:auth}\n", environ={"KEY": "k"}
    )
    assert definition.data == {
        "slng_api_key": SecretRef("KEY"),
        "tools": [{"auth": {"token": SecretRef("TOKEN")}}],
    }
    assert definition.document.masks == []


@pytest.mark.parametrize(
    "value",
    ["sk-1234", "${env:KEY:-sk-1234}", "Bearer ${env:KEY}", "'${env:KEY} '", "$${env:KEY}", "'${file:x}'"],
)
def test_anything_else_in_a_write_only_field_stays_and_is_never_shown(value: str, folder: Folder) -> None:
    definition = folder.agent(f"name: x\nslng_api_key: {value}\n", environ={"KEY": "resolved"})
    assert definition.data["slng_api_key"] == value.strip("'")
    assert definition.document.line(2) == f"slng_api_key: {'*' * len(value)}"
    assert definition.problems == ()


def test_a_secret_in_the_value_of_a_variable_is_never_shown(folder: Folder) -> None:
    folder.write("agentconf.yaml", "version: 1\nvars:\n  via: ${var:key}\n  key: sk-1234\n")
    folder.write("agents/a.yaml", "slng_api_key: ${var:via}\n")
    project = folder.load()
    document = project.document
    assert document is not None
    assert [document.line(3), document.line(4)] == ["  via: **********", "  key: *******"]
    assert project.definitions[0].data == {"slng_api_key": "${var:via}"}


def test_an_unset_variable_in_a_write_only_field_is_an_unset_variable(folder: Folder) -> None:
    definition = folder.agent("slng_api_key: ${var:unset}\n")
    assert [problem.code for problem in definition.problems] == ["AC504"]
    assert (definition.tree.value["slng_api_key"].unresolved, definition.document.masks) == (True, [])


def test_a_secret_that_is_no_text_is_never_shown(folder: Folder) -> None:
    definition = folder.agent("slng_api_key: {a: ${x}, b: 5}\n".replace("${x}", "'${env:X}'"))
    assert "5" not in definition.document.line(1)


def test_an_environment_value_in_any_other_field_is_fine(folder: Folder) -> None:
    assert folder.agent("template_defaults: {token: '${env:T}'}\n", environ={"T": "t"}).data == {
        "template_defaults": {"token": "t"}
    }
