"""What each change means for the people on the phone: a table of paths, first match wins.

Decisions that the table holds: a field that this version does not know counts as `behaviour`, because it
might do anything; the agent's `name` is `cosmetic`, a tool's name is `behaviour` (the model sees it);
deleting an agent is `routing` (its callers reach nothing).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from agentconf.model.agent import START_CRITICAL
from agentconf.model.impact import Impact
from agentconf.model.secret import SecretRef
from agentconf.plan.canonical import text_of
from agentconf.plan.destination import has_auth, origin_text
from agentconf.plan.toolids import tools_of
from agentconf.plan.variables import variables_of

if TYPE_CHECKING:
    from agentconf.model.agent import AgentData

Impacts = tuple[Impact, ...]
Judge = Callable[[Any, Any], Iterable[Impact]]
_ORDER = list(Impact)

SAFETY, ROUTING, DATA = Impact.SAFETY, Impact.ROUTING, Impact.DATA
CREDENTIAL, SPEECH, BEHAVIOUR, COSMETIC = Impact.CREDENTIAL, Impact.SPEECH, Impact.BEHAVIOUR, Impact.COSMETIC

DELETION: Impacts = (ROUTING,)
"""What it means that an agent goes."""

CALL_DATA = frozenset({"transcript_messages", "first_user_message", "phone_number"})
"""Sources of arguments that carry what a caller said, or who called."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the table.

    Args:
        path: keys, with dots; `*` is any one key, `**` at the end any number of keys, none included.
        impacts: the classes, or a function of the values before and after.

    """

    path: str
    impacts: Impacts | Judge

    def matches(self, path: tuple[str, ...]) -> bool:
        """Tell whether a path is one that the row is about."""
        wanted = self.path.split(".")
        if wanted[-1] == "**":
            wanted.pop()
            path = path[: len(wanted)]
        return len(wanted) == len(path) and all(
            one in ("*", name) for one, name in zip(wanted, path, strict=True)
        )


def impacts_of(
    path: tuple[str | int, ...], before: Any, after: Any, uses: Mapping[str, frozenset[Impact]] | None = None
) -> Impacts:
    """Classify one change.

    Args:
        path: tools by name.
        before: the value, or `ABSENT`.
        after: the value, or `ABSENT`.
        uses: what each variable is used for (`uses_of`); classifies template defaults.

    Returns:
        The classes, most serious first; never empty.

    """
    keys = tuple(str(key) for key in path)
    if keys[0] == "template_defaults" and len(keys) > 1:
        return ordered((uses or {}).get(keys[1], ()))
    row = next((row for row in ROWS if row.matches(keys)), None)
    if row is None:
        return (BEHAVIOUR,)
    return ordered(row.impacts(before, after) if callable(row.impacts) else row.impacts)


def ordered(impacts: Iterable[Impact]) -> Impacts:
    """Put classes in order, most serious first; none at all is `cosmetic`."""
    return tuple(sorted(set(impacts), key=_ORDER.index)) or (COSMETIC,)


def uses_of(*bodies: AgentData) -> Mapping[str, frozenset[Impact]]:
    """Tell what the variables of some bodies are used for."""
    uses: defaultdict[str, set[Impact]] = defaultdict(set)
    for text, impact in (use for body in bodies for use in _texts(body)):
        for name in variables_of(text):
            uses[name].add(impact)
    return {name: frozenset(impacts) for name, impacts in uses.items()}


def _texts(body: AgentData) -> Iterable[tuple[Any, Impact]]:
    for name in START_CRITICAL:
        yield body.get(name), BEHAVIOUR if name == "system_prompt" else SPEECH
    for tool in tools_of(body):
        if has_auth(tool):
            yield origin_text(tool.get("url")), CREDENTIAL
        for name, value in tool.items():
            yield value, {"phone_number": ROUTING, "url": DATA}.get(name, BEHAVIOUR)


def _off(_before: Any, after: Any) -> Iterable[Impact]:
    """A protection with a switch: turning it off is a matter of safety, turning it on of speech."""
    yield SAFETY if after is False else SPEECH


def _nudges(_before: Any, after: Any) -> Iterable[Impact]:
    yield SPEECH
    if not isinstance(after, dict) or after.get("enabled") is False:
        yield SAFETY


def _tool(before: Any, after: Any) -> Iterable[Impact]:
    """A whole tool that comes, goes, or becomes one of another type."""
    if isinstance(before, dict):
        yield {"template": SAFETY, "human_transfer": ROUTING}.get(str(before.get("type")), BEHAVIOUR)
    if isinstance(after, dict):
        kind = after.get("type")
        if kind == "webhook":
            yield DATA
        yield ROUTING if kind == "human_transfer" else BEHAVIOUR
        if _speaks(after):
            yield SPEECH
        yield from _credentials(after.get("auth"))


def _speaks(tool: dict[str, Any]) -> bool:
    policy = tool.get("execution_policy")
    message = policy.get("pre_action_message") if isinstance(policy, dict) else None
    return isinstance(message, dict) and message.get("enabled") is True


def _auth(_before: Any, after: Any) -> Iterable[Impact]:
    yield DATA
    yield from _credentials(after)


def _credentials(auth: Any) -> Iterable[Impact]:
    if isinstance(auth, dict) and any(isinstance(value, SecretRef) for value in auth.values()):
        yield CREDENTIAL


def _system(before: Any, after: Any) -> Iterable[Impact]:
    yield from _arguments(
        before.get("arguments") if isinstance(before, dict) else None,
        after.get("arguments") if isinstance(after, dict) else None,
    )


def _arguments(before: Any, after: Any) -> Iterable[Impact]:
    """Arguments of a system tool: which of them carry call data is a matter of data."""
    yield BEHAVIOUR
    if not _call_data(after) <= _call_data(before):
        yield DATA


def _call_data(arguments: Any) -> set[str]:
    listed = arguments if isinstance(arguments, list) else []
    sources = [one.get("source") for one in listed if isinstance(one, dict)]
    return {text_of(one) for one in sources if isinstance(one, dict) and one.get("type") in CALL_DATA}


ROWS: tuple[Row, ...] = (
    Row("name", (COSMETIC,)),
    Row("system_prompt", (BEHAVIOUR,)),
    Row("greeting", (SPEECH,)),
    Row("inbound_greeting", (SPEECH,)),
    Row("outbound_greeting", (SPEECH,)),
    Row("language", (SPEECH,)),
    Row("region", (DATA,)),
    Row("models.tts", (SPEECH,)),
    Row("models.tts_voice", (SPEECH,)),
    Row("models.tts_kwargs.**", (SPEECH,)),
    Row("models.fallbacks.tts", (SPEECH,)),
    Row("models.failure_audio_enabled", _off),
    Row("models.**", (BEHAVIOUR,)),
    Row("idle_nudges", _nudges),
    Row("idle_nudges.enabled", _off),
    Row("idle_nudges.**", (SPEECH,)),
    Row("enable_interruptions", (BEHAVIOUR,)),
    Row("tools.*", _tool),
    Row("tools.*.template", (SAFETY, BEHAVIOUR)),
    Row("tools.*.phone_number", (ROUTING,)),
    Row("tools.*.url", (DATA,)),
    Row("tools.*.auth", _auth),
    Row("tools.*.auth.*", (CREDENTIAL,)),
    Row("tools.*.system", _system),
    Row("tools.*.system.arguments", _arguments),
    Row("tools.*.execution_policy.**", (SPEECH,)),
    Row("tools.**", (BEHAVIOUR,)),
    Row("sip_inbound_trunk_id", (ROUTING,)),
    Row("sip_outbound_trunk_id", (ROUTING,)),
    Row("template_defaults", (BEHAVIOUR, SPEECH)),
    Row("runtime_variables", (BEHAVIOUR,)),
    Row("slng_api_key", (CREDENTIAL,)),
)
"""First match wins; what matches none is a field that this version does not know."""
