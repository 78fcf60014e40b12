"""`agentconf state`: looking at what is remembered, and mending it."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from agentconf.cli.moments import Duration
from agentconf.cli.options import Session, common
from agentconf.cli.sections import InOrder
from agentconf.errors import BlockedError, ConfigurationError, StaleError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from agentconf.model.memory import Remembered, State
    from agentconf.project.definition import Project
    from agentconf.state.store import Store

patience_option = click.option(
    "--lock-timeout",
    type=Duration(),
    default="0s",
    metavar="DURATION",
    help="Wait so long for whoever holds the state (default: 0s).",
)


@click.group("state", cls=InOrder)
def command() -> None:
    """Look at what is remembered of earlier applies, and mend it. Nothing here touches a live agent."""


@command.command("list", short_help="List the agents that are remembered.")
@common("text", "json")
def list_agents(session: Session) -> int:
    """List the agents that are remembered."""
    from agentconf.report import state_json, state_text  # noqa: PLC0415 - keeps --help light

    store, state = _read(session)
    if session.json:
        session.output.result(state_json.listed(state, store.address))
    else:
        output = session.output
        output.result(state_text.listed(state, store.address, colour=output.colour(), width=output.width))
    return 0


@command.command("show", short_help="Show what is remembered of one agent.")
@click.argument("key", metavar="AGENT")
@common("text", "json")
def show_agent(session: Session, key: str) -> int:
    """Show what is remembered of one agent: its base, as JSON; of its secrets only where they stand."""
    from agentconf.report import state_json  # noqa: PLC0415 - keeps --help light

    store, state = _read(session)
    session.output.result(state_json.shown(key, _known(state, key, store), store.address))
    return 0


@command.command("mv", short_help="Give what is remembered of an agent another key.")
@click.argument("old", metavar="OLD")
@click.argument("new", metavar="NEW")
@patience_option
@common("text")
def move(session: Session, old: str, new: str, lock_timeout: float) -> int:
    """Give what is remembered of OLD the key NEW, as after renaming its file by hand."""

    def moved(state: State, store: Store) -> State:
        known = _known(state, old, store)
        if new in state.agents:
            raise UsageError(f"{new!r} is remembered already", help=f"`agentconf state rm {new}` gives it up")
        rest = {key: one for key, one in state.agents.items() if key != old}
        return replace(state, agents=dict(sorted({**rest, new: known}.items())))

    _change(session, "mv", (old, new), moved, lock_timeout)
    session.output.info(f"{old} is {new} now.")
    return 0


@command.command("rm", short_help="Forget agents; they stay live.")
@click.argument("keys", nargs=-1, required=True, metavar="AGENT...")
@click.option("--force", is_flag=True, help="Also those that are protected by prevent_destroy.")
@patience_option
@common("text")
def remove(session: Session, keys: tuple[str, ...], lock_timeout: float, *, force: bool) -> int:
    """Forget agents: they stay live, and nothing here deletes or protects them any more."""

    def removed(state: State, store: Store) -> State:
        known = {key: _known(state, key, store) for key in keys}
        protected = [key for key, one in known.items() if one.prevent_destroy]
        if protected and not force:
            raise BlockedError(
                f"protected by `prevent_destroy`: {', '.join(protected)}; nothing was forgotten",
                help="add --force to give up the protection too",
            )
        return replace(state, agents={key: one for key, one in state.agents.items() if key not in known})

    _change(session, "rm", keys, removed, lock_timeout)
    session.output.info(
        f"Forgotten: {', '.join(keys)}. {'It stays' if len(keys) == 1 else 'They stay'} live."
    )
    return 0


@command.command("unlock", short_help="Free the lock of a process that is dead.")
@click.argument("lock_id", required=False, metavar="[LOCK]")
@common("text")
def unlock(session: Session, lock_id: str | None) -> int:
    """Free the lock of a process that is dead; without LOCK, show who holds the state."""
    from agentconf.cli.memory import store_of  # noqa: PLC0415 - keeps --help light
    from agentconf.cli.project import load_intact  # noqa: PLC0415

    project = load_intact(session)
    store = store_of(session, project)
    held = store.holder()
    if lock_id is None:
        if held is None:
            session.output.result(f"Nobody holds the state in {store.address}.")
            return 0
        session.output.result(
            f"{held.who} on {held.host} (process {held.pid}, {held.operation}) holds it since "
            f"{held.since.isoformat(timespec='seconds')}.\n"
            f"If that process is dead: agentconf state unlock {held.id} -e {project.environment.name}"
        )
        return 0
    freed = store.unlock(lock_id)
    session.output.info(
        f"Freed: {freed.who} on {freed.host} held it (process {freed.pid}, {freed.operation})."
    )
    return 0


@command.command("pull", short_help="Print the state's document.")
@common("text")
def pull(session: Session) -> int:
    """Print the state's document; it holds no secret."""
    from agentconf.state import document  # noqa: PLC0415 - keeps --help light

    _, state = _read(session)
    session.output.result(document.dump(state))
    return 0


@command.command("push", short_help="Replace the state by a document.")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, allow_dash=True))
@click.option(
    "--force",
    is_flag=True,
    help="Also a document of another lineage or an older one, and over one that cannot be read.",
)
@patience_option
@common("text")
def push(session: Session, file: Path, lock_timeout: float, *, force: bool) -> int:
    """Replace the state by a document that `state pull` printed; `-` reads it from stdin."""
    from agentconf.cli.project import load_intact  # noqa: PLC0415 - keeps --help light
    from agentconf.state import document  # noqa: PLC0415

    project = load_intact(session)
    given = document.load(_content(file), address=str(file), environment=project.environment.name)

    def pushed(state: State | None) -> State:
        if state is not None and not force:
            if given.lineage != state.lineage:
                raise ConfigurationError(
                    f"{file} is of another lineage than the state that is there; nothing was written",
                    help="add --force if it is to take its place",
                )
            if given.serial < state.serial:
                raise StaleError(
                    f"{file} is older (serial {given.serial}) than the state that is there ({state.serial}); "
                    "nothing was written",
                    help="pull again, or add --force to go back",
                )
        return replace(given, serial=max(given.serial, state.serial if state is not None else 0))

    with _held(session, project, "state push", lock_timeout, replaced=force) as held:
        held.write(pushed(held.state), "push", sorted(given.agents))
    session.output.info(f"Written: {len(given.agents):,} agents.")
    return 0


def _content(file: Path) -> bytes:
    try:
        return sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
    except OSError as error:
        raise ConfigurationError(f"cannot read {file}: {error.strerror}") from error


@dataclass(frozen=True, slots=True)
class _Held:
    """A state that is held while it is changed."""

    store: Store
    state: State | None
    version: str | None
    entry: Callable[[str, Sequence[str]], str]

    def write(self, state: State, what: str, keys: Sequence[str]) -> None:
        """Write the next state, and what was done to it into the journal."""
        following = replace(state, serial=state.serial + 1)
        self.store.write(following, expected=self.version, entries=[self.entry(what, keys)])


@contextmanager
def _held(
    session: Session, project: Project, operation: str, patience: float, *, replaced: bool = False
) -> Iterator[_Held]:
    from agentconf.cli.memory import store_of  # noqa: PLC0415 - keeps --help light
    from agentconf.state.entry import state_entry  # noqa: PLC0415

    store = store_of(session, project)
    with store.lock(operation, patience=patience) as holder:
        version = store.version()
        state = None
        try:
            found = store.read()
        except ConfigurationError as error:
            if not replaced:
                raise
            session.output.error(f"warning: {error.message}; it is replaced")
        else:
            state, version = (found.state, found.version) if found is not None else (None, None)
        yield _Held(store, state, version, lambda what, keys: state_entry(what, keys, holder))


def _change(
    session: Session,
    what: str,
    keys: Sequence[str],
    change: Callable[[State, Store], State],
    patience: float,
) -> None:
    from agentconf.cli.project import load_intact  # noqa: PLC0415 - keeps --help light

    with _held(session, load_intact(session), f"state {what}", patience) as held:
        if held.state is None:
            raise _nothing(held.store)
        held.write(change(held.state, held.store), what, keys)


def _read(session: Session) -> tuple[Store, State]:
    from agentconf.cli.memory import store_of  # noqa: PLC0415 - keeps --help light
    from agentconf.cli.project import load_intact  # noqa: PLC0415

    store = store_of(session, load_intact(session))
    found = store.read()
    if found is None:
        raise _nothing(store)
    return store, found.state


def _nothing(store: Store) -> ConfigurationError:
    return ConfigurationError(
        f"nothing is remembered yet in {store.address}", help="`agentconf apply` begins to remember"
    )


def _known(state: State, key: str, store: Store) -> Remembered:
    from agentconf.source.suggest import suggest  # noqa: PLC0415

    agents: Mapping[str, Remembered] = state.agents
    if key in agents:
        return agents[key]
    guess = suggest(key, agents)
    raise UsageError(
        f"{key!r} is not remembered in {store.address}",
        help=f"did you mean {guess!r}?" if guess else f"there are: {', '.join(agents) or 'none'}",
    )
