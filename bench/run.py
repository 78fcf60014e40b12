"""The speed budgets, measured: `make bench`. Whole processes, medians, peers where they are installed.

Prints a Markdown table. Figures are this machine's; the ratios travel.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from projects import write_project, write_templates

if TYPE_CHECKING:
    from collections.abc import Callable

PYTHON = sys.executable
AGENTCONF = [PYTHON, "-m", "agentconf"]
ROOT = Path(__file__).parent.parent
AREAS = (201, 202, 203, 205, 206, 207, 208, 209, 210, 212)
"""North American area codes, each with a hundred numbers that belong to nobody: 555-0100 to 555-0199."""


@dataclass(frozen=True, slots=True)
class Row:
    what: str
    seconds: list[float]
    mebibytes: float
    budget: str

    def __str__(self) -> str:
        middle = statistics.median(self.seconds)
        spread = f"{min(self.seconds):.3f}-{max(self.seconds):.3f}"
        return f"| {self.what} | {middle:.3f} s | {spread} | {self.mebibytes:.0f} MiB | {self.budget} |"


def measure(what: str, command: list[str], *, cwd: Path, budget: str, runs: int = 7, expect: int = 0) -> Row:
    """Time a command as a whole process, after one run that warms the caches."""
    environ = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environ |= {"SLNG_API_KEY": "bench-key-of-nobody", "CRM_TOKEN": "bench-token-of-nobody"}
    seconds, peak = [], 0.0
    for run in range(runs + 1):
        started = time.perf_counter()
        process = subprocess.Popen(
            command, cwd=cwd, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        _, status, usage = os.wait4(process.pid, 0)
        ended = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != expect:
            raise SystemExit(f"{' '.join(command)} ended with {process.returncode}")
        if run:
            seconds.append(ended)
            peak = max(peak, usage.ru_maxrss / 1024)
    return Row(what, seconds, peak, budget)


def lint_rows(scratch: Path) -> list[Row]:
    rows = []
    for count, budget in (
        (1, ""),
        (100, "≤ 0.200 s"),
        (1000, "≤ 0.6 s; ≤ 1/4 of check-jsonschema, ≤ 1/10 of cfn-lint"),
    ):
        project = scratch / f"lint-{count}"
        write_project(project, count)
        rows.append(measure(f"lint {count}", [*AGENTCONF, "lint"], cwd=project, budget=budget))
        agents = [str(path) for path in sorted((project / "agents").iterdir())]
        templates = write_templates(scratch / f"templates-{count}", count)
        schema = str(ROOT / "schemas" / "agent.schema.json")
        for peer, options, runs in (
            ("yamllint", ["-d", "relaxed", *agents], 3),
            ("check-jsonschema", ["--schemafile", schema, *agents], 3),
            ("cfn-lint", templates, 1),
        ):
            if found := shutil.which(peer):
                rows.append(
                    measure(f"peer: {peer} {count}", [found, *options], cwd=project, budget="", runs=runs)
                )
    return rows


def plan_rows(scratch: Path, sizes: tuple[int, ...]) -> list[Row]:
    rows = []
    for count in sizes:
        project = scratch / f"plan-{count}"
        write_project(project, count)
        apply = [*AGENTCONF, "apply", "--auto-approve", "--quiet"]
        _once(apply, project)
        budget = "aim ≤ 0.8 s, bound 1.0 s" if count == 1000 else ""
        rows.append(
            measure(f"plan {count} unchanged", [*AGENTCONF, "plan"], cwd=project, budget=budget, runs=5)
        )
    return rows


def _once(command: list[str], project: Path) -> None:
    environ = os.environ | {"SLNG_API_KEY": "bench-key-of-nobody", "CRM_TOKEN": "bench-token-of-nobody"}
    subprocess.run(command, cwd=project, env=environ, check=True, stdout=subprocess.DEVNULL)


def apply_rows(scratch: Path, count: int, latency: float, concurrency: int) -> list[Row]:
    """Create agents on an emulator that waits before each answer; a bare client does the same first."""
    project = scratch / f"apply-{count}"
    write_project(project, count)
    posts = [PYTHON, str(Path(__file__).parent / "posts.py")]
    apply = [*AGENTCONF, "apply", "--auto-approve", "--quiet", "--concurrency", str(concurrency)]
    floor = count * latency / concurrency
    peer = _against_emulator(lambda url: [*posts, url, str(count), str(concurrency)], latency, project)
    ours = _against_emulator(lambda _: apply, latency, project)
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    what = f"create {count} at {latency * 1000:.0f} ms, concurrency {concurrency}"
    return [
        Row(f"peer: httpx alone, {what}", [peer], 0, f"floor {floor:.1f} s"),
        Row(f"apply, {what}", [ours], peak, f"≤ {1.15 * floor:.1f} s; {ours / peer:.2f} x peer"),
    ]


def _against_emulator(command: Callable[[str], list[str]], latency: float, project: Path) -> float:
    server = subprocess.Popen(
        [*AGENTCONF, "emulator", "--port", "0", "--latency", str(latency)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=project,
    )
    try:
        assert server.stdout is not None
        url = next(word for word in server.stdout.readline().split() if word.startswith("http"))
        os.environ |= {"AGENTCONF_BASE_URL": url, "AGENTCONF_API_KEY": "bench-key-of-nobody"}
        asked = command(url)
        started = time.perf_counter()
        _once(asked, project)
        return time.perf_counter() - started
    finally:
        server.terminate()
        server.wait()
        for name in ("AGENTCONF_BASE_URL", "AGENTCONF_API_KEY"):
            os.environ.pop(name, None)


def call_rows(scratch: Path, count: int, latency: float, concurrency: int) -> list[Row]:
    """Call people on an emulator that waits before each answer; the check of the contacts is included."""
    project = scratch / f"calls-{count}"
    write_project(project, 1)
    agent = next((project / "agents").iterdir())
    numbers = (f"+1{area}55501{last:02}" for area in AREAS for last in range(100))
    rows = "".join(f"{number}\n" for number, _ in zip(numbers, range(count), strict=False))
    (project / "contacts.csv").write_text(f"to\n{rows}", encoding="utf-8")
    options = ["--auto-approve", "--quiet", "--interval", "0s", "--concurrency", str(concurrency)]
    arguments = ["--arg", "caller_name=Maria", "--arg", "day=monday"]
    dispatch = [*AGENTCONF, "dispatch", agent.stem, "contacts.csv", *arguments, *options]

    def command(_url: str) -> list[str]:
        _once([*AGENTCONF, "apply", "--auto-approve", "--quiet"], project)
        return dispatch

    floor = count * latency / concurrency
    ours = _against_emulator(command, latency, project)
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    what = f"dispatch {count} at {latency * 1000:.0f} ms, concurrency {concurrency}"
    return [
        Row(what, [ours], peak, f"floor {floor:.1f} s, ≤ {1.15 * floor:.1f} s; {ours / floor:.2f} x floor")
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--large", action="store_true", help="plan 10,000 agents too")
    large = parser.parse_args().large
    with tempfile.TemporaryDirectory(prefix="agentconf-bench-") as folder:
        scratch = Path(folder)
        print(f"Python {sys.version.split()[0]}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}\n")
        print("| what | median | min-max | peak memory | budget |\n|---|---|---|---|---|")
        for option in ("--version", "--help"):
            print(measure(option, [*AGENTCONF, option], cwd=scratch, budget="≤ 0.060 s", runs=15), flush=True)
        print(measure("python -c pass", [PYTHON, "-c", "pass"], cwd=scratch, budget="", runs=15), flush=True)
        for row in lint_rows(scratch):
            print(row, flush=True)
        for row in plan_rows(scratch, (100, 1000, 10_000) if large else (100, 1000)):
            print(row, flush=True)
        for row in apply_rows(scratch, 1000, 0.1, 8):
            print(row, flush=True)
        for concurrency in (8, 32):
            for row in call_rows(scratch, 1000, 0.1, concurrency):
                print(row, flush=True)


if __name__ == "__main__":
    main()
