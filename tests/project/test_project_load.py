from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from project_loading import Folder, said

from agentconf.errors import ConfigurationError
from agentconf.model.secret import SecretRef
from agentconf.project import reader
from agentconf.project.load import Loader, load_project
from agentconf.source.read import read_document

if TYPE_CHECKING:
    from agentconf.source.document import Document, Problem


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path)


LAYERS = {
    "agentconf.yaml": "version: 1\ndefaults: {slng_api_key: '${env:KEY}', language: en, models: {stt: d}}\n",
    "environments/x.yaml": (
        "agents:\n  '*': {region: us-east, models: {llm: e}}\n  a: {models: {tts: f}, language: null}\n"
    ),
    "agents/a.yaml": "name: a\nmodels: {stt: own}\n",
    "agents/b.yaml": "name: b\nlanguage: de\n",
}


def write(folder: Folder, files: dict[str, str]) -> None:
    for path, text in files.items():
        folder.write(path, text)


# ── layers ────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("environment", "key", "data"),
    [
        ("local", "a", {"name": "a", "models": {"stt": "own"}, "language": "en"}),
        ("local", "b", {"name": "b", "models": {"stt": "d"}, "language": "de"}),
        ("x", "a", {"name": "a", "models": {"stt": "own", "llm": "e", "tts": "f"}, "region": "us-east"}),
        ("x", "b", {"name": "b", "models": {"stt": "d", "llm": "e"}, "region": "us-east", "language": "de"}),
    ],
)
def test_the_layers_come_together(environment: str, key: str, data: Any, folder: Folder) -> None:
    write(folder, LAYERS)
    definition = folder.load(environment).definition(key)
    assert definition is not None
    assert definition.data == {**data, "slng_api_key": SecretRef("KEY")}


def test_every_value_stands_where_its_layer_does(folder: Folder) -> None:
    write(folder, LAYERS)
    definition = folder.load("x").definition("a")
    assert definition is not None
    paths = [
        ("name",),
        ("region",),
        ("models", "stt"),
        ("models", "llm"),
        ("models", "tts"),
        ("slng_api_key",),
    ]
    assert [str(definition.locate(path)) for path in paths] == [
        "agents/a.yaml:1:7",
        "environments/x.yaml:2:17",
        "agents/a.yaml:2:15",
        "environments/x.yaml:2:40",
        "environments/x.yaml:3:21",
        "agentconf.yaml:2:26",
    ]


def test_an_override_of_a_reference_merges_into_what_it_brings(folder: Folder) -> None:
    folder.write(
        "agentconf.yaml",
        "version: 1\nvars: {m: {stt: a, llm: b}}\nenvironments: {x: {agents: {a: {models: {llm: c}}}}}\n",
    )
    assert folder.agent("models: ${var:m}\n", "x").data == {"models": {"stt": "a", "llm": "c"}}


def test_references_in_overrides_and_defaults_count_from_their_own_files(folder: Folder) -> None:
    folder.write("agentconf.yaml", "version: 1\ndefaults: {a: '${file:prompts/p.md}'}\n")
    folder.write("environments/x.yaml", "agents: {a: {b: '${file:../prompts/p.md}'}}\n")
    folder.write("prompts/p.md", "text\n")
    assert folder.agent("name: x\n", "x").data == {"name": "x", "a": "text", "b": "text"}


def test_what_is_wrong_with_the_layers_of_all_agents_is_told_once(folder: Folder) -> None:
    folder.write(
        "agentconf.yaml",
        "version: 1\ndefaults: {a: '${var:one}'}\nenvironments:\n  x: {agents: {'*': {b: '${var:two}'}}}\n",
    )
    folder.write("agents/a.yaml", "name: a\n")
    folder.write("agents/b.yaml", "name: b\n")
    project = folder.load("x")
    assert [(one.code, str(one.location)) for one in project.problems] == [
        ("AC504", "agentconf.yaml:2:16"),
        ("AC504", "agentconf.yaml:4:26"),
    ]
    assert [use.name for use in project.variables] == ["one", "two"]
    assert [(one.problems, one.variables) for one in project.definitions] == [((), ()), ((), ())]


def test_what_is_wrong_with_an_agents_override_is_the_agents(folder: Folder) -> None:
    folder.write("environments/x.yaml", "agents: {a: {b: '${var:two}'}, nobody: {b: '${var:three}'}}\n")
    definition = folder.agent("name: a\n", "x")
    assert [(one.code, str(one.location)) for one in definition.problems] == [
        ("AC504", "environments/x.yaml:1:18")
    ]
    assert [use.name for use in definition.variables] == ["two"]


@pytest.mark.parametrize("override", ["null", "5"])
def test_an_override_that_is_no_mapping_changes_nothing(override: str, folder: Folder) -> None:
    folder.write("environments/x.yaml", f"agents: {{a: {override}, '*': {override}}}\n")
    assert folder.agent("name: a\n", "x").data == {"name": "a"}


# ── files ────────────────────────────────────────────────────────────


def test_agents_are_ordered_by_key_whatever_their_format(folder: Folder) -> None:
    write(
        folder, {"agents/b.yml": "name: b\n", "agents/a.json": '{"name": "a"}', "agents/c.yaml": "name: c\n"}
    )
    assert [(one.key, one.data) for one in folder.load().definitions] == [
        ("a", {"name": "a"}),
        ("b", {"name": "b"}),
        ("c", {"name": "c"}),
    ]


def test_two_files_of_one_key_are_told_and_the_first_is_used(folder: Folder) -> None:
    write(folder, {"agents/a.yaml": "name: yaml\n", "agents/a.json": '{"name": "json"}'})
    project = folder.load()
    assert said(project.problems) == [("AC002", "agents/a.yaml:1:1", "two files define the agent `a`")]
    assert [str(label.location) for label in project.problems[0].labels] == ["agents/a.json:1:1"]
    assert [one.data for one in project.definitions] == [{"name": "json"}]


@pytest.mark.parametrize(
    ("text", "code", "place"),
    [
        ("name: [\n", "AC001", "1:7"),
        ("", "AC001", "1:1"),
        ("- name\n", "AC103", "1:1"),
        ("text\n", "AC103", "1:1"),
        ("null\n", "AC103", "1:1"),
        ("a: \0\n", "AC008", "1:4"),
    ],
)
def test_a_file_that_is_no_mapping_is_an_unreadable_agent(
    text: str, code: str, place: str, folder: Folder
) -> None:
    write(folder, LAYERS)
    definition = folder.agent(text, "x")
    assert [(one.code, str(one.location)) for one in definition.problems] == [
        (code, f"agents/a.yaml:{place}")
    ]
    assert (definition.readable, definition.data) == (False, {})
    assert definition.files == {"agents/a.yaml"}


def test_a_link_that_leads_out_of_the_project_is_not_read(tmp_path: Path) -> None:
    folder = Folder(tmp_path / "project")
    folder.write("agents/b.yaml", "name: b\n")
    (tmp_path / "elsewhere.yaml").write_text("name: secret\n")
    (folder.root / "agents" / "a.yaml").symlink_to(tmp_path / "elsewhere.yaml")
    definition = folder.agent()
    assert said(definition.problems) == [
        ("AC007", "agents/a.yaml:1:1", "the file is a link that leads out of the project")
    ]
    assert (definition.readable, definition.document.text) == (False, "")


@pytest.mark.parametrize("target", ["a.yaml", "none.yaml"])
def test_a_link_that_leads_nowhere_is_unreadable(target: str, folder: Folder) -> None:
    (folder.root / "agents").mkdir()
    (folder.root / "agents" / "a.yaml").symlink_to(target)
    assert [one.code for one in folder.agent().problems] == ["AC008"]


def test_what_is_wrong_with_a_file_that_can_be_read_is_told_beside_its_values(folder: Folder) -> None:
    definition = folder.agent("name: a\nname: b\n")
    assert ([one.code for one in definition.problems], definition.data) == (["AC002"], {"name": "a"})
    assert definition.readable


@pytest.mark.parametrize("text", ["- " * 200_000, "[" * 200_000, "a: &a [*a]", "token: " * 100_000])
def test_a_file_that_means_harm_is_an_unreadable_agent(text: str, folder: Folder) -> None:
    definition = folder.agent(text)
    assert (len(definition.problems), definition.readable) == (1, False)


def test_a_secret_in_a_file_that_cannot_be_read_is_never_shown(folder: Folder) -> None:
    definition = folder.agent("slng_api_key: sk-1234\ntools: [\n")
    assert definition.problems[0].location.document.line(1) == "slng_api_key: *******"


def test_a_secret_under_a_key_that_stands_twice_is_never_shown(folder: Folder) -> None:
    definition = folder.agent("slng_api_key: ${env:A}\nslng_api_key: sk-1234\n")
    assert definition.document.line(2) == "slng_api_key: *******"


def test_there_is_nothing_in_an_empty_folder(folder: Folder) -> None:
    project = folder.load()
    assert (project.definitions, project.problems, project.root) == ((), (), str(folder.root))


@pytest.mark.parametrize("name", ["none", "file"])
def test_a_root_that_is_no_folder_is_refused(name: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigurationError, match="there is no folder"):
        load_project(tmp_path / name, environ={})


def test_a_relative_root_is_made_absolute(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    folder.write("agents/a.yaml", "name: a\n")
    monkeypatch.chdir(folder.root)
    assert load_project(Path(), environ={}).root == str(folder.root)


def test_an_agent_that_is_not_there_is_none(folder: Folder) -> None:
    assert folder.load().definition("a") is None


# ── once for all environments ────────────────────────────────────────────────────────────


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Count what is read from the disk."""
    reads: list[str] = []
    original = read_document

    def counting(file: Path, display: str) -> Document | Problem:
        reads.append(display)
        return original(file, display)

    monkeypatch.setattr(reader, "read_document", counting)
    return reads


def test_every_file_is_read_once(folder: Folder, counted: list[str]) -> None:
    write(folder, LAYERS)
    folder.write(
        "agents/c.yaml",
        "a: {$ref: ../tools/t.yaml}\nb: ${file:../prompts/p.md}\nc: {$ref: ../tools/t.yaml}\n",
    )
    folder.write("tools/t.yaml", "x: ${file:../prompts/p.md}\n")
    folder.write("prompts/p.md", "text")
    loader = Loader(folder.root, {})
    for name in loader.environment_names * 2:
        loader.project(name)
    assert sorted(counted) == sorted({*LAYERS, "agents/c.yaml", "tools/t.yaml", "prompts/p.md"})


def test_an_agent_without_variables_is_the_same_in_every_environment(folder: Folder) -> None:
    folder.write(
        "agentconf.yaml",
        "version: 1\ndefaults: {slng_api_key: '${env:K}'}\nenvironments: {x: {}, y: {vars: {v: 1}}}\n",
    )
    folder.write("agents/a.yaml", "name: a\ntools: [{auth: {token: '${env:T}'}}]\n")
    loader = Loader(folder.root, {})
    assert loader.project("x").definition("a") is loader.project("y").definition("a")


def test_an_agent_with_variables_is_each_environments_own(folder: Folder) -> None:
    folder.write("agentconf.yaml", "version: 1\nenvironments: {x: {vars: {v: 1}}, y: {vars: {v: 2}}}\n")
    folder.write("agents/a.yaml", "x: ${var:v}\ny: {$ref: ../tools/t.yaml}\n")
    folder.write("tools/t.yaml", "z: ${var:v}\n")
    loader = Loader(folder.root, {})
    assert [loader.project(name).definitions[0].data for name in "xy"] == [
        {"x": 1, "y": {"z": 1}},
        {"x": 2, "y": {"z": 2}},
    ]


def test_an_override_makes_an_agent_its_environments_own(folder: Folder) -> None:
    write(folder, LAYERS)
    loader = Loader(folder.root, {})
    assert [loader.project(name).definition("a").data.get("region") for name in ("x", "local", "x")] == [  # type: ignore[union-attr]
        "us-east",
        None,
        "us-east",
    ]


def test_a_plain_agent_is_not_copied(folder: Folder) -> None:
    definition = folder.agent("name: a\nmodels: {stt: x}\n")
    composed = Loader(folder.root, {})
    composed.project()
    again = composed.project("local").definition("a")
    assert again is not None
    assert definition.data == again.data
    assert again.tree is composed._reader.composed("agents/a.yaml").tree


# ── texts in place of files ────────────────────────────────────────────────────────────


def test_a_text_stands_in_place_of_a_file(folder: Folder) -> None:
    write(folder, {"agents/a.yaml": "name: file\n", "agents/b.yaml": "name: b\n"})
    loader = Loader(folder.root, {})
    loader.add_text("agents/a.yaml", "name: text\n")
    assert [(one.key, one.data["name"]) for one in loader.project().definitions] == [
        ("a", "text"),
        ("b", "b"),
    ]


@pytest.mark.parametrize(
    ("display", "key"), [("agents/new.yaml", "new"), ("stdin.yaml", "stdin"), ("<stdin>", "<stdin>")]
)
def test_a_text_without_a_file_is_an_agent(display: str, key: str, folder: Folder) -> None:
    folder.write("prompts/p.md", "text\n")
    loader = Loader(folder.root, {})
    path = "../prompts/p.md" if "/" in display else "prompts/p.md"
    loader.add_text(display, f"x: ${{file:{path}}}\n")
    assert [(one.key, one.data) for one in loader.project().definitions] == [(key, {"x": "text"})]


@pytest.mark.parametrize(
    ("display", "text"),
    [
        ("agentconf.yaml", "version: 1\nvars: {v: new}\n"),
        ("environments/local.yaml", "vars: {v: new}\n"),
        ("prompts/p.md", "new\n"),
        ("tools/t.yaml", "x: new\n"),
    ],
)
def test_a_text_may_be_another_file_of_the_project(display: str, text: str, folder: Folder) -> None:
    write(
        folder,
        {
            "agentconf.yaml": "version: 1\nvars: {v: old}\n",
            "tools/t.yaml": "x: old\n",
            "prompts/p.md": "old\n",
        },
    )
    folder.write("environments/local.yaml", "concurrency: 2\n")
    folder.write("agents/a.yaml", "a: ${var:v}\nb: {$ref: ../tools/t.yaml}\nc: ${file:../prompts/p.md}\n")
    loader = Loader(folder.root, {})
    loader.add_text(display, text)
    (definition,) = loader.project().definitions
    assert sorted([definition.data["a"], definition.data["b"]["x"], definition.data["c"]]) == [
        "new",
        "old",
        "old",
    ]


# ── paths ────────────────────────────────────────────────────────────


FILES = {
    "agentconf.yaml": "version: 1\n",
    "environments/x.yaml": "concurrency: 2\n",
    "agents/a.yaml": "t: {$ref: ../tools/t.yaml}\n",
    "agents/b.yaml": "p: ${file:../prompts/p.md}\n",
    "agents/c.yaml": "name: c\n",
    "tools/t.yaml": "p: ${file:../prompts/q.md}\n",
    "tools/unused.yaml": "x: 1\n",
    "prompts/p.md": "p\n",
    "prompts/q.md": "q\n",
    "drafts/d.yaml": "name: d\n",
    "README.md": "text\n",
}


@pytest.mark.parametrize(
    ("paths", "keys"),
    [
        (["agents/a.yaml"], "a"),
        (["agents/c.yaml", "agents/a.yaml", "agents/c.yaml"], "ac"),
        (["agents"], "abc"),
        (["."], "abc"),
        (["agentconf.yaml"], "abc"),
        (["environments/x.yaml"], "abc"),
        (["environments"], "abc"),
        (["tools/t.yaml"], "a"),
        (["prompts/q.md"], "a"),
        (["prompts"], "ab"),
        (["tools/unused.yaml"], ""),
        (["README.md"], ""),
        (["drafts/d.yaml"], "d"),
        (["drafts/d.yaml", "agents/c.yaml"], "cd"),
        (["drafts"], ""),
        ([], ""),
    ],
)
def test_paths_keep_to_the_agents_they_take_part_in(paths: list[str], keys: str, folder: Folder) -> None:
    write(folder, FILES)
    project = load_project(folder.root, environ={}, paths=[folder.root / path for path in paths])
    assert "".join(one.key for one in project.definitions) == keys


def test_a_relative_path_counts_from_the_current_folder(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(folder, FILES)
    monkeypatch.chdir(folder.root / "agents")
    project = load_project(folder.root, environ={}, paths=[Path("b.yaml"), Path("../tools/t.yaml")])
    assert [one.key for one in project.definitions] == ["a", "b"]


def test_a_path_that_does_not_exist_is_refused(folder: Folder) -> None:
    with pytest.raises(ConfigurationError, match=r"there is no file or folder `.*none\.yaml`"):
        load_project(folder.root, environ={}, paths=[folder.root / "none.yaml"])


def test_a_draft_outside_of_the_project_may_not_pull_in_its_files(tmp_path: Path) -> None:
    folder = Folder(tmp_path / "project")
    write(folder, FILES)
    draft = tmp_path / "draft.yaml"
    draft.write_text("a: ${file:project/prompts/p.md}\n")
    (definition,) = load_project(folder.root, environ={}, paths=[draft]).definitions
    assert definition.document.path == draft.as_posix()
    assert [one.code for one in definition.problems] == ["AC007"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may list everything")
def test_a_folder_of_agents_that_cannot_be_listed_is_an_error(folder: Folder) -> None:
    folder.write("agents/a.yaml", "name: a\n")
    (folder.root / "agents").chmod(0)
    try:
        with pytest.raises(ConfigurationError, match="cannot list the folder `agents`"):
            folder.load()
    finally:
        (folder.root / "agents").chmod(0o755)


def test_an_agents_folder_that_is_a_link_out_of_the_project_is_told(tmp_path: Path) -> None:
    folder = Folder(tmp_path / "project")
    folder.root.mkdir()
    (tmp_path / "elsewhere").mkdir()
    (folder.root / "agents").symlink_to(tmp_path / "elsewhere")
    assert said(folder.load().problems) == [
        ("AC007", "agents:1:1", "the folder `agents` is a link that leads out of the project")
    ]


def test_a_folder_that_is_named_like_an_agent_is_told(folder: Folder) -> None:
    folder.write("agents/a.yaml/b.yaml", "name: x\n")
    definition = folder.agent()
    assert (definition.readable, said(definition.problems)) == (
        False,
        [("AC008", "agents/a.yaml:1:1", "a folder, not a file")],
    )


def test_files_that_no_agent_can_stand_in_are_strangers_unless_they_take_part(
    folder: Folder, tmp_path: Path
) -> None:
    write(folder, {"agents/a.yaml": "system_prompt: ${file:../prompts/p.md}\n", "prompts/p.md": "x\n"})
    write(
        folder, {"prompts/unused.md": "x\n", "notes.txt": "x\n", "draft.yaml": "name: d\n", "tools/t.py": ""}
    )
    loader = Loader(folder.root, {})
    paths = [
        folder.root / name
        for name in (
            "agents",
            "agents/a.yaml",
            "prompts/p.md",
            "prompts/unused.md",
            "notes.txt",
            "draft.yaml",
        )
    ]
    outside = tmp_path.parent / f"{tmp_path.name}.txt"
    outside.write_text("x")
    strangers = loader.strangers([*paths, folder.root / "tools/t.py", outside], [loader.project()])
    assert strangers == ("notes.txt", outside.as_posix())
    outside.unlink()
