"""Where a state is kept, as the setting `state` says."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from agentconf.errors import ConfigurationError
from agentconf.state.file import FileStore
from agentconf.state.none import NoStore

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agentconf.state.store import Store

FOLDER = Path(".agentconf") / "state"
"""Where states are kept unless an environment says otherwise, below the project's root."""

OVERRIDE = "AGENTCONF_STATE"
"""Environment variable that takes the place of the setting for one run."""

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]")


def open_store(setting: str | None, *, root: Path, environment: str, environ: Mapping[str, str]) -> Store:
    """Open the store of one environment.

    Args:
        setting: as the environment declares it; None: the default.
        root: the project's folder.
        environment: its name.
        environ: the environment variables.

    Raises:
        ConfigurationError: the setting names no store, or one that is not installed.

    """
    text = environ.get(OVERRIDE) or setting
    if text == "none":
        return NoStore(environ)
    named = _SCHEME.match(text) if text else None
    scheme = named[1].lower() if named else None
    match scheme:
        case None | "file":
            return _file(text, root, environment, environ)
        case _:
            raise ConfigurationError(
                f"`state` names no store: {scheme}:…",
                help="it takes a path, or none",
            )


def _file(text: str | None, root: Path, environment: str, environ: Mapping[str, str]) -> FileStore:
    plain = _UNSAFE.sub("_", environment)
    relative = Path(text.removeprefix("file:")) if text else FOLDER / f"{plain}.json"
    path = relative if relative.suffix == ".json" else relative / f"{plain}.json"
    return FileStore(root / path, environment=environment, environ=environ, shown=str(path))
