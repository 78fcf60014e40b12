"""Phone numbers, time zones and trunks."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from agentconf.lint.evaluate import resolve_phone, resolve_timezone
from agentconf.lint.finding import Severity
from agentconf.lint.phone import check_phone_outline, doubt
from agentconf.lint.rule import rule
from agentconf.lint.template import Fault, outline, scan, variables
from agentconf.lint.timezone import check_timezone_outline
from agentconf.lint.toolset import sound_tools
from agentconf.lint.trials import distinct, trials
from agentconf.lint.wording import listed
from agentconf.model.tools import BuiltInTool, HumanTransferTool

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from agentconf.lint.finding import Finding
    from agentconf.lint.phone import PhoneFault
    from agentconf.lint.rule import Cursor
    from agentconf.lint.timezone import TimezoneFault
    from agentconf.lint.trials import Trial
    from agentconf.model.agent import Agent

_Resolved = TypeVar("_Resolved")
_OUTBOUND, _INBOUND = "sip_outbound_trunk_id", "sip_inbound_trunk_id"


@rule("AC309", "phone-number-not-e164", Severity.ERROR)
def phone_number_not_e164(agent: Agent, here: Cursor) -> Iterator[Finding]:
    """The number of a human transfer is not E.164, as it stands or with its values filled in.

    E.164 is a plus sign, the country code and the number: at most 15 digits, and nothing between them. A
    country code alone, which is what `+34{{local_number}}` becomes of an empty value, is none. A number is
    tried with the defaults and with every example; what its literal parts rule out needs no values. One that
    has the form, but that its country does not assign, is a warning: numbering plans change.

    ## Why
    The platform refuses the agent, or the transfer fails while the caller waits.

    ## Bad
    ```yaml
    sip_outbound_trunk_id: 0b0e6ac6-9d69-4a43-9a0c-6f0a53b0c3f8
    tools:
      - {type: human_transfer, name: a, phone_number: "415 555 1234"} # expect: AC309
      - {type: human_transfer, name: b, phone_number: "+1234"} # expect: AC309
    ```
    ```yaml
    sip_outbound_trunk_id: 0b0e6ac6-9d69-4a43-9a0c-6f0a53b0c3f8
    template_defaults: {local_number: "600111222"}
    tools:
      - {type: human_transfer, phone_number: "+34{{local_number}}"} # expect: AC309
    examples: [{name: a number with blanks, arguments: {local_number: 600 111 222}}]
    ```
    ```yaml
    sip_outbound_trunk_id: 0b0e6ac6-9d69-4a43-9a0c-6f0a53b0c3f8
    tools:
      - {type: human_transfer, phone_number: "+34 {{local_number}}"} # expect: AC309
    ```

    ## Good
    ```yaml
    sip_outbound_trunk_id: 0b0e6ac6-9d69-4a43-9a0c-6f0a53b0c3f8
    template_defaults: {local_number: "600111222"}
    tools:
      - {type: human_transfer, name: a, phone_number: "+14155551234"}
      - {type: human_transfer, name: b, phone_number: "+34{{local_number}}"}
    ```

    ## Source
    SLNG documentation, Tool personalization: "phone_number must resolve to E.164, for example +34600111222";
    API contract, E164. What countries assign: the package `phonenumbers`.
    """
    for index, text in _phone_numbers(agent):
        at = here.at("tools", index, "phone_number")
        if hopeless := _hopeless(text, check_phone_outline):
            yield _hopeless_finding(at, hopeless)
            continue
        for trial, number in _filled(agent, text, resolve_phone):
            if not isinstance(number, str):
                yield _resolved_finding(at, trial, text, number)
                continue
            doubtful = doubt(number)
            if doubtful:
                yield at.finding(
                    doubtful,
                    why="a transfer to it will hardly connect",
                    help="check the number",
                    labels=trial.labels(at, variables(text)),
                    severity=Severity.WARNING,
                )


@rule("AC310", "template-cannot-be-checked", Severity.INFO)
def template_cannot_be_checked(agent: Agent, here: Cursor) -> Iterator[Finding]:
    """A phone number or a time zone holds a variable without default, and no example gives all of them.

    ## Why
    Whether it resolves to a number, or to a time zone, shows only in the call. One example is enough to know
    now.

    ## Bad
    ```yaml
    sip_outbound_trunk_id: 0b0e6ac6-9d69-4a43-9a0c-6f0a53b0c3f8
    tools:
      - {type: human_transfer, phone_number: "+34{{local_number}}"} # expect: AC310
    ```

    ## Good
    ```yaml
    tools:
      - {type: built_in, timezone: "Europe/{{city}}"}
    examples: [{name: a call from Spain, arguments: {city: Madrid}}]
    ```

    ## Source
    SLNG documentation, Tool personalization: tool fields are validated when the tool runs.
    """
    for path, text in _checkable(agent):
        names = variables(text)
        phone = path[-1] == "phone_number"
        hopeless = names and _hopeless(text, check_phone_outline if phone else check_timezone_outline)
        if names and not hopeless and not any(trial.covers(text) for trial in trials(agent)):
            given = {name for trial in trials(agent) for name in trial.values}
            lacking = tuple(name for name in names if name not in given) or names
            yield here.at(*path).finding(
                f"`{path[-1]}` cannot be checked before the call: nothing gives {listed(lacking)} a value",
                help="add an example with its arguments, or a default",
            )


@rule("AC311", "timezone-not-iana", Severity.ERROR)
def timezone_not_iana(agent: Agent, here: Cursor) -> Iterator[Finding]:
    """A time zone is not a name of the IANA database, as it stands or with its values filled in.

    Case counts; links such as `US/Pacific` are names too; offsets such as `+01:00` are none. A time zone is
    tried with the defaults and with every example; what its literal parts rule out needs no values.

    ## Why
    The tool fails, and the model guesses the time.

    ## Bad
    ```yaml
    tools:
      - {type: built_in, timezone: Europe/Barcelona} # expect: AC311
    ```
    ```yaml
    tools:
      - {type: built_in, timezone: europe/madrid} # expect: AC311
    ```
    ```yaml
    template_defaults: {city: München}
    tools:
      - {type: built_in, timezone: "Europe/{{city}}"} # expect: AC311
    ```
    ```yaml
    tools:
      - {type: built_in, timezone: "Nowhere/{{city}}"} # expect: AC311
    ```

    ## Good
    ```yaml
    template_defaults: {city: Madrid}
    tools:
      - {type: built_in, timezone: "Europe/{{city}}"}
    ```

    ## Source
    SLNG documentation, Tool personalization: "timezone must resolve to an IANA timezone, for example
    Europe/Madrid". The names: the package `tzdata`.
    """
    for index, tool in sound_tools(agent):
        if isinstance(tool, BuiltInTool):
            at = here.at("tools", index, "timezone")
            if hopeless := _hopeless(tool.timezone, check_timezone_outline):
                yield _hopeless_finding(at, hopeless)
                continue
            for trial, zone in _filled(agent, tool.timezone, resolve_timezone):
                if not isinstance(zone, str):
                    yield _resolved_finding(at, trial, tool.timezone, zone)


@rule("AC322", "transfer-without-outbound-trunk", Severity.ERROR)
def transfer_without_outbound_trunk(agent: Agent, here: Cursor) -> Iterator[Finding]:
    """An agent can transfer calls to people, but has no outbound trunk.

    ## Why
    A transfer places a second call. The platform refuses the agent. When the trunk is attached elsewhere, say
    so in `lifecycle.ignore_changes`.

    ## Bad
    ```yaml
    tools:
      - type: human_transfer # expect: AC322
        phone_number: "+14155551234"
    ```

    ## Good
    ```yaml
    sip_outbound_trunk_id: 0b0e6ac6-9d69-4a43-9a0c-6f0a53b0c3f8
    tools:
      - {type: human_transfer, phone_number: "+14155551234"}
    ```
    ```yaml
    tools:
      - {type: human_transfer, phone_number: "+14155551234"}
    lifecycle: {ignore_changes: [sip_outbound_trunk_id]}
    ```

    ## Source
    API contract, createAgent (422, "sip_outbound_trunk_id is required when human transfer tools are
    configured"); SLNG documentation, Human transfer tool.
    """
    transfers = [index for index, tool in sound_tools(agent) if isinstance(tool, HumanTransferTool)]
    if transfers and _lacks(_OUTBOUND, agent, here):
        trunk = here.at(_OUTBOUND)
        yield here.at("tools", transfers[0], "type").finding(
            "the agent transfers calls, but has no outbound trunk",
            why="a transfer places a second call, over the trunk `sip_outbound_trunk_id`",
            help="set `sip_outbound_trunk_id` to the id of an outbound connection",
            labels=[(trunk, "no trunk")] if trunk.declared() else (),
        )


@rule("AC407", "greeting-without-trunk", Severity.ERROR)
def greeting_without_trunk(agent: Agent, here: Cursor) -> Iterator[Finding]:
    """A greeting of outbound calls is declared without an outbound trunk, or an inbound one without its own.

    Inbound it is only an info: the trunk may be attached in the dashboard. Where a trunk is left to the
    dashboard by `lifecycle.ignore_changes`, nothing is said.

    ## Why
    The platform refuses an agent with an outbound greeting and no way to call out.

    ## Bad
    ```yaml
    outbound_greeting: Hello, this is Greenfield Clinic. # expect: AC407
    ```
    ```yaml
    inbound_greeting: Greenfield Clinic, good day. # expect: AC407
    ```

    ## Good
    ```yaml
    outbound_greeting: Hello, this is Greenfield Clinic.
    sip_outbound_trunk_id: 0b0e6ac6-9d69-4a43-9a0c-6f0a53b0c3f8
    inbound_greeting: Greenfield Clinic, good day.
    lifecycle: {ignore_changes: [sip_inbound_trunk_id]}
    ```

    ## Source
    Observed: the API refuses to create an agent with `outbound_greeting` and without `sip_outbound_trunk_id`.
    SLNG documentation, Common optional fields.
    """
    for field, trunk, severity in (
        ("outbound_greeting", _OUTBOUND, None),
        ("inbound_greeting", _INBOUND, Severity.INFO),
    ):
        if getattr(agent, field) and _lacks(trunk, agent, here):
            way = field.partition("_")[0]
            yield here.at(field).finding(
                f"`{field}` is never spoken: the agent has no {way} trunk",
                key=True,
                why="the platform refuses such an agent" if severity is None else None,
                help=f"set `{trunk}`, or take the greeting away",
                severity=severity,
            )


def _phone_numbers(agent: Agent) -> Iterator[tuple[int, str]]:
    for index, tool in sound_tools(agent):
        if isinstance(tool, HumanTransferTool):
            yield index, tool.phone_number


def _checkable(agent: Agent) -> Iterator[tuple[tuple[str | int, ...], str]]:
    for index, tool in sound_tools(agent):
        if isinstance(tool, HumanTransferTool):
            yield ("tools", index, "phone_number"), tool.phone_number
        elif isinstance(tool, BuiltInTool):
            yield ("tools", index, "timezone"), tool.timezone


def _filled(
    agent: Agent, text: str, resolve: Callable[[str, Mapping[str, str]], _Resolved]
) -> Iterator[tuple[Trial, _Resolved]]:
    """Try a text with the defaults and each example that give all its variables."""
    if any(isinstance(part, Fault) for part in scan(text)):
        return
    for trial in distinct(agent, text):
        if trial.covers(text):
            yield trial, resolve(text, trial.values)


def _hopeless(
    text: str, check: Callable[[str], PhoneFault | TimezoneFault | None]
) -> PhoneFault | TimezoneFault | None:
    """Hold the literal parts of a template, of a text with variables, against what it is to become."""
    if not variables(text) or any(isinstance(part, Fault) for part in scan(text)):
        return None
    return check(outline(text))


def _hopeless_finding(at: Cursor, fault: PhoneFault | TimezoneFault) -> Finding:
    return at.finding(
        fault.message, why="whatever the call brings, the tool fails when it needs it", help=fault.help
    )


def _resolved_finding(at: Cursor, trial: Trial, text: str, fault: PhoneFault | TimezoneFault) -> Finding:
    names = variables(text)
    example = "its values" if trial.example is None else f"the values of example {trial.example + 1}"
    return at.finding(
        fault.message,
        label=f"with {example} filled in" if names else None,
        why="the tool fails when the call needs it" if names else None,
        help=fault.help,
        labels=trial.labels(at, names),
    )


def _lacks(trunk: str, agent: Agent, here: Cursor) -> bool:
    """Tell whether a trunk is neither declared, in whatever form, nor left to somebody else."""
    ignored = here.at("lifecycle", "ignore_changes").raw()
    left = isinstance(ignored, list) and trunk in ignored
    return getattr(agent, trunk) is None and here.at(trunk).raw() is None and not left


RULES = (
    phone_number_not_e164,
    template_cannot_be_checked,
    timezone_not_iana,
    transfer_without_outbound_trunk,
    greeting_without_trunk,
)
