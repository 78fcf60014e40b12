"""`$ref` on a mapping: a file's mapping comes in, and the keys beside `$ref` are laid over it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconf.project import overlay
from agentconf.project.reader import Refusal
from agentconf.project.secrets import hide_secrets
from agentconf.project.trail import Chain, Resolved, Trail, fits, unresolved
from agentconf.source.document import Label, Problem
from agentconf.source.tree import Tree

if TYPE_CHECKING:
    from agentconf.project.places import Place
    from agentconf.project.reader import Reader
    from agentconf.project.trail import Walk

REF = "$ref"
"""The key. Below free JSON it is not ours: a JSON Schema has a `$ref` of its own."""

Shared = dict[tuple[str, "Place"], Resolved]
"""Included files by display path and place."""


class Includer:
    """Resolves mappings with `$ref` for one environment.

    Args:
        reader: the project's files.
        chain: the references that have led here.
        walk: resolves what an included file holds.
        shared: included files that are the same in every environment; read and added to.

    """

    def __init__(self, reader: Reader, chain: Chain, walk: Walk, shared: Shared) -> None:
        self._reader = reader
        self._chain = chain
        self._walk = walk
        self._shared = shared
        self._memo: Shared = {}

    def mapping(self, tree: Tree, place: Place, depth: int, trail: Trail) -> Tree:
        """Resolve a mapping with `$ref`.

        What it brings keeps its places; the mapping itself stands where the `$ref` does. When the file cannot
        be taken in, the keys beside `$ref` are all that is left, marked as unresolved.
        """
        reference = f"{REF}: {tree.value[REF].value}"
        entries = {
            key: self._walk(child, place.below(key), depth + 1, trail)
            for key, child in tree.value.items()
            if key != REF
        }
        brought = self._brought(tree.value[REF], place, depth, trail)
        if brought is None:
            return unresolved(tree.holding(entries), reference)
        result = tree.holding(overlay.merge_entries(brought.value, entries, place))
        result.reference, result.unresolved = reference, brought.unresolved
        return result

    def _brought(self, ref: Tree, place: Place, depth: int, trail: Trail) -> Tree | None:
        """Return the mapping that a `$ref` brings; None, with a problem, when there is none."""
        target = self._target(ref)
        if isinstance(target, Refusal):
            trail.problems.append(Problem(target.code, target.message, ref.location, target.help))
            return None
        if refusal := self._chain.refusal(("file", target), ref.location):
            trail.problems.append(refusal)
            return None
        resolved = self._content(target, place, depth)
        trail.files |= resolved.files | {target}
        trail.problems.extend(resolved.problems)
        trail.variables.extend(resolved.variables)
        if not fits(resolved, depth, ref.location, trail):
            return None
        tree = resolved.tree
        if isinstance(tree.value, dict):
            return tree
        if not tree.unresolved:
            message = f"`$ref` takes a file with a mapping, and `{target}` holds something else"
            labels = (Label(tree.location, "this is what it holds"),)
            trail.problems.append(Problem("AC103", message, ref.location, labels=labels))
        return None

    def _target(self, ref: Tree) -> str | Refusal:
        if not isinstance(ref.value, str):
            return Refusal("AC006", "`$ref` takes the path of a file")
        if "${" in ref.value:
            return Refusal("AC006", "`$ref` takes a plain path, without `${…}`", "write the path out")
        if "#" in ref.value:
            help_ = "give the part a file of its own"
            return Refusal("AC006", "`$ref` takes a whole file, without `#…`", help_)
        return self._reader.locate(ref.document.path, ref.value)

    def _content(self, display: str, place: Place, depth: int) -> Resolved:
        """Resolve a file's content, once for each kind of place that it is taken into."""
        key = (display, place)
        if resolved := self._shared.get(key) or self._memo.get(key):
            return resolved
        composed = self._reader.composed(display)
        if composed.tree is None:
            nothing = Tree(None, composed.document, 0, 0, unresolved=True)
            return Resolved(nothing, composed.problems)
        hide_secrets(composed.tree, place)
        resolved = self._chain.enter(("file", display), self._walk, composed.tree, place, depth=depth)
        resolved = resolved._replace(problems=(*composed.problems, *resolved.problems))
        memo = self._memo if resolved.variables else self._shared
        memo[key] = resolved
        return resolved
