"""Where a state is kept, as the setting `state` says."""

from __future__ import annotations

import contextlib
import re
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from agentconf.errors import ConfigurationError
from agentconf.source.suggest import suggest
from agentconf.state.file import FileStore
from agentconf.state.none import NoStore

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agentconf.state.store import Store

FOLDER = Path(".agentconf") / "state"
"""Where states are kept unless an environment says otherwise, below the project's root."""

OVERRIDE = "AGENTCONF_STATE"
"""Environment variable that takes the place of the setting for one run."""

_SECRETS = ("PGPASSWORD", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AZURE_STORAGE_ACCOUNT_KEY")
"""Variables that the clients of the stores take credentials from."""

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
_SCHEMES = ("git", "s3", "gs", "az", "postgresql", "file")
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]")


def open_store(setting: str | None, *, root: Path, environment: str, environ: Mapping[str, str]) -> Store:
    """Open the store of one environment.

    Args:
        setting: as the environment declares it: a path, `git`, `git:REMOTE`, `git:.` (this repository only),
            `s3://…`, `gs://…`, `az://…`, `postgresql://…`, `none`; None: the default.
        root: the project's folder.
        environment: its name.
        environ: the environment variables.

    Raises:
        ConfigurationError: the setting names no store, or one that is not installed.

    """
    text = environ.get(OVERRIDE) or setting
    if text == "none":
        return NoStore(environ)
    name = file_name(environment)
    scheme, rest = _parted(text)
    match scheme:
        case None | "file":
            return _file(rest, root, name, environment, environ)
        case "git":
            return _git(rest, root, name, environment, environ)
        case "s3" | "gs" | "az":
            from agentconf.state.objects import ObjectStore  # noqa: PLC0415 - one of several

            return ObjectStore(str(text), environment=environment, name=name, environ=environ)
        case "postgresql" | "postgres":
            from agentconf.state.postgres import PostgresStore  # noqa: PLC0415

            return PostgresStore(str(text), environment=environment, environ=environ)
        case _:
            close = suggest(scheme, _SCHEMES)
            raise ConfigurationError(
                f"`state` of {environment!r} names no store: {scheme}:…",
                help=f"did you mean {close}:?"
                if close
                else f"it takes a path, {', '.join(_SCHEMES)}, or none",
            )


def credentials(setting: str | None, environ: Mapping[str, str]) -> tuple[str, ...]:
    """Return what nobody may read of a store: the password in its URL, and those that clients take by name.

    Args:
        setting: as the environment declares it.
        environ: the environment variables.

    """
    found = [environ.get(name) for name in _SECRETS]
    for url in (setting, environ.get(OVERRIDE)):
        with contextlib.suppress(ValueError):  # whoever opens it says that it is no URL
            parts = urlsplit((url or "").removeprefix("git:"))
            found += [parts.password, *parse_qs(parts.query).get("password", ())]
    return tuple(one for one in found if one)


def file_name(environment: str) -> str:
    """Return an environment's name as files, refs and keys take it."""
    return _UNSAFE.sub("_", environment)


def _parted(text: str | None) -> tuple[str | None, str | None]:
    """Part a setting into scheme and rest; `git` alone is a scheme, and a path has none."""
    if text == "git":
        return "git", None
    named = _SCHEME.match(text) if text else None
    if named is None or text is None:
        return None, text
    return named[1].lower(), text[named.end() :]


def _git(rest: str | None, root: Path, name: str, environment: str, environ: Mapping[str, str]) -> Store:
    from agentconf.state.git import GitStore, default_remote  # noqa: PLC0415

    remote = {None: None, "": None, ".": None}.get(rest, rest)
    if rest in (None, ""):
        remote = default_remote(root, environ)
    return GitStore(root, remote=remote, environment=environment, name=name, environ=environ)


def _file(text: str | None, root: Path, name: str, environment: str, environ: Mapping[str, str]) -> FileStore:
    relative = Path(text) if text else FOLDER / f"{name}.json"
    path = relative if relative.suffix == ".json" else relative / f"{name}.json"
    return FileStore(root / path, environment=environment, environ=environ, shown=str(path))
