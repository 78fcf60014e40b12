"""A platform that throttles, fails and hangs up: every agent ends there once, and the plan is empty."""

from __future__ import annotations

from collections import Counter

from conftest import Project, Run, emulator_process

AGENTS = 200
FAULTS = ("--fault", "429=0.1,500=0.05,reset=0.05", "--random-seed", "11", "--retry-after", "0")


def test_an_apply_of_200_agents_survives_throttling_failures_and_resets(project: Project, run: Run) -> None:
    names = {f"agent-{number:03}" for number in range(AGENTS)}
    for name in names:
        project.agent(name)
    with emulator_process(*FAULTS) as emulator:
        applied = run("apply", "--auto-approve", "--json", environ=emulator.environ)
        assert applied.code == 0, applied.err
        assert Counter(result["outcome"] for result in applied.json["results"]) == {"done": AGENTS}
        assert run("plan", "--detailed-exitcode", environ=emulator.environ).code == 0
        log = emulator.request("GET", "/_emulator/requests", token=None)
        live = Counter(agent["name"] for agent in emulator.agents(patient=True))
    faults = Counter(entry["fault"] for entry in log if entry["fault"])
    written = Counter(
        entry["body"]["name"]
        for entry in log
        if entry["method"] == "POST" and (entry["status"] == 201 or entry["fault"] == "reset-after")
    )
    assert live == Counter(names)
    assert written == Counter(names), "an agent was created more than once, and the second one refused"
    assert {"429", "500", "reset-before", "reset-after"} <= set(faults), faults
