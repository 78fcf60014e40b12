"""`worker`, and campaigns that are handed to workers: whole processes over a real PostgreSQL."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from cli_calls_world import CANARIES, NUMBERS, World, settle
from cli_inside import fits
from conftest import Project, clean_environ

from agentconf.calls.turn import Standing
from agentconf.cli import remotely
from agentconf.cli.options import Session
from agentconf.emulator.server import Running, running

PASSWORD = "canary-of-the-database"
NOWHERE = f"postgresql://agentconf:{PASSWORD}@127.0.0.1:9/nowhere"
GO = ("--auto-approve",)


@pytest.fixture(scope="module")
def emulator() -> Iterator[Running]:
    with running() as started:
        yield started


@pytest.fixture
def staging(project: Project, emulator: Running, postgres_url: str) -> World:
    """Workers share a database, whose URL is in the environment."""
    made = settle(project, emulator)
    made.environ["AGENTCONF_WORKERS"] = postgres_url
    return made


def worker(staging: World, *options: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "agentconf", "-e", "staging", "worker", *options],
        cwd=staging.project.root,
        env=clean_environ(staging.environ),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )


def ended(process: subprocess.Popen[str]) -> tuple[int, str]:
    _, said = process.communicate(timeout=60)
    assert [canary for canary in (*CANARIES.values(), PASSWORD) if canary in said] == []
    return process.returncode, said


@contextmanager
def working(staging: World) -> Iterator[subprocess.Popen[str]]:
    """Keep a worker while the block runs."""
    process = worker(staging)
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def test_a_detached_campaign_is_carried_out_by_a_worker_that_drains(staging: World) -> None:
    staging.campaign()
    handed = staging.run("campaign", "run", "recall", *GO, "--detach")
    assert (handed.code, handed.out, staging.calls()) == (0, "", [])
    assert handed.err.startswith(
        "Handed 3 calls to the workers of staging\n`agentconf campaign status recall -e"
    )
    code, said = ended(worker(staging, "--drain", "-v"))
    assert (code, said.splitlines()[0]) == (0, "Waiting for the campaigns of staging")
    assert re.search(r"^staging/recall: line 2, n-[0-9a-f]{10}: placed$", said, re.MULTILINE)
    assert sorted(staging.called()) == list(NUMBERS[:3])
    assert "placed  3" in staging.run("campaign", "status", "recall").out
    assert not (staging.project.root / ".agentconf" / "calls.sqlite").exists()


def test_a_campaign_that_is_handed_over_is_followed_to_its_end(staging: World) -> None:
    staging.campaign()
    with working(staging) as process:
        text = staging.run("campaign", "run", "recall", *GO)
        document = staging.run("dispatch", "outreach", staging.people(2), *GO, "--json")
        process.send_signal(signal.SIGTERM)
        code, said = ended(process)
    assert (text.code, "Done: 3 calls placed in " in text.out) == (0, True)
    assert (document.code, fits(document.json, "campaign-run"), document.err) == (0, True, "")
    assert (code, said.splitlines()[-1].startswith("Stopping: nothing new is started")) == (0, True)


def test_a_paused_campaign_rests_until_it_is_resumed(staging: World) -> None:
    staging.campaign()
    staging.run("campaign", "run", "recall", *GO, "--detach")
    staging.run("campaign", "pause", "recall")
    assert (ended(worker(staging, "--drain"))[0], staging.calls()) == (0, [])
    resumed = staging.run("campaign", "resume", "recall", "--detach", "--json")
    assert (resumed.code, fits(resumed.json, "campaign-run"), resumed.json["phase"]) == (0, True, "running")


def test_ctrl_c_ends_the_following_and_not_the_campaign(staging: World) -> None:
    staging.campaign()
    process = subprocess.Popen(
        [sys.executable, "-m", "agentconf", "-e", "staging", "campaign", "run", "recall", *GO],
        cwd=staging.project.root,
        env=clean_environ(staging.environ),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    assert process.stderr.readline() == "Handed 3 calls to the workers of staging\n"
    time.sleep(0.2)  # for the handler, which is set a moment later
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert (process.returncode, out) == (130, "")
    assert "the workers go on. `agentconf campaign pause recall -e staging` stops them" in err
    assert "still to call  3" in staging.run("campaign", "status", "recall").out


def test_somebody_who_waits_for_a_worker_is_told_how_to_begin_one(
    staging: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remotely, "TELL_SECONDS", 0.0)
    staging.campaign()
    told = remotely._told

    def told_and_interrupted(session: Session, standing: Standing, *, idle: bool) -> str:
        signal.raise_signal(signal.SIGINT)
        return told(session, standing, idle=idle)

    monkeypatch.setattr(remotely, "_told", told_and_interrupted)
    followed = staging.run("campaign", "run", "recall", *GO)
    assert (followed.code, "is there an `agentconf worker -e staging`?" in followed.err) == (130, True)


def test_one_call_needs_no_worker_and_stands_in_the_shared_ledger(staging: World) -> None:
    placed = staging.run("call", "outreach", "--to", NUMBERS[0], "--arg", "name=Maria")
    assert (placed.code, staging.called()) == (0, [NUMBERS[0]])
    assert staging.run("campaign", "status").out.splitlines()[1].startswith("call-")


def test_what_only_one_process_can_do_is_not_asked_of_many(staging: World) -> None:
    staging.campaign()
    refused = staging.run("campaign", "run", "recall", *GO, "--max", "1")
    assert (refused.code, "--max bounds one run" in refused.err) == (64, True)


@pytest.mark.parametrize(
    ("url", "code", "message"),
    [
        ("", 64, "which database do the workers share?"),
        ("mysql://localhost/x", 3, "this is not the URL of one"),
        (NOWHERE, 3, "cannot be reached"),
    ],
)
def test_a_database_that_is_none_is_told_without_its_password(
    staging: World, url: str, code: int, message: str
) -> None:
    refused = staging.run("worker", environ={"AGENTCONF_WORKERS": url})
    assert (refused.code, message in refused.err) == (code, True)
    assert PASSWORD not in refused.err


@pytest.mark.parametrize("command", [("run", *GO), ("status",), ("pause",)])
def test_no_command_shows_the_password_of_a_database_that_is_out_of_reach(
    staging: World, command: tuple[str, ...]
) -> None:
    staging.campaign()
    refused = staging.run("campaign", command[0], "recall", *command[1:], "--workers", NOWHERE, "-v")
    assert (refused.code, PASSWORD in refused.out + refused.err) == (3, False)


def test_a_worker_whose_signs_of_life_are_too_far_apart_is_refused(staging: World) -> None:
    refused = staging.run("worker", "--heartbeat", "20s", "--stalled", "30s")
    assert (refused.code, "would be taken for dead" in refused.err) == (3, True)


def test_a_worker_without_the_credential_of_the_platform_says_which_is_missing(staging: World) -> None:
    staging.campaign()
    staging.run("campaign", "run", "recall", *GO, "--detach")
    staging.environ["STAGING_KEY"] = ""
    with working(staging) as process:
        assert process.stderr is not None
        said = next(line for line in process.stderr if " failed: " in line)
    assert "STAGING_KEY is not set" in said
    assert staging.calls() == []
