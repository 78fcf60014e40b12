"""What of policies no single value tells: ids given twice, keys that do not go together, paths to nowhere."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from agentconf.model.agent import AgentBody
from agentconf.model.fields import ModelClass, fields_of
from agentconf.model.policy import is_path, keys_of
from agentconf.source.document import Label, Problem
from agentconf.source.suggest import suggest

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from agentconf.model.fields import FieldSpec
    from agentconf.source.document import Location
    from agentconf.source.tree import Tree

_WILD = re.compile(r"[*?]")
_CONDITIONS = ("equals", "one_of", "matches", "absent")


def check_policies(trees: Sequence[Tree], environments: frozenset[str]) -> Iterator[Problem]:
    """Check the policies of all files together.

    Args:
        trees: each file's mapping, with places.
        environments: the names of all environments.

    Yields:
        Problems (AC002, AC102, AC104, AC510); none of values that the model has refused already.

    """
    first: dict[str, Tree] = {}
    for policy in (one for tree in trees for one in _mappings(tree.find(("policies",))[0])):
        name = _at(policy, "id")
        if name is not None and (other := first.setdefault(str(name.value), name)) is not name:
            labels = (Label(other.location, "the first one"),)
            message = f"two policies have the id `{name.value}`"
            yield Problem("AC002", message, name.location, "rename one of the two", labels)
        yield from _together(policy)
        yield from _environments(policy, environments)
        for place in (_at(policy, "select"), *_mappings(_at(policy, "waivers"))):
            yield from _paths(place)


def _together(policy: Tree) -> Iterator[Problem]:
    """Tell of keys of a policy that exclude or need one another."""
    deny, warn, require = (_at(policy, name) for name in ("deny", "warn", "require"))
    if deny is not None and warn is not None:
        yield Problem("AC510", "a policy either denies or warns", warn.key_location, "keep one of the two")
    if deny is None and warn is None and require is None:
        message = "a policy denies, warns or requires something"
        yield Problem("AC102", message, _beginning(policy), "add `deny`, `warn` or `require`")
    if require is None or not isinstance(require.value, dict):
        return
    if not _given(require):
        yield Problem("AC102", "nothing is required here", require.key_location, "say what, or remove it")
    value = _at(require, "value")
    if value is None or not isinstance(value.value, dict):
        return
    conditions = [name for name in _given(value) if name in _CONDITIONS]
    if len(conditions) != 1:
        many = "takes one condition" if conditions else "has no condition"
        message = f"`require.value` {many}"
        yield Problem("AC102", message, value.key_location, f"write one of {', '.join(_CONDITIONS)}")


def _environments(policy: Tree, environments: frozenset[str]) -> Iterator[Problem]:
    for one in _texts(_at(policy, "environments")):
        if not any(fnmatchcase(name, one.value) for name in environments):
            close = suggest(one.value, environments)
            help_ = (
                f"did you mean `{close}`?" if close else f"declared are: {', '.join(sorted(environments))}"
            )
            yield Problem("AC104", f"there is no environment `{one.value}`", one.location, help_)


def _paths(place: Tree | None) -> Iterator[Problem]:
    """Tell of paths that lead to no field: a policy over them would never say anything."""
    for one in _texts(_at(place, "paths")):
        lost = _lost(keys_of(one.value), AgentBody) if is_path(one.value) else None
        if lost is not None:
            name, fields = lost
            close = suggest(name, fields)
            help_ = f"did you mean `{close}`? A field that is not known here is written `{name}*`"
            help_ = help_ if close else f"a field that is not known here is written `{name}*`"
            yield Problem("AC104", f"no field is called `{name}` there: `{one.value}`", one.location, help_)


def _lost(keys: Sequence[str], *models: ModelClass) -> tuple[str, list[str]] | None:
    """Find the first plain key that is no field of any of the models, with the fields that there are.

    A wildcard is taken to stand for something; what is behind `**` is not judged.
    """
    if not keys or not models or keys[0] == "**":
        return None
    name, *rest = keys
    specs = {key: spec for model in models for key, spec in fields_of(model).items()}
    if _WILD.search(name):
        found = [spec for key, spec in specs.items() if fnmatchcase(key, name)]
    elif name in specs:
        found = [fields_of(model)[name] for model in models if name in fields_of(model)]
    else:
        return name, list(specs)
    return _within(rest, found)


def _within(rest: Sequence[str], specs: Sequence[FieldSpec]) -> tuple[str, list[str]] | None:
    """Go on inside of fields; free objects and lists of values hold anything."""
    if not rest or not specs or any(spec.is_map or spec.opaque for spec in specs):
        return None
    if any(spec.is_list for spec in specs):
        rest = rest[1:] if rest[0] != "**" else ()
    nested = [
        model for spec in specs for model in (spec.nested, *spec.variants.values()) if model is not None
    ]
    return _lost(rest, *dict.fromkeys(nested)) if nested else None


def _at(tree: Tree | None, key: str) -> Tree | None:
    """Return a value of a mapping; None where it is absent, null, or there is no mapping."""
    child = tree.value.get(key) if tree is not None and isinstance(tree.value, dict) else None
    return None if child is None or child.value is None else child


def _given(tree: Tree) -> list[str]:
    return [name for name, child in tree.value.items() if child.value is not None]


def _mappings(tree: Tree | None) -> list[Tree]:
    items = tree.value if tree is not None and isinstance(tree.value, list) else ()
    return [one for one in items if isinstance(one.value, dict)]


def _texts(tree: Tree | None) -> list[Tree]:
    items = tree.value if tree is not None and isinstance(tree.value, list) else ()
    return [one for one in items if isinstance(one.value, str)]


def _beginning(policy: Tree) -> Location:
    return next((child.key_location for child in policy.value.values()), policy.location)
