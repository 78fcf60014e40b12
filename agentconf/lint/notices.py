"""What the linter says about itself: names that are no rule's, and comments that ignore nothing."""

from __future__ import annotations

from pathlib import Path, PurePath
from typing import TYPE_CHECKING

from agentconf.lint.finding import Finding
from agentconf.lint.fixing import without_comment
from agentconf.lint.rules import ALL, find
from agentconf.lint.rules.linter import UNKNOWN_RULE, UNUSED_IGNORE
from agentconf.lint.rules.project import ORPHAN_FILE
from agentconf.lint.settings import is_unignorable
from agentconf.project.declared import beginning
from agentconf.project.discover import CAMPAIGNS, POLICIES, find_parts
from agentconf.source.document import Document, Location, Span
from agentconf.source.suggest import suggest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from agentconf.lint.settings import Selection
    from agentconf.lint.suppress import Suppression
    from agentconf.project.definition import Project
    from agentconf.source.tree import Tree


_REMOVE = "remove the comment"


def setting_notices(projects: Iterable[Project], selection: Selection) -> Iterator[Finding]:
    """Say which names in the settings are no rule's.

    Args:
        projects: where the settings may stand.
        selection: the settings, resolved.

    """
    project = next(iter(projects), None)
    for setting, name in selection.unknown:
        yield _unknown(name, _setting_location(project, setting, name))


def orphan_notices(projects: Sequence[Project]) -> Iterator[Finding]:
    """Say which files in `prompts` and `tools` no agent takes in, in any environment.

    Nothing is said while an agent cannot be read whole: what it takes in is not known then.

    Args:
        projects: one an environment, all of them.

    """
    if any(one.problems or not one.readable for project in projects for one in project.definitions):
        return
    root = Path(projects[0].root)
    used = {name for project in projects for one in project.definitions for name in one.files}
    left = [name for name in find_parts(root, ("prompts", "tools")) if name not in used]
    texts = [(root / name).read_bytes() for name in find_parts(root, (CAMPAIGNS, POLICIES))] if left else []
    for name in left:
        if not any(PurePath(name).name.encode() in text for text in texts):
            yield Finding(
                code=ORPHAN_FILE.code,
                name=ORPHAN_FILE.name,
                severity=ORPHAN_FILE.severity,
                message=f"no agent takes in {name}",
                location=beginning(name),
                help="take it away, or refer to it with `${file:…}` or `$ref`",
            )


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
            yield _unused(f"nothing here needs ignore[{comment.rule}]", comment.location, _REMOVE)


def _unused(message: str, location: Location, action: str) -> Finding:
    rule = UNUSED_IGNORE
    fix = without_comment(location) if action == _REMOVE else ()
    return Finding(rule.code, rule.name, rule.severity, message, location, help=action, fix=fix)


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
