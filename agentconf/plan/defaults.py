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
        hidden: declared variables that no prompt or greeting uses: never shown, so never compared.
        resent: of the hidden ones, those that are sent again because it was asked for.

    """

    target: dict[str, Any] = field(default_factory=dict)
    differing: tuple[str, ...] = ()
    appearing: tuple[str, ...] = ()
    cleared: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()
    resent: tuple[str, ...] = ()

    @property
    def sent(self) -> bool:
        """Whether the patch holds them."""
        return bool(self.differing or self.appearing or self.cleared or self.resent)


def compare_defaults(
    desired: AgentData,
    live: LiveAgent,
    before: AgentData,
    after: AgentData,
    scope: Scope,
    *,
    resend: bool = False,
) -> Defaults:
    """Compare what can be compared, and tell what has to be sent because it comes into view.

    Args:
        desired: as declared.
        live: the live agent.
        before: its canonical body, for its texts.
        after: the canonical body after the apply, for its texts.
        scope: what the files govern.
        resend: send the hidden ones again, which nothing can compare.

    """
    rule = scope.at(FIELD)
    declared = _texts(desired.get(FIELD))
    undeclared = scope.declared_only and FIELD not in desired
    shown = live.variables
    visible = shown if _same_texts(before, after) else shown_variables(after)
    hidden = tuple(sorted(name for name in declared if name not in visible))
    if rule.ignored.whole or undeclared:
        return Defaults(hidden=hidden)
    current = _texts(live.body.get(FIELD))
    wanted = (current if scope.declared_only else {}) | declared
    for name in shown:
        if rule.at(name).ignored.whole:
            wanted.pop(name, None)
            wanted |= {name: current[name]} if name in current else {}
    appears = sorted(name for name in visible - shown if not rule.at(name).ignored.whole)
    return Defaults(
        target=wanted,
        differing=tuple(
            sorted(name for name in shown | current.keys() if wanted.get(name) != current.get(name))
        ),
        appearing=tuple(name for name in appears if name in wanted),
        cleared=tuple(name for name in appears if name not in wanted and not scope.declared_only),
        hidden=hidden,
        resent=hidden if resend else (),
    )


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
