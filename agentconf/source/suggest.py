"""Did you mean …?"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_CUTOFF = 0.68
_LONGEST = 120


def suggest(word: str, candidates: Iterable[str]) -> str | None:
    """Find the candidate that was probably meant.

    Case and the separators `-`, `_`, `.` and blanks make no difference, so `timeoutSeconds` finds
    `timeout_seconds`. Words of more than 120 characters find nothing: nobody mistypes those.

    Args:
        word: what was written.
        candidates: what could have been.

    Returns:
        The closest candidate, or None when none is close. Never the word itself.

    """
    by_form: dict[str, str] = {}
    for candidate in candidates:
        by_form.setdefault(_form(candidate), candidate)
    form = _form(word)
    found = by_form.get(form)
    if found is None and form and len(form) <= _LONGEST:
        from difflib import get_close_matches  # noqa: PLC0415 - only the way to an error needs it

        close = get_close_matches(form, by_form, n=1, cutoff=_CUTOFF)
        found = by_form[close[0]] if close else None
    return None if found == word else found


def _form(word: str) -> str:
    """Reduce a word to what people remember of it."""
    return "".join(character for character in word.casefold() if character not in "-_. ")
