"""What a platform says, made fit to be shown: no secret, no control characters, not too long."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Iterable

LONGEST = 500
"""Characters of the platform's words that are shown."""

SHORTEST = 4
"""Characters of a value from which on it is blanked out: blanking every `a` would leave nothing to read."""


def redact(text: str, hidden: Iterable[str]) -> str:
    """Blank out secrets, flatten to one line, and cut.

    Args:
        text: what the platform said; it may quote what was sent.
        hidden: values that must not be seen, in the forms in which they are sent or commonly quoted.

    """
    forms = {form for value in hidden if len(value) >= SHORTEST for form in _forms(value)}
    for form in sorted(forms, key=len, reverse=True):
        text = text.replace(form, "***")
    line = " ".join("".join(char if char.isprintable() else " " for char in text).split())
    return line if len(line) <= LONGEST else line[: LONGEST - 1] + "…"


def _forms(value: str) -> tuple[str, ...]:
    return (
        value,
        json.dumps(value)[1:-1],
        json.dumps(value, ensure_ascii=False)[1:-1],
        repr(value)[1:-1],
        quote(value),
        quote(value, safe=""),
    )
