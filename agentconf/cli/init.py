"""`agentconf init`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from agentconf.cli.options import Session, common
from agentconf.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Iterator

SCAFFOLD = Path(__file__).parent / "scaffold"
SCHEMA = Path("schemas") / "agent.schema.json"
IGNORED = (".agentconf/", ".env")
"""What a project's .gitignore must name: local data, and files that hold secrets."""


@click.command("init")
@common("text")
def command(session: Session) -> int:
    """Scaffold a project that lints clean: an agent, its prompt, environments, pre-commit, CI, editor schema.

    Nothing that exists is overwritten: when a file is in the way, nothing is written at all.
    """
    root = session.directory
    files = dict(_files())
    taken = [name for name in files if (root / name).exists()]
    if taken:
        raise ConfigurationError(
            f"already there: {', '.join(taken)}; nothing was written", help="init another folder with -C DIR"
        )
    for name, text in files.items():
        _write(root / name, text)
    ignored = _ignore(root / ".gitignore")
    lines = [*files, *([".gitignore"] if ignored else [])]
    session.output.result("Wrote " + "\n      ".join(lines))
    session.output.result(
        "\nNext:\n  agentconf lint\n  agentconf plan      the embedded emulator is the default environment"
    )
    return 0


def _files() -> Iterator[tuple[str, str]]:
    from agentconf.resources import schema_text  # noqa: PLC0415

    for path in sorted(SCAFFOLD.rglob("*")):
        if path.is_file():
            yield path.relative_to(SCAFFOLD).as_posix(), path.read_text(encoding="utf-8")
    yield SCHEMA.as_posix(), schema_text("agent")


def _write(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise ConfigurationError(f"cannot write {path}: {error.strerror}") from error


def _ignore(path: Path) -> bool:
    present = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    missing = [line for line in IGNORED if line not in present]
    if missing:
        _write(path, "\n".join([*present, *missing]) + "\n")
    return bool(missing)
