"""Secrets that would be sent where everybody can read them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from agentconf.lint.finding import Severity
from agentconf.lint.rule import Cursor, Rule, rule
from agentconf.model.secret import SecretRef

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agentconf.lint.finding import Finding
    from agentconf.model.agent import Agent
    from agentconf.source.tree import Path, Tree

_REFERENCE = re.compile(r"\$\{(env|var):(\w+)")


@rule("AC324", "secret-in-text", Severity.ERROR)
def secret_in_text(agent: Agent, here: Cursor) -> Iterator[Finding]:  # noqa: ARG001 - the whole definition is looked at
    """The variable of a secret is also put into a field that is not write-only.

    ## Why
    Only `slng_api_key`, `auth.token` and `auth.secret` are never shown again. In any other field the value is
    stored in the open: the platform returns it to everybody who may read the agent, and plans would show it.

    ## Bad
    ```yaml
    tools:
      - type: webhook
        url: https://hooks.greenfield-clinic.net/orders?key=${env:CRM_TOKEN:-none}  # expect: AC324
        auth: {type: bearer, token: "${env:CRM_TOKEN}"}
    ```

    ## Good
    ```yaml
    tools:
      - type: webhook
        url: https://hooks.greenfield-clinic.net/orders
        auth: {type: bearer, token: "${env:CRM_TOKEN}"}
    ```

    ## Source
    API contract, WebhookAuth and VoiceAgentOut: what is write-only, and what is returned.
    """
    secrets = _secrets(here.definition.data)
    if not secrets or _only_as_secrets(here, secrets):
        return
    for path, tree in _referring(here.definition.tree, ()):
        for kind, name in _REFERENCE.findall(tree.reference or ""):
            variable = name if kind == "env" else _behind(here, name)
            if variable in secrets:
                yield here.at(*path).finding(
                    f"the secret `{variable}` would stand here in the open",
                    why="the platform returns this field to everybody who may read the agent",
                    help="send it in `auth`, or use another variable for what is no secret",
                )


def _secrets(data: dict[str, Any]) -> list[str]:
    """Name the variables of an agent's secrets, each as often as it is used."""
    tools = data.get("tools")
    auths = [tool.get("auth") for tool in tools if isinstance(tool, dict)] if isinstance(tools, list) else []
    values = [data.get("slng_api_key")]
    values += [value for auth in auths if isinstance(auth, dict) for value in auth.values()]
    return [value.env for value in values if isinstance(value, SecretRef)]


def _only_as_secrets(here: Cursor, secrets: list[str]) -> bool:
    """Tell cheaply, for an agent of one file, that nothing but its secrets refers to the environment."""
    definition = here.definition
    text = definition.document.text
    return len(definition.files) == 1 and "${var:" not in text and text.count("${env:") <= len(secrets)


def _behind(here: Cursor, name: str) -> str | None:
    """Name the environment variable that a variable of the project passes on."""
    value = here.context.project.environment.variables.get(name)
    match = re.search(r"\$\{env:(\w+)", value) if isinstance(value, str) else None
    return match[1] if match else None


def _referring(tree: Tree, path: Path) -> Iterator[tuple[Path, Tree]]:
    """Yield the values that came from references, but for the secrets themselves."""
    match tree.value:
        case dict():
            for key, child in tree.value.items():
                yield from _referring(child, (*path, key))
        case list():
            for index, child in enumerate(tree.value):
                yield from _referring(child, (*path, index))
        case str() if tree.reference is not None:
            yield path, tree


RULES: tuple[Rule, ...] = (secret_in_text,)
