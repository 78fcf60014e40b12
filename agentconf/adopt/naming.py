"""Names for what has none in files: keys of agents, files of tools, variables of secrets."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from agentconf.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Collection

LONGEST = 60
"""Characters of a key made from a name; ours: it is a file's name too."""

_KEY = re.compile(r"\w[\w.-]*")
_OTHER = re.compile(r"[^a-z0-9]+")


def plain(text: str) -> str:
    """Write a text with lower-case letters, digits and hyphens; accents go, other scripts too."""
    bare = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return _OTHER.sub("-", bare.lower()).strip("-")[:LONGEST].strip("-")


def check_key(key: str, taken: Collection[str]) -> None:
    """Make sure that a key that somebody chose can be an agent's.

    Args:
        key: the key; it is the stem of a file.
        taken: those that are there.

    Raises:
        UsageError: it is none, or is taken.

    """
    if key in taken:
        raise UsageError(f"there is an agent {key!r} already", help="choose another key with --as")
    if not _KEY.fullmatch(key):
        raise UsageError(
            f"{key!r} is no key: it is a file's name, of letters, digits, hyphens and underscores",
            help=f"--as {plain(key) or 'support-router'}",
        )


def handle(name: str, taken: Collection[str], *, otherwise: str = "agent") -> str:
    """Make a key, or a file's name, that nobody has.

    Args:
        name: what it is for.
        taken: those that are there.
        otherwise: what to take where nothing of the name is left.

    """
    wanted = plain(name) or otherwise
    number, found = 1, wanted
    while found in taken:
        number += 1
        found = f"{wanted}-{number}"
    return found


def variable(*parts: str) -> str:
    """Name an environment variable for a secret: `SUPPORT_ROUTER_CHECK_ORDER_TOKEN`."""
    words = [plain(part).replace("-", "_").upper() for part in parts]
    name = "_".join(word for word in words if word)
    return f"_{name}" if name[:1].isdigit() else name
