"""How an agent speaks, where it runs, and how a call ends."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from agentconf.lint.finding import Severity
from agentconf.lint.fixing import replaced, rewritten
from agentconf.lint.rule import rule
from agentconf.lint.surfaces import unread
from agentconf.lint.toolmentions import absent_tools
from agentconf.lint.toolset import SEEN_AS, raw_tools, sound_tools
from agentconf.lint.wording import listed, shorten
from agentconf.model.tools import TemplateTool, tool_name
from agentconf.source.suggest import suggest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agentconf.lint.finding import Finding
    from agentconf.lint.rule import Cursor
    from agentconf.model.agent import Agent

_TAG = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z]{4})?(?:-(?:[A-Za-z]{2}|[0-9]{3}))?")
_TAGS_BY_NAME = {
    "english": "en",
    "spanish": "es",
    "french": "fr",
    "german": "de",
    "italian": "it",
    "portuguese": "pt",
    "dutch": "nl",
    "hindi": "hi",
    "japanese": "ja",
}
_REGIONS_BY_NAME = {
    "us": "us-east",
    "usa": "us-east",
    "united states": "us-east",
    "na": "us-east",
    "europe": "eu-central",
    "asia": "ap-south",
    "india": "ap-south",
}


@rule("AC206", "unknown-tool-in-prompt", Severity.WARNING)
def unknown_tool_in_prompt(agent: Agent, here: Cursor) -> Iterator[Finding]:
    """The prompt tells the model to use a tool that is not there.

    A prompt is prose, so only clear cases are reported: names of the platform's own tools, names with an
    underscore beside the word "tool", "function" or "webhook", and names in backticks that are nearly the
    name of a tool. The kind of a tool instead of its name (`current_datetime`) is an info.

    ## Why
    The model looks for the tool, or says its name to the caller.

    ## Bad
    ```yaml
    system_prompt: When the caller wants a person, use human_transfer. # expect: AC206
    ```
    ```yaml
    system_prompt: Look orders up with `look_up_ordr`. # expect: AC206
    tools:
      - {type: webhook, name: look_up_order}
    ```

    ## Good
    ```yaml
    system_prompt: Look orders up with `look_up_order`, ask for the `order_number`. Then use end_call.
    tools:
      - {type: webhook, name: look_up_order}
      - {type: template, template: hangup}
    ```

    ## Source
    SLNG documentation, Tools (names that the model sees).
    """
    raw = raw_tools(here)
    if unread(here, "tools"):
        return
    names = {SEEN_AS.get(name, name) for tool in raw if (name := tool_name(tool)) is not None}
    others = {*agent.template_defaults, *(one.name for one in agent.runtime_variables)}
    others |= {name for tool in raw for name in _properties(tool.get("parameters"))}
    for mention in absent_tools(agent.system_prompt or "", names, others):
        kind = SEEN_AS.get(mention.name) == mention.meant and mention.meant is not None
        advice = "the model sees it as" if kind else "did you mean"
        at = here.at("system_prompt")
        yield at.finding(
            f"the prompt names the tool `{mention.name}`, which is not there",
            text=(mention.start, mention.end),
            fix=replaced(at.locate(text=(mention.start, mention.end)), mention.name, mention.meant or "")
            if mention.meant
            else (),
            unsafe=True,
            help=f"{advice} `{mention.meant}`" if mention.meant else "add the tool, or take the name away",
            severity=Severity.INFO if kind else None,
        )


@rule("AC318", "pre-action-without-text", Severity.ERROR)
def pre_action_without_text(agent: Agent, here: Cursor) -> Iterator[Finding]:
    """A tool's pre-action message is enabled, but says nothing.

    The hangup tool is excepted: there the model says goodbye. An empty text of a message that is switched off
    is an info.

    ## Why
    The platform refuses the agent.

    ## Bad
    ```yaml
    tools:
      - type: webhook
        execution_policy:
          pre_action_message:
            enabled: true # expect: AC318
    ```

    ## Good
    ```yaml
    tools:
      - type: webhook
        execution_policy: {pre_action_message: {enabled: true, text: One moment please.}}
      - type: template
        template: hangup
        execution_policy: {pre_action_message: {enabled: true}}
    ```

    ## Source
    API contract, PreActionMessage: "text is required when enabled, except for the hangup template".
    """
    for index, tool in sound_tools(agent):
        message = tool.execution_policy.pre_action_message
        if message.text.strip() if message.text else not message.enabled and message.text is None:
            continue
        at = here.at("tools", index, "execution_policy", "pre_action_message")
        hangup = isinstance(tool, TemplateTool) and tool.template == "hangup"
        text = at.at("text").raw()
        silent = text is None or (isinstance(text, str) and not text.strip())
        if message.enabled and silent and not hangup:
            yield at.at("enabled").finding(
                "the pre-action message is enabled, but has no text",
                help="write `text`, or set `enabled: false`",
                labels=[(at.at("text"), "nothing to say")] if text is not None else (),
            )
        elif silent and text is not None and not message.enabled:
            yield at.at("text").finding(
                "the text of a pre-action message that is switched off is empty",
                help="write it before you switch the message on, or take the key away",
                severity=Severity.INFO,
            )


@rule("AC401", "unknown-region", Severity.ERROR)
def unknown_region(agent: Agent, here: Cursor) -> Iterator[Finding]:
    """The region is none of the platform's.

    A region that the platform has gained since is allowed in the project file: `platform: {regions: [...]}`.

    ## Why
    The platform refuses the agent.

    ## Bad
    ```yaml
    region: eu-west # expect: AC401
    ```

    ## Good
    ```yaml
    region: eu-central
    ```

    ## Source
    SLNG documentation, Required fields and Agent regions; API contract, Region.
    """
    regions = here.context.regions
    if agent.region is not None and agent.region not in regions:
        near = _near_region(agent.region, regions)
        yield here.at("region").finding(
            f"`{shorten(agent.region)}` is not a region",
            why=f"the platform has {listed(regions)}",
            help=f"did you mean `{near}`?" if near else f"choose one of {listed(regions)}",
            fix=rewritten(node, near) if near and (node := here.at("region").node()) is not None else (),
            unsafe=True,
        )


@rule("AC402", "malformed-language", Severity.ERROR)
def malformed_language(agent: Agent, here: Cursor) -> Iterator[Finding]:
    """The language is not a language tag.

    A tag is a language of two or three letters, then a script and a region where they matter: `en`, `pt-BR`,
    `zh-Hant`. `multi`, which speech models know and the documentation of agents does not, is a warning.

    ## Why
    The platform chooses its own texts, such as idle nudges, by it.

    ## Bad
    ```yaml
    language: english # expect: AC402
    ```
    ```yaml
    language: pt_BR # expect: AC402
    ```

    ## Good
    ```yaml
    language: pt-BR
    ```

    ## Source
    SLNG documentation, Required fields: "Language code (e.g., en, es, fr)"; RFC 5646.
    """
    language = agent.language
    if language is not None and not _TAG.fullmatch(language):
        mended = _TAGS_BY_NAME.get(language.strip().lower(), language.strip().replace("_", "-"))
        yield here.at("language").finding(
            f"`{shorten(language)}` is not a language tag" if language else "the language is empty",
            help=f"write `{mended}`" if _TAG.fullmatch(mended) else "write a tag such as en, es or pt-BR",
            fix=rewritten(node, mended)
            if _TAG.fullmatch(mended) and (node := here.at("language").node()) is not None
            else (),
            unsafe=language.replace("_", "-") != mended,
            severity=Severity.WARNING if language == "multi" else None,
        )


@rule("AC408", "no-way-to-hang-up", Severity.INFO)
def no_way_to_hang_up(_agent: Agent, here: Cursor) -> Iterator[Finding]:
    """The agent has no hangup tool, and no idle nudges are declared.

    A warning when idle nudges are switched off: then nothing but the caller ends a call.

    ## Why
    A call that nobody ends costs money, and holds a line. Without `idle_nudges` the platform may still use
    its own, which hang up on a silent caller.

    ## Bad
    ```yaml
    language: en # expect: AC408
    ```
    ```yaml
    idle_nudges:
      enabled: false # expect: AC408
      first_nudge_text: Are you still there?
      second_nudge_text: I am still here.
      final_hangup_text: Goodbye.
    ```

    ## Good
    ```yaml
    tools:
      - {type: template, template: hangup}
    ```

    ## Source
    SLNG documentation, Idle nudges and Template tools.
    """
    if any(tool.get("template") == "hangup" for tool in raw_tools(here)) or unread(here, "tools"):
        return
    at = here.at("idle_nudges")
    if at.raw() is None:
        yield here.at("tools").finding(
            "the agent declares no way to hang up",
            key=True,
            why="there is no hangup tool, and no idle nudges are declared",
            help="add the tool {type: template, template: hangup}",
        )
    elif at.at("enabled").raw() is False:
        yield at.at("enabled").finding(
            "the agent has no way to hang up",
            why="there is no hangup tool, and idle nudges are switched off",
            help="add the tool {type: template, template: hangup}",
            severity=Severity.WARNING,
        )


def _properties(schema: Any) -> frozenset[str]:
    properties = schema.get("properties") if isinstance(schema, dict) else None
    return frozenset(properties) if isinstance(properties, dict) else frozenset()


def _near_region(region: str, regions: tuple[str, ...]) -> str | None:
    """Find the region that was meant: by its label, by its part of the world, or by its spelling."""
    bare = region.strip().lower().replace("_", "-")
    named = _REGIONS_BY_NAME.get(bare.replace("-", " "))
    if named in regions:
        return named
    alike = [one for one in regions if one.partition("-")[0] == bare.partition("-")[0]]
    return alike[0] if len(alike) == 1 else suggest(region, regions)


RULES = (
    unknown_tool_in_prompt,
    pre_action_without_text,
    unknown_region,
    malformed_language,
    no_way_to_hang_up,
)
