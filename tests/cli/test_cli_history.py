"""What was applied is written down, can be looked at, signed, held against a review, and taken back."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cli_inside import fits, inside
from conftest import Ended, Project, clean_environ
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from live_edits import edit

from agentconf.state.address import open_store

Call = Callable[..., Ended]
APPLY = ("apply", "--auto-approve")


@pytest.fixture
def project(tmp_path: Path) -> Project:
    made = Project(tmp_path)
    made.write("agentconf.yaml", "version: 1\n")
    made.agent("router")
    return made


@pytest.fixture
def call(project: Project) -> Call:
    def command(*arguments: str, environ: dict[str, str] | None = None) -> Ended:
        return inside(project.root, *arguments, environ=environ)

    return command


def lines(project: Project) -> list[str]:
    return list(open_store(None, root=project.root, environment="local", environ={}).journal())


def entries(project: Project) -> list[dict[str, Any]]:
    return [json.loads(line) for line in lines(project)]


def greeting(call: Call, key: str = "router") -> str:
    shown = call("show", key, "--live", "--json")
    assert shown.code == 0, shown.err
    found: str = shown.json["greeting"]
    return found


def pair(folder: Path, name: str, secret: bytes | None = None) -> tuple[str, str]:
    """A key pair as ssh-keygen writes it."""
    key = Ed25519PrivateKey.generate()
    encryption = BestAvailableEncryption(secret) if secret else NoEncryption()
    private, public = folder / name, folder / f"{name}.pub"
    private.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, encryption))
    public.write_bytes(key.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH))
    return str(private), str(public)


def test_an_apply_is_written_down_line_by_line(project: Project, call: Call) -> None:
    assert call(*APPLY).code == 0
    found = entries(project)
    assert all(fits(entry, "journal") for entry in found)
    assert [entry["kind"] for entry in found] == [
        "apply-begun",
        "operation-begun",
        "operation-ended",
        "apply-ended",
    ]
    assert len({entry["run"] for entry in found}) == 1
    text = "\n".join(lines(project))
    assert [word for word in ("key-of-the-agents", "token-of-the-crm") if word in text] == []
    assert list((project.root / ".agentconf" / "journal").iterdir()) == []


def test_an_apply_without_anything_to_do_is_not_written_down(project: Project, call: Call) -> None:
    call(*APPLY)
    before = lines(project)
    assert call(*APPLY).code == 0
    assert lines(project) == before


def test_runs_are_listed_newest_first_and_shown(project: Project, call: Call) -> None:
    call(*APPLY)
    project.replace("agents/router.yaml", "Be brief.", "Be very brief.")
    call(*APPLY)
    document = call("history", "--json").json
    assert fits(document, "history")
    assert [[(one["key"], one["action"]) for one in run["operations"]] for run in document["runs"]] == [
        [("router", "update")],
        [("router", "create")],
    ]
    listed = call("history").out.splitlines()
    assert [line.split()[0] for line in listed] == ["run", *(run["run"][:8] for run in document["runs"])]
    newest = document["runs"][0]["run"]
    shown = call("history", "show", newest[:8])
    assert (shown.code, "system_prompt" in shown.out, newest in shown.out) == (0, True, True)
    whole = call("history", "show", newest, "--json").json
    assert fits(whole, "history-show")
    (step,) = whole["operations"]
    assert [
        step[side]["system_prompt"].endswith(text)
        for side, text in (("before", "Be brief."), ("after", "Be very brief."))
    ] == [True, True]
    assert len(call("history", "--limit", "1", "--json").json["runs"]) == 1
    assert call("history", "--agent", "other", "--json").json["runs"] == []


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("show", "nonsense"), 3, "there is no run"),
        (("show",), 64, "`history` takes nothing, or `show RUN`"),
        (("nonsense",), 64, "`history` takes nothing, or `show RUN`"),
    ],
)
def test_a_run_that_is_none_is_said(call: Call, arguments: tuple[str, ...], code: int, message: str) -> None:
    call(*APPLY)
    ended = call("history", *arguments)
    assert (ended.code, ended.out, message in ended.err) == (code, "", True)


def test_without_any_apply_the_history_is_empty(call: Call) -> None:
    ended = call("history")
    assert (ended.code, ended.out) == (0, "No apply is remembered.\n")


def test_where_an_apply_comes_from_is_written_down(project: Project, call: Call) -> None:
    def git(*arguments: str) -> str:
        ended = subprocess.run(
            ["git", "-c", "user.name=t", "-c", "user.email=t@example.com", *arguments],
            cwd=project.root,
            capture_output=True,
            text=True,
            check=True,
        )
        return ended.stdout.strip()

    git("init", "--quiet", "--initial-branch=trunk")
    project.write(".gitignore", ".agentconf/\n")
    git("add", ".")
    git("commit", "--quiet", "-m", "begin")
    git("remote", "add", "origin", "https://somebody:a-token-of-git@example.com/agents.git")
    call(*APPLY, environ={"GITHUB_ACTOR": "octocat"})
    project.replace("agents/router.yaml", "Be brief.", "Be very brief.")
    call(*APPLY)
    clean, dirty = [entry["provenance"] for entry in entries(project) if entry["kind"] == "apply-begun"]
    assert (clean["commit"], clean["branch"], clean["dirty"], clean["actor"]) == (
        git("rev-parse", "HEAD"),
        "trunk",
        None,
        "octocat",
    )
    assert clean["remote"] == "https://example.com/agents.git"
    assert (dirty["commit"], len(dirty["dirty"])) == (clean["commit"], 64)
    assert "a-token-of-git" not in "\n".join(lines(project))


class TestRollback:
    def test_the_last_run_is_taken_back(self, project: Project, call: Call) -> None:
        call(*APPLY)
        before = greeting(call)
        project.replace("agents/router.yaml", "Hello, this is", "Welcome to")
        call(*APPLY)
        ended = call("rollback", "--auto-approve")
        assert (ended.code, "1 to change" in ended.out, greeting(call)) == (0, True, before)
        assert "The files still say what was rolled back" in ended.err
        assert call("plan", "--detailed-exitcode").code == 2
        newest = call("history", "--json").json["runs"][0]
        assert (newest["command"], newest["undoes"]) == (
            "rollback",
            call("history", "--json").json["runs"][1]["run"],
        )
        assert call("rollback", "--auto-approve").code == 0
        assert call("plan", "--detailed-exitcode").code == 0

    def test_what_was_made_is_deleted_and_what_was_deleted_is_made_again(
        self, project: Project, call: Call
    ) -> None:
        call(*APPLY)
        project.agent("desk")
        call(*APPLY)
        assert call("rollback", "--auto-approve").code == 0
        assert "1 to create" in call("plan").out
        call(*APPLY)
        assert call("destroy", "desk", "--auto-approve").code == 0
        assert call("rollback", "--auto-approve").code == 0
        assert call("plan", "--detailed-exitcode").code == 0

    def test_a_named_run_is_refused_when_later_ones_touched_its_agents(
        self, project: Project, call: Call
    ) -> None:
        call(*APPLY)
        first = greeting(call)
        for before, after in (("Hello, this is", "Welcome to"), ("Welcome to", "Good day from")):
            project.replace("agents/router.yaml", before, after)
            call(*APPLY)
        run = call("history", "--json").json["runs"][1]["run"]
        refused = call("rollback", run, "--auto-approve")
        assert (refused.code, "later runs touched the same agents" in refused.err) == (6, True)
        assert call("rollback", run, "--with-later", "--auto-approve").code == 0
        assert greeting(call) == first

    def test_guards_and_the_question_hold_for_it_too(self, project: Project, call: Call) -> None:
        call(*APPLY)
        project.agent("desk", extra="lifecycle: {prevent_destroy: true}\n")
        call(*APPLY)
        assert call("rollback").code == 6
        ended = call("rollback", "--auto-approve")
        assert (ended.code, "prevent_destroy" in ended.err) == (6, True)

    def test_an_edit_of_the_dashboard_since_is_not_overwritten_unasked(
        self, project: Project, call: Call
    ) -> None:
        call(*APPLY)
        project.replace("agents/router.yaml", "Hello, this is", "Welcome to")
        call(*APPLY)
        edit(project, "router", greeting="Edited outside.")
        refused = call("rollback", "--auto-approve")
        assert (refused.code, greeting(call)) == (6, "Edited outside.")
        assert call("rollback", "--auto-approve", "--ours").code == 0
        assert greeting(call) == "Hello, this is {{practice_name}}."

    def test_a_secret_that_nobody_remembers_is_said(self, project: Project, call: Call) -> None:
        call(*APPLY)
        text = (project.root / "agents" / "router.yaml").read_text(encoding="utf-8")
        project.write("agents/router.yaml", text[: text.index("  - type: webhook")])
        assert call(*APPLY).code == 0
        ended = call("rollback", "--auto-approve")
        assert (ended.code, "had a secret, which nobody remembers" in ended.err) == (3, True)
        project.write("agents/router.yaml", text)
        assert call("rollback", "--auto-approve").code == 0
        assert call("plan", "--detailed-exitcode").code == 0

    def test_without_any_run_there_is_nothing_to_take_back(self, call: Call) -> None:
        assert call("rollback", "--auto-approve").code == 64


class TestReviewHash:
    def reviewed(self, call: Call, **environ: str) -> str:
        found: str = call("plan", "--json", environ=environ).json["review_hash"]
        return found

    def test_the_reviewed_plan_is_applied(self, project: Project, call: Call) -> None:
        expected = self.reviewed(call)
        assert call(*APPLY, "--expect-hash", expected).code == 0
        assert call(*APPLY, "--expect-hash", expected).code == 5

    def test_its_beginning_is_enough_and_less_is_not(self, call: Call) -> None:
        expected = self.reviewed(call)
        assert call(*APPLY, "--expect-hash", expected[:15]).code == 5
        assert call(*APPLY, "--expect-hash", expected[:16]).code == 0

    def test_another_plan_is_refused_before_anything_is_written(self, project: Project, call: Call) -> None:
        expected = self.reviewed(call)
        project.replace("agents/router.yaml", "Be brief.", "Be very brief.")
        ended = call(*APPLY, "--expect-hash", expected)
        assert (ended.code, "is not the one that was reviewed" in ended.err) == (5, True)
        assert call("state", "list").code == 3

    def test_secrets_that_were_not_there_at_the_review_do_not_count(
        self, project: Project, call: Call
    ) -> None:
        call(*APPLY)
        project.replace("agents/router.yaml", "Be brief.", "Be very brief.")
        expected = self.reviewed(call, CRM_TOKEN="", SLNG_API_KEY="")
        rotated = {"CRM_TOKEN": "another-token-of-the-crm"}
        assert self.reviewed(call, **rotated) == expected
        assert call(*APPLY, "--expect-hash", expected, environ=rotated).code == 0
        assert call("plan", "--detailed-exitcode", environ=rotated).code == 0

    def test_an_edit_of_the_dashboard_counts(self, project: Project, call: Call) -> None:
        call(*APPLY)
        project.replace("agents/router.yaml", "Be brief.", "Be very brief.")
        expected = self.reviewed(call)
        edit(project, "router", language="de")
        assert call(*APPLY, "--expect-hash", expected).code == 5


class TestSignatures:
    def test_a_signed_plan_is_taken_by_its_key_only(
        self, project: Project, call: Call, tmp_path: Path
    ) -> None:
        private, public = pair(tmp_path, "ours")
        _, other = pair(tmp_path, "other")
        plan = str(tmp_path / "reviewed.plan")
        assert call("plan", "-o", plan).code == 0
        unsigned = call("apply", plan, "--auto-approve", "--require-signature", public)
        assert (unsigned.code, "it is not signed" in unsigned.err) == (6, True)
        assert call("plan", "-o", plan, "--sign", private).code == 0
        foreign = call("apply", plan, "--auto-approve", "--require-signature", other)
        assert (foreign.code, "signed by another key" in foreign.err) == (6, True)
        both = ("--require-signature", other, "--require-signature", public)
        assert call("apply", plan, "--auto-approve", *both).code == 0

    def test_a_plan_that_was_made_anew_needs_a_new_signature(
        self, project: Project, call: Call, tmp_path: Path
    ) -> None:
        private, public = pair(tmp_path, "ours")
        plan = str(tmp_path / "reviewed.plan")
        call("plan", "-o", plan, "--sign", private)
        project.replace("agents/router.yaml", "Be brief.", "Be very brief.")
        call("plan", "-o", plan)
        ended = call("apply", plan, "--auto-approve", "--require-signature", public)
        assert (ended.code, "was changed after it was signed" in ended.err) == (6, True)

    def test_a_passphrase_comes_from_the_environment(self, call: Call, tmp_path: Path) -> None:
        private, public = pair(tmp_path, "ours", b"a-passphrase")
        plan = str(tmp_path / "reviewed.plan")
        assert call("plan", "-o", plan, "--sign", private).code == 3
        given = {"AGENTCONF_SIGNING_PASSPHRASE": "a-passphrase"}
        assert call("plan", "-o", plan, "--sign", private, environ=given).code == 0
        assert call("apply", plan, "--auto-approve", "--require-signature", public).code == 0

    @pytest.mark.parametrize("content", ["", "no key", "-----BEGIN OPENSSH PRIVATE KEY-----\nxx\n"])
    def test_a_key_that_is_none_is_refused(self, call: Call, tmp_path: Path, content: str) -> None:
        (tmp_path / "key").write_text(content, encoding="utf-8")
        ended = call("plan", "-o", str(tmp_path / "plan"), "--sign", str(tmp_path / "key"))
        assert (ended.code, "cannot be read as a private key" in ended.err) == (3, True)

    def test_the_journals_lines_are_signed_and_verified(
        self, project: Project, call: Call, tmp_path: Path
    ) -> None:
        private, public = pair(tmp_path, "ours")
        assert call(*APPLY, "--sign", private).code == 0
        verified = call("history", "--verify", public)
        assert (verified.code, verified.out) == (0, "4 lines, all signed.\n")
        assert all(fits(entry, "journal") for entry in entries(project))
        project.replace("agents/router.yaml", "Be brief.", "Be very brief.")
        call(*APPLY)
        ended = call("history", "--verify", public)
        assert (ended.code, "line 5: it is not signed and 3 more" in ended.err) == (6, True)

    def test_a_line_that_was_changed_is_found(self, project: Project, call: Call, tmp_path: Path) -> None:
        private, public = pair(tmp_path, "ours")
        call(*APPLY, environ={"AGENTCONF_SIGNING_KEY": private})
        path = project.root / ".agentconf" / "state" / "local.journal.ndjson"
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace('"outcome": "done"', '"outcome": "lost"'), encoding="utf-8")
        ended = call("history", "--verify", public)
        assert (ended.code, "line 3: its signature does not fit" in ended.err) == (6, True)


def test_what_a_killed_process_was_about_to_do_is_handed_over_by_the_next_run(
    project: Project, call: Call
) -> None:
    for number in range(12):
        project.agent(f"agent-{number}")
    pending = project.root / ".agentconf" / "journal" / "local.pending.ndjson"
    process = subprocess.Popen(
        [sys.executable, "-m", "agentconf", *APPLY],
        cwd=project.root,
        env=clean_environ(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    deadline = time.monotonic() + 60
    while not (pending.exists() and pending.read_text(encoding="utf-8").count("operation-begun") > 3):
        assert time.monotonic() < deadline
        time.sleep(0.005)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    left = [json.loads(line) for line in pending.read_text(encoding="utf-8").split("\n")[:-1]]
    assert call("history").out.count("killed") == 1
    assert call(*APPLY).code == 0
    found = entries(project)
    identifiers = [entry["id"] for entry in found]
    assert len(identifiers) == len(set(identifiers))
    assert {entry["id"] for entry in left} <= set(identifiers)
    assert [entry["run"] for entry in found if entry["kind"] == "apply-aborted"] == [left[0]["run"]]
    assert not pending.exists()
    assert len(call("state", "list", "--json").json["agents"]) == 13
