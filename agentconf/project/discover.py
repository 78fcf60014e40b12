"""Which folder is the project, and which files in it are agents, environments, campaigns and policies."""

from __future__ import annotations

import os
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, NamedTuple

from agentconf.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

PROJECT_FILE = "agentconf.yaml"
AGENTS = "agents"
ENVIRONMENTS = "environments"
CAMPAIGNS = "campaigns"
POLICIES = "policies"
PARTS = ("tools", "prompts", CAMPAIGNS, POLICIES)
"""Folders of files that are no agents."""

SUFFIXES = (".yaml", ".yml", ".json")


class Found(NamedTuple):
    """A file whose name gives its content a name.

    Args:
        key: the file's stem: handle of the agent, name of the environment or of the campaign.
        display: path from the root, with forward slashes.
        outside: whether it is a link that leads out of the project; such a file is not read.
        first: the file of the same key that was found before; this one is not used.

    """

    key: str
    display: str
    outside: bool = False
    first: str | None = None


def find_root(start: Path) -> Path:
    """Find the project's folder.

    Args:
        start: where to begin, usually the current folder; a file stands for its folder.

    Returns:
        The nearest folder, from `start` upwards, with an `agentconf.yaml`; else the nearest with an `agents`
        folder; else `start`.

    """
    start = start.absolute()
    start = start if start.is_dir() or not start.exists() else start.parent
    folders = (start, *start.parents)
    for folder in folders:
        if (folder / PROJECT_FILE).is_file():
            return folder
    return next((folder for folder in folders if (folder / AGENTS).is_dir()), start)


def find_files(root: Path, folder: str) -> tuple[Found, ...]:
    """List the definitions in a folder of the project, ordered by key.

    Hidden files and editors' backups are passed over. Nothing below the folder is looked at. A folder that is
    named like a definition counts as one, so that reading it tells.

    Args:
        root: the project's folder.
        folder: `agents`, `environments`, `campaigns` or `policies`; one that does not exist is empty.

    Raises:
        ConfigurationError: the folder is there and cannot be listed. It must not pass for an empty one.

    """
    try:
        entries = sorted(os.scandir(root / folder), key=lambda entry: entry.name)
    except FileNotFoundError:
        return ()
    except OSError as error:
        raise ConfigurationError(f"cannot list the folder `{folder}`: {error.strerror}") from error
    real_root = os.path.realpath(root)
    inside = is_inside(real_root, os.path.realpath(root / folder))
    found: dict[str, list[Found]] = {}
    for entry in entries:
        key, suffix = os.path.splitext(entry.name)  # noqa: PTH122 - a name, not a path
        if suffix.lower() not in SUFFIXES or key.startswith((".", "#")):
            continue
        outside = not inside or (
            entry.is_symlink() and not is_inside(real_root, os.path.realpath(entry.path))
        )
        same = found.setdefault(key, [])
        first = same[0].display if same else None
        name = entry.name.encode(errors="backslashreplace").decode()
        same.append(Found(key, f"{folder}/{name}", outside, first))
    return tuple(one for key in sorted(found) for one in found[key])


def find_parts(root: Path, folders: Sequence[str]) -> Iterator[str]:
    """Yield the regular files in folders of the project and below them; no hidden ones, no editors' backups.

    Args:
        root: the project's folder.
        folders: names; one that does not exist, or cannot be listed, is empty.

    """
    for folder in folders:
        for place, below, names in os.walk(root / folder):
            below[:] = sorted(name for name in below if not name.startswith("."))
            for name in sorted(names):
                hidden = name.startswith((".", "#")) or name.endswith("~")
                if not hidden and os.path.isfile(os.path.join(place, name)):  # noqa: PTH113, PTH118 - many files
                    yield (PurePath(place).relative_to(root) / name).as_posix()


def is_inside(real_root: str, real_path: str) -> bool:
    """Tell whether a path, all links followed, is below a folder, all links followed."""
    return os.path.commonpath((real_root, real_path)) == real_root


def display_path(root: Path, path: Path) -> str:
    """Name a file as messages do: from the root with forward slashes; absolute when it is outside.

    Args:
        root: the project's folder, absolute.
        path: the file; a relative path counts from the current folder.

    """
    path = Path(os.path.normpath(path.absolute()))
    if path.is_relative_to(root):
        return path.relative_to(root).as_posix()
    real, real_root = Path(os.path.realpath(path)), Path(os.path.realpath(root))
    return real.relative_to(real_root).as_posix() if real.is_relative_to(real_root) else path.as_posix()
