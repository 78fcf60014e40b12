"""Whether a row gives the agent what a call needs: variables, within bounds, that its tools can use."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from agentconf.calls.contacts.fault import RowFault
from agentconf.errors import ConfigurationError
from agentconf.lint.rehearsal import argument_faults, known_variables, rehearse
from agentconf.lint.template import variables
from agentconf.model.agent import START_CRITICAL, Agent
from agentconf.model.tools import tool_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from collections.abc import Set as AbstractSet

    from agentconf.model.tools import Tool

_DEFAULT = "or give it a default: `arguments` of the campaign, `template_defaults` of the agent"
_USABLE = "give a value that the tool can use"


class _ToolCheck(NamedTuple):
    """A tool whose fields depend on variables.

    Args:
        name: as the model sees it.
        agent: one that has nothing but this tool.
        variables: that its fields use.
        open: those that only a row can give.

    """

    name: str
    agent: Agent
    variables: frozenset[str]
    open: frozenset[str]


class ArgumentCheck:
    """Checks the variables of rows; what does not depend on rows is checked once, here.

    Args:
        agent: whose texts and tools are filled in; None: only the bounds of arguments are checked.
        common: values for every row that has none of its own.

    Raises:
        ConfigurationError: the values for every row are wrong by themselves.

    """

    def __init__(self, agent: Agent | None, common: Mapping[str, str]) -> None:
        self._common = common
        self._needed: dict[str, str] = {}
        self._tools: list[_ToolCheck] = []
        for fault in argument_faults(common):
            raise ConfigurationError(f"the campaign's arguments: {fault}", help="shorten or drop some")
        if agent is not None:
            settled = {**agent.template_defaults, **common}
            self._needed = _needed(agent, settled)
            self._tools = [
                check for tool in agent.tools if tool and (check := _tool_check(agent, tool, settled))
            ]
            for check in self._tools:
                self._check_common(check)

    def lacking(self, given: AbstractSet[str]) -> Iterator[tuple[str, str]]:
        """Yield the variables that no row can give, for want of a column, and a sentence on each.

        They are said once, and not of each row.

        Args:
            given: the variables that there are columns for.

        """
        for variable, text in list(self._needed.items()):
            if variable not in given:
                del self._needed[variable]
                yield variable, f"no column gives `{variable}`, which {text} needs; no call would start"
        for check in list(self._tools):
            if absent := sorted(check.open - given):
                self._tools.remove(check)
                names = ", ".join(f"`{name}`" for name in absent)
                yield absent[0], f"no column gives {names}, which the tool {check.name} needs; it would fail"

    def check(self, given: Mapping[str, str]) -> Iterator[RowFault]:
        """Say what is wrong with the variables of a row.

        Args:
            given: the row's own values.

        """
        for variable, text in self._needed.items():
            if variable not in given:
                message = f"no value, which {text} needs; the call would not start"
                yield RowFault(variable, message, f"fill it in, {_DEFAULT}", "value missing")
        arguments = {**self._common, **given}
        excess = list(argument_faults(arguments))
        for fault in excess:
            yield RowFault(None, fault, "shorten it", "arguments too long or too many")
        if not excess:
            yield from self._check_tools(given, arguments)

    def _check_tools(self, given: Mapping[str, str], arguments: Mapping[str, str]) -> Iterator[RowFault]:
        for check in self._tools:
            if check.open or not check.variables.isdisjoint(given):
                target = next(iter(check.variables)) if len(check.variables) == 1 else None
                for fault in _rehearse(check, arguments):
                    yield RowFault(target, fault, _USABLE, f"tool {check.name} would fail")

    def _check_common(self, check: _ToolCheck) -> None:
        """Check a tool as a row sees it that gives nothing of its own."""
        if not check.open and not check.variables.isdisjoint(self._common):
            for fault in _rehearse(check, self._common):
                raise ConfigurationError(f"the campaign's arguments: {fault}", help=_USABLE)


def _needed(agent: Agent, settled: Mapping[str, str]) -> dict[str, str]:
    """Return the variables that a call needs and nobody but a row gives, and the text that needs each."""
    needed: dict[str, str] = {}
    for name in START_CRITICAL:
        for variable in variables(getattr(agent, name) or ""):
            if variable not in settled:
                needed.setdefault(variable, name)
    return needed


def _tool_check(agent: Agent, tool: Tool, settled: Mapping[str, str]) -> _ToolCheck | None:
    used = known_variables(Agent.model_construct(tools=(tool,)))
    if not used:
        return None
    alone = Agent.model_construct(tools=(tool,), template_defaults=agent.template_defaults)
    return _ToolCheck(tool_name(tool.__dict__) or tool.type, alone, used, used - settled.keys())


def _rehearse(check: _ToolCheck, arguments: Mapping[str, str]) -> tuple[str, ...]:
    mine = {name: value for name, value in arguments.items() if name in check.variables}
    return rehearse(check.agent, mine).faults
