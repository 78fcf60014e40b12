"""The project as a whole: names, keys, overrides, variables and environments."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from agentconf.lint.finding import Severity
from agentconf.lint.rule import declare, rule
from agentconf.lint.suggest import closest
from agentconf.source.document import Label, Location

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agentconf.lint.finding import Finding
    from agentconf.lint.rule import Cursor, ProjectCursor
    from agentconf.model.agent import Agent
    from agentconf.project.definition import Definition, Project
    from agentconf.source.tree import Path, Tree

_KEY = re.compile(r"[a-z0-9][a-z0-9_-]*")


@rule("AC501", "duplicate-agent-name", Severity.ERROR)
def duplicate_agent_name(project: Project, here: ProjectCursor) -> Iterator[Finding]:
    """Two agents have one name in the same environment.

    Agents whose `lifecycle.state` is `absent` do not count: their name becomes free.

    ## Why
    Names are unique in an organisation: the platform refuses the second one.

    ## Bad
    ```yaml
    # file: agents/one.yaml
    name: Front Desk
    ```
    ```yaml
    # file: agents/two.yaml
    name: Front Desk # expect: AC501
    ```

    ## Good
    ```yaml
    # file: agents/one.yaml
    name: Front Desk
    ```
    ```yaml
    # file: agents/two.yaml
    name: Front Desk (staging)
    ```

    ## Source
    SLNG documentation, Required fields: "Unique agent name"; API contract, createAgent (409).
    """
    first: dict[str, Definition] = {}
    for definition in _present(project):
        name = definition.data.get("name")
        if not isinstance(name, str) or definition.tree.find(("name",))[0].unresolved:
            continue
        other = first.setdefault(name, definition)
        if other is not definition:
            yield here.finding(
                f"two agents are named `{name}` in environment {project.environment.name}",
                definition.locate(("name",)),
                agent=definition.key,
                why="names are unique in an organisation",
                help="rename one of them, or override its name in that environment",
                labels=(Label(other.locate(("name",)), "the first of them"),),
            )


@rule("AC502", "unclean-agent-key", Severity.WARNING)
def unclean_agent_key(_agent: Agent, here: Cursor) -> Iterator[Finding]:
    """The name of an agent's file is not a clean handle.

    A handle has lower-case letters, digits, dashes and underscores, a letter or digit first.

    ## Why
    The file's name without its ending is the agent's key: it is typed on the command line, written in
    overrides, and tool ids are derived from it. File systems disagree about upper case and about accents.

    ## Bad
    ```yaml
    # file: agents/FrontDesk.yaml
    name: Front Desk # expect: AC502
    ```

    ## Good
    ```yaml
    # file: agents/front-desk.yaml
    name: Front Desk
    ```

    ## Source
    Our own: docs/authoring.md.
    """
    key = here.definition.key
    if not _KEY.fullmatch(key):
        plain = unicodedata.normalize("NFKD", key).encode("ascii", "ignore").decode()
        clean = re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")
        yield here.at("name").finding(
            f"`{key}` is not a clean key",
            key=True,
            why="the file's name is the agent's handle everywhere",
            help=f"rename the file to {clean}.yaml" if clean else "rename the file in lower-case letters",
        )


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
            near = closest(key, keys)
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


@rule("AC506", "renamed-from-living-agent", Severity.ERROR)
def renamed_from_living_agent(project: Project, here: ProjectCursor) -> Iterator[Finding]:
    """`renamed_from` names an agent that is declared.

    ## Why
    The live agent of that name belongs to the other file: both would claim it.

    ## Bad
    ```yaml
    # file: agents/one.yaml
    name: Front Desk
    ```
    ```yaml
    # file: agents/two.yaml
    name: Night Desk
    lifecycle:
      renamed_from: Front Desk # expect: AC506
    ```

    ## Good
    ```yaml
    # file: agents/one.yaml
    name: Front Desk
    lifecycle: {renamed_from: Reception}
    ```

    ## Source
    Our own: docs/authoring.md, Lifecycle.
    """
    living = {name: one for one in _present(project) if isinstance(name := one.data.get("name"), str)}
    for definition in _present(project):
        lifecycle = definition.data.get("lifecycle")
        old = lifecycle.get("renamed_from") if isinstance(lifecycle, dict) else None
        other = living.get(old) if isinstance(old, str) else None
        if other is not None:
            own = other is definition
            yield here.finding(
                f"`{old}` is this agent's own name" if own else f"`{old}` is the name of another agent",
                definition.locate(("lifecycle", "renamed_from")),
                agent=definition.key,
                help="take `renamed_from` away" if own else "name the agent as it was called before",
                labels=() if own else (Label(other.locate(("name",)), "declared here"),),
                severity=Severity.WARNING if own else None,
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


def _present(project: Project) -> Iterator[Definition]:
    """Yield the agents that are to live in this environment."""
    for definition in project.definitions:
        lifecycle = definition.data.get("lifecycle")
        if not (isinstance(lifecycle, dict) and lifecycle.get("state") == "absent"):
            yield definition


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
    duplicate_agent_name,
    unclean_agent_key,
    override_of_unknown_agent,
    variable_unset,
    unused_variable,
    renamed_from_living_agent,
    no_organisation_guard,
)
