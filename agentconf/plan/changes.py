"""Differences turned into changes: tools by name, secrets as references, impacts and a word beside it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from agentconf.model.agent import AgentBody, AgentData
from agentconf.model.fields import fields_of
from agentconf.plan.canonical import canonical_part, free, identifier
from agentconf.plan.change import ABSENT, Change, ChangeKind, Origin
from agentconf.plan.defaults import FIELD, Defaults
from agentconf.plan.destination import GOES_ALONG, moved_secrets
from agentconf.plan.diff import Difference, differences, in_order, look, tool_labels
from agentconf.plan.impact import CREDENTIAL, DELETION, impacts_of, ordered, uses_of
from agentconf.plan.origin import origin_of
from agentconf.plan.secrets import API_KEY, Reason, ToolSecret
from agentconf.plan.temporary import is_temporary
from agentconf.plan.toolids import tools_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from agentconf.model.impact import Impact

_Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Update:
    """What the changes of an update are told from.

    Args:
        before: canonical live body, without template defaults.
        after: canonical body afterwards, without template defaults.
        declared: the declared body.
        defaults: the template defaults.
        shown_defaults: the live ones.
        secrets: of the tools.
        base: the remembered canonical body; empty when nothing is remembered.
        key_reason: why `slng_api_key` is sent, or is not; None where none is declared.

    """

    before: AgentData
    after: AgentData
    declared: AgentData
    defaults: Defaults
    shown_defaults: Mapping[str, Any]
    secrets: tuple[ToolSecret, ...] = ()
    base: AgentData = field(default_factory=dict)
    key_reason: Reason | None = None

    @property
    def send_key(self) -> bool:
        """Whether `slng_api_key` is sent."""
        return self.key_reason is not None and self.key_reason.sent


def changes_of_update(update: Update) -> tuple[Change, ...]:
    """List what an update changes, in the order of the models, tools in the order of the file."""
    found = [*_structural(update), *_resent(update), *_defaults(update)]
    labels = tool_labels(update.before, update.declared)
    order = [str(tool.get("id")) for tool in tools_of(update.declared)]
    uses = uses_of(update.before, update.after)
    sent = {secret.tool_id for secret in update.secrets if secret.sent}
    moved = {("tools", key, "url") for key in moved_secrets(update.before, update.after, sent)}
    return tuple(
        _with_secret(change) if one.path in moved else change
        for one in in_order(found, order, labels)
        for change in (_change(one, update, labels, uses),)
    )


def changes_of_creation(body: AgentData) -> tuple[Change, ...]:
    """List what a creation declares, each as added."""
    labels = tool_labels(body)
    uses = uses_of(body)
    return tuple(
        Change(path, ChangeKind.ADDED, ABSENT, value, impacts_of(path, ABSENT, value, uses))
        for path, value in _declared(body, labels)
    )


def changes_of_deletion(body: AgentData) -> tuple[Change, ...]:
    """List what goes with an agent, each as removed."""
    return tuple(
        Change(path, ChangeKind.REMOVED, value, ABSENT, DELETION)
        for path, value in _declared(body, tool_labels(body))
    )


def change_of_name(before: str, after: str, note: str) -> Change:
    """Say that an agent has another name for a while."""
    return Change(("name",), ChangeKind.CHANGED, before, after, impacts_of(("name",), before, after), note)


def _structural(update: Update) -> Iterable[Difference]:
    return () if update.before is update.after else differences(update.before, update.after)


def _resent(update: Update) -> Iterator[Difference]:
    if update.send_key:
        yield Difference((API_KEY,), ABSENT, update.declared.get(API_KEY))
    for secret in update.secrets:
        if secret.reason in (Reason.RESENT, Reason.ROTATED):
            for name, value in secret.auth.items():
                if name != "type":
                    yield Difference(("tools", secret.tool_id, "auth", name), ABSENT, value)


def _defaults(update: Update) -> Iterator[Difference]:
    defaults = update.defaults
    for name in defaults.differing:
        before = update.shown_defaults.get(name, ABSENT)
        yield Difference((FIELD, name), before, defaults.target.get(name, ABSENT))
    for name in (*defaults.appearing, *defaults.resent):
        yield Difference((FIELD, name), ABSENT, defaults.target[name])
    for name in defaults.concealed:
        former = look(update.base, (FIELD, name), fill=False) if update.base else ABSENT
        yield Difference((FIELD, name), former, defaults.target.get(name, ABSENT))


def _change(
    one: Difference, update: Update, labels: Mapping[str, str], uses: Mapping[str, frozenset[Impact]]
) -> Change:
    after = _revealed(one, update.secrets)
    path: _Path = one.path
    if one.path[0] == "tools" and len(one.path) > 1:
        path = ("tools", labels.get(one.path[1], one.path[1]), *one.path[2:])
    impacts = impacts_of(path, one.before, after, uses)
    note = _note(one, update)
    origin, base = _origin(one, update)
    return Change(
        path, _kind(one.before, after), one.before, after, impacts, note, origin, base=base, place=one.path
    )


def _origin(one: Difference, update: Update) -> tuple[Origin, Any]:
    """Tell who made a difference.

    What is sent because a secret changed here is the file's side, and so is a name that an apply gave for a
    moment before it was killed.
    """
    secret = one.path == (API_KEY,) or (one.path[2:3] == ("auth",) and len(one.path) > 3)  # noqa: PLR2004 - tools, id, auth, token
    if secret or (one.path[0] == FIELD and one.path[1] in update.defaults.appearing):
        return (Origin.YOURS if update.base else Origin.UNKNOWN), ABSENT
    if one.path == ("name",) and update.base and is_temporary(one.before):
        return Origin.YOURS, look(update.base, one.path)
    return origin_of(update.base, one.path, one.before, one.after)


def _with_secret(change: Change) -> Change:
    """Say of the change of an address that it hands a stored secret to another host."""
    return replace(change, impacts=ordered((*change.impacts, CREDENTIAL)), note=GOES_ALONG)


def _kind(before: Any, after: Any) -> ChangeKind:
    if before is ABSENT:
        return ChangeKind.ADDED
    return ChangeKind.REMOVED if after is ABSENT else ChangeKind.CHANGED


def _revealed(one: Difference, secrets: tuple[ToolSecret, ...]) -> Any:
    """Return the value afterwards, with the reference of a secret that is sent with it."""
    if one.path[0] != "tools" or len(one.path) < 2 or not isinstance(one.after, dict):  # noqa: PLR2004 - tools, id
        return one.after
    sent = next((secret for secret in secrets if secret.sent and secret.tool_id == one.path[1]), None)
    if sent is None:
        return one.after
    match one.path[2:]:
        case ():
            return {**one.after, "auth": sent.auth}
        case ("auth",):
            return sent.auth
        case _:
            return one.after


def _note(one: Difference, update: Update) -> str | None:
    if one.path == (API_KEY,) or one.path[2:3] == ("auth",):
        return _note_of_secret(one, update)
    if one.path[0] == FIELD and one.path[1] in update.defaults.appearing:
        return "not shown before"
    if one.path[0] == FIELD and one.path[1] in update.defaults.concealed:
        return "as it was sent last; the platform does not show it"
    if one.path[0] == FIELD and one.path[1] in update.defaults.resent:
        return Reason.RESENT.value
    spec = fields_of(AgentBody).get(one.path[0])
    if spec is not None and spec.dashboard and one.after is ABSENT:
        return "detached"
    declared = look(update.declared, one.path, fill=False) not in (ABSENT, None)
    return "default" if one.by_default and not declared else None


def _note_of_secret(one: Difference, update: Update) -> str | None:
    if one.path == (API_KEY,):
        return update.key_reason.value if update.key_reason is not None else None
    reason = {secret.tool_id: secret.reason for secret in update.secrets}.get(one.path[1])
    if len(one.path) > 3:  # noqa: PLR2004 - tools, id, auth, token
        return reason.value if reason is not None else None
    return "lost" if reason is Reason.LOST else None


def _declared(body: AgentData, labels: Mapping[str, str]) -> Iterator[tuple[_Path, Any]]:
    """Yield the parts of a body, in the order of the models: what a creation or a deletion shows."""
    known = [name for name in fields_of(AgentBody) if name in body]
    for name in (*known, *sorted(body.keys() - set(known))):
        value = body[name]
        if name == "tools":
            for tool in tools_of(body):
                yield ("tools", labels[identifier(tool.get("id"))]), _shown_tool(tool)
        elif isinstance(value, dict) and name in {"models", FIELD}:
            yield from (((name, key), child) for key, child in value.items() if child is not None)
        else:
            yield (name,), value


def _shown_tool(tool: dict[str, Any]) -> Any:
    """Return a tool in canonical form, its references kept."""
    model = fields_of(AgentBody)["tools"].model_of(tool)
    shown = canonical_part(tool, model) if model is not None else free(tool)
    return {**shown, "auth": tool["auth"]} if isinstance(tool.get("auth"), dict) else shown
