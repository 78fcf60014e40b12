"""`session`: a web session with an agent."""

from __future__ import annotations

import time
import webbrowser
from collections.abc import Iterator

import pytest
from cli_calls_world import World, settle, world
from cli_inside import fits
from conftest import Project

from agentconf.emulator.options import EmulatorOptions
from agentconf.emulator.server import Running, running

NAME = ("--arg", "name=Maria")


@pytest.fixture(scope="module")
def emulator() -> Iterator[Running]:
    with running() as started:
        yield started


@pytest.fixture
def staging(project: Project, emulator: Running) -> World:
    return settle(project, emulator)


def test_a_session_tells_what_joins_it(staging: World) -> None:
    text = staging.run("session", "outreach", *NAME, "--participant", "Jo")
    document = staging.run("session", "outreach", *NAME, "--json")
    assert (text.code, "  token  " in text.out) == (0, True)
    assert fits(document.json, "session")
    (first, _) = (one for one in staging.emulator.store.requests() if one.path.endswith("web-sessions"))
    assert first.body == {"arguments": {"name": "Maria"}, "participant_name": "Jo"}


def test_an_agent_without_a_trunk_can_talk_in_a_browser(staging: World) -> None:
    assert staging.run("session", "receptionist").code == 0


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("outreach",), 64, "no value for `name`, which system_prompt needs"),
        (("outreach", "--arg", "nam=x"), 64, "did you mean 'name'?"),
        (("outreach", "--arg", f"name={'x' * 1025}"), 64, "argument name: 1025 characters"),
        (("outraech",), 64, "did you mean 'outreach'?"),
        (("second",), 6, "second is not deployed in staging"),
    ],
)
def test_what_would_not_start_is_refused_before(
    staging: World, arguments: tuple[str, ...], code: int, message: str
) -> None:
    staging.project.agent("second")
    ended = staging.run("session", *arguments)
    assert (ended.code, ended.out, message in ended.err) == (code, "", True)


def test_a_changed_agent_needs_a_word(staging: World) -> None:
    staging.project.replace("agents/outreach.yaml", "Hello, this", "Hi, this")
    assert staging.run("session", "outreach", *NAME).code == 6
    assert staging.run("session", "outreach", *NAME, "--allow-drift").code == 0


def test_without_credit_there_is_no_session(project: Project) -> None:
    with world(project, EmulatorOptions(credit=0)) as staging:
        ended = staging.run("session", "outreach", *NAME)
    assert (ended.code, "402" in ended.err) == (3, True)


def test_a_browser_is_given_the_room(staging: World, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []

    def opening(url: str) -> bool:
        opened.append(url)
        return True

    monkeypatch.setattr(webbrowser, "open", opening)
    ended = staging.run("session", "outreach", *NAME, "--open", "--json")
    (url,) = opened
    assert (ended.code, ended.err, ended.json["livekit_token"] in url) == (0, "", True)


def test_without_a_browser_that_is_said(staging: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webbrowser, "open", lambda _: False)
    ended = staging.run("session", "outreach", *NAME, "--open")
    assert (ended.code, "No browser could be opened here" in ended.err) == (0, True)


def test_a_browser_that_stays_in_the_foreground_is_not_waited_for(
    staging: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("agentconf.cli.session.OPENING_SECONDS", 0.1)
    monkeypatch.setattr(webbrowser, "_tryorder", ["sleeper"])
    monkeypatch.setattr(
        webbrowser, "get", lambda _: webbrowser.GenericBrowser(["sh", "-c", "sleep 10", "%s"])
    )
    began = time.monotonic()
    ended = staging.run("session", "outreach", *NAME, "--open")
    assert (ended.code, "No browser" in ended.err, time.monotonic() - began < 8) == (0, False, True)
