"""Policy files in their project: what is read of them, and everything that can be wrong with them."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, get_args

import pytest
from project_loading import Folder, underlined

from agentconf.lint.engine import lint_project
from agentconf.model.impact import Impact
from agentconf.model.policy import ActionName, ImpactName, KindName, OriginName, Selection, Waiver
from agentconf.model.project import LintSettings
from agentconf.plan.change import Action, ChangeKind, Origin
from agentconf.project.load import Loader
from agentconf.project.select import select

if TYPE_CHECKING:
    from pathlib import Path

    from agentconf.project.policy import Policies

SOUND = """\
version: 1
policies:
  - id: our-own-desks
    select: {agents: ["support-*"], paths: [tools.*.phone_number]}
    require: {value: {matches: '\\+1415\\d{7}'}}
    deny: Callers go to our own desks only
    waivers:
      - {agents: [support-router], reason: Carrier migration, owner: telephony@example.com, expires: 2026-12-31}
  - {id: no-deletions, environments: [production], select: {actions: [delete]}, warn: Somebody goes}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    made = Folder(tmp_path)
    made.write("agents/router.yaml", "name: Router\n")
    made.write("environments/production.yaml", "organisation: x\n")
    return made


def read(folder: Folder, text: str, file: str = "policies/a.yaml") -> Policies:
    folder.write(file, text)
    return folder.load().policies


def wrong(folder: Folder, policy: str) -> list[tuple[str, str, str | None]]:
    """Tell what is wrong with one policy: code, place, help."""
    found = read(folder, f"version: 1\npolicies:\n  - {policy}\n")
    return [(one.code, underlined(one), one.help) for one in found.problems]


def test_a_project_without_policies_has_none(folder: Folder) -> None:
    assert folder.load().policies == ((), ())


def test_policies_are_read_with_their_places(folder: Folder) -> None:
    found = read(folder, SOUND)
    assert found.problems == ()
    first, second = found.definitions
    assert (first.policy.id, first.where) == ("our-own-desks", "policies/a.yaml:3")
    assert (second.policy.id, second.where) == ("no-deletions", "policies/a.yaml:9")
    assert first.policy.select == Selection(agents=["support-*"], paths=["tools.*.phone_number"])
    assert first.policy.waivers == [
        Waiver(
            agents=["support-router"],
            reason="Carrier migration",
            owner="telephony@example.com",
            expires="2026-12-31",  # type: ignore[arg-type]
        )
    ]
    assert first.policy.waivers[0].expires == date(2026, 12, 31)


def test_policies_come_in_the_order_of_their_files(folder: Folder) -> None:
    folder.write("policies/b.json", '{"version": 1, "policies": [{"id": "two", "deny": "x"}]}')
    found = read(folder, "version: 1\npolicies: [{id: one, deny: x}]\n")
    assert [one.where for one in found.definitions] == ["policies/a.yaml:2", "policies/b.json:1"]


def test_nothing_in_a_policy_is_a_reference(folder: Folder) -> None:
    policy = '{id: a, select: {paths: [slng_api_key]}, require: {value: {equals: "${env:NOT_SET}"}}}'
    found = read(folder, f"version: 1\npolicies: [{policy}]\n")
    value = found.definitions[0].policy.require
    assert (found.problems, value and value.value and value.value.equals) == ((), "${env:NOT_SET}")


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        (
            "{id: A, deny: x}",
            ("AC105", "A", "write at most 64 small letters, digits, dots, dashes and underscores"),
        ),
        ("{deny: x}", ("AC102", "deny", "add it")),
        ("{id: a}", ("AC102", "id", "add `deny`, `warn` or `require`")),
        ("{id: a, deny: x, warn: y}", ("AC510", "warn", "keep one of the two")),
        ("{id: a, deny: ' '}", ("AC105", "' '", None)),
        ("{id: a, dney: x, warn: y}", ("AC510", "dney", "did you mean `deny`?")),
        ("{id: a, deny: x, select: {agnets: [b]}}", ("AC510", "agnets", "did you mean `agents`?")),
        ("{id: a, deny: x, select: {agents: []}}", ("AC105", "[]", None)),
        ("{id: a, deny: x, select: {impacts: [rooting]}}", ("AC104", "rooting", "did you mean `routing`?")),
        ("{id: a, deny: x, select: {origins: [their]}}", ("AC104", "their", "did you mean `theirs`?")),
        (
            "{id: a, deny: x, environments: [prodcution]}",
            ("AC104", "prodcution", "did you mean `production`?"),
        ),
        ("{id: a, deny: x, environments: [qa*]}", ("AC104", "qa*", "declared are: local, production")),
        ("{id: a, require: {}}", ("AC102", "require", "say what, or remove it")),
        ("{id: a, require: {max_agents: -1}}", ("AC105", "-1", None)),
        ("{id: a, require: {value: {}}}", ("AC102", "value", "write one of equals, one_of, matches, absent")),
        (
            "{id: a, require: {value: {equals: 1, absent: true}}}",
            ("AC102", "value", "write one of equals, one_of, matches, absent"),
        ),
        ("{id: a, require: {value: {matches: '('}}}", ("AC105", "'('", "see Python's `re`")),
        ("{id: a, deny: x, waivers: [{agents: [b], reason: c, owner: d}]}", ("AC102", "agents", "add it")),
        (
            "{id: a, deny: x, waivers: [{agents: [b], reason: c, owner: d, expires: 2026-02-30}]}",
            ("AC105", "2026-02-30", "write YYYY-MM-DD, a day of the calendar"),
        ),
        (
            "{id: a, deny: x, waivers: [{agents: [b], reason: c, owner: d, expires: soon}]}",
            ("AC105", "soon", "write YYYY-MM-DD, a day of the calendar"),
        ),
    ],
)
def test_what_is_wrong_is_told_at_its_place(
    folder: Folder, policy: str, expected: tuple[str, str, str | None]
) -> None:
    assert wrong(folder, policy) == [expected]


@pytest.mark.parametrize(
    ("path", "name", "suggestion"),
    [
        ("tool.*.phone_number", "tool", "tools"),
        ("tools.*.phone_numbr", "phone_numbr", "phone_number"),
        ("models.zzz", "zzz", None),
        ("models.fallbacks.llms", "llms", "llm"),
        ("tools[book.table].urls", "urls", "url"),
    ],
)
def test_a_path_that_leads_to_no_field_is_a_mistake(
    folder: Folder, path: str, name: str, suggestion: str | None
) -> None:
    way_out = f"ield that is not known here is written `{name}*`"
    help_ = f"did you mean `{suggestion}`? A f{way_out}" if suggestion else f"a f{way_out}"
    assert wrong(folder, f'{{id: a, deny: x, select: {{paths: ["{path}"]}}}}') == [
        ("AC104", f'"{path}"', help_)
    ]


@pytest.mark.parametrize(
    "path",
    [
        "**.phone_number",
        "tools.**",
        "tools.*",
        "tools.book-table.parameters.properties.date",
        "tools[book.table].url",
        "template_defaults.anything",
        "models.llm_kwargs.temperature",
        "brand_new*",
        "models.*",
        "tools.*.auth.token",
    ],
)
def test_a_path_that_leads_somewhere_is_none(folder: Folder, path: str) -> None:
    assert wrong(folder, f'{{id: a, deny: x, select: {{paths: ["{path}"]}}}}') == []


@pytest.mark.parametrize("path", ["a..b", ".a", "a.", "tools[x", "tools]x", "[]"])
def test_a_malformed_path_is_told_as_such(folder: Folder, path: str) -> None:
    help_ = "write keys between dots, like tools.*.phone_number; a name with dots in brackets"
    found = wrong(folder, f'{{id: a, deny: x, select: {{paths: ["{path}"]}}}}')
    assert found == [("AC105", f'"{path}"', help_)]


def test_an_id_is_given_once_in_a_project(folder: Folder) -> None:
    folder.write("policies/b.yaml", "version: 1\npolicies: [{id: one, deny: x}]\n")
    (problem,) = read(folder, "version: 1\npolicies: [{id: one, deny: x}]\n").problems
    assert (problem.code, str(problem.location)) == ("AC002", "policies/b.yaml:2:17")
    assert str(problem.labels[0].location) == "policies/a.yaml:2:17"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("version: 2\npolicies: []\n", "AC104"),
        ("[]", "AC103"),
        ("policies: []\n", "AC102"),
        ("a: [", "AC001"),
    ],
)
def test_a_file_that_is_none_is_a_problem(folder: Folder, text: str, code: str) -> None:
    assert [one.code for one in read(folder, text).problems] == [code]


def test_a_link_that_leads_out_of_the_project_is_not_read(folder: Folder, tmp_path: Path) -> None:
    elsewhere = tmp_path.parent / f"{tmp_path.name}-elsewhere.yaml"
    elsewhere.write_text(SOUND)
    (tmp_path / "policies").mkdir()
    (tmp_path / "policies/a.yaml").symlink_to(elsewhere)
    found = folder.load().policies
    assert ([one.code for one in found.problems], found.definitions) == (["AC007"], ())


def test_a_folder_that_is_a_link_out_of_the_project_is_not_read(folder: Folder, tmp_path: Path) -> None:
    elsewhere = tmp_path.parent / f"{tmp_path.name}-policies"
    elsewhere.mkdir()
    (elsewhere / "a.yaml").write_text(SOUND)
    (tmp_path / "policies").symlink_to(elsewhere)
    found = folder.load().policies
    assert ([one.code for one in found.problems], found.definitions) == (["AC007"], ())


def test_a_folder_among_the_policies_is_not_passed_over(folder: Folder) -> None:
    folder.write("policies/team/a.yaml", SOUND)
    folder.write("policies/.cache/a.yaml", "")
    (problem,) = folder.load().policies.problems
    assert (problem.code, str(problem.location)) == ("AC008", "policies/team:1:1")


@pytest.mark.parametrize("text", ["", "# nothing yet\n"])
def test_an_empty_file_is_no_policy_file(folder: Folder, text: str) -> None:
    assert [one.code for one in read(folder, text).problems] == ["AC001"]


def test_two_files_of_one_name_are_a_problem(folder: Folder) -> None:
    folder.write("policies/a.json", '{"version": 1, "policies": []}')
    (problem,) = read(folder, SOUND).problems
    assert (problem.code, problem.location.path) == ("AC002", "policies/a.yaml")


def test_the_linter_tells_what_is_wrong_with_policies_once(folder: Folder) -> None:
    read(folder, "version: 1\npolicies: [{id: a}]\n")
    projects = [folder.load(name) for name in ("local", "production")]
    found = [
        one
        for one in lint_project(projects, LintSettings()).findings
        if one.location.path == "policies/a.yaml"
    ]
    assert [(one.code, one.location.start.line) for one in found] == [("AC102", 2)]


def test_a_policy_file_is_no_agent(folder: Folder) -> None:
    path = folder.write("policies/a.yaml", SOUND)
    loader = Loader(folder.root, {})
    assert select(loader.reader, loader.project().definitions, [path]).drafts == ()


def test_the_words_of_the_language_are_those_of_plans() -> None:
    words = [get_args(one) for one in (ImpactName, ActionName, KindName, OriginName)]
    assert [set(one) for one in words] == [
        {member.value for member in kind} for kind in (Impact, Action, ChangeKind, Origin)
    ]
