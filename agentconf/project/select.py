"""Which agents the files and folders on a command line mean."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING, NamedTuple

from agentconf.errors import ConfigurationError
from agentconf.project.discover import ENVIRONMENTS, PARTS, PROJECT_FILE, SUFFIXES, display_path

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from agentconf.project.definition import Definition
    from agentconf.project.reader import Reader


class Selection(NamedTuple):
    """What paths mean.

    Args:
        definitions: the project's agents that they are, or take part in.
        drafts: display paths of files that are no part of anything: agents of their own.
        strangers: display paths of files that are neither: no agent could stand in them.

    """

    definitions: tuple[Definition, ...]
    drafts: tuple[str, ...]
    strangers: tuple[str, ...] = ()


def select(reader: Reader, definitions: Iterable[Definition], paths: Iterable[Path]) -> Selection:
    """Find the agents that paths mean.

    A folder means the files in it. The project file, the environment files and the project's folder take part
    in every agent. A file that takes part in none is a draft, unless it is in `tools`, `prompts`,
    `campaigns` or `policies`; one that is neither YAML nor JSON is a stranger.

    Args:
        reader: the project's files.
        definitions: all agents.
        paths: files and folders; relative ones count from the current folder.

    Raises:
        ConfigurationError: there is no such file or folder.

    """
    kept: dict[int, Definition] = {}
    drafts: list[str] = []
    strangers: list[str] = []
    known = tuple(definitions)
    for path in paths:
        display = display_path(reader.root, path)
        if not reader.holds(display):
            raise ConfigurationError(f"there is no file or folder `{path}`")
        if _is_common(display):
            return Selection(known, (), tuple(strangers))
        taking_part = [one for one in known if _takes_part(one, display)]
        kept.update({id(one): one for one in taking_part})
        if taking_part or PurePosixPath(display).parts[0] in PARTS:
            continue
        if _may_be_agent(display):
            drafts.append(display)
        elif not (reader.root / display).is_dir():
            strangers.append(display)
    chosen = tuple(one for one in known if id(one) in kept)
    return Selection(chosen, tuple(dict.fromkeys(drafts)), tuple(dict.fromkeys(strangers)))


def _is_common(display: str) -> bool:
    path = PurePosixPath(display)
    return display == PROJECT_FILE or not path.parts or path.parts[0] == ENVIRONMENTS


def _takes_part(definition: Definition, display: str) -> bool:
    return any(file == display or file.startswith(f"{display}/") for file in definition.files)


def _may_be_agent(display: str) -> bool:
    return PurePosixPath(display).suffix.lower() in SUFFIXES
