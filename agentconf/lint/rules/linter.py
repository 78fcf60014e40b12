"""Rules about the linter itself; its findings are made in `lint/notices.py`."""

from __future__ import annotations

from agentconf.lint.finding import Severity
from agentconf.lint.rule import declare


@declare("AC901", "unused-ignore", Severity.WARNING)
def unused_ignore() -> None:
    """A comment ignores a rule that finds nothing there.

    ## Why
    A comment that was needed once hides the next mistake on its line. Rules about reading files (AC0xx)
    cannot be ignored at all: what could not be read cannot be judged.

    ## Bad
    ```yaml
    enable_interruptions: false  # agentconf: ignore[unknown-field] it was one once  # expect: AC901
    ```

    ## Good
    A comment stands at the end of the line that a finding points at, or alone on the line above. It names
    rules by name or code, several with commas, and says why.
    ```yaml
    # agentconf: ignore[unknown-field] the platform takes it since this week
    barge_in: fast
    ```

    ## Source
    This linter's own rule.
    """


@declare("AC902", "unknown-rule", Severity.WARNING)
def unknown_rule() -> None:
    """A comment or the linter's settings name a rule that does not exist.

    ## Why
    A misspelled rule is neither ignored nor raised, and nobody notices.

    ## Bad
    ```yaml
    # agentconf: ignore[unknwon-field] the platform takes it since this week  # expect: AC902
    barge_in: fast  # expect: AC101
    ```
    ```yaml
    # file: agentconf.yaml
    version: 1
    lint:
      ignore:
        - prompt-to-long  # expect: AC902
    ```

    ## Good
    ```yaml
    # agentconf: ignore[unknown-field] the platform takes it since this week
    barge_in: fast
    ```

    ## Source
    This linter's own rule.
    """


UNUSED_IGNORE = unused_ignore
UNKNOWN_RULE = unknown_rule
RULES = (unused_ignore, unknown_rule)
