"""A rule: a decorated function over a typed model, and the cursor that turns a path into a finding."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from agentconf.lint.finding import Edit, Finding, Severity
from agentconf.source.document import Label

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from agentconf.project.definition import Definition, Project
    from agentconf.source.document import Location
    from agentconf.source.tree import Path, Tree


Scope = Literal["agent", "project", "elsewhere"]
"""What a rule looks at: one agent, the project, or nothing, because its findings come from elsewhere."""


# Named tuples, here and in the modules beside: see `source.document`.
class Rule(NamedTuple):
    """What a rule is called, how bad it is, and the function that checks.

    Args:
        code: `AC` and three digits.
        name: the kebab-case name, as written in a suppression.
        severity: default; the project file may set another.
        check: yields findings; its docstring is the rule's page.
        scope: what the first parameter is; `elsewhere` is never called (see `declare`).
        may_fail: whether a finding can be an error, by the rule's severity or by its own.

    """

    code: str
    name: str
    severity: Severity
    check: Callable[..., Iterable[Finding]]
    scope: Scope
    may_fail: bool = True

    @property
    def page(self) -> str:
        """The rule's documentation: the docstring of its function."""
        return self.check.__doc__ or ""


def rule(
    code: str, name: str, severity: Severity, *, may_fail: bool = False
) -> Callable[[Callable[..., Iterator[Finding]]], Rule]:
    """Make a rule of a function `(agent: Agent, here: Cursor)` or `(project: Project, here: ProjectCursor)`.

    The scope is the type of the first parameter.

    Args:
        code: `AC` and three digits.
        name: the kebab-case name.
        severity: the default.
        may_fail: whether single findings are errors although the rule is none.

    """

    def make(check: Callable[..., Iterator[Finding]]) -> Rule:
        annotation = next(iter(check.__annotations__.values()))
        scope: Scope = "project" if "Project" in str(annotation) else "agent"
        return Rule(code, name, severity, check, scope, may_fail or severity is Severity.ERROR)

    return make


def declare(code: str, name: str, severity: Severity) -> Callable[[Callable[[], None]], Rule]:
    """Make a rule of a function that is only a docstring.

    For findings that come out of reading files, of schema validation or of the engine itself.
    """

    def make(page: Callable[[], None]) -> Rule:
        def check() -> Iterable[Finding]:
            return ()

        check.__doc__ = page.__doc__
        return Rule(code, name, severity, check, "elsewhere")

    return make


class Cursor(NamedTuple):
    """A place in a definition; calling it makes a finding there.

    Args:
        definition: the agent being checked.
        rule: who is asking; code, name and severity of the findings.
        path: where this cursor stands.
        context: what rules may look at beside the agent.

    """

    definition: Definition
    rule: Rule
    context: Context
    path: Path = ()

    def at(self, *path: str | int) -> Cursor:
        """Return a cursor further down."""
        return Cursor(self.definition, self.rule, self.context, self.path + path)

    def finding(
        self,
        message: str,
        *,
        label: str | None = None,
        why: str | None = None,
        help: str | None = None,  # noqa: A002 - the word users read
        key: bool = False,
        text: tuple[int, int] | None = None,
        labels: Iterable[tuple[Cursor, str]] = (),
        severity: Severity | None = None,
        fix: tuple[Edit, ...] = (),
        unsafe: bool = False,
    ) -> Finding:
        """Make a finding at this place.

        Args:
            message: one sentence, without a trailing full stop.
            label: a few words beside the underline.
            why: the reason.
            help: the next action.
            key: underline the key instead of the value.
            text: underline this stretch (start, end) of the text value.
            labels: further places with what they are.
            severity: another severity than the rule's.
            fix: edits that mend it.
            unsafe: whether they are a guess, or may change what the agent says or does.

        """
        return Finding(
            code=self.rule.code,
            name=self.rule.name,
            severity=severity or self.rule.severity,
            message=message,
            location=self.locate(key=key, text=text),
            label=label,
            why=why,
            help=help,
            labels=tuple(Label(other.locate(), words) for other, words in labels),
            agent=self.definition.key,
            fix=fix,
            unsafe=unsafe,
        )

    def node(self) -> Tree | None:
        """Return the value at this path with its place; None when there is none."""
        found, depth = self.definition.tree.find(self.path)
        return found if depth == len(self.path) else None

    def locate(self, *, key: bool = False, text: tuple[int, int] | None = None) -> Location:
        """Bind the path to a place in a file."""
        if text is not None:
            return self.definition.locate_text(self.path, *text)
        return self.definition.locate(self.path, key=key)

    def declared(self) -> bool:
        """Tell whether the definition has a value at this path."""
        return self.definition.tree.find(self.path)[1] == len(self.path)

    def raw(self) -> Any:
        """Return the plain data at this path, not to be changed; None when there is none."""
        data: Any = self.definition.data
        for segment in self.path:
            if isinstance(data, dict):
                data = data.get(segment)
            elif isinstance(data, list) and isinstance(segment, int) and segment < len(data):
                data = data[segment]
            else:
                return None
        return data


class Context(NamedTuple):
    """What rules may look at beside the agent.

    Args:
        project: the whole project.
        regions: all allowed regions.
        contract: `keyed` or `managed`.

    """

    project: Project
    regions: tuple[str, ...]
    contract: str


class ProjectCursor(NamedTuple):
    """Makes findings anywhere in a project."""

    rule: Rule
    context: Context

    def finding(
        self,
        message: str,
        location: Location,
        *,
        agent: str | None = None,
        label: str | None = None,
        why: str | None = None,
        help: str | None = None,  # noqa: A002 - the word users read
        labels: tuple[Label, ...] = (),
        severity: Severity | None = None,
    ) -> Finding:
        """Make a finding at a place that the rule has found itself."""
        return Finding(
            self.rule.code,
            self.rule.name,
            severity or self.rule.severity,
            message,
            location,
            label,
            why,
            help,
            labels,
            agent,
        )
