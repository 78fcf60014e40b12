"""When the platform runs a tool by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconf.lint.finding import Severity
from agentconf.lint.rule import rule
from agentconf.lint.surfaces import unread
from agentconf.lint.toolset import raw_tools, sound_tools, tool_ids
from agentconf.lint.wording import shorten
from agentconf.model.arguments import TOOL_EVENTS
from agentconf.model.tools import BuiltInTool, WebhookTool, tool_name
from agentconf.source.suggest import suggest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agentconf.lint.finding import Finding
    from agentconf.lint.rule import Cursor
    from agentconf.model.agent import Agent
    from agentconf.model.arguments import SystemTrigger


@rule("AC313", "system-block-mismatch", Severity.ERROR)
def system_block_mismatch(agent: Agent, here: Cursor) -> Iterator[Finding]:
    """A tool of source `system` has no `system` block, or one of source `contextual` has one.

    ## Why
    `system` says when the platform runs the tool. A contextual tool is run by the model, and the platform
    refuses both mistakes. `contextual` is the default of `source`.

    ## Bad
    ```yaml
    tools:
      - {type: webhook, name: a, source: system} # expect: AC313
      - type: webhook
        name: b
        system: {triggers: [{event: call_end}]} # expect: AC313
    ```

    ## Good
    ```yaml
    tools:
      - {type: webhook, name: a}
      - {type: webhook, name: b, source: system, system: {triggers: [{event: call_end}]}}
    ```

    ## Source
    API contract, BuiltInTool ("system is required when source=system, must be absent when contextual"); SLNG
    documentation, System webhook tools.
    """
    for index, tool in sound_tools(agent):
        if not isinstance(tool, WebhookTool | BuiltInTool):
            continue
        at = here.at("tools", index)
        present = at.at("system").raw() is not None
        if tool.source == "system" and not present:
            yield at.at("source").finding(
                "a system tool without `system`: nothing ever runs it",
                help="add `system` with at least one trigger, such as {event: call_end}",
            )
        elif tool.source == "contextual" and present:
            yield at.at("system").finding(
                "a contextual tool with `system`",
                key=True,
                why="the model runs contextual tools; triggers are for tools of source `system`",
                help="write `source: system`, or take `system` away",
            )


@rule("AC314", "trigger-source-tool", Severity.ERROR)
def trigger_source_tool(agent: Agent, here: Cursor) -> Iterator[Finding]:
    """A trigger's `source_tool_id` is missing, not wanted, or the id of no tool of this agent.

    `tool_succeeded` and `tool_failed` name their tool, the other events must not. A tool that waits for
    itself is a warning.

    ## Why
    The platform refuses such a trigger, or it never fires.

    ## Bad
    ```yaml
    tools:
      - type: webhook
        source: system
        system:
          triggers:
            - {event: tool_succeeded} # expect: AC314
            - {event: call_end, source_tool_id: 1d0a3c52-6a43-4b7e-8f43-0d6f0c1b2a01} # expect: AC314
            - {event: tool_failed, source_tool_id: 1d0a3c52-6a43-4b7e-8f43-0d6f0c1b2a09} # expect: AC314
    ```

    ## Good
    ```yaml
    tools:
      - {type: webhook, name: book, id: 1d0a3c52-6a43-4b7e-8f43-0d6f0c1b2a01}
      - type: webhook
        name: confirm
        source: system
        system:
          triggers:
            - {event: tool_succeeded, source_tool_id: 1d0a3c52-6a43-4b7e-8f43-0d6f0c1b2a01}
            - {event: call_end}
    ```

    ## Source
    API contract, SystemTrigger: "source_tool_id is required for tool_succeeded and tool_failed, and must be
    omitted for every other event".
    """
    ids = tool_ids(here)
    for index, tool in sound_tools(agent):
        system = tool.system if isinstance(tool, WebhookTool | BuiltInTool) else None
        for place, trigger in enumerate(system.triggers if system else ()):
            at = here.at("tools", index, "system", "triggers", place)
            if trigger.event in TOOL_EVENTS:
                yield from _source_findings(trigger, at, ids, own=ids[index])
            elif trigger.source_tool_id is not None:
                yield at.at("source_tool_id").finding(
                    f"`{trigger.event}` is no event of a tool",
                    key=True,
                    why="only tool_succeeded and tool_failed have a source",
                    help="take `source_tool_id` away",
                )


def _source_findings(
    trigger: SystemTrigger, at: Cursor, ids: tuple[str | None, ...], own: str | None
) -> Iterator[Finding]:
    source = trigger.source_tool_id
    if source is None:
        yield at.at("event").finding(
            f"`{trigger.event}` does not say of which tool",
            help="add `source_tool_id` with the id of that tool",
        )
    elif source.lower() not in ids and not unread(at._replace(path=()), "tools"):
        yield at.at("source_tool_id").finding(
            f"`{shorten(source)}` is the id of no tool of this agent", help=_source_help(source, at, ids)
        )
    elif source.lower() == own:
        yield at.at("source_tool_id").finding(
            "the tool waits for itself, and would run again and again",
            help="name another tool",
            severity=Severity.WARNING,
        )


def _source_help(source: str, at: Cursor, ids: tuple[str | None, ...]) -> str:
    names = {
        tool_name(tool): tool_id for tool, tool_id in zip(raw_tools(at._replace(path=())), ids, strict=True)
    }
    if names.get(source):
        return f"write the tool's id: {names[source]}"
    near = suggest(source, [one for one in ids if one is not None])
    return f"did you mean {near}?" if near else "write the `id` of the tool that it waits for"


RULES = (system_block_mismatch, trigger_source_tool)
