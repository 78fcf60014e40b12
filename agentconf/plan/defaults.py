"""`template_defaults`: an answer shows those of variables that prompt and greetings use, and no others."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from agentconf.model.agent import START_CRITICAL
from agentconf.plan.variables import shown_variables

if TYPE_CHECKING:
    from agentconf.model.agent import AgentData
    from agentconf.model.live import LiveAgent
    from agentconf.plan.target import Scope

FIELD = "template_defaults"


@dataclass(frozen=True, slots=True)
class Defaults:
    """The template defaults of one agent, before and after.

    Args:
        target: what is sent when anything of it is.
        differing: shown variables whose default changes.
        appearing: declared variables that a changed text makes visible: whether the platform already has
            their defaults cannot be told, so they are sent.
        cleared: variables that a changed text makes visible and that have no declared default: what the
            platform may have stored for them goes.
        hidden: declared variables that no prompt or greeting uses and whose stored default nobody knows:
            never shown, and never sent from here.
        concealed: variables that no prompt or greeting uses and whose default is another one than was sent
            last, as it is remembered.
        resent: of those that no answer shows, the ones that are sent again because it was asked for.
        remembered: what is to be remembered of them when nothing is sent; None stands for an unknown value.

    """

    target: dict[str, Any] = field(default_factory=dict)
    differing: tuple[str, ...] = ()
    appearing: tuple[str, ...] = ()
    cleared: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()
    concealed: tuple[str, ...] = ()
    resent: tuple[str, ...] = ()
    remembered: dict[str, Any] = field(default_factory=dict)

    @property
    def sent(self) -> bool:
        """Whether the patch holds them."""
        return bool(self.differing or self.appearing or self.cleared or self.concealed or self.resent)

    @property
    def to_remember(self) -> dict[str, Any]:
        """Return what is to be remembered of them once the agent is as planned."""
        return self.target if self.sent else self.remembered


def compare_defaults(
    desired: AgentData,
    live: LiveAgent,
    before: AgentData,
    after: AgentData,
    scope: Scope,
    *,
    base: AgentData,
    resend: bool = False,
) -> Defaults:
    """Compare what can be compared, and tell what has to be sent because it comes into view.

    What no answer shows is compared with what was sent last.

    Args:
        desired: as declared.
        live: the live agent.
        before: its canonical body, for its texts.
        after: the canonical body after the apply, for its texts.
        scope: what the files govern.
        base: the remembered body; empty when nothing is remembered.
        resend: send those again that no answer shows.

    """
    rule = scope.at(FIELD)
    declared = _texts(desired.get(FIELD))
    current = _texts(live.body.get(FIELD))
    undeclared = scope.declared_only and FIELD not in desired
    shown = live.variables
    visible = shown if _same_texts(before, after) else shown_variables(after)
    sent = _sent(base, visible)
    if rule.ignored.whole or undeclared:
        unseen = tuple(sorted(name for name in declared if name not in visible))
        return Defaults(hidden=unseen, remembered=sent | current)
    wanted = (_known(sent) | current if scope.declared_only else {}) | declared
    for name in shown:
        if rule.at(name).ignored.whole:
            wanted.pop(name, None)
            wanted |= {name: current[name]} if name in current else {}
    appears = sorted(name for name in visible - shown if not rule.at(name).ignored.whole)
    unseen = tuple(sorted(name for name in declared if name not in visible))
    concealed = tuple(
        name for name in _differing(wanted, sent, visible, base) if not rule.at(name).ignored.whole
    )
    return Defaults(
        target=wanted,
        differing=tuple(
            sorted(name for name in shown | current.keys() if wanted.get(name) != current.get(name))
        ),
        appearing=tuple(name for name in appears if name in wanted),
        cleared=tuple(name for name in appears if name not in wanted and not scope.declared_only),
        hidden=tuple(name for name in unseen if sent.get(name) is None and name not in concealed),
        concealed=() if resend else concealed,
        resent=unseen if resend else (),
        remembered={name: sent.get(name) for name in unseen}
        | {name: wanted[name] for name in wanted if name in visible},
    )


def _sent(base: AgentData, visible: frozenset[str]) -> dict[str, Any]:
    """Return the remembered defaults that no answer shows; None for those that were never sent from here."""
    remembered = base.get(FIELD)
    if not isinstance(remembered, dict):
        return {}
    return {name: value for name, value in remembered.items() if name not in visible}


def _known(sent: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in sent.items() if value is not None}


def _differing(
    wanted: dict[str, Any], sent: dict[str, Any], visible: frozenset[str], base: AgentData
) -> tuple[str, ...]:
    """Name the defaults out of sight that are not what was sent last; none while nothing is remembered."""
    if not base:
        return ()
    names = {name for name in wanted if name not in visible} | _known(sent).keys()
    unknown = {name for name, value in sent.items() if value is None}
    return tuple(sorted(name for name in names - unknown if wanted.get(name) != sent.get(name)))


def _texts(value: Any) -> dict[str, Any]:
    """Return the defaults with LF line ends; nulls are absent."""
    if not isinstance(value, dict):
        return {}
    return {
        name: text.replace("\r\n", "\n").replace("\r", "\n") if isinstance(text, str) else text
        for name, text in value.items()
        if text is not None
    }


def _same_texts(one: AgentData, other: AgentData) -> bool:
    return all(one.get(name) == other.get(name) for name in START_CRITICAL)
