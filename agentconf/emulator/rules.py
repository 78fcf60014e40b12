"""What the contract says of an agent in words, where its schemas cannot."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit
from zoneinfo import available_timezones

from agentconf.emulator.problems import Place, Problem, missing

if TYPE_CHECKING:
    from collections.abc import Iterator

E164 = r"^\+[1-9]\d{1,14}$"
"""API contract, E164."""

_E164 = re.compile(r"\+[1-9][0-9]{1,14}")
_CONTEXTUAL_NAME = re.compile(r"[A-Za-z0-9_-]+")
_RESERVED_NAMES = frozenset({"end_call", "detected_answering_machine"})
_SCALARS = frozenset({"string", "integer", "number", "boolean"})
_PLACEHOLDER = re.compile(r"\{\{.*?\}\}", re.DOTALL)
_MARK = "placeholder0"
_SPACE = re.compile(r"[\s\x00-\x1f]")
_TOOL_EVENTS = frozenset({"tool_succeeded", "tool_failed"})
_EVENTS = frozenset({"call_start", "first_user_message", "call_end"})

Tool = dict[str, Any]


def is_e164(number: str) -> bool:
    """Say whether a number is in the form that the platform dials."""
    return _E164.fullmatch(number) is not None


def not_e164(place: Place) -> Problem:
    """Say that a number is not in the form that the platform dials."""
    return Problem(place, f"String should match pattern '{E164}'", "string_pattern_mismatch")


def check_tools(tools: list[Tool]) -> tuple[Problem, ...]:
    """Return what is wrong with tools that fit their schema; unknown types are left alone."""
    return tuple(
        problem for index, tool in enumerate(tools) for problem in _check_tool(tool, ("body", "tools", index))
    )


def _check_tool(tool: Tool, place: Place) -> Iterator[Problem]:
    match tool["type"]:
        case "webhook":
            yield from _check_webhook(tool, place)
        case "built_in":
            yield from _check_built_in(tool, place)
        case "human_transfer":
            yield from _check_human_transfer(tool, place)
        case "template":
            pass
        case _:
            return
    yield from _check_pre_action(tool, place)


def _check_pre_action(tool: Tool, place: Place) -> Iterator[Problem]:
    message = tool.get("execution_policy", {}).get("pre_action_message", {})
    spoken = (message.get("text") or "").strip()
    if message.get("enabled") and not spoken and tool.get("template") != "hangup":
        yield Problem(
            (*place, "execution_policy", "pre_action_message", "text"), "text is required when enabled"
        )


def _check_built_in(tool: Tool, place: Place) -> Iterator[Problem]:
    yield from _check_system(tool, place)
    zone = tool.get("timezone", "UTC")
    if "{{" not in zone and zone not in _timezones():
        yield Problem((*place, "timezone"), "Input should be an IANA time zone")


def _check_human_transfer(tool: Tool, place: Place) -> Iterator[Problem]:
    number = tool["phone_number"]
    if "{{" not in number and not is_e164(number):
        yield not_e164((*place, "phone_number"))


def _check_webhook(tool: Tool, place: Place) -> Iterator[Problem]:
    name = tool["name"]
    if name in _RESERVED_NAMES:
        yield Problem((*place, "name"), f"'{name}' is a reserved tool name")
    if tool.get("source", "contextual") == "contextual" and not _CONTEXTUAL_NAME.fullmatch(name):
        yield Problem(
            (*place, "name"), "String should match pattern '^[A-Za-z0-9_-]+$'", "string_pattern_mismatch"
        )
    reason = _wrong_with_url(tool["url"])
    if reason:
        yield Problem((*place, "url"), reason, "url_parsing")
    yield from _check_system(tool, place)


@cache
def _timezones() -> frozenset[str]:
    return frozenset(available_timezones())


def _wrong_with_url(url: str) -> str | None:
    """Say what is wrong with a URL; placeholders may stand in path segments and values of the query only."""
    filled = _PLACEHOLDER.sub(_MARK, url)
    try:
        parts = urlsplit(filled)
        _ = parts.port
    except ValueError:
        return "Input should be a valid URL"
    if _SPACE.search(filled):
        return "Input should be a valid URL"
    if _MARK in parts.scheme + parts.netloc + parts.fragment:
        return "Placeholders are allowed only in path segments and query parameter values"
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return "Input should be a full http or https URL"
    if any(_MARK in name for name, _ in parse_qsl(parts.query, keep_blank_values=True)):
        return "Placeholders are allowed only in path segments and query parameter values"
    return None


def _check_system(tool: Tool, place: Place) -> Iterator[Problem]:
    source, system = tool.get("source", "contextual"), tool.get("system")
    if source == "system" and system is None:
        yield missing((*place, "system"))
    if source == "contextual" and system is not None:
        yield Problem((*place, "system"), "system is not allowed when source is 'contextual'")
    if system is not None:
        for index, trigger in enumerate(system["triggers"]):
            yield from _check_trigger(trigger, (*place, "system", "triggers", index, "source_tool_id"))
        for index, argument in enumerate(system.get("arguments", ())):
            if argument["source"]["type"] == "template" and argument["type"] not in _SCALARS:
                yield Problem(
                    (*place, "system", "arguments", index, "source"), "a template fills scalar types only"
                )


def _check_trigger(trigger: Tool, place: Place) -> Iterator[Problem]:
    source = trigger.get("source_tool_id")
    if trigger["event"] in _TOOL_EVENTS and source is None:
        yield missing(place)
    if trigger["event"] in _EVENTS and source is not None:
        yield Problem(place, f"source_tool_id is not allowed for event '{trigger['event']}'")
