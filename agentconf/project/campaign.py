"""Reading a campaign file: references followed as in environment files, and everything wrong told at once."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from agentconf.errors import ConfigurationError
from agentconf.model.campaign import CampaignFile
from agentconf.project.campaign_checks import check_campaign
from agentconf.project.campaign_paths import CampaignPaths, campaign_paths
from agentconf.project.discover import CAMPAIGNS, Found, display_path, find_files
from agentconf.project.places import SECRET, VALUE, Place
from agentconf.project.secrets import hide_secrets
from agentconf.project.settings import not_a_mapping, validate
from agentconf.source.suggest import suggest
from agentconf.source.tree import Tree

if TYPE_CHECKING:
    from agentconf.project.definition import Project
    from agentconf.project.load import Loader
    from agentconf.source.document import Document, Location, Problem

_MISPLACED = Place(
    {
        **dict.fromkeys(("api_key", "token", "slng_api_key", "secret"), SECRET),
        **dict.fromkeys(("sipgate", "dasha"), Place({"api_key": SECRET, "token": SECRET})),
    }
)
"""Where people put credentials that belong into the environment: refused there, and never shown."""

_NONE = "-"
"""What stands for contacts that are not named."""


@dataclass(frozen=True, slots=True)
class CampaignDefinition:
    """A campaign file, read for one environment.

    Args:
        name: the file's stem.
        display: the file, as messages name it.
        settings: its sound parts, defaults filled in.
        paths: the files that it names, and numbers.
        document: its text.
        tree: its values with their places, references followed.
        problems: everything that is wrong with it; it must not be run while there is any.

    """

    name: str
    display: str
    settings: CampaignFile
    paths: CampaignPaths
    document: Document = field(repr=False)
    tree: Tree = field(repr=False)
    problems: tuple[Problem, ...] = ()

    def locate(self, *path: str | int) -> Location:
        """Find where a value stands; the nearest one around it that exists when it does not.

        Args:
            path: keys and indexes from the root of the file.

        """
        return self.tree.find(path)[0].location


def find_campaigns(root: Path) -> tuple[Found, ...]:
    """List the campaigns in the folder `campaigns`, ordered by name.

    Args:
        root: the project's folder.

    Raises:
        ConfigurationError: the folder is there and cannot be listed.

    """
    return find_files(root, CAMPAIGNS)


def load_campaign(loader: Loader, project: Project, file: Path) -> CampaignDefinition:
    """Read a campaign file for the environment of a project.

    Args:
        loader: of the project.
        project: resolved for the environment.
        file: the campaign's file, or its name in the folder `campaigns`; relative to the current folder.

    Raises:
        ConfigurationError: there is no such file.

    """
    display = _locate(loader, file)
    composed = loader.reader.composed(display)
    name, problems = Path(display).stem, composed.problems
    tree = Tree({}, composed.document, 0, 0) if composed.tree is None else composed.tree
    if not isinstance(tree.value, dict):
        problems = (*problems, not_a_mapping("a campaign", tree.location))
    if composed.tree is None or not isinstance(tree.value, dict):
        nothing = CampaignFile.model_construct(contacts=_NONE)
        return CampaignDefinition(name, display, nothing, CampaignPaths(), composed.document, tree, problems)
    hide_secrets(tree, _MISPLACED)
    resolver = loader.resolver(project.environment.name)
    resolved = resolver.resolve(tree, VALUE)
    settings, wrong = validate(CampaignFile, resolved.tree.data(), resolved.tree, {"contacts": _NONE})
    paths, missing = campaign_paths(settings, resolved.tree, loader.root, display)
    found = (*resolved.problems, *resolver.problems, *wrong, *missing)
    found += tuple(check_campaign(settings, resolved.tree, project))
    in_order = sorted(dict.fromkeys((*problems, *found)), key=_order)
    return CampaignDefinition(
        name, display, settings, paths, composed.document, resolved.tree, tuple(in_order)
    )


def _order(problem: Problem) -> tuple[str, int]:
    return problem.location.path, problem.location.span.start


def _locate(loader: Loader, file: Path) -> str:
    """Return the display path of a campaign's file."""
    display = display_path(loader.root, file)
    if loader.reader.holds(display):
        return display
    by_name = {one.key: one.display for one in find_campaigns(loader.root)}
    if str(file) in by_name:
        return by_name[str(file)]
    close = suggest(str(file), (*by_name, *by_name.values()))
    help_ = f"there are: {', '.join(by_name.values())}" if by_name else f"campaigns stand in {CAMPAIGNS}/"
    raise ConfigurationError(
        f"there is no campaign file `{file}`", help=f"did you mean `{close}`?" if close else help_
    )
