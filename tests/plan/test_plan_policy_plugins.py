"""Policies of installed packages: asked when a project lists them, and refusing when they cannot be."""

from __future__ import annotations

import itertools
import sys
from pathlib import Path

import pytest
from policy_package import install
from policy_world import context, moved, plan_of
from simulated import body, desired, lookup

from agentconf.plan.policy import PolicyChange, PolicyContext, PolicyPlan, Verdict
from agentconf.plan.policy.plugins import MOST_VERDICTS, ask_plugins
from agentconf.plan.policy.view import view_of

SEEN = """\
from agentconf.plan.policy import Verdict
def policy(plan, context):
    for change in plan.at("tools.*.phone_number"):
        if change.of("support-*"):
            yield Verdict(f"{change.before} becomes {change.after} in {context.environment}, {context.today}",
                          agents=(change.agent,), paths=(change.where,), help="Ask")
"""
_numbers = itertools.count()


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The name of a package that no test has used before, in a folder on Python's path."""
    monkeypatch.syspath_prepend(str(tmp_path))
    return f"policies-{next(_numbers)}"


def ask(*names: str, seconds: float = 30.0) -> list[Verdict]:
    return list(ask_plugins(view_of(plan_of(moved())), names, context(), seconds=seconds))


def asked(folder: Path, package: str, code: str, *, seconds: float = 30.0) -> list[Verdict]:
    """Install a policy of some code, and ask it."""
    install(folder, package, code, "policy")
    return ask("policy", seconds=seconds)


def test_a_plug_in_sees_the_plan_and_refuses_it(tmp_path: Path, package: str) -> None:
    install(tmp_path, package, SEEN, "phones=policy")
    assert ask("phones") == [
        Verdict(
            "phones (plug-in): +14155550101 becomes +14155550199 in local, 2026-06-15: "
            "support-router (tools.transfer.phone_number)",
            agents=("support-router",),
            paths=("tools.transfer.phone_number",),
            help="Ask",
        )
    ]


def test_a_plug_in_that_is_installed_and_not_listed_is_not_loaded(tmp_path: Path, package: str) -> None:
    install(tmp_path, package, "raise SystemExit(3)\n", "policy")
    assert ask() == []


def test_a_plug_in_that_says_nothing_lets_the_plan_pass(tmp_path: Path, package: str) -> None:
    assert asked(tmp_path, package, "def policy(plan, context): return []\n") == []


def test_a_plug_in_may_warn(tmp_path: Path, package: str) -> None:
    code = "from agentconf.plan.policy import Verdict\ndef policy(p, c): return [Verdict('Hm.', 'warn')]\n"
    assert asked(tmp_path, package, code) == [Verdict("policy (plug-in): Hm", "warn")]


def test_plug_ins_are_asked_in_the_order_of_the_list_each_once(tmp_path: Path, package: str) -> None:
    code = "from agentconf.plan.policy import Verdict\ndef policy(p, c): return [Verdict('No')]\n"
    install(tmp_path, package, code, "b=policy", "a=policy")
    assert [one.message for one in ask("b", "a", "b")] == ["b (plug-in): No", "a (plug-in): No"]


def test_a_plug_in_that_is_listed_and_not_installed_refuses_the_plan() -> None:
    (verdict,) = ask("nowhere")
    reason = "no installed package has an entry point of that name in the group agentconf.policies"
    assert verdict.message == f"policy nowhere (plug-in) could not be evaluated: {reason}"
    assert verdict.effect == "deny"


def test_two_packages_with_one_name_refuse_the_plan(tmp_path: Path, package: str) -> None:
    install(tmp_path, package, SEEN, "policy")
    install(tmp_path, f"{package}-more", SEEN, "policy")
    (verdict,) = ask("policy")
    assert verdict.effect == "deny"
    assert f"several installed packages have one of that name: {package}, {package}-more" in verdict.message


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("raise ValueError('a-secret')\n", "it raised ValueError"),
        ("def policy(p, c): raise ValueError('a-secret')\n", "it raised ValueError"),
        ("def policy(p, c):\n    yield\n", "it answered NoneType, and a Verdict is wanted"),
        ("import no_such_module\n", "it raised ModuleNotFoundError"),
        ("def policy(:\n", "it raised SyntaxError"),
        ("def police(p, c): return []\n", "it raised AttributeError"),
        ("policy = 3\n", "cannot be called"),
        ("def policy(): return []\n", "it raised TypeError"),
        ("def policy(p, c): return None\n", "it answered NoneType, and verdicts are wanted"),
        ("def policy(p, c): return True\n", "it answered bool, and verdicts are wanted"),
        ("def policy(p, c): return 'fine'\n", "it answered str, and a Verdict is wanted"),
        ("def policy(p, c): raise SystemExit(0)\n", "it raised SystemExit"),
        ("def policy(p, c):\n    p.changes[0].after = 1\n", "it raised FrozenInstanceError"),
        ("def policy(p, c):\n    while True: yield Verdict('No')\n", f"more than {MOST_VERDICTS:,} verdicts"),
        ("def policy(p, c): return [Verdict(3)]\n", "wrong message"),
        ("def policy(p, c): return [Verdict(' ')]\n", "wrong message"),
        ("def policy(p, c): return [Verdict('No', 'block')]\n", "wrong effect"),
        ("def policy(p, c): return [Verdict('No', agents='ab')]\n", "wrong agents"),
        ("def policy(p, c): return [Verdict('No', paths=(1,))]\n", "wrong paths"),
        ("def policy(p, c): return [Verdict('No', help=1)]\n", "wrong help"),
        ("def policy(p, c): return [Verdict('Hm', 'warn'), 3]\n", "it answered int, and a Verdict is wanted"),
    ],
)
def test_a_plug_in_that_cannot_be_asked_refuses_the_plan(
    tmp_path: Path, package: str, code: str, reason: str
) -> None:
    prelude = "" if code.startswith(("raise", "import")) else "from agentconf.plan.policy import Verdict\n"
    (verdict,) = asked(tmp_path, package, prelude + code)
    assert verdict.effect == "deny"
    assert verdict.message.startswith("policy policy (plug-in) could not be evaluated: ")
    assert verdict.message.endswith(reason)
    assert "a-secret" not in f"{verdict.message}{verdict.help}"
    assert package in str(verdict.help)


def test_a_plug_in_that_does_not_answer_in_time_refuses_the_plan(tmp_path: Path, package: str) -> None:
    code = "import threading\ngate = threading.Event()\ndef policy(p, c):\n    gate.wait()\n    return []\n"
    (verdict,) = asked(tmp_path, package, code, seconds=0.1)
    sys.modules[package.replace("-", "_")].gate.set()
    assert verdict.message == ("policy policy (plug-in) could not be evaluated: no answer within 0.1 seconds")


def test_what_a_plug_in_prints_does_not_get_into_the_result(
    tmp_path: Path, package: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert asked(tmp_path, package, "def policy(p, c):\n    print('looking')\n    return []\n") == []
    assert capsys.readouterr() == ("", "looking\n")


def test_a_plug_in_sees_a_secret_as_its_reference(tmp_path: Path, package: str) -> None:
    code = (
        "from agentconf.plan.policy import Verdict\n"
        "def policy(plan, context):\n"
        "    return [Verdict(repr([c.after for c in plan.at('tools.*.auth.token')]))]\n"
    )
    install(tmp_path, package, code, "policy")
    plan = view_of(plan_of((desired(data=body(tools=[lookup()])), None)))
    (verdict,) = ask_plugins(plan, ["policy"], context())
    assert verdict.message == "policy (plug-in): ['${env:CRM_TOKEN}']"


def test_what_plug_ins_rely_on_is_there() -> None:
    """A field that goes, or is called otherwise, breaks packages that we do not know."""
    fields = {
        one.__name__: tuple(one.__dataclass_fields__) for one in (PolicyPlan, PolicyChange, PolicyContext)
    }
    assert fields == {
        "PolicyPlan": ("environment", "organisation", "changes", "unchanged", "unmanaged"),
        "PolicyChange": (
            "agent",
            "names",
            "action",
            "path",
            "kind",
            "before",
            "after",
            "impacts",
            "origin",
            "inside",
            "named",
        ),
        "PolicyContext": ("environment", "today", "approved"),
    }
