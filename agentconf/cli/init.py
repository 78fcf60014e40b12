"""`agentconf init`."""

from __future__ import annotations

import os
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

import click

from agentconf.cli.options import Session, common
from agentconf.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

SCAFFOLD = Path(__file__).parent / "scaffold"
SCHEMA = Path("schemas") / "agent.schema.json"
IGNORED = (".agentconf/", ".env", "contacts/")
"""What a project's .gitignore must name: local data, files that hold secrets, and lists of people."""


@click.command("init")
@common("text")
def command(session: Session) -> int:
    """Scaffold a project that lints clean: an agent, its prompt, environments, pre-commit, CI, editor schema.

    Nothing that exists is overwritten: when a file is in the way, nothing is written at all.
    """
    root = session.directory
    files = dict(_files())
    _refuse_taken(root, files)
    files[".gitignore"] = _to_ignore(root / ".gitignore")
    written = _write(root, {name: content for name, content in files.items() if content})
    session.output.result("Wrote " + "\n      ".join(written))
    session.output.result(
        "\nNext:\n  agentconf lint\n  agentconf plan      the embedded emulator is the default environment"
    )
    return 0


def _files() -> Iterator[tuple[str, bytes]]:
    from agentconf.resources import schema_text  # noqa: PLC0415

    for path in sorted(SCAFFOLD.rglob("*")):
        if path.is_file():
            yield path.relative_to(SCAFFOLD).as_posix(), path.read_bytes()
    yield SCHEMA.as_posix(), schema_text("agent").encode()


def _refuse_taken(root: Path, names: Iterable[str]) -> None:
    """Stop before the first write when a file has the place of one of ours, or of a folder of ours."""
    taken = dict.fromkeys(place for name in names if (place := _in_the_way(root, name)))
    if taken:
        raise ConfigurationError(
            f"already there: {', '.join(taken)}; nothing was written", help="init another folder with -C DIR"
        )


def _in_the_way(root: Path, name: str) -> str | None:
    for part in (*reversed(PurePosixPath(name).parents), PurePosixPath(name)):
        place = root / part
        if os.path.lexists(place) and (str(part) == name or not place.is_dir()):
            return str(part)
    return None


def _to_ignore(path: Path) -> bytes:
    """Return what .gitignore lacks; its encoding and its line ends are none of our business."""
    try:
        present = path.read_bytes() if os.path.lexists(path) else b""
    except OSError as error:
        raise ConfigurationError(f"cannot read {path}: {error.strerror}; nothing was written") from error
    names = {line.strip().strip(b"/") for line in present.splitlines()}
    missing = [line for line in IGNORED if line.rstrip("/").encode() not in names]
    gap = b"\n" if missing and present and not present.endswith(b"\n") else b""
    return gap + "".join(f"{line}\n" for line in missing).encode()


def _write(root: Path, contents: dict[str, bytes]) -> list[str]:
    """Write all files, or take the new ones back; what was there before is only ever added to."""
    new: list[Path] = []
    for name, content in contents.items():
        path = root / name
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            if not path.exists():
                new.append(path)
            with path.open("ab") as file:
                file.write(content)
        except OSError as error:
            for one in new:
                one.unlink(missing_ok=True)
            raise ConfigurationError(
                f"cannot write {path}: {error.strerror}", help="init another folder with -C DIR"
            ) from error
    return [*contents]
