"""How findings show what was written."""

from __future__ import annotations

from typing import Any

_SHOWN = 40


def shorten(value: Any) -> str:
    """Show a value on one line, cut to 40 characters.

    Args:
        value: a text as it stands; other JSON values as JSON spells them.

    """
    spelled = {True: "true", False: "false"}.get(value) if isinstance(value, bool) else None
    text = "null" if value is None else spelled or str(value)
    text = " ".join(text.split()) if "\n" in text else text
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"


def listed(words: tuple[str, ...]) -> str:
    """Join words as a sentence lists them, each in backticks: `a`, `b` and `c`."""
    quoted = [f"`{word}`" for word in words]
    return " and ".join([", ".join(quoted[:-1]), quoted[-1]] if len(quoted) > 1 else quoted)
