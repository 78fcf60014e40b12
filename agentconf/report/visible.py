"""Text of others made safe to show: nothing in it steers a terminal, hides or reorders what is read."""

from __future__ import annotations

import unicodedata

_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_JOINERS = frozenset({"\u200c", "\u200d"})
"""Zero-width joiner and non-joiner: scripts and emoji need them, and they cannot reorder anything."""


def visible(text: str, *, lines: bool = False) -> str:
    r"""Replace what cannot be seen by an escape that can: `\x1b`, `\r`, `\u202e`.

    Args:
        text: what a user or the platform wrote.
        lines: keep line feeds as they are, for texts that are shown over several lines.

    """
    if text.isprintable():
        return text
    return ("\n" if lines else "\\n").join(map(_line, text.split("\n")))


def _line(text: str) -> str:
    return text if text.isprintable() else "".join(map(_escape, text))


def _escape(character: str) -> str:
    if character.isprintable() or character in _JOINERS:
        return character
    if unicodedata.category(character) not in _HIDDEN:
        return character
    return character.encode("unicode_escape").decode("ascii")


def cut(text: str, limit: int) -> str:
    """Shorten a text to about `limit` characters, saying how many more there are.

    A text that is only a little longer than the limit stays whole: the hint would be as long as the rest.
    """
    rest = len(text) - limit
    if rest <= limit // 10 + 30:
        return text
    return f"{text[:limit].rstrip()}… {rest:,} more characters"
