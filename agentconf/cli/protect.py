"""The second net under secrets: their values, known before anything is printed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from agentconf.model.secret import SecretRef

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from agentconf.project.definition import Project

_NEARLY_SECRET = frozenset({"apikey", "slngapikey", "apitoken", "token", "secret", "password"})
"""Keys, without separators and in lower case, that can only be meant for a secret."""


def secret_values(project: Project, environ: Mapping[str, str]) -> Iterator[str]:
    """Yield every text of a project that no output may show, whatever is wrong with the project.

    These are the values behind the references in write-only places, and what stands there literally, under
    a mistyped key too.

    Args:
        project: resolved for one environment; it need not be sound.
        environ: the environment variables.

    """
    for definition in project.definitions:
        yield from _of_agent(definition.data, environ)
    for tree in (project.tree, *project.environment_trees.values()):
        if tree is not None:
            yield from _of_settings(tree.data(), environ)
    settings = project.environment.settings
    for reference in (settings.api_key, settings.sipgate.token, settings.dasha.api_key):
        if reference is not None:
            yield environ.get(reference.env, "")


def _of_agent(data: Mapping[str, Any], environ: Mapping[str, str]) -> Iterator[str]:
    for key, value in data.items():
        if _names_a_secret(key):
            yield from _texts(value, environ)
    tools = data.get("tools")
    for tool in tools if isinstance(tools, list) else ():
        auth = tool.get("auth") if isinstance(tool, dict) else None
        if isinstance(auth, dict):
            for key, value in auth.items():
                if key != "type" or value not in {"bearer", "hmac"}:
                    yield from _texts(value, environ)
        elif auth is not None:
            yield from _texts(auth, environ)


def _of_settings(data: Any, environ: Mapping[str, str]) -> Iterator[str]:
    """Look through settings: keys of environments, defaults and overrides alike, at any depth."""
    if isinstance(data, dict):
        for key, value in data.items():
            if _names_a_secret(key):
                yield from _texts(value, environ)
            elif key == "base_url" and isinstance(value, str):
                yield from _password(value)
            else:
                yield from _of_settings(value, environ)
    elif isinstance(data, list):
        for item in data:
            yield from _of_settings(item, environ)


def _names_a_secret(key: str) -> bool:
    return key.replace("_", "").replace("-", "").lower() in _NEARLY_SECRET


def _texts(value: Any, environ: Mapping[str, str]) -> Iterator[str]:
    match value:
        case SecretRef():
            yield environ.get(value.env, "")
        case str():
            reference = SecretRef.parse(value)
            if reference is not None:
                yield environ.get(reference.env, "")
            elif "${" not in value:
                yield value
        case dict():
            for child in value.values():
                yield from _texts(child, environ)
        case list():
            for child in value:
                yield from _texts(child, environ)
        case bool() | None:
            return
        case _:
            yield str(value)


def _password(url: str) -> Iterator[str]:
    try:
        password = urlsplit(url).password
    except ValueError:
        password = url.rpartition("@")[0]
    if password:
        yield password
