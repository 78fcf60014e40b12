"""Reading the project's policies: files in the folder `policies`, everything wrong told at once."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from agentconf.project.declared import beginning, unusable
from agentconf.project.discover import POLICIES, find_files
from agentconf.project.settings import not_a_mapping
from agentconf.source.document import Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from agentconf.model.policy import Policy
    from agentconf.project.discover import Found
    from agentconf.project.reader import Reader
    from agentconf.source.tree import Tree


class PolicyDefinition(NamedTuple):
    """A policy and its place.

    Args:
        policy: as its file says.
        where: the place of its id, as `path:line`.

    """

    policy: Policy
    where: str


class Policies(NamedTuple):
    """The policies of a project.

    Args:
        definitions: in the order of their files' names, then as they stand there. Parts that are wrong are
            left out of them: they must not be judged by while there is any problem.
        problems: everything that is wrong with their files.

    """

    definitions: tuple[PolicyDefinition, ...] = ()
    problems: tuple[Problem, ...] = ()


NONE = Policies()
"""Those of a project without policies."""


def read_policies(reader: Reader, environments: Iterable[str]) -> Policies:
    """Read all policy files. References are not followed in them: what stands there is what is compared.

    Args:
        reader: the project's files.
        environments: the names of all environments.

    Raises:
        ConfigurationError: the folder is there and cannot be listed.

    """
    files = find_files(reader.root, POLICIES)
    problems = list(_below(reader.root))
    if not files and not problems:
        return NONE
    if not reader.contains(POLICIES):
        message = f"the folder `{POLICIES}` is a link that leads out of the project"
        return Policies((), (Problem("AC007", message, beginning(POLICIES)),))
    trees = [tree for file in files if (tree := _tree(reader, file, problems)) is not None]
    definitions: list[PolicyDefinition] = []
    for tree in trees:
        definitions += _read(tree, problems)
    if trees:
        from agentconf.project.policy_checks import check_policies  # noqa: PLC0415 - few projects have any

        problems += check_policies(trees, frozenset(environments))
    return Policies(tuple(definitions), tuple(sorted(dict.fromkeys(problems), key=_order)))


def _below(root: Path) -> Iterator[Problem]:
    """Tell of folders in the folder: a policy in one of them would be taken for one that holds."""
    folder = root / POLICIES
    names = sorted(os.listdir(folder)) if folder.is_dir() else []  # noqa: PTH208 - names only
    for name in names:
        if not name.startswith(".") and (folder / name).is_dir():
            message = f"`{POLICIES}/{name}` is a folder, and nothing in it is read"
            help_ = f"move its files into `{POLICIES}`"
            yield Problem("AC008", message, beginning(f"{POLICIES}/{name}"), help_)


def _tree(reader: Reader, file: Found, problems: list[Problem]) -> Tree | None:
    if problem := unusable(file, "policies"):
        problems.append(problem)
        return None
    composed = reader.composed(file.display)
    problems.extend(composed.problems)
    if composed.tree is None:
        return None
    if not isinstance(composed.tree.value, dict):
        problems.append(not_a_mapping("a policy file", composed.tree.location))
        return None
    return composed.tree


def _read(tree: Tree, problems: list[Problem]) -> list[PolicyDefinition]:
    from agentconf.model.policy import PolicyFile  # noqa: PLC0415 - few projects have any
    from agentconf.project.settings import validate  # noqa: PLC0415

    file, wrong = validate(PolicyFile, tree.data(), tree, {"version": 1, "policies": []})
    problems.extend(wrong)
    places = _places(tree)
    return [PolicyDefinition(policy, places.get(policy.id, tree.location.path)) for policy in file.policies]


def _places(tree: Tree) -> dict[str, str]:
    """Find the place of each policy's id, as `path:line`."""
    found: dict[str, str] = {}
    items = tree.find(("policies",))[0].value
    for item in items if isinstance(items, list) else ():
        if isinstance(item.value, dict) and "id" in item.value:
            place = item.value["id"].location
            found.setdefault(str(item.value["id"].value), f"{place.path}:{place.start.line}")
    return found


def _order(problem: Problem) -> tuple[str, int]:
    return problem.location.path, problem.location.span.start
