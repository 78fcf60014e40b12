from __future__ import annotations

import pytest
from apply_world import create

from agentconf.apply.outcome import Outcome, Report, Result
from agentconf.errors import ExitCode

DONE = Result(create("a"), Outcome.DONE)
FAILED = Result(create("b"), Outcome.FAILED, "no")
NOT_ATTEMPTED = Result(create("c"), Outcome.NOT_ATTEMPTED, "because")
UNKNOWN = Result(create("d"), Outcome.UNKNOWN, "who knows")


@pytest.mark.parametrize(
    ("report", "code"),
    [
        (Report(()), ExitCode.OK),
        (Report((DONE,)), ExitCode.OK),
        (Report((DONE,), interrupted=True), ExitCode.OK),
        (Report((DONE, FAILED)), ExitCode.PARTIAL),
        (Report((FAILED,)), ExitCode.PARTIAL),
        (Report((NOT_ATTEMPTED,)), ExitCode.PARTIAL),
        (Report((UNKNOWN,)), ExitCode.PARTIAL),
        (Report((DONE, UNKNOWN), interrupted=True), ExitCode.INTERRUPTED),
        (Report((FAILED,), denied="x"), ExitCode.DENIED),
        (Report((FAILED,), interrupted=True, denied="x"), ExitCode.DENIED),
    ],
)
def test_the_exit_code_tells_the_worst_that_happened(report: Report, code: ExitCode) -> None:
    assert report.exit_code() is code


def test_outcomes_are_counted() -> None:
    report = Report((DONE, DONE, FAILED, UNKNOWN))
    assert [report.count(outcome) for outcome in Outcome] == [2, 1, 0, 1]
    assert not report.complete
