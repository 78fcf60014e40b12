"""What does not go together in a campaign: what each platform needs, has no use for, and cannot keep."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import NamedTuple

from agentconf.model.campaign import CampaignFile, Platform

OWN: dict[Platform, tuple[str, ...]] = {
    "slng": ("agent",),
    "sipgate": ("flow", "billing_device"),
    "dasha": ("agent_id", "outbound", "bulk"),
}
"""Keys that only one platform has a use for."""

NEEDED: dict[Platform, tuple[str, ...]] = {
    "slng": ("agent",),
    "sipgate": ("flow", "billing_device"),
    "dasha": ("agent_id",),
}
"""Those without which there is nobody to speak."""

REFUSED: dict[Platform, dict[str, str]] = {
    "slng": {},
    "sipgate": {
        "arguments": "the API takes a number and nothing else: let the flow's own service know the contact",
        "retry": "the API does not tell how a call ended: place the call again from the flow's own service",
    },
    "dasha": {"window": "Dasha calls by the schedule of its agent: set the hours there"},
}
"""Keys that a platform cannot honour, with what to do instead.

Sources: sipgate AI Flow documentation, Outbound calls; Dasha documentation, Create bulk calls.
"""

_TOLD_BY_DASHA = ("failed",)
"""What Dasha tells apart of `Again` (Dasha documentation, call status)."""


class Clash(NamedTuple):
    """Two parts of a campaign that do not go together, or one that is missing for another's sake.

    Args:
        code: the linter's rule that it belongs to.
        path: where it stands, or should stand.
        message: one sentence.
        help: the next action.

    """

    code: str
    path: tuple[str | int, ...]
    message: str
    help: str


def clashes(file: CampaignFile, given: Collection[str]) -> Iterator[Clash]:
    """Find what does not go together in a campaign whose parts are sound.

    Args:
        file: the campaign.
        given: the keys that it says, sound or not.

    """
    yield from _foreign(file.platform, given)
    yield from _missing(file.platform, given)
    for key, help_ in REFUSED[file.platform].items():
        if key in given:
            yield Clash("AC510", (key,), f"`{key}` cannot be kept with `platform: {file.platform}`", help_)
    if file.window is not None and file.window.closes is not None and file.window.closes <= file.window.opens:
        message = (
            "the window is never open: it ends on the day on which it begins, and `to` is not after `from`"
        )
        yield Clash("AC105", ("window", "to"), message, "write a later `to`; midnight is 24:00")
    on = file.retry.on if file.retry is not None and file.platform == "dasha" else []
    if untold := [f"`{outcome}`" for outcome in on if outcome not in _TOLD_BY_DASHA]:
        message = f"Dasha does not tell {', '.join(untold)} apart"
        yield Clash("AC104", ("retry", "on"), message, "write `on: [failed]`")


def _foreign(platform: Platform, given: Collection[str]) -> Iterator[Clash]:
    for owner, keys in OWN.items():
        for key in keys:
            if owner != platform and key in given:
                message = f"`{key}` belongs to `platform: {owner}`, and this is `platform: {platform}`"
                other = " and ".join(f"`{needed}`" for needed in NEEDED[platform])
                help_ = f"take it away; {platform} takes {other}"
                if "platform" not in given:
                    help_ = f"add `platform: {owner}`, or take it away"
                yield Clash("AC510", (key,), message, help_)


def _missing(platform: Platform, given: Collection[str]) -> Iterator[Clash]:
    if "platform" not in given and any(key in given for key in (*OWN["sipgate"], *OWN["dasha"])):
        return
    for key in NEEDED[platform]:
        if key not in given:
            yield Clash("AC102", (key,), f"`{key}` is missing", f"`platform: {platform}` needs it: add it")
