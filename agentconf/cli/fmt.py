"""`agentconf fmt`."""

from __future__ import annotations

import difflib
import sys
from typing import TYPE_CHECKING

import click

from agentconf.cli.options import Session, common
from agentconf.errors import ConfigurationError, ExitCode, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

YAML = (".yaml", ".yml")


@click.command("fmt")
@click.argument("paths", nargs=-1, metavar="[PATH|-]...")
@click.option("--check", is_flag=True, help="Change nothing; exit with 2 when a file would change.")
@click.option("--diff", is_flag=True, help="Change nothing; show what would change.")
@click.option("--stdin-filename", metavar="PATH", help="With `-`: the file that standard input stands for.")
@common("text")
def command(
    session: Session, paths: tuple[str, ...], stdin_filename: str | None, *, check: bool, diff: bool
) -> int:
    """Lay YAML files out: keys in one order, no stray blanks. Comments, quotes and anchors stay.

    PATH is a file or a folder, by default the whole project; `-` lays standard input out. What a file says
    never changes: one that cannot be laid out so stays as it is. JSON files, and files with errors, are left
    alone.
    """
    from agentconf.cli.project import open_loader  # noqa: PLC0415 - keeps --help light
    from agentconf.files import marked, put_all  # noqa: PLC0415

    if stdin_filename and "-" not in paths:
        raise UsageError("--stdin-filename goes with `-`")
    if "-" in paths:
        return _standard_input(session, stdin_filename or "agents/stdin.yaml", check=check)
    root = open_loader(session, drafts=bool(paths)).root
    changed: dict[Path, str] = {}
    wrong = 0
    for file in _files(root, session.directory, paths):
        display = file.relative_to(root).as_posix() if file.is_relative_to(root) else file.as_posix()
        before = _read(file, display)
        after = None if before is None else _laid_out(before, display)
        if before is None or after is None:
            wrong += 1
            session.output.error(f"warning: {display} cannot be read; `agentconf lint` says why")
        elif after != before:
            changed[file] = after
            if diff:
                session.output.result(_difference(before, after, display))
            elif check:
                session.output.result(f"would change {display}")
    if not check and not diff:
        try:
            put_all({file: marked(file, text) for file, text in changed.items()})
        except OSError as error:
            raise ConfigurationError(
                f"cannot write {error.filename}: {error.strerror}; nothing was changed"
            ) from error
    return _ended(session, len(changed), wrong, dry=check or diff)


def _ended(session: Session, changed: int, wrong: int, *, dry: bool) -> int:
    verb = "would change" if dry else "changed"
    files = f"{changed:,} {'file' if changed == 1 else 'files'}"
    session.output.info(f"{files} {verb}." if changed else "All files are laid out.")
    if wrong:
        return ExitCode.FINDINGS
    return ExitCode.CHANGES if dry and changed else ExitCode.OK


def _files(root: Path, directory: Path, paths: Sequence[str]) -> Iterator[Path]:
    """Yield the YAML files that are meant.

    Raises:
        UsageError: there is no such file or folder.

    """
    from agentconf.project.discover import AGENTS, ENVIRONMENTS, PARTS, PROJECT_FILE, find_parts  # noqa: PLC0415

    if not paths:
        names = [PROJECT_FILE, *find_parts(root, (AGENTS, ENVIRONMENTS, *PARTS))]
        yield from (root / name for name in names if name.endswith(YAML) and (root / name).is_file())
        return
    seen: set[Path] = set()
    for path in paths:
        place = (directory / path).resolve()
        if not place.exists():
            raise UsageError(f"there is no file or folder {path}")
        found = [place / name for name in find_parts(place, (".",))] if place.is_dir() else [place]
        for file in found:
            if file.suffix.lower() in YAML and file not in seen:
                seen.add(file)
                yield file


def _read(file: Path, display: str) -> str | None:
    from agentconf.source.document import Document  # noqa: PLC0415
    from agentconf.source.read import read_document  # noqa: PLC0415

    document = read_document(file, display)
    return document.text if isinstance(document, Document) else None


def _laid_out(text: str, display: str) -> str | None:
    from agentconf.source.reorder import laid_out  # noqa: PLC0415

    return laid_out(text, display, _order(display))


def _order(display: str) -> Callable[[tuple[str | int, ...], object], Sequence[str]]:
    from agentconf.model.layout import agent_order, tool_order  # noqa: PLC0415
    from agentconf.project.discover import ENVIRONMENTS, PARTS, PROJECT_FILE  # noqa: PLC0415

    folder = display.partition("/")[0]
    if folder == "tools":
        return tool_order
    if display == PROJECT_FILE or folder in (ENVIRONMENTS, *PARTS):
        return lambda _path, _data: ()
    return agent_order


def _difference(before: str, after: str, display: str) -> str:
    lines = difflib.unified_diff(
        before.splitlines(keepends=True), after.splitlines(keepends=True), f"a/{display}", f"b/{display}"
    )
    return "".join(line if line.endswith("\n") else f"{line}\n" for line in lines)


def _standard_input(session: Session, display: str, *, check: bool) -> int:
    try:
        before = sys.stdin.buffer.read().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UsageError("standard input is not UTF-8") from error
    after = _laid_out(before, display)
    if after is None:
        raise ConfigurationError("standard input cannot be read", help="`agentconf lint -` says why")
    if not check:
        session.output.result(after)
    return ExitCode.CHANGES if check and after != before else ExitCode.OK
