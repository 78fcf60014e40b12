"""Agents beside each other: names, keys and renames."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from agentconf.lint.finding import Severity
from agentconf.lint.rule import declare, rule
from agentconf.source.document import Label

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agentconf.lint.finding import Finding
    from agentconf.lint.rule import Cursor, ProjectCursor
    from agentconf.model.agent import Agent
    from agentconf.project.definition import Definition, Project

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


def _present(project: Project) -> Iterator[Definition]:
    """Yield the agents that are to live in this environment."""
    for definition in project.definitions:
        lifecycle = definition.data.get("lifecycle")
        if not (isinstance(lifecycle, dict) and lifecycle.get("state") == "absent"):
            yield definition


@declare("AC507", "orphan-file", Severity.WARNING)
def orphan_file() -> None:
    """A file in `prompts` or `tools` is taken in by no agent, in no environment.

    Nothing is said while an agent cannot be read whole, or while not all environments are looked at.

    ## Why
    It was left over when its agent went, or the reference to it is missing: then an agent says something else
    than its prompt.

    ## Bad
    ```yaml
    # file: agents/example.yaml
    system_prompt: You answer the phone of Greenfield Clinic.
    ```
    ```text
    # file: prompts/example.md
    # expect: AC507
    You answer the phone of Greenfield Clinic, and book visits.
    ```

    ## Good
    ```yaml
    # file: agents/example.yaml
    system_prompt: ${file:../prompts/example.md}
    ```
    ```text
    # file: prompts/example.md
    You answer the phone of Greenfield Clinic, and book visits.
    ```

    ## Source
    Our own: docs/project-files.md.
    """


ORPHAN_FILE = orphan_file
RULES = (
    duplicate_agent_name,
    unclean_agent_key,
    renamed_from_living_agent,
    orphan_file,
)
