from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from project_loading import Folder, said

from agentconf.errors import ConfigurationError
from agentconf.model.project import (
    DEFAULT_BASE_URL,
    DashaSettings,
    EnvironmentFile,
    ProjectFile,
    SipgateSettings,
)
from agentconf.model.secret import SecretRef
from agentconf.project.settings import validate
from agentconf.source.compose import compose

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path)


def settings(folder: Folder, name: str = "x", environ: dict[str, str] | None = None) -> EnvironmentFile:
    project = folder.load(name, environ)
    assert project.problems == ()
    return project.environment.settings


# ── which there are ────────────────────────────────────────────────────────────


def test_without_a_project_file_there_is_the_local_emulator(folder: Folder) -> None:
    project = folder.load()
    assert (project.settings, project.document, project.tree) == (ProjectFile(version=1), None, None)
    assert project.environment_names == ("local",)
    assert project.environment.name == "local"
    assert project.environment.settings == EnvironmentFile(emulator=True, contract="keyed", ownership="full")


def test_environments_stand_in_the_project_file_and_in_files(folder: Folder) -> None:
    folder.write("agentconf.yaml", "version: 1\nenvironments: {staging: {}, empty: null}\n")
    folder.write("environments/production.yaml", "concurrency: 2\n")
    folder.write("environments/broken.yaml", "a: [\n")
    assert folder.load().environment_names == ("broken", "empty", "local", "production", "staging")


@pytest.mark.parametrize(
    ("environ", "asked", "name"),
    [({}, None, "local"), ({"AGENTCONF_ENV": "x"}, None, "x"), ({"AGENTCONF_ENV": "x"}, "local", "local")],
)
def test_the_environment_is_asked_for_or_in_a_variable_or_local(
    environ: dict[str, str], asked: str | None, name: str, folder: Folder
) -> None:
    folder.write("environments/x.yaml", "concurrency: 2\n")
    assert folder.load(asked, environ).environment.name == name


@pytest.mark.parametrize(
    ("asked", "help_"),
    [("prodution", "did you mean `production`?"), ("qa", "declared are: local, production")],
)
def test_an_unknown_environment_is_refused(asked: str, help_: str, folder: Folder) -> None:
    folder.write("environments/production.yaml", "concurrency: 2\n")
    with pytest.raises(ConfigurationError) as raised:
        folder.load(asked)
    assert (raised.value.message, raised.value.help) == (f"there is no environment `{asked}`", help_)


# ── settings ────────────────────────────────────────────────────────────


def test_an_environment_has_its_settings_and_defaults(folder: Folder) -> None:
    folder.write(
        "environments/x.yaml",
        "api_key: ${env:KEY}\norganisation: o\nrequire_approval: [data]\nconcurrency: 4\ncontract: managed\n",
    )
    assert settings(folder) == EnvironmentFile(
        api_key=SecretRef("KEY"),
        organisation="o",
        require_approval=["data"],
        concurrency=4,
        contract="managed",
        ownership="full",
    )


def test_other_platforms_have_defaults_where_an_environment_says_nothing(folder: Folder) -> None:
    folder.write("environments/x.yaml", "dasha: {bulk: 20}\n")
    found = settings(folder)
    assert found.sipgate == SipgateSettings(
        base_url="https://api.sipgate.com", token=SecretRef("SIPGATE_TOKEN"), plus=True
    )
    assert found.dasha == DashaSettings(
        base_url="https://blackbox.dasha.ai", api_key=SecretRef("DASHA_API_KEY"), bulk=20
    )
    assert settings(folder, "local").dasha == DashaSettings()


def test_the_credentials_of_other_platforms_are_references(folder: Folder) -> None:
    folder.write("environments/x.yaml", "sipgate: {token: '${env:S}'}\ndasha: {api_key: '${env:D}'}\n")
    assert (settings(folder).sipgate.token, settings(folder).dasha.api_key) == (
        SecretRef("S"),
        SecretRef("D"),
    )


def test_a_literal_credential_of_another_platform_is_refused_and_never_shown(folder: Folder) -> None:
    folder.write("environments/x.yaml", "sipgate: {token: sk-1234}\ndasha: {api_key: sk-1234}\n")
    problems = folder.load("x").problems
    assert [(one.code, str(one.location)) for one in problems] == [
        ("AC103", "environments/x.yaml:1:18"),
        ("AC103", "environments/x.yaml:2:18"),
    ]
    document = problems[0].location.document
    assert [document.line(1), document.line(2)] == ["sipgate: {token: *******}", "dasha: {api_key: *******}"]


def test_contract_and_ownership_are_the_projects_where_an_environment_says_nothing(folder: Folder) -> None:
    folder.write(
        "agentconf.yaml", "version: 1\ncontract: managed\nownership: declared\nenvironments: {x: {}}\n"
    )
    assert (settings(folder).contract, settings(folder).ownership) == ("managed", "declared")


def test_an_environment_in_both_places_is_refused_and_the_file_is_used(folder: Folder) -> None:
    folder.write(
        "agentconf.yaml", "version: 1\nenvironments: {x: {concurrency: 2, organisation: o}, y: {}}\n"
    )
    folder.write("environments/x.yaml", "concurrency: 3\n")
    project = folder.load("x")
    (problem,) = project.problems
    assert (problem.code, str(problem.location)) == ("AC002", "environments/x.yaml:1:1")
    assert problem.message == "the environment `x` is declared in the project file and in a file of its own"
    assert [(str(one.location), one.text) for one in problem.labels] == [
        ("agentconf.yaml:2:16", "declared here too")
    ]
    assert (project.environment.settings.concurrency, project.environment.settings.organisation) == (3, None)
    assert folder.load("y").problems == ()


@pytest.mark.parametrize(
    ("address", "message"),
    [
        ("https://api.example.com", None),
        ("https://api.example.com:8443/agents/", None),
        ("http://127.0.0.1:8443", None),
        ("http://localhost", None),
        ("http://[::1]:80", None),
        ("''", "`base_url` is not an http address"),
        ("api.example.com", "`base_url` is not an http address"),
        ("ftp://api.example.com", "`base_url` is not an http address"),
        ("https://", "`base_url` is not an http address"),
        ("https://a b", "`base_url` is not an http address"),
        ("https://a:99999", "`base_url` is not an http address"),
        ("https://[::1", "`base_url` is not an http address"),
        ("https://me@api.example.com", "`base_url` holds a user or a password"),
        ("https://api.example.com?a=b", "`base_url` holds a query or a fragment"),
        ("'https://api.example.com#a'", "`base_url` holds a query or a fragment"),
        ("https://api.example.com/v1", "`base_url` goes too far"),
        ("https://api.example.com/v1/agents/", "`base_url` goes too far"),
        ("http://api.example.com", "`base_url` is plain http to another machine"),
        ("http://192.168.0.2", "`base_url` is plain http to another machine"),
    ],
)
def test_an_address_is_checked_where_it_stands(address: str, message: str | None, folder: Folder) -> None:
    folder.write("environments/x.yaml", f"base_url: {address}\n")
    expected = [("AC509", "environments/x.yaml:1:11", message)] if message else []
    assert said(folder.load("x").problems) == expected


@pytest.mark.parametrize(
    ("address", "message", "help_"),
    [
        ("sipgate: {base_url: https://api.sipgate.example.com}", None, None),
        ("dasha: {base_url: https://blackbox.ru.dasha.example.com}", None, None),
        (
            "sipgate: {base_url: https://api.example.com/v3}",
            "`sipgate.base_url` goes too far",
            "end it before `/v3`",
        ),
        (
            "dasha: {base_url: https://a.example.com/api/v1/}",
            "`dasha.base_url` goes too far",
            "end it before `/api/v1`",
        ),
        (
            "dasha: {base_url: https://me:hunter2@a.example.com}",
            "`dasha.base_url` holds a user or a password",
            "take it away; the credential belongs in `dasha.api_key`",
        ),
        (
            "sipgate: {base_url: nowhere}",
            "`sipgate.base_url` is not an http address",
            "write it like https://api.sipgate.com",
        ),
    ],
)
def test_the_addresses_of_the_other_platforms_are_checked_too(
    address: str, message: str | None, help_: str | None, folder: Folder
) -> None:
    folder.write("environments/x.yaml", f"{address}\n")
    problems = folder.load("x").problems
    assert [(one.code, one.message, one.help) for one in problems] == (
        [("AC509", message, help_)] if message else []
    )
    assert "hunter2" not in "".join(one.location.document.line(1) for one in problems)


@pytest.mark.parametrize(
    ("state", "wrong"),
    [
        (".agentconf/elsewhere", False),
        ("git", False),
        ("git:upstream", False),
        ("git:git@example.com:team/agents.git", False),
        ("git:ssh://git@example.com/team/agents.git", False),
        ("git:https://example.com/team/agents.git", False),
        ("git:https://hunter2@example.com/team/agents.git", True),
        ("git:https://me:hunter2@example.com/team/agents.git", True),
        ("git:https://me:${env:TOKEN}@example.com/team/agents.git", False),
        ("s3://bucket/prefix", False),
        ("postgresql://me@db.example.com/agents", False),
        ("postgresql://me:hunter2@db.example.com/agents", True),
        ("postgresql://me:${var:pw}@db.example.com/agents", True),
        ("postgresql://me:${env:TOKEN}@db.example.com/agents", False),
        ("postgresql://db.example.com/agents?user=me&password=hunter2", True),
        ("postgresql://db.example.com/agents?user=me&password=${env:TOKEN}", False),
    ],
)
def test_the_place_of_the_state_holds_no_password(state: str, wrong: bool, folder: Folder) -> None:
    folder.write("environments/x.yaml", f"state: {state}\nvars: {{pw: hunter2}}\n")
    problems = folder.load("x", {"TOKEN": "of-the-process"}).problems
    expected = [("AC509", "environments/x.yaml:1:8", "`state` holds a password")] if wrong else []
    assert said(problems) == expected
    assert not any("hunter2" in one.location.document.line(1) for one in problems)


def test_an_address_is_checked_with_its_variables_filled_in(folder: Folder) -> None:
    folder.write("environments/x.yaml", "base_url: https://${var:host}\nvars: {host: a.example.com/v1}\n")
    folder.write("environments/y.yaml", "base_url: https://${var:host}\n")
    assert [one.code for one in folder.load("x").problems] == ["AC509"]
    assert [one.code for one in folder.load("y").problems] == ["AC504"]


def test_a_password_in_an_address_is_never_shown(folder: Folder) -> None:
    folder.write("environments/x.yaml", "base_url: https://me:hunter2@api.example.com\n")
    (problem,) = folder.load("x").problems
    assert problem.location.document.line(1) == "base_url: https://**********@api.example.com"
    assert "hunter2" not in problem.message


def test_variables_are_the_projects_overridden_by_the_environments(folder: Folder) -> None:
    folder.write(
        "agentconf.yaml", "version: 1\nvars: {a: 1, b: 2}\nenvironments: {x: {vars: {b: 3, c: null}}}\n"
    )
    environment = folder.load("x").environment
    assert environment.variables == {"a": 1, "b": 3, "c": None}
    assert {name: str(tree.key_location) for name, tree in environment.trees.items()} == {
        "a": "agentconf.yaml:2:8",
        "b": "agentconf.yaml:3:27",
        "c": "agentconf.yaml:3:33",
    }


def test_references_in_settings_are_followed(folder: Folder) -> None:
    folder.write(
        "environments/x.yaml", "base_url: https://${var:host}/\norganisation: ${env:ORG}\nvars: {host: h}\n"
    )
    found = settings(folder, environ={"ORG": "o"})
    assert (found.base_url, found.organisation) == ("https://h/", "o")


def test_a_setting_that_cannot_be_followed_is_one_problem(folder: Folder) -> None:
    folder.write("environments/x.yaml", "concurrency: ${var:many}\n")
    project = folder.load("x")
    assert said(project.problems) == [
        ("AC504", "environments/x.yaml:1:14", "the variable `many` is not set in the environment `x`")
    ]
    assert project.environment.settings.concurrency == 8


@pytest.mark.parametrize(
    ("text", "emulator"), [("vars: {}\n", True), ("emulator: false\n", False), ("emulator: true\n", True)]
)
def test_local_is_the_emulator_unless_it_says_otherwise(text: str, emulator: bool, folder: Folder) -> None:
    folder.write("environments/local.yaml", text)
    assert settings(folder, "local").emulator is emulator


def test_other_environments_are_the_platform(folder: Folder) -> None:
    folder.write("environments/x.yaml", "concurrency: 2\n")
    assert (settings(folder).emulator, settings(folder).base_url) == (False, DEFAULT_BASE_URL)


def test_variables_of_the_process_replace_address_and_key(folder: Folder) -> None:
    folder.write(
        "environments/x.yaml", "base_url: https://a.example.com\napi_key: ${env:KEY}\nemulator: true\n"
    )
    found = settings(folder, environ={"AGENTCONF_BASE_URL": "http://127.0.0.1:1", "AGENTCONF_API_KEY": "k"})
    assert (found.base_url, found.api_key, found.emulator) == (
        "http://127.0.0.1:1",
        SecretRef("AGENTCONF_API_KEY"),
        False,
    )


def test_empty_variables_of_the_process_replace_nothing(folder: Folder) -> None:
    folder.write("environments/x.yaml", "base_url: https://a.example.com\napi_key: ${env:KEY}\n")
    found = settings(folder, environ={"AGENTCONF_BASE_URL": "", "AGENTCONF_API_KEY": "", "AGENTCONF_ENV": ""})
    assert (found.base_url, found.api_key) == ("https://a.example.com", SecretRef("KEY"))


# ── what is wrong ────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("line", "code", "column", "message", "help_"),
    [
        ("base_ulr: x", "AC510", 1, "there is no setting `base_ulr`", "did you mean `base_url`?"),
        ("zzz: x", "AC510", 1, "there is no setting `zzz`", "remove it"),
        ("base_url: 5", "AC103", 11, "`base_url` takes a text", 'quote it: "5"'),
        ("base_url: [5]", "AC103", 11, "`base_url` takes a text", None),
        ("sipgate: {tokn: x}", "AC510", 11, "there is no setting `sipgate.tokn`", "did you mean `token`?"),
        ("sipgate: {plus: 'no'}", "AC103", 17, "`sipgate.plus` takes true or false", None),
        ("dasha: {bulk: 1001}", "AC105", 15, "`dasha.bulk` is at most 1000", None),
        ("dasha: 5", "AC103", 8, "`dasha` takes a mapping", None),
        ("emulator: 'yes'", "AC103", 11, "`emulator` takes true or false", None),
        ("concurrency: '8'", "AC103", 14, "`concurrency` takes a whole number", None),
        ("concurrency: 0", "AC105", 14, "`concurrency` is at least 1", None),
        ("concurrency: 33", "AC105", 14, "`concurrency` is at most 32", None),
        ("require_approval: data", "AC103", 19, "`require_approval` takes a list", None),
        ("vars: [a]", "AC103", 7, "`vars` takes a mapping", None),
        ("agents: {a: 5}", "AC103", 13, "`agents.a` takes a mapping", None),
        ("contract: keyd", "AC104", 11, "`contract` is one of keyed, managed", "did you mean `keyed`?"),
        ("ownership: 5", "AC104", 12, "`ownership` is one of full, declared", None),
    ],
)
def test_a_wrong_setting_is_told_and_the_others_are_used(
    line: str, code: str, column: int, message: str, help_: str | None, folder: Folder
) -> None:
    folder.write("environments/x.yaml", f"organisation: o\n{line}\n")
    project = folder.load("x")
    (problem,) = project.problems
    assert (problem.code, str(problem.location)) == (code, f"environments/x.yaml:2:{column}")
    assert (problem.message, problem.help) == (message, help_)
    assert project.environment.settings.organisation == "o"


def test_a_wrong_item_of_a_list_is_left_out(folder: Folder) -> None:
    approvals = ", ".join(["data"] + ["x"] * 10 + ["speech"])
    folder.write("environments/x.yaml", f"require_approval: [{approvals}]\n")
    project = folder.load("x")
    assert [one.code for one in project.problems] == ["AC104"] * 10
    assert project.problems[0].message.startswith("`require_approval[1]` is one of speech, behaviour,")
    assert project.environment.settings.require_approval == ["data", "speech"]


def test_a_literal_key_is_refused_and_never_shown(folder: Folder) -> None:
    folder.write("environments/x.yaml", "api_key: sk-1234\n")
    project = folder.load("x")
    (problem,) = project.problems
    assert (problem.code, problem.message) == (
        "AC103",
        "`api_key` takes one reference to an environment variable: ${env:NAME}",
    )
    assert problem.location.document.line(1) == "api_key: *******"
    assert project.environment.settings.api_key is None


def test_literal_secrets_of_overrides_are_never_shown(folder: Folder) -> None:
    folder.write(
        "environments/x.yaml", "agents:\n  nobody: {slng_api_key: sk-1234, tools: [{auth: {token: t-1}}]}\n"
    )
    tree = folder.load("x").environment_trees["x"]
    assert tree.document.line(2) == "  nobody: {slng_api_key: *******, tools: [{auth: {token: ***}}]}"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{}", [("AC102", "agentconf.yaml:1:1", "`version` is missing")]),
        ("lint: {}\n", [("AC102", "agentconf.yaml:1:1", "`version` is missing")]),
        ("version: 2\n", [("AC104", "agentconf.yaml:1:10", "`version` is always 1")]),
        ("version: '1'\n", [("AC104", "agentconf.yaml:1:10", "`version` is always 1")]),
        ("- a\n", [("AC103", "agentconf.yaml:1:1", "the project file is a mapping")]),
        (
            "version: 1\nenvironments: [a]\n",
            [("AC103", "agentconf.yaml:2:15", "`environments` is a mapping")],
        ),
        (
            "version: 1\nenvironments: {a: 5}\n",
            [("AC103", "agentconf.yaml:2:19", "`environments.a` is a mapping")],
        ),
        ("version: 1\nenvironments: null\n", []),
        ("version: 1\ndefaults: 5\n", [("AC103", "agentconf.yaml:2:11", "`defaults` takes a mapping")]),
        (
            "version: 1\nlint: {strct: true, severity: {AC214: eror}, ignore: [5]}\n",
            [
                ("AC510", "agentconf.yaml:2:8", "there is no setting `lint.strct`"),
                ("AC103", "agentconf.yaml:2:55", "`lint.ignore[0]` takes a text"),
                ("AC104", "agentconf.yaml:2:39", "`lint.severity.AC214` is one of error, warning, info"),
            ],
        ),
    ],
)
def test_a_wrong_project_file_is_told_where_it_is_wrong(
    text: str, expected: list[tuple[str, str, str]], folder: Folder
) -> None:
    folder.write("agentconf.yaml", text)
    assert sorted(said(folder.load().problems)) == sorted(expected)


def test_a_key_without_a_value_counts_as_absent(folder: Folder) -> None:
    folder.write("agentconf.yaml", "version: 1\nvars:\nlint:\ndefaults:\n")
    folder.write("environments/x.yaml", "vars:\nagents:\nconcurrency:\n")
    assert folder.load("x").problems == ()


def test_uses_of_variables_in_settings_are_noted(folder: Folder) -> None:
    folder.write("environments/x.yaml", "base_url: https://${var:host}\nvars: {host: h}\n")
    assert [use.name for use in folder.load("x").variables] == ["host"]


def test_a_slip_in_a_nested_setting_is_guessed(folder: Folder) -> None:
    folder.write("agentconf.yaml", "version: 1\nlint: {strct: true}\nplatform: {region: []}\n")
    assert [one.help for one in folder.load().problems] == [
        "did you mean `strict`?",
        "did you mean `regions`?",
    ]


def test_the_sound_parts_of_a_project_file_are_used(folder: Folder) -> None:
    folder.write("agentconf.yaml", "version: 1\nlint: {strict: true, ignore: [AC207], select: 5}\nzzz: 1\n")
    project = folder.load()
    assert (project.settings.lint.strict, project.settings.lint.ignore) == (True, ["AC207"])
    assert [one.code for one in project.problems] == ["AC103", "AC510"]


def test_a_broken_project_file_leaves_the_agents_readable(folder: Folder) -> None:
    folder.write("agentconf.yaml", "version: 1\n  defaults: [\n")
    folder.write("agents/a.yaml", "name: a\n")
    project = folder.load()
    assert ([one.code for one in project.problems], project.tree) == (["AC001"], None)
    assert project.definitions[0].data == {"name": "a"}


def test_a_broken_environment_is_told_where_it_is_asked_for(folder: Folder) -> None:
    folder.write("environments/x.yaml", "concurrency: [\n")
    folder.write("environments/y.yaml", "- a\n")
    assert folder.load("local").problems == ()
    assert [(one.code, one.location.path) for one in folder.load("x").problems] == [
        ("AC001", "environments/x.yaml")
    ]
    assert [(one.code, one.location.path) for one in folder.load("y").problems] == [
        ("AC103", "environments/y.yaml")
    ]


def test_two_files_of_one_environment_are_told(folder: Folder) -> None:
    folder.write("environments/x.yaml", "concurrency: 2\n")
    folder.write("environments/x.json", '{"concurrency": 3}')
    project = folder.load("x")
    assert said(project.problems) == [
        ("AC002", "environments/x.yaml:1:1", "two files define the environment `x`")
    ]
    assert project.environment.settings.concurrency == 3


@pytest.mark.parametrize("name", ["agentconf.yaml", "environments/x.yaml"])
def test_a_settings_file_that_is_a_link_out_of_the_project_is_not_read(name: str, tmp_path: Path) -> None:
    folder = Folder(tmp_path / "project")
    folder.write("environments/y.yaml", "concurrency: 2\n")
    (tmp_path / "elsewhere.yaml").write_text("version: 1\nconcurrency: 3\n")
    (folder.root / name).symlink_to(tmp_path / "elsewhere.yaml")
    project = folder.load("x" if "x" in name.removeprefix("agentconf") else None)
    assert [(one.code, one.location.path) for one in project.problems] == [("AC007", name)]


def test_faults_of_a_list_are_taken_out_from_behind() -> None:
    composed = compose(
        "version: 1\nlint: {ignore: [1, a, 2, b, 3, 4, 5, 6, 7, 8, 9, 10, c]}\n", "agentconf.yaml"
    )
    assert composed.tree is not None
    found, problems = validate(ProjectFile, composed.tree.data(), composed.tree, {"version": 1})
    assert (found.lint.ignore, len(problems)) == (["a", "b", "c"], 10)
