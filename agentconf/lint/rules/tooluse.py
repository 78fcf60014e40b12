"""How tools are used: which of them the prompt knows, how long callers wait, and twins."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any

from agentconf.lint.finding import Severity
from agentconf.lint.rule import rule
from agentconf.lint.surfaces import unread
from agentconf.lint.toolset import sound_tools
from agentconf.model.tools import BuiltInTool, HumanTransferTool, TemplateTool, WebhookTool, tool_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agentconf.lint.finding import Finding
    from agentconf.lint.rule import Cursor
    from agentconf.model.agent import Agent
    from agentconf.model.tools import Tool

SILENCE = 10.0
"""Seconds of silence that a caller bears; the platform's default time-out of a webhook is as long."""

LONGEST = 60
"""Seconds that a webhook may take (API contract, WebhookTool); more is AC105's."""


@rule("AC207", "unmentioned-tool", Severity.INFO)
def unmentioned_tool(agent: Agent, here: Cursor) -> Iterator[Finding]:
    """The prompt never mentions a tool that the model is to call.

    A tool counts as mentioned when its name stands in the prompt, or all words of its name do. Tools that the
    platform calls by itself, template and built-in tools are not looked at.

    ## Why
    The model sees the tool's description. When to use the tool, and when not, it knows from the prompt only.

    ## Bad
    ```yaml
    system_prompt: You answer the phone. Be brief.
    tools:
      - type: webhook
        name: check_order # expect: AC207
    ```

    ## Good
    ```yaml
    system_prompt: You answer the phone. Check the order when the caller gives its number.
    tools:
      - {type: webhook, name: check_order}
    ```

    ## Source
    SLNG documentation, Tools (LLM-invoked).
    """
    prompt = (agent.system_prompt or "").lower()
    if not prompt or unread(here, "system_prompt"):
        return
    for index, tool in sound_tools(agent):
        if not isinstance(tool, WebhookTool | HumanTransferTool) or not tool.name or _by_itself(tool):
            continue
        words = [word for word in tool.name.lower().replace("-", "_").split("_") if word]
        if tool.name.lower() not in prompt and not all(word in prompt for word in words):
            yield here.at("tools", index, "name").finding(
                f"the prompt does not mention the tool `{tool.name}`", help="say when to use it"
            )


@rule("AC321", "silent-wait", Severity.WARNING)
def silent_wait(agent: Agent, here: Cursor) -> Iterator[Finding]:
    """A tool may keep a caller waiting in silence for longer than ten seconds.

    That is a webhook which the model calls, whose answer it waits for, whose `timeout_seconds` is above ten
    and which says nothing before.

    ## Why
    Callers take silence for the end of the call.

    ## Bad
    ```yaml
    tools:
      - type: webhook
        timeout_seconds: 30 # expect: AC321
    ```

    ## Good
    ```yaml
    tools:
      - type: webhook
        timeout_seconds: 30
        execution_policy: {pre_action_message: {enabled: true, text: "One moment, I am looking that up."}}
      - {type: webhook, name: notify, timeout_seconds: 30, wait_for_response: false}
    ```

    ## Source
    API contract, WebhookTool (`timeout_seconds`: 10 by default, at most 60) and PreActionMessage.
    """
    for index, tool in sound_tools(agent):
        if not isinstance(tool, WebhookTool) or _by_itself(tool) or not tool.wait_for_response:
            continue
        if SILENCE < tool.timeout_seconds <= LONGEST and not tool.execution_policy.pre_action_message.enabled:
            at = here.at("tools", index, "timeout_seconds")
            yield at.finding(
                f"callers may wait {tool.timeout_seconds:g} seconds in silence",
                help="say something before, with `execution_policy.pre_action_message`, or wait less long",
            )


@rule("AC323", "twin-tools", Severity.WARNING)
def twin_tools(agent: Agent, here: Cursor) -> Iterator[Finding]:
    """Two tools do the same: they differ in id, name and description only.

    ## Why
    The model has to choose between what is no choice; or one of them was copied, and not yet changed.

    ## Bad
    ```yaml
    sip_outbound_trunk_id: 0b0e6ac6-9d69-4a43-9a0c-6f0a53b0c3f8
    tools:
      - {type: human_transfer, name: transfer_to_sales, phone_number: "+14155550101"}
      - {type: human_transfer, name: transfer_to_support, phone_number: "+14155550101"} # expect: AC323
    ```
    ```yaml
    tools:
      - {type: webhook, name: check_order, url: "https://hooks.greenfield-clinic.net/orders"}
      - {type: webhook, name: check_stock, url: "https://hooks.greenfield-clinic.net/orders"} # expect: AC323
    ```

    ## Good
    ```yaml
    sip_outbound_trunk_id: 0b0e6ac6-9d69-4a43-9a0c-6f0a53b0c3f8
    tools:
      - {type: human_transfer, name: transfer_to_sales, phone_number: "+14155550101"}
      - {type: human_transfer, name: transfer_to_support, phone_number: "+14155550102"}
    ```

    ## Source
    Our own: the API takes such tools.
    """
    first: dict[str, int] = {}
    # A second template tool has the same name, which AC304 tells; what is called alike may be alike.
    tools = [(index, tool) for index, tool in sound_tools(agent) if not isinstance(tool, TemplateTool)]
    called = Counter(_called(tool) for _, tool in tools)
    for index, tool in tools:
        if called[_called(tool)] == 1:
            continue
        other = first.setdefault(_effect(tool), index)
        names = [tool_name(here.at("tools", place).raw() or {}) for place in (other, index)]
        if other != index and names[0] != names[1]:
            name = names[0] or f"tool {other + 1}"
            yield here.at("tools", index).finding(
                f"this tool does the same as `{name}`",
                help="take one of them away, or let them differ",
                labels=[(here.at("tools", other, "type"), "the same")],
            )


def _by_itself(tool: Tool) -> bool:
    """Tell whether the platform calls a tool, not the model."""
    return isinstance(tool, WebhookTool | BuiltInTool) and tool.source == "system"


def _called(tool: Tool) -> str:
    """Return whom a tool calls: what tells most tools apart at once."""
    match tool:
        case WebhookTool():
            return tool.url
        case HumanTransferTool():
            return tool.phone_number
        case _:
            return tool.type


def _effect(tool: Tool) -> str:
    """Return what a tool does, without what it is called."""
    what: Any = None
    match tool:
        case HumanTransferTool():
            what = tool.phone_number
        case BuiltInTool():
            what = [tool.built_in, tool.timezone, tool.source, _dumped(tool.system)]
        case WebhookTool():
            what = [
                tool.url,
                tool.http_method,
                tool.webhook_format,
                tool.source,
                tool.parameters,
                _dumped(tool.system),
            ]
    return json.dumps([tool.type, what], sort_keys=True, default=str)


def _dumped(part: Any) -> Any:
    return None if part is None else part.model_dump(mode="json")


RULES = (unmentioned_tool, silent_wait, twin_tools)
