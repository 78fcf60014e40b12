"""What stands between a mistake and the platform, and between a secret and the screen."""

from __future__ import annotations

import pytest
from conftest import Emulator, Project, Run

SECRET = "a-secret-of-nobody-in-particular"


@pytest.mark.parametrize(
    "setting",
    [
        "{select: [AC3]}",
        "{ignore: [AC103]}",
        "{ignore: [wrong-type]}",
        "{severity: {AC103: info}}",
        "{severity: {AC1: info}}",
        "{ignore: [AC]}",
    ],
)
def test_no_setting_of_the_linter_lets_a_body_through_that_the_platform_cannot_take(
    project: Project, run: Run, setting: str
) -> None:
    project.write("agentconf.yaml", f"version: 1\nlint: {setting}\n")
    project.agent("router")
    project.replace("agents/router.yaml", "greeting: Hello, this is {{practice_name}}.", "greeting: 5")
    ended = run("apply", "--auto-approve")
    assert (ended.code, "error[AC103]" in ended.err) == (1, True)


def test_a_rule_that_the_team_has_ignored_does_not_stop_a_plan(project: Project, run: Run) -> None:
    project.agent("router")
    project.replace("agents/router.yaml", "region: eu-central", "region: eu-west")
    assert run("plan").code == 1
    project.write("agentconf.yaml", "version: 1\nlint: {ignore: [AC401]}\n")
    assert run("plan").code == 0


@pytest.mark.parametrize("arguments", [("lint", "--select", "AC4O1"), ("lint", "--ignore", "no-such-rule")])
def test_a_rule_that_does_not_exist_is_wrong_usage(
    project: Project, run: Run, arguments: tuple[str, ...]
) -> None:
    project.agent("router")
    assert run(*arguments).code == 64


@pytest.mark.parametrize("command", ["lint", "test", "plan", "apply"])
def test_a_folder_without_a_project_is_not_a_project_without_agents(
    project: Project, run: Run, command: str
) -> None:
    (project.root / "agentconf.yaml").unlink()
    ended = run(command)
    assert (ended.code, "agentconf init" in ended.err) == (3, True)
    assert not (project.root / ".agentconf").exists()


def test_lint_takes_a_file_that_is_no_part_of_a_project(project: Project, run: Run) -> None:
    (project.root / "agentconf.yaml").unlink()
    project.write("body.json", '{"name": "a", "region": "mars"}')
    ended = run("lint", "body.json")
    assert (ended.code, "error[AC401]" in ended.out) == (1, True)


def test_an_environment_that_nobody_declared_is_not_linted(project: Project, run: Run) -> None:
    project.write("environments/staging.yaml", "vars: {where: eu-central}\n")
    project.agent("router")
    project.replace("agents/router.yaml", "region: eu-central", "region: ${var:where}")
    assert run("lint").code == 0
    assert run("lint", "-e", "local").code == 1


def test_an_empty_name_of_an_environment_is_wrong_usage(project: Project, run: Run) -> None:
    project.agent("router")
    assert run("plan", "-e", "").code == 64


def test_empty_overrides_in_the_environment_count_as_unset(project: Project, run: Run) -> None:
    project.agent("router")
    assert run("plan", environ={"AGENTCONF_BASE_URL": "", "AGENTCONF_API_KEY": ""}).code == 0


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('auth: {type: bearer, token: "${env:CRM_TOKEN}"}', f"auth: {SECRET}"),
        ('auth: {type: bearer, token: "${env:CRM_TOKEN}"}', f"auth: {{type: {SECRET}}}"),
        ('auth: {type: bearer, token: "${env:CRM_TOKEN}"}', f"auth: {{type: bearer, token: [{SECRET}]}}"),
        ("slng_api_key: ${env:SLNG_API_KEY}", f"slng_apikey: {SECRET}"),
        ("name: router", f"name: router\nx-shared: &key {SECRET}\nslng_api_key: *key"),
    ],
)
def test_a_literal_secret_is_shown_by_no_command_wherever_it_slipped_in(
    project: Project, run: Run, before: str, after: str
) -> None:
    project.agent("router")
    project.replace("agents/router.yaml", before, after)
    for arguments in (
        ("lint", "-v"),
        ("lint", "--json"),
        ("show", "router"),
        ("show", "router", "--provenance"),
        ("plan", "-v"),
    ):
        ended = run(*arguments)
        assert SECRET not in ended.out + ended.err


def test_a_literal_key_of_an_environment_is_shown_by_no_command(project: Project, run: Run) -> None:
    project.write(
        "agentconf.yaml", f"version: 1\nenvironments:\n  local:\n    apikey: {SECRET}\n    emulator: true\n"
    )
    project.agent("router")
    for arguments in (("lint", "-v"), ("lint", "--strict"), ("plan",), ("show", "router")):
        ended = run(*arguments)
        assert SECRET not in ended.out + ended.err


def test_a_secret_that_is_also_put_into_a_text_is_an_error_and_is_not_shown(
    project: Project, run: Run
) -> None:
    project.agent("router")
    project.replace(
        "agents/router.yaml", "crm.example.com/lookup", "crm.example.com/lookup?k=${env:CRM_TOKEN}"
    )
    for arguments in (("show", "router"), ("render", "router"), ("plan", "-o", "p.plan"), ("lint",)):
        ended = run(*arguments)
        assert "token-of-the-crm-webhook" not in ended.out + ended.err
    assert "error[AC324]" in run("lint").out
    assert not (project.root / "p.plan").exists()


@pytest.mark.parametrize(
    ("arguments", "following"),
    [
        (("plan",), "agentconf apply\n"),
        (("plan", "router"), "agentconf apply --agent router\n"),
        (("plan", "-e", "local", "--send-secrets"), "agentconf apply -e local --send-secrets\n"),
        (
            ("plan", "--allow", "speech", "--max-deletes", "2"),
            "agentconf apply --max-deletes 2 --allow speech\n",
        ),
        (("plan", "-o", "a plan"), "agentconf apply 'a plan'\n"),
    ],
)
def test_what_comes_next_does_what_was_shown(
    project: Project, run: Run, arguments: tuple[str, ...], following: str
) -> None:
    project.agent("router")
    assert f"Next: {following}" in run(*arguments).out


def test_nothing_comes_next_while_a_guard_objects(
    applied_with_approval: tuple[Project, Run, Emulator],
) -> None:
    project, run, emulator = applied_with_approval
    project.replace("agents/router.yaml", "Hello, this is", "Welcome to")
    shown = run("plan", environ=emulator.environ).out
    assert ("Blocked:" in shown, "Next:" in shown) == (True, False)


@pytest.fixture
def applied_with_approval(project: Project, run: Run, emulator: Emulator) -> tuple[Project, Run, Emulator]:
    project.agent("router")
    assert run("apply", "--auto-approve", environ=emulator.environ).code == 0
    project.write("environments/local.yaml", "require_approval: [speech]\n")
    return project, run, emulator


def test_the_folder_and_the_environment_may_be_named_before_the_command(project: Project, run: Run) -> None:
    project.agent("router")
    elsewhere = project.root.parent
    ended = run("-C", str(project.root), "-e", "local", "lint", cwd=elsewhere)
    assert (ended.code, ended.out) == (0, "All checks passed: 1 agent. 3 infos not shown (-v).\n")
    assert run("-C", str(project.root), cwd=elsewhere).code == 64


def test_a_file_that_no_agent_could_stand_in_is_wrong_usage(project: Project, run: Run) -> None:
    project.agent("router")
    stranger = project.write("notes.txt", "hello\n")
    ended = run("lint", str(stranger))
    assert (ended.code, "neither an agent" in ended.err) == (64, True)


def test_a_mistyped_setting_of_an_environment_stops_a_plan(project: Project, run: Run) -> None:
    project.agent("router")
    project.write("environments/local.yaml", "emulator: true\norganization: an-id\n")
    ended = run("plan")
    assert (ended.code, "error[AC510]" in ended.err, "did you mean `organisation`" in ended.err) == (
        1,
        True,
        True,
    )


@pytest.mark.parametrize("setting", ["{strict: true}", "{severity: {AC204: error}}"])
def test_a_warning_that_the_team_made_an_error_stops_a_plan(project: Project, run: Run, setting: str) -> None:
    project.agent("router")
    project.replace("agents/router.yaml", "practice_name: Greenfield", "practice_name: Greenfield, unused: x")
    assert run("plan").code == 0
    project.write("agentconf.yaml", f"version: 1\nlint: {setting}\n")
    ended = run("plan")
    assert (ended.code, "error[AC204]" in ended.err) == (1, True)
