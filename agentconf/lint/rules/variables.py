"""Variables: who gives them, who uses them, and how large their values may be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconf.lint.finding import Severity
from agentconf.lint.fixing import removed
from agentconf.lint.rehearsal import MAX_KEY, MAX_KEYS, MAX_TOGETHER, MAX_VALUE, pattern_fault, renderable
from agentconf.lint.rule import rule
from agentconf.lint.surfaces import FACTS, filled, given, mentioned, templates, unread, used
from agentconf.lint.toolset import raw_tools, sound_tools
from agentconf.lint.wording import listed, shorten
from agentconf.model.agent import START_CRITICAL
from agentconf.source.suggest import suggest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agentconf.lint.finding import Edit, Finding
    from agentconf.lint.rule import Cursor
    from agentconf.lint.surfaces import Surface
    from agentconf.model.agent import Agent


@rule("AC203", "variable-without-value", Severity.WARNING)
def variable_without_value(agent: Agent, here: Cursor) -> Iterator[Finding]:
    """A variable has no default, and neither an example nor a runtime variable says that calls give it.

    In the prompt and the greetings a warning. In a tool's URL or argument an info, for it fails the tool and
    not the call; a warning when the name is that of a fact of the call, such as `call_id`, which the platform
    fills in for system arguments only. Phone numbers and time zones are AC310's.

    ## Why
    Variables of the prompt and the greetings are start-critical: without a value the call may not start. An
    inbound call brings no arguments at all.

    ## Bad
    ```yaml
    greeting: Hello {{patient_name}}. # expect: AC203
    ```
    ```yaml
    template_defaults: {patient_name: there}
    greeting: Hello {{patient_nam}}, this is {{patient_name}}'s clinic. # expect: AC203
    ```
    ```yaml
    tools:
      - type: webhook
        url: https://hooks.greenfield-clinic.net/calls/{{call_id}} # expect: AC203
        auth: {type: bearer, token: "${env:TOKEN}"}
    ```

    ## Good
    ```yaml
    greeting: Hello {{patient_name}}, this is {{practice_name}}. Shall I book your {{visit}}?
    template_defaults: {practice_name: Greenfield Clinic}
    runtime_variables: [{name: visit, description: What the visit is for}]
    examples: [{name: a patient, arguments: {patient_name: Maria}}]
    ```

    ## Source
    SLNG documentation, Tool personalization: "Prompt / greeting variables are start-critical. Missing values
    can block the session."
    """
    known = given(here)
    seen: set[str] = set()
    if any(unread(here, field) for field in ("template_defaults", "examples", "runtime_variables")):
        return
    for surface, start, end, name in used(agent):
        if name in known or name in seen or surface.path[-1] in {"phone_number", "timezone"}:
            continue
        seen.add(name)
        yield here.at(*surface.path).finding(
            f"nothing gives `{name}` a value",
            text=(start, end),
            why=f"without a value the {'call may not start' if surface.start_critical else 'tool fails'}",
            help=_value_help(name, known, surface),
            severity=None if surface.start_critical or name in FACTS else Severity.INFO,
        )


@rule("AC204", "unused-default", Severity.WARNING)
def unused_default(agent: Agent, here: Cursor) -> Iterator[Finding]:
    """A default is given for a variable that no text uses.

    ## Why
    It is left over, or its name is misspelt here or in the text: then callers hear the wrong thing. The
    platform does not answer with such a default, so that no plan could tell whether it changed.

    ## Bad
    ```yaml
    greeting: Hello, this is {{practice_name}}.
    template_defaults:
      practice_name: Greenfield Clinic
      practice_hours: nine to five # expect: AC204
    ```

    ## Good
    ```yaml
    greeting: Hello, this is {{practice_name}}.
    template_defaults: {practice_name: Greenfield Clinic, store: main}
    tools:
      - type: webhook
        url: https://hooks.greenfield-clinic.net/{{store}}
    ```

    ## Source
    API contract, VoiceAgentOut.template_variables: only variables of the texts are answered.
    """
    if agent.template_defaults.keys() <= filled(agent):
        return
    names = mentioned(here)
    if all(name in names for name in agent.template_defaults) or unread(here):
        return
    unfilled = sorted(names - given(here))
    texts = "".join(surface.text for surface in templates(agent))
    for name in agent.template_defaults:
        if name not in names:
            near = suggest(name, unfilled)
            yield here.at("template_defaults", name).finding(
                f"no text uses the default of `{name}`",
                key=True,
                help=f"did you mean `{near}`?" if near else "take it away, or use it in a text",
                fix=() if near or f"{{{name}}}" in texts else _without(here, name),
                unsafe=True,
            )


@rule("AC210", "argument-bounds", Severity.ERROR)
def argument_bounds(agent: Agent, here: Cursor) -> Iterator[Finding]:
    """The defaults, or the arguments of an example, are more or longer than a call may bring.

    At most 32 of them, names up to 64 characters, values up to 1,024 and 8,192 in all values together.
    Defaults and each example are held against these bounds on their own.

    ## Why
    The platform refuses a call with such arguments; a default takes the place of an argument.

    ## Bad
    ```yaml
    greeting: Hello {{name_of_the_patient_as_it_stands_in_the_practice_management_system}}. # expect: AC202
    template_defaults:
      name_of_the_patient_as_it_stands_in_the_practice_management_system: there # expect: AC210
    ```

    ## Good
    ```yaml
    greeting: Hello {{patient_name}}.
    template_defaults: {patient_name: there}
    ```

    ## Source
    SLNG documentation, Tool personalization (runtime arguments); API contract, Arguments.
    """
    yield from _out_of_bounds(agent.template_defaults, here.at("template_defaults"), "defaults")
    for index, example in enumerate(agent.examples):
        if example is not None:
            yield from _out_of_bounds(example.arguments, here.at("examples", index, "arguments"), "arguments")


@rule("AC216", "duplicate-variable-or-example", Severity.WARNING)
def duplicate_variable_or_example(agent: Agent, here: Cursor) -> Iterator[Finding]:
    """Two runtime variables, or two examples, have the same name.

    ## Why
    Of two variables of one name nobody can tell which description counts. Two examples of one name cannot be
    told apart where a test fails.

    ## Bad
    ```yaml
    greeting: Hello {{visit}}.
    runtime_variables:
      - {name: visit, description: What the visit is for}
      - {name: visit, description: When the visit is} # expect: AC216
    ```
    ```yaml
    examples:
      - {name: a patient}
      - {name: a patient} # expect: AC216
    ```

    ## Good
    ```yaml
    greeting: Hello {{visit}}, see you {{day}}.
    runtime_variables:
      - {name: visit, description: What the visit is for}
      - {name: day, description: When the visit is}
    ```

    ## Source
    API contract, RuntimeVariable; our own: docs/authoring.md, Examples.
    """
    for field, what in (("runtime_variables", "runtime variables"), ("examples", "examples")):
        first: dict[str, int] = {}
        for index, one in enumerate(getattr(agent, field)):
            if one is not None and first.setdefault(one.name, index) != index:
                yield here.at(field, index, "name").finding(
                    f"two {what} are named `{shorten(one.name)}`",
                    help="rename one of them, or take it away",
                    labels=[(here.at(field, first[one.name], "name"), "the first of them")],
                )


@rule("AC218", "unknown-expectation", Severity.WARNING)
def unknown_expectation(agent: Agent, here: Cursor) -> Iterator[Finding]:
    """An example expects something of a field that no call fills in, or a pattern that is none.

    Fields are named as `agentconf render` shows them: `greeting`, `tools.look_up_order.url`,
    `tools.look_up_order.arguments.case`.

    ## Why
    `agentconf test` fails, whatever the agent says.

    ## Bad
    ```yaml
    examples:
      - name: a patient
        expect:
          greting: Hello* # expect: AC218
    ```

    ## Good
    ```yaml
    examples:
      - name: a patient
        expect: {greeting: Hello*}
    ```

    ## Source
    Our own: docs/authoring.md, Examples.
    """
    expecting = [(index, one) for index, one in enumerate(agent.examples) if one is not None and one.expect]
    if not expecting or unread(here):
        return
    known = renderable(agent)
    partly = len(sound_tools(agent)) < len(raw_tools(here))
    for index, example in expecting:
        for name in example.expect:
            unsound = (
                partly
                if name.startswith("tools.")
                else name in START_CRITICAL and here.at(name).raw() is not None
            )
            if name in known or unsound:
                if (fault := pattern_fault(example.expect[name])) is not None:
                    yield here.at("examples", index, "expect", name).finding(
                        fault, help="write it as Python's `re` reads it, or without `regex:`"
                    )
                continue
            near = suggest(name, known)
            yield here.at("examples", index, "expect", name).finding(
                f"no call fills in `{shorten(name)}`",
                key=True,
                help=f"did you mean `{near}`?" if near else f"name one of {listed(known)}",
            )


def _value_help(name: str, known: frozenset[str], surface: Surface) -> str:
    near = suggest(name, known)
    if near is not None:
        return f"did you mean `{near}`?"
    if name in FACTS and not surface.start_critical:
        return f"the platform gives `{name}` to arguments of system tools only (source type `{name}`)"
    return "give it a default under `template_defaults`, or pass it in an example if every call brings it"


def _out_of_bounds(values: dict[str, str], at: Cursor, what: str) -> Iterator[Finding]:
    for name, value in values.items():
        if len(name) > MAX_KEY:
            yield at.at(name).finding(
                f"the name has {len(name)} characters, more than {MAX_KEY}", key=True, help="shorten it"
            )
        if len(value) > MAX_VALUE:
            yield at.at(name).finding(
                f"the value of `{name}` has {len(value)} characters, more than {MAX_VALUE}",
                help="shorten it, or write what is the same for all calls into the prompt",
            )
    if len(values) > MAX_KEYS:
        yield at.finding(f"{len(values)} {what}, more than {MAX_KEYS}", key=True, help="join some of them")
    together = sum(len(value) for value in values.values())
    if together > MAX_TOGETHER:
        yield at.finding(
            f"the values of the {what} have {together} characters together, more than {MAX_TOGETHER}",
            key=True,
            help="shorten them, or write what is the same for all calls into the prompt",
        )


def _without(here: Cursor, name: str) -> tuple[Edit, ...]:
    node = here.at("template_defaults", name).node()
    return () if node is None else removed(node, here.definition.document)


RULES = (
    variable_without_value,
    unused_default,
    argument_bounds,
    duplicate_variable_or_example,
    unknown_expectation,
)
