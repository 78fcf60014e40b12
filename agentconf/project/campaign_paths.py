"""The files that a campaign names: contacts, and who is not to be called."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from agentconf.project.discover import display_path
from agentconf.source.document import Problem
from agentconf.source.suggest import suggest

if TYPE_CHECKING:
    from agentconf.model.campaign import CampaignFile
    from agentconf.source.tree import Tree

_NUMBER = re.compile(r"\+[1-9][0-9]{3,14}")
_NEARLY_NUMBER = re.compile(r"[0-9 ()./-]+")


class CampaignPaths(NamedTuple):
    """What a campaign reads beside its own file.

    Args:
        contacts: whom to call; None when the file is not there.
        exclusions: files with numbers that are not to be called.
        excluded: numbers that are not to be called.

    """

    contacts: Path | None = None
    exclusions: tuple[Path, ...] = ()
    excluded: frozenset[str] = frozenset()


def campaign_paths(
    settings: CampaignFile, tree: Tree, root: Path, display: str
) -> tuple[CampaignPaths, tuple[Problem, ...]]:
    """Find the files that a campaign names. They may be anywhere: lists of people are often kept out of git.

    Args:
        settings: the sound parts of the campaign.
        tree: the campaign with places.
        root: the project's folder.
        display: the campaign's file, from there; relative paths count from its folder.

    Returns:
        The paths, absolute, and a problem (AC006, AC105) for each that leads to no file.

    """
    folder = (root / display).parent
    contacts: Path | Problem | None = None
    place = tree.find(("contacts",))[0]
    if place.value == settings.contacts and not place.unresolved:
        contacts = _file(settings.contacts, folder, root, place)
    found = [
        _number(place.value, place)
        if place.value.startswith("+")
        else _file(place.value, folder, root, place)
        for place in _entries(tree.find(("do_not_call",))[0])
        if place.value in settings.do_not_call and not place.unresolved
    ]
    paths = CampaignPaths(
        contacts if isinstance(contacts, Path) else None,
        tuple(one for one in found if isinstance(one, Path)),
        frozenset(one for one in found if isinstance(one, str)),
    )
    return paths, tuple(one for one in (contacts, *found) if isinstance(one, Problem))


def _entries(tree: Tree) -> list[Tree]:
    match tree.value:
        case str():
            return [tree]
        case list():
            return [one for one in tree.value if isinstance(one.value, str)]
        case _:
            return []


def _number(text: str, tree: Tree) -> str | Problem:
    if _NUMBER.fullmatch(text):
        return text
    help_ = "write + country code number, at most 15 digits and nothing between them"
    return Problem("AC105", f"`{text}` is not an E.164 number", tree.location, help_)


def _file(text: str, folder: Path, root: Path, tree: Tree) -> Path | Problem:
    path = Path(os.path.normpath(folder / text))
    shown = display_path(root, path)
    if os.path.isdir(path):  # noqa: PTH112 - takes any name, NUL included
        return Problem("AC006", f"`{shown}` is a folder, and a file is wanted", tree.location)
    if os.path.exists(path):  # noqa: PTH110 - takes any name, NUL included
        return path
    return Problem("AC006", f"there is no file `{shown}`", tree.location, _advice(text, folder, root))


def _advice(text: str, folder: Path, root: Path) -> str:
    relative = "paths are relative to the file they stand in"
    if _NEARLY_NUMBER.fullmatch(text):
        return "a number begins with + and its country code"
    if text.startswith("~"):
        return "`~` is not followed: write the path out, or begin it with ${env:HOME}"
    if os.path.exists(root / text):  # noqa: PTH110 - takes any name, NUL included
        return f"{relative}: `{Path(os.path.relpath(root / text, folder)).as_posix()}`"
    path = Path(os.path.normpath(folder / text))
    close = suggest(path.name, _names(path.parent))
    return f"did you mean `{Path(text).with_name(close).as_posix()}`?" if close else relative


def _names(folder: Path) -> list[str]:
    try:
        return sorted(os.listdir(folder))  # noqa: PTH208 - names only
    except (OSError, ValueError):
        return []
