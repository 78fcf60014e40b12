"""What the linter says about itself: names that are no rule's, and comments that ignore nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconf.lint.finding import Finding
from agentconf.lint.rules import ALL, find
from agentconf.lint.rules.linter import UNKNOWN_RULE, UNUSED_IGNORE
from agentconf.lint.settings import is_unignorable
from agentconf.source.document import Document, Location, Span
from agentconf.source.suggest import suggest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from agentconf.lint.settings import Selection
    from agentconf.lint.suppress import Suppression
    from agentconf.project.definition import Project
    from agentconf.source.tree import Tree


def setting_notices(projects: Iterable[Project], selection: Selection) -> Iterator[Finding]:
    """Say which names in the settings are no rule's.

    Args:
        projects: where the settings may stand.
        selection: the settings, resolved.

    """
    project = next(iter(projects), None)
    for setting, name in selection.unknown:
        yield _unknown(name, _setting_location(project, setting, name))


def suppression_notices(unused: Iterable[Suppression], selection: Selection) -> Iterator[Finding]:
    """Say which comments ignore nothing; those of rules that did not run may well be needed.

    Args:
        unused: comments that no finding met.
        selection: the rules that ran.

    """
    for comment in unused:
        rule = find(comment.rule)
        if not comment.rule:
            yield _unused("this comment names no rule", comment.location, "write `ignore[rule-name] reason`")
        elif rule is None:
            yield _unknown(comment.rule, comment.location)
        elif is_unignorable(rule.code):
            yield _unused(f"{comment.rule} cannot be ignored", comment.location, "mend what it says")
        elif rule.code in selection.codes:
            yield _unused(
                f"nothing here needs ignore[{comment.rule}]", comment.location, "remove the comment"
            )


def _unused(message: str, location: Location, action: str) -> Finding:
    rule = UNUSED_IGNORE
    return Finding(rule.code, rule.name, rule.severity, message, location, help=action)


def _unknown(name: str, location: Location) -> Finding:
    rule = UNKNOWN_RULE
    meant = suggest(name, (word for one in ALL for word in (one.code, one.name)))
    action = f"did you mean `{meant}`?" if meant else "the rules are listed in docs/rules"
    return Finding(rule.code, rule.name, rule.severity, f"no rule is called `{name}`", location, help=action)


def _setting_location(project: Project | None, setting: str, name: str) -> Location:
    """Find a name in the project file, or show the command line's."""
    tree = project.tree if project is not None else None
    for key in ("lint", setting):
        tree = tree.value.get(key) if tree is not None and isinstance(tree.value, dict) else None
    found: Tree | None = None
    if tree is not None and isinstance(tree.value, dict):
        found = tree.value.get(name)
    elif tree is not None and isinstance(tree.value, list):
        found = next((item for item in tree.value if item.value == name), None)
    typed = f"--{setting} {name}"
    return found.key_location if found else Location(Document("<command line>", typed), Span(0, len(typed)))
