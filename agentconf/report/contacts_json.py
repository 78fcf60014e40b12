"""The check of a contacts file for programs: one JSON document, described by schemas/contacts.schema.json."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from agentconf.report.contacts_outcome import ContactsOutcome

VERSION: Final = 1
"""Version of the format: it grows with what is taken away or means something else, not with additions."""


def render(outcome: ContactsOutcome) -> str:
    """Write what the check came to as one JSON document.

    Args:
        outcome: what the check came to.

    """
    document = {
        "format_version": VERSION,
        "path": outcome.display,
        "summary": {
            "rows": outcome.rows,
            "good": outcome.good,
            "bad": outcome.bad,
            "do_not_call": outcome.excluded,
            "problems": outcome.total,
        },
        "problems": [
            {
                "line": problem.line,
                "column": problem.column,
                "message": problem.message,
                "help": problem.help,
            }
            for problem in outcome.ordered
        ],
    }
    return json.dumps(document, indent=2)
