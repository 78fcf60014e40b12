"""What of a campaign only the whole project can judge, and what of it does not go together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconf.model.clashes import clashes
from agentconf.source.document import Location, Problem
from agentconf.source.suggest import suggest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agentconf.model.campaign import CampaignFile
    from agentconf.project.definition import Project
    from agentconf.source.tree import Path, Tree

_OTHERWISE = {"UK": "GB", "EL": "GR"}
"""Codes that people use for countries whose ISO code is another."""


def check_campaign(settings: CampaignFile, tree: Tree, project: Project) -> Iterator[Problem]:
    """Check a campaign against its platform and its project.

    Args:
        settings: its sound parts.
        tree: the campaign with places, references followed.
        project: resolved for the environment that it is read for.

    Yields:
        Problems (AC102, AC104, AC105, AC510); none of parts that the model has refused already.

    """
    given = {key for key, child in tree.value.items() if child.value is not None}
    said = tree.find(("platform",))[0].value
    if "platform" not in given or said == settings.platform:
        for clash in clashes(settings, given):
            place = _place(tree, clash.path, key=clash.code == "AC510")
            yield Problem(clash.code, clash.message, place, clash.help)
        if settings.platform == "slng":
            yield from _agent(settings, tree, project)
    yield from _timezone(settings, tree)
    yield from _regions(settings, tree)


def _agent(settings: CampaignFile, tree: Tree, project: Project) -> Iterator[Problem]:
    keys = [one.key for one in project.definitions]
    if settings.agent is None or settings.agent in keys or _at(tree, ("agent",)).unresolved:
        return
    close = suggest(settings.agent, keys)
    help_ = f"did you mean `{close}`?" if close else f"there are: {', '.join(keys) or 'none'}"
    yield Problem("AC104", f"there is no agent `{settings.agent}`", _place(tree, ("agent",)), help_)


def _timezone(settings: CampaignFile, tree: Tree) -> Iterator[Problem]:
    if settings.timezone is None or _at(tree, ("timezone",)).unresolved:
        return
    from agentconf.model.timezone import timezone_names  # noqa: PLC0415 - few campaigns name one

    names = timezone_names()
    if settings.timezone not in names:
        cities = {name.rpartition("/")[2]: name for name in sorted(names, reverse=True)}
        close = suggest(settings.timezone, names) or cities.get(settings.timezone.replace(" ", "_"))
        help_ = f"did you mean `{close}`?" if close else "write Area/City, such as Europe/Berlin"
        message = f"`{settings.timezone}` is not a name of the IANA time zone database"
        yield Problem("AC104", message, _place(tree, ("timezone",)), help_)


def _regions(settings: CampaignFile, tree: Tree) -> Iterator[Problem]:
    if not settings.regions:
        return
    from phonenumbers import SUPPORTED_REGIONS  # noqa: PLC0415 - 30 ms, and few campaigns name any

    for index, child in enumerate(_at(tree, ("regions",)).value):
        if child.value in settings.regions and child.value not in SUPPORTED_REGIONS:
            right = _OTHERWISE.get(child.value)
            help_ = f"did you mean `{right}`?" if right else "codes are those of ISO 3166-1, like DE or US"
            message = f"`{child.value}` is the code of no country"
            yield Problem("AC104", message, _place(tree, ("regions", index)), help_)


def _at(tree: Tree, path: Path) -> Tree:
    return tree.find(path)[0]


def _place(tree: Tree, path: Path, *, key: bool = False) -> Location:
    """Find where something stands; what is missing is told at the first key of where it should stand."""
    found, depth = tree.find(path)
    if depth < len(path):
        children = found.value if isinstance(found.value, dict) else {}
        return next((child.key_location for child in children.values()), found.location)
    return found.key_location if key else found.location
