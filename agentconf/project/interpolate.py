"""Following `${kind:ref}` in texts: variables, environment variables, files and secrets.

A text that is one reference takes on the type of what it refers to; references within a text become text.
A file's text is taken as it is: `${…}` in it is no reference, because a prompt may well speak of dollars and
braces, and because what stands in `prompts/` is then exactly what the model reads.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, assert_never

from agentconf.model.secret import SecretRef
from agentconf.project.definition import VariableUse, stretch
from agentconf.project.places import SECRET, VALUE
from agentconf.project.reader import Refusal
from agentconf.project.reference import Fault, Piece, Reference, scan
from agentconf.project.trail import Chain, fits, is_bounded, unresolved
from agentconf.source.document import Document, Label, Location, Problem
from agentconf.source.suggest import suggest
from agentconf.source.tree import Tree

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agentconf.project.places import Place
    from agentconf.project.reader import Reader
    from agentconf.project.trail import Resolved, Trail, Walk


class Sources(NamedTuple):
    """Where values come from.

    Args:
        reader: the project's files.
        variables: values of `${var:…}`, as declared.
        environ: the environment variables.
        environment: the environment's name, for messages.

    """

    reader: Reader
    variables: Mapping[str, Tree]
    environ: Mapping[str, str]
    environment: str


class Interpolator:
    """Resolves texts for one environment.

    Args:
        sources: where values come from.
        chain: the references that have led here.
        walk: resolves the values of variables.

    Attributes:
        problems: what is wrong with the values of variables; each is there once.
        variables: uses of variables in the values of variables.

    """

    def __init__(self, sources: Sources, chain: Chain, walk: Walk) -> None:
        self.problems: list[Problem] = []
        self.variables: list[VariableUse] = []
        self._sources = sources
        self._chain = chain
        self._walk = walk
        self._memo: dict[tuple[str, Place], Resolved] = {}

    def text(self, tree: Tree, place: Place, depth: int, trail: Trail) -> Tree:
        """Resolve a text that holds `${`; unresolved, with a problem on the trail, when that fails."""
        if place.secret:
            return self._secret(tree, depth, trail)
        pieces = scan(tree.value)
        if len(pieces) == 1 and isinstance(pieces[0], Reference):
            return self._whole(tree, pieces[0], place, depth, trail) or unresolved(tree)
        texts = [self._part(tree, piece, depth, trail) for piece in pieces]
        known = [text for text in texts if text is not None]
        trail.weight += sum(map(len, known))
        if len(known) < len(texts) or not is_bounded(depth, tree.location, trail):
            return unresolved(tree)
        result = tree.holding("".join(known))
        result.reference = tree.value if any(isinstance(piece, Reference) for piece in pieces) else None
        return result

    def _secret(self, tree: Tree, depth: int, trail: Trail) -> Tree:
        """Read a write-only value: one `${env:NAME}`, itself or by a variable; all else stays, hidden."""
        secret = SecretRef.parse(tree.value)
        pieces = scan(tree.value) if secret is None else ()
        if len(pieces) == 1 and isinstance(first := pieces[0], Reference) and first.kind == "var":
            found = self._variable(tree, first, SECRET, depth, trail)
            if found is not None and isinstance(found.value, SecretRef):
                secret = found.value
            elif found is not None:
                found.document.mask(found.span)
            else:
                return unresolved(tree)
        if secret is None:
            tree.document.mask(tree.span)
            return tree
        result = tree.holding(secret)
        result.reference = tree.value
        return result

    def _whole(self, tree: Tree, reference: Reference, place: Place, depth: int, trail: Trail) -> Tree | None:
        """Read a text that is one reference; None when it cannot be followed."""
        if reference.kind == "file":
            return self._file(tree, reference, trail)
        if reference.kind == "env":
            value: object = self._environment_variable(tree, reference, trail)
        else:
            found = self._variable(tree, reference, place, depth, trail)
            if found is None:
                return None
            value = found.value
        if value is None and reference.kind == "env":
            return None
        result = tree.holding(value)
        result.reference = tree.value
        return result

    def _part(self, tree: Tree, piece: Piece, depth: int, trail: Trail) -> str | None:
        """Read a piece of a text; None when it cannot be followed."""
        if isinstance(piece, str):
            return piece
        if isinstance(piece, Fault):
            location = _locate(tree, piece)
            trail.problems.append(Problem("AC006", piece.message, location, piece.help))
            return None
        match piece.kind:
            case "env":
                return self._environment_variable(tree, piece, trail)
            case "var":
                found = self._variable(tree, piece, VALUE, depth, trail)
                return None if found is None else _embed(tree, piece, found, trail)
            case "file":
                message = "`${file:…}` brings a whole text and cannot be a part of one"
                help_ = "make it the whole value, without blanks or line breaks around it"
                trail.problems.append(Problem("AC006", message, _locate(tree, piece), help_))
                return None
            case _:
                assert_never(piece.kind)

    def _environment_variable(self, tree: Tree, reference: Reference, trail: Trail) -> str | None:
        value = self._sources.environ.get(reference.name)
        if reference.default is not None:
            return value or reference.default
        if value is None:
            help_ = f"set it, or give a default: ${{env:{reference.name}:-…}}"
            message = f"the environment variable `{reference.name}` is not set"
            trail.problems.append(Problem("AC006", message, _locate(tree, reference), help_))
        return value

    def _file(self, tree: Tree, reference: Reference, trail: Trail) -> Tree | None:
        location = _locate(tree, reference)
        display = self._sources.reader.locate(tree.document.path, reference.name)
        if isinstance(display, Refusal):
            trail.problems.append(Problem(display.code, display.message, location, display.help))
            return None
        trail.files.add(display)
        document = self._sources.reader.text(display)
        if isinstance(document, Problem):
            labels = (Label(location, "pulled in here"),)
            trail.problems.append(
                Problem(document.code, document.message, document.location, document.help, labels)
            )
            return None
        pulled = _text_of(document).keyed_as(tree)
        pulled.reference = tree.value
        trail.weight += len(pulled.value)
        return pulled if is_bounded(0, location, trail) else None

    def _variable(
        self, tree: Tree, reference: Reference, place: Place, depth: int, trail: Trail
    ) -> Tree | None:
        """Read a variable's value, each of its own references followed; None when that fails."""
        name, location = reference.name, _locate(tree, reference)
        trail.variables.append(VariableUse(name, location))
        declared = self._sources.variables.get(name)
        if declared is None:
            trail.problems.append(self._unset(name, location))
            return None
        if refusal := self._chain.refusal(("var", name), location):
            trail.problems.append(refusal)
            return None
        resolved = self._value_of(name, declared, place, depth)
        if resolved.tree.unresolved or not fits(resolved, depth, location, trail):
            return None
        return resolved.tree

    def _value_of(self, name: str, declared: Tree, place: Place, depth: int) -> Resolved:
        key = (name, place)
        if key not in self._memo:
            resolved = self._chain.enter(("var", name), self._walk, declared, place, depth=depth)
            self.problems.extend(one for one in resolved.problems if one not in self.problems)
            self.variables.extend(one for one in resolved.variables if one not in self.variables)
            self._memo[key] = resolved
        return self._memo[key]

    def _unset(self, name: str, location: Location) -> Problem:
        environment = self._sources.environment
        close = suggest(name, self._sources.variables)
        help_ = f"did you mean `{close}`?" if close else f"set it under `vars` of `{environment}`"
        message = f"the variable `{name}` is not set in the environment `{environment}`"
        return Problem("AC504", message, location, help_)


def _embed(tree: Tree, reference: Reference, found: Tree, trail: Trail) -> str | None:
    """Turn a variable's value into a part of a text: numbers as they were written."""
    match found.value:
        case str():
            return found.value
        case bool():
            return "true" if found.value else "false"
        case int() | float():
            return found.raw if found.raw is not None and found.reference is None else str(found.value)
        case _:
            value = found.value
            kind = "a mapping" if isinstance(value, dict) else "a list" if value is not None else "null"
            message = f"the variable `{reference.name}` is {kind} and cannot be a part of a text"
            labels = (Label(found.location, "its value"),)
            help_ = "make it the whole value, or give the variable a text"
            trail.problems.append(Problem("AC006", message, _locate(tree, reference), help_, labels))
            return None


def _locate(tree: Tree, piece: Reference | Fault) -> Location:
    return Location(tree.document, stretch(tree, piece.start, piece.end))


def _text_of(document: Document) -> Tree:
    """Make a value of a whole file: LF line ends, without its one final line end."""
    text = document.text
    end = len(text)
    if text.endswith("\n"):
        end -= 2 if text.endswith("\r\n") else 1
    return Tree(text[:end].replace("\r\n", "\n"), document, 0, end)
