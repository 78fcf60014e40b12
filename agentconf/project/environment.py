"""One environment made ready: its settings with references followed, overridden by the process."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from agentconf.model.project import EnvironmentFile
from agentconf.model.secret import SecretRef
from agentconf.project.declared import AGENTS, LOCAL, STATE, VARS, addresses
from agentconf.project.places import ENVIRONMENT
from agentconf.project.settings import validate

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agentconf.project.declared import Declared
    from agentconf.project.definition import VariableUse
    from agentconf.project.resolve import Resolver
    from agentconf.source.document import Problem
    from agentconf.source.tree import Tree


class Settings(NamedTuple):
    """An environment's settings, references followed.

    Args:
        settings: what is sound; the project's `contract` and `ownership` where it has none of its own.
        problems: what is wrong, with the declaration and with what it refers to.
        variables: uses of `${var:…}`.

    """

    settings: EnvironmentFile
    problems: tuple[Problem, ...] = ()
    variables: tuple[VariableUse, ...] = ()


def settle(declared: Declared, name: str, resolver: Resolver, environ: Mapping[str, str]) -> Settings:
    """Make one environment's settings ready.

    `AGENTCONF_BASE_URL` and `AGENTCONF_API_KEY` replace what the files say. An address that is given this way
    also switches the emulator off: it would not be asked otherwise.

    Args:
        declared: what the files say.
        name: the environment.
        resolver: follows references for it.
        environ: the environment variables.

    """
    tree = declared.environments.get(name)
    own = _undeclared(name) if tree is None else _own(tree, name, resolver)
    settings = own.settings
    project = declared.settings
    update: dict[str, Any] = {
        "contract": settings.contract or project.contract,
        "ownership": settings.ownership or project.ownership,
    }
    if base_url := environ.get("AGENTCONF_BASE_URL"):
        update |= {"base_url": base_url, "emulator": False}
    if environ.get("AGENTCONF_API_KEY"):
        update["api_key"] = SecretRef("AGENTCONF_API_KEY")
    problems = (*declared.environment_problems.get(name, ()), *own.problems)
    return Settings(settings.model_copy(update=update), problems, own.variables)


def _undeclared(name: str) -> Settings:
    """Take the defaults; they need no validation, and so no validator."""
    return Settings(EnvironmentFile.model_construct(emulator=name == LOCAL))


def _own(tree: Tree, name: str, resolver: Resolver) -> Settings:
    """Take what an environment says itself."""
    later = {key: child for key, child in tree.value.items() if key in (VARS, AGENTS)}
    now = tree.holding({key: child for key, child in tree.value.items() if key not in later})
    resolved = resolver.resolve(now, ENVIRONMENT)
    whole = tree.holding({**resolved.tree.value, **later})
    data = whole.data()
    if name == LOCAL:
        data.setdefault("emulator", True)
    settings, wrong = validate(EnvironmentFile, data, whole, {})
    for setting, address in addresses(resolved.tree).items():
        if isinstance(address.value, str) and not address.unresolved:
            wrong += _wrong_address(setting, address)
    state = resolved.tree.value.get(STATE)
    if state is not None and isinstance(state.value, str):
        wrong += _wrong_store(state)
    return Settings(settings, (*resolved.problems, *wrong), resolved.variables)


def _wrong_store(state: Tree) -> tuple[Problem, ...]:
    from agentconf.project.address import check_store  # noqa: PLC0415 - most are paths, and have none

    problem = check_store(state) if ":" in state.value else None
    return () if problem is None else (problem,)


def _wrong_address(setting: str, address: Tree) -> tuple[Problem, ...]:
    from agentconf.project.address import APIS, check_address  # noqa: PLC0415 - hardly an environment has one

    api = next(one for one in APIS if one.setting == setting)
    problem = check_address(address, api)
    return () if problem is None else (problem,)
