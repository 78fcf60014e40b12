"""Policies of a project, as plan and apply meet them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from cli_calls_world import world
from cli_inside import fits, inside
from conftest import Emulator, Project, Run
from policy_package import install

from agentconf.cli.policing import policed
from agentconf.plan.plan import Plan
from agentconf.project.load import load_project

if TYPE_CHECKING:
    from conftest import Ended

GREETING = "greeting: Hello, this is {{practice_name}}."
OTHER = "greeting: Good day, this is {{practice_name}}."
RULE = """\
version: 1
policies:
  - id: greetings
    select: {paths: [greeting], actions: [update]}
    deny: Greetings are for the brand team
"""
PLACE = "greetings (policies/a.yaml:3)"


@pytest.fixture
def deployed(project: Project) -> Project:
    """A project with an agent that is live, and whose greeting is another one now."""
    project.agent("router")
    assert inside(project.root, "apply", "--auto-approve", "-q").code == 0
    project.replace("agents/router.yaml", GREETING, OTHER)
    return project


def act(project: Project, *arguments: str) -> Ended:
    return inside(project.root, *arguments)


def rule(project: Project, *lines: str) -> None:
    project.write("policies/a.yaml", RULE + "".join(f"    {line}\n" for line in lines))


def waived(project: Project, expires: str) -> None:
    rule(
        project,
        f"waivers: [{{agents: [router], reason: A new brand, owner: brand@example.com, expires: {expires}}}]",
    )


def greeting_of(project: Project) -> str:
    """Tell whether the live greeting is still the old one, or the new one."""
    plan = json.loads(act(project, "plan", "--json").out)
    changes = [change for operation in plan["operations"] for change in operation["changes"]]
    return "old" if changes else "new"


def test_a_plan_shows_what_a_policy_denies_and_an_apply_refuses_it(deployed: Project) -> None:
    rule(deployed)
    shown = act(deployed, "plan")
    assert shown.code == 0
    assert "Blocked:" in shown.out
    assert f"  policy: {PLACE}: Greetings are for the brand team: router (greeting)" in shown.out
    assert "Next:" not in shown.out
    ended = act(deployed, "apply", "--auto-approve")
    assert ended.code == 6
    assert f"refused, nothing was written: {PLACE}" in ended.err
    assert greeting_of(deployed) == "old"


def test_a_warning_is_a_note_and_stops_nothing(deployed: Project) -> None:
    rule(deployed)
    deployed.replace("policies/a.yaml", "deny:", "warn:")
    shown = act(deployed, "plan")
    assert f"Policy: {PLACE}: Greetings are for the brand team: router (greeting)." in shown.out
    assert act(deployed, "apply", "--auto-approve").code == 0
    assert greeting_of(deployed) == "new"


def test_a_waiver_lets_the_apply_pass(deployed: Project) -> None:
    waived(deployed, "2099-12-31")
    assert "waived by brand@example.com until 2099-12-31" in act(deployed, "plan").out
    assert act(deployed, "apply", "--auto-approve").code == 0


def test_the_document_of_a_plan_holds_what_policies_say(deployed: Project) -> None:
    rule(deployed)
    plan = json.loads(act(deployed, "plan", "--json").out)
    assert fits(plan, "plan")
    assert [(one["guard"], one["key"]) for one in plan["blockers"]] == [("policy", "router")]
    markdown = act(deployed, "plan", "--output-format", "markdown").out
    assert "> - **policy**: greetings" in markdown


def test_an_approval_stays_with_a_saved_plan(deployed: Project) -> None:
    rule(deployed)
    deployed.replace(
        "policies/a.yaml", "deny: Greetings are for the brand team", "require: {approval: speech}"
    )
    file = str(deployed.root / "plan.json")
    assert act(deployed, "plan", "-o", file).code == 0
    assert act(deployed, "apply", file, "--auto-approve").code == 6
    assert act(deployed, "plan", "--allow", "speech", "-o", file).code == 0
    assert act(deployed, "apply", file, "--auto-approve").code == 0


@pytest.mark.parametrize("later", ["a policy", "an expired waiver"])
def test_a_saved_plan_is_judged_again_when_it_is_applied(deployed: Project, later: str) -> None:
    file = str(deployed.root / "plan.json")
    if later == "an expired waiver":
        waived(deployed, "2099-12-31")
    assert "Blocked:" not in act(deployed, "plan", "-o", file).out
    if later == "an expired waiver":
        waived(deployed, "2001-12-31")
    else:
        rule(deployed)
    ended = act(deployed, "apply", file, "--auto-approve")
    assert (ended.code, "Greetings are for the brand team" in ended.err) == (6, True)
    assert ("expired on 2001-12-31" in ended.err) is (later == "an expired waiver")
    assert greeting_of(deployed) == "old"


def test_a_saved_plan_that_was_refused_stays_so(deployed: Project) -> None:
    file = str(deployed.root / "plan.json")
    rule(deployed)
    assert act(deployed, "plan", "-o", file).code == 0
    (deployed.root / "policies/a.yaml").unlink()
    assert act(deployed, "apply", file, "--auto-approve").code == 6


@pytest.mark.parametrize(
    "command", [("plan",), ("apply", "--auto-approve"), ("destroy", "router", "--auto-approve")]
)
def test_nothing_goes_on_while_a_policy_file_is_broken(deployed: Project, command: tuple[str, ...]) -> None:
    rule(deployed, "dney: x")
    ended = act(deployed, *command)
    assert (ended.code, "did you mean `deny`?" in ended.err) == (1, True)
    assert "policies/a.yaml:6:5" in ended.err
    (deployed.root / "policies/a.yaml").unlink()
    assert greeting_of(deployed) == "old"


def test_whoever_asks_broken_policies_about_a_plan_is_refused(deployed: Project) -> None:
    """The linter stops plan and apply before; what carries out plans without it is not let through either."""
    rule(deployed, "dney: x")
    plan = Plan("local", None, (), (), (), (), (), 0, 0, "0" * 64, "0.1.0")
    (blocker,) = policed(load_project(deployed.root, environ={}), plan).blockers
    assert (blocker.guard, blocker.help) == ("policy", "`agentconf lint` shows all")
    reason = "there is no setting `policies[0].dney` (policies/a.yaml:6:5)"
    assert blocker.message == f"policies could not be evaluated: {reason}"


def test_no_setting_of_the_linter_takes_a_broken_policy_away(deployed: Project) -> None:
    rule(deployed, "dney: x")
    deployed.write("agentconf.yaml", "version: 1\nlint: {ignore: [AC510]}\n")
    assert act(deployed, "plan").code == 1


def test_a_deletion_is_judged_too(deployed: Project) -> None:
    rule(deployed)
    deployed.replace("policies/a.yaml", "{paths: [greeting], actions: [update]}", "{actions: [delete]}")
    ended = act(deployed, "destroy", "router", "--auto-approve")
    assert (ended.code, "Greetings are for the brand team" in ended.err) == (6, True)


def test_what_was_changed_in_the_dashboard_is_told_from_what_a_file_changed(project: Project) -> None:
    """Policies by origin need a memory: the state of the last apply."""
    with world(project) as made:
        rule(project)
        project.replace("policies/a.yaml", "{paths: [greeting], actions: [update]}", "{origins: [theirs]}")
        project.replace("agents/receptionist.yaml", GREETING, OTHER)
        assert "Blocked:" not in made.run("plan").out
        Emulator(made.emulator.url).patch("outreach", greeting="Hi")
        plan = json.loads(made.run("plan", "--json").out)
    assert [(one["key"], one["message"]) for one in plan["blockers"]] == [
        ("outreach", f"{PLACE}: Greetings are for the brand team: outreach (greeting)")
    ]


def test_the_schema_of_policies_ships_and_takes_what_is_read(tmp_path: Path) -> None:
    schema = json.loads(inside(tmp_path, "schema", "policy").out)
    policy = {"id": "a", "deny": "x", "select": {"agents": ["*"]}, "require": {"value": {"equals": 3}}}
    assert schema["title"] == "Policy"
    assert fits({"version": 1, "policies": [policy]}, "policy")


def test_a_plug_in_that_is_listed_is_asked_in_a_process_of_its_own(
    deployed: Project, tmp_path: Path, run: Run
) -> None:
    code = (
        "from agentconf.plan.policy import Verdict\n"
        "def policy(plan, context):\n"
        "    print('looking')\n"
        "    return [Verdict('Not on a Friday', agents=[c.agent for c in plan.at('greeting')])]\n"
    )
    environ = {"PYTHONPATH": str(install(tmp_path / "site", "company-policies", code, "fridays=policy"))}
    assert "Friday" not in run("plan", environ=environ).out
    deployed.write("agentconf.yaml", "version: 1\npolicies: {plugins: [fridays]}\n")
    asked = run("plan", "--json", environ=environ)
    assert [one["message"] for one in asked.json["blockers"]] == [
        "fridays (plug-in): Not on a Friday: router"
    ]
    assert run("apply", "--auto-approve", environ=environ).code == 6
    missing = run("apply", "--auto-approve")
    assert (missing.code, "policy fridays (plug-in) could not be evaluated" in missing.err) == (6, True)


def test_a_plug_in_is_asked_once_about_a_saved_plan_and_not_before_calls(
    deployed: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = tmp_path / "asked"
    code = (
        "def policy(plan, context):\n"
        f"    with open({str(asked)!r}, 'a') as file:\n"
        "        file.write('.')\n"
        "    return []\n"
    )
    monkeypatch.syspath_prepend(str(install(tmp_path / "site", "counting-policies", code, "counted=policy")))
    deployed.write("agentconf.yaml", "version: 1\npolicies: {plugins: [counted]}\n")
    file = str(deployed.root / "plan.json")
    for command, times in (
        (("plan", "-o", file), 1),
        (("session", "router", "--allow-drift"), 1),
        (("apply", file, "--auto-approve"), 2),
    ):
        assert act(deployed, *command).code == 0
        assert asked.read_text() == "." * times


@pytest.mark.parametrize(("policies", "code"), [("{plugins: fridays}", "AC103"), ("{plugin: [a]}", "AC510")])
def test_a_list_of_plug_ins_that_is_none_stops_a_plan(deployed: Project, policies: str, code: str) -> None:
    deployed.write("agentconf.yaml", f"version: 1\npolicies: {policies}\n")
    ended = inside(deployed.root, "plan")
    assert (ended.code, f"error[{code}]" in ended.err) == (1, True)
