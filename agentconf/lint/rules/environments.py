"""Environments and the project file: overrides, variables, addresses, organisations and settings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconf.lint.finding import Severity
from agentconf.lint.rule import declare, rule
from agentconf.source.suggest import suggest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agentconf.lint.finding import Finding
    from agentconf.lint.rule import ProjectCursor
    from agentconf.project.definition import Project
    from agentconf.source.document import Location
    from agentconf.source.tree import Path, Tree


@rule("AC503", "override-of-unknown-agent", Severity.ERROR)
def override_of_unknown_agent(project: Project, here: ProjectCursor) -> Iterator[Finding]:
    """An environment overrides an agent that does not exist.

    ## Why
    The override does nothing, and what it was written for is not so in that environment.

    ## Bad
    ```yaml
    # file: environments/staging.yaml
    emulator: true
    agents:
      front-dest: {region: us-east} # expect: AC503
    ```
    ```yaml
    # file: agents/front-desk.yaml
    name: Front Desk
    ```

    ## Good
    ```yaml
    # file: environments/staging.yaml
    emulator: true
    agents:
      "*": {enable_interruptions: false}
      front-desk: {region: us-east}
    ```
    ```yaml
    # file: agents/front-desk.yaml
    name: Front Desk
    ```

    ## Source
    Our own: docs/project-files.md, Environments.
    """
    keys = [definition.key for definition in project.definitions]
    for key in project.environment.settings.agents:
        if key != "*" and key not in keys:
            near = suggest(key, keys)
            yield here.finding(
                f"there is no agent `{key}` to override",
                _place(project, ("agents", key)),
                help=f"did you mean `{near}`?" if near else "take the override away, or add the agent's file",
            )


@declare("AC504", "variable-unset", Severity.ERROR)
def variable_unset() -> None:
    """A `${var:name}` has no value in an environment.

    ## Why
    The agent cannot be planned there. Every environment is looked at, so that a host which production lacks
    shows while you work on staging.

    ## Bad
    ```yaml
    # file: agentconf.yaml
    version: 1
    environments:
      local: {emulator: true, vars: {host: hooks.greenfield-clinic.net}}
      staging: {emulator: true}
    ```
    ```yaml
    # file: agents/example.yaml
    tools:
      - type: webhook
        url: https://${var:host}/orders # expect: AC504
    ```

    ## Good
    ```yaml
    # file: agentconf.yaml
    version: 1
    vars: {host: hooks.greenfield-clinic.net}
    environments:
      local: {emulator: true}
      staging: {emulator: true, vars: {host: hooks.staging.greenfield-clinic.net}}
    ```
    ```yaml
    # file: agents/example.yaml
    tools:
      - type: webhook
        url: https://${var:host}/orders
    ```

    ## Source
    Our own: docs/project-files.md, Variables.
    """


@rule("AC505", "unused-variable", Severity.WARNING)
def unused_variable(project: Project, here: ProjectCursor) -> Iterator[Finding]:
    """A variable of an environment, or of the project, is used nowhere.

    ## Why
    It is left over, or its name is misspelt here.

    ## Bad
    ```yaml
    # file: agentconf.yaml
    version: 1
    environments:
      local:
        emulator: true
        vars:
          host: hooks.greenfield-clinic.net # expect: AC505
    ```

    ## Good
    ```yaml
    # file: agentconf.yaml
    version: 1
    environments:
      local: {emulator: true, vars: {host: hooks.greenfield-clinic.net}}
    ```
    ```yaml
    # file: agents/example.yaml
    tools:
      - type: webhook
        url: https://${var:host}/orders
    ```

    ## Source
    Our own: docs/project-files.md, Variables.
    """
    used = {use.name for definition in project.definitions for use in definition.variables}
    used |= {use.name for use in project.variables}
    for name, place in _declared_variables(project):
        if name not in used and not _mentioned(project, name):
            yield here.finding(
                f"the variable `{name}` is used nowhere",
                place,
                help=f"use it as ${{var:{name}}}, or take it away",
            )


@rule("AC508", "no-organisation-guard", Severity.INFO)
def no_organisation_guard(project: Project, here: ProjectCursor) -> Iterator[Finding]:
    """An environment on the platform does not say which organisation must answer.

    ## Why
    With the key of another organisation, an apply would create all agents there.

    ## Bad
    ```yaml
    # file: environments/production.yaml
    api_key: ${env:SLNG_API_KEY} # expect: AC508
    ```

    ## Good
    ```yaml
    # file: environments/production.yaml
    api_key: ${env:SLNG_API_KEY}
    organisation: 346f3e67-32bd-4974-9880-c1330e9de0ca
    ```

    ## Source
    Our own: docs/project-files.md, Environments.
    """
    environment = project.environment
    tree = project.environment_trees.get(environment.name)
    if tree is not None and not environment.settings.emulator and environment.settings.organisation is None:
        yield here.finding(
            f"environment {environment.name} does not name its organisation",
            _first_key(tree),
            why="a key of another organisation would be taken",
            help="add `organisation` with the organisation's id",
        )


@declare("AC509", "bad-base-url", Severity.ERROR)
def bad_base_url() -> None:
    """An environment's `base_url` cannot be asked, or its `state` holds a password.

    `base_url` is the address before `/v1`, http or https, without user, password, query and fragment. Plain
    http is for this machine only. The password of a `state` comes from the process's environment.

    ## Why
    No command that asks the platform would get anywhere, or the key would travel in the clear. A password in
    a file is in the repository, and whoever has it reads and writes the memory of all applies.

    ## Bad
    ```yaml
    # file: environments/production.yaml
    base_url: https://api.agents.slng.ai/v1 # expect: AC509
    ```
    ```yaml
    # file: environments/production.yaml
    base_url: http://agents.greenfield-clinic.net # expect: AC509
    ```
    ```yaml
    # file: environments/production.yaml
    state: postgresql://agentconf:hunter2@db.greenfield-clinic.net/agents # expect: AC509
    ```

    ## Good
    ```yaml
    # file: environments/production.yaml
    base_url: https://agents.greenfield-clinic.net
    ```
    ```yaml
    # file: environments/local.yaml
    base_url: http://127.0.0.1:8443
    ```
    ```yaml
    # file: environments/production.yaml
    state: postgresql://agentconf@db.greenfield-clinic.net/agents
    ```

    ## Source
    API contract, servers and paths; our own: docs/project-files.md, Environments.
    """


@declare("AC510", "unknown-setting", Severity.ERROR)
def unknown_setting() -> None:
    """A key of `agentconf.yaml` or of an environment is none that agentconf knows.

    ## Why
    A setting that is spelled wrong is not set: without `organisation`, for one, a key of another organisation
    would be taken.

    ## Bad
    ```yaml
    # file: environments/production.yaml
    organization: 346f3e67-32bd-4974-9880-c1330e9de0ca # expect: AC510
    ```

    ## Good
    ```yaml
    # file: environments/production.yaml
    organisation: 346f3e67-32bd-4974-9880-c1330e9de0ca
    ```

    ## Source
    Our own: docs/project-files.md.
    """


def _place(project: Project, path: Path) -> Location:
    """Find the key at a path of the environment's settings."""
    tree = project.environment_trees[project.environment.name]
    return tree.find(path)[0].key_location


def _first_key(tree: Tree) -> Location:
    children = tree.value.values() if isinstance(tree.value, dict) else ()
    return next((child.key_location for child in children), tree.location)


def _declared_variables(project: Project) -> Iterator[tuple[str, Location]]:
    trees = [project.tree, project.environment_trees.get(project.environment.name)]
    for tree in trees:
        found, depth = tree.find(("vars",)) if tree is not None else (None, 0)
        if found is not None and depth and isinstance(found.value, dict):
            yield from ((str(name), child.key_location) for name, child in found.value.items())


def _mentioned(project: Project, name: str) -> bool:
    """Tell whether a variable stands in any environment's file: it may be used in that environment alone."""
    documents = {tree.document for tree in (project.tree, *project.environment_trees.values()) if tree}
    return any(f"${{var:{name}}}" in document.text for document in documents)


RULES = (
    override_of_unknown_agent,
    variable_unset,
    unused_variable,
    no_organisation_guard,
    bad_base_url,
    unknown_setting,
)
