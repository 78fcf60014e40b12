"""`agentconf lint`."""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from agentconf.cli.options import Session, common
from agentconf.errors import ExitCode, UsageError
from agentconf.lint.finding import Severity

if TYPE_CHECKING:
    from pathlib import Path

    from agentconf.lint.result import LintResult
    from agentconf.model.project import LintSettings
    from agentconf.project.definition import Project
    from agentconf.project.load import Loader


@click.command("lint")
@click.argument("paths", nargs=-1, metavar="[PATH|-]...")
@click.option(
    "--select",
    multiple=True,
    metavar="RULE",
    help="Only these rules: a code, a prefix or a name (repeatable).",
)
@click.option("--ignore", multiple=True, metavar="RULE", help="Not these rules (repeatable).")
@click.option("--strict", is_flag=True, help="Warnings are errors.")
@click.option("--stdin-filename", metavar="PATH", help="With `-`: the file that standard input stands for.")
@common("full", "concise", "json", "github")
def command(
    session: Session,
    paths: tuple[str, ...],
    select: tuple[str, ...],
    ignore: tuple[str, ...],
    strict: bool,
    stdin_filename: str | None,
) -> int:
    """Check definitions for every environment, offline.

    PATH limits the findings to files and folders; `-` reads one agent from standard input. With -e only that
    environment is checked. Exits with 1 when there are errors.
    """
    from agentconf.cli.project import open_loader, resolve  # noqa: PLC0415 - keeps --help light
    from agentconf.lint.engine import lint_project  # noqa: PLC0415

    if stdin_filename and "-" not in paths:
        raise UsageError("--stdin-filename goes with `-`")
    _refuse_unknown(select, ignore)
    loader = open_loader(session, drafts=bool(paths))
    targets = _targets(session, loader, paths, stdin_filename)
    names = [session.environment] if session.environment else _environments(loader)
    projects = [resolve(session, loader, name) for name in names]
    if targets and (strangers := loader.strangers(targets, projects)):
        raise UsageError(f"{strangers[0]} is neither an agent (YAML or JSON) nor a part of the project")
    settings = _settings(projects[0].settings.lint, select, ignore, strict=strict)
    if targets is None:
        result = lint_project(projects, settings)
    else:
        result = _limited(loader, projects, targets, settings)
    session.output.result(_render(session, result))
    return ExitCode.FINDINGS if result.errors else ExitCode.OK


def _refuse_unknown(select: tuple[str, ...], ignore: tuple[str, ...]) -> None:
    """A rule that does not exist would switch the linter off, or not switch the rule off, in silence."""
    from agentconf.lint.rules import ALL, find  # noqa: PLC0415
    from agentconf.source.suggest import suggest  # noqa: PLC0415

    for name in (*select, *ignore):
        if find(name) is None and not any(rule.code.startswith(name) for rule in ALL):
            guess = suggest(name, [*(rule.code for rule in ALL), *(rule.name for rule in ALL)])
            raise UsageError(
                f"there is no rule {name!r}", help=f"did you mean {guess!r}?" if guess else "see docs/rules"
            )


def _environments(loader: Loader) -> tuple[str, ...]:
    """Name the declared environments; `local`, which always exists, when there are none."""
    declared = loader.declared
    named = {*declared.environments, *declared.environment_problems}
    return tuple(sorted(named)) or loader.environment_names


def _targets(
    session: Session, loader: Loader, paths: tuple[str, ...], stdin_filename: str | None
) -> list[Path] | None:
    from agentconf.project.discover import display_path  # noqa: PLC0415

    targets = []
    for path in paths:
        file = session.directory / path
        if path == "-":
            file = session.directory / (stdin_filename or "stdin.yaml")
            loader.add_text(display_path(loader.root, file), _standard_input())
        elif not file.exists():
            raise UsageError(f"there is no file or folder {path}")
        targets.append(file)
    return targets or None


def _limited(
    loader: Loader, projects: list[Project], targets: list[Path], settings: LintSettings
) -> LintResult:
    """Lint the whole project, since rules compare its parts, and keep what concerns some files.

    A file that is no part of the project is linted as one more agent of it.
    """
    from agentconf.lint.engine import lint_project  # noqa: PLC0415
    from agentconf.project.discover import display_path  # noqa: PLC0415

    keys: set[str] = set()
    joined = []
    for project in projects:
        chosen = loader.project(project.environment.name, targets).definitions
        # The chosen ones first: what is found in a file that several share is told of the first of them.
        paths = {one.document.path for one in chosen}
        others = tuple(one for one in project.definitions if one.document.path not in paths)
        joined.append(replace(project, definitions=(*chosen, *others)))
        keys.update(one.key for one in chosen)
    places = [display_path(loader.root, target) for target in targets]
    result = lint_project(joined, settings)
    findings = tuple(
        finding
        for finding in result.findings
        if finding.agent in keys or any(_within(finding.location.path, place) for place in places)
    )
    with_findings = {finding.agent for finding in findings} & keys
    return replace(result, findings=findings, agents=len(keys), agents_with_findings=len(with_findings))


def _within(path: str, place: str) -> bool:
    return place in (".", path) or path.startswith(f"{place}/")


def _standard_input() -> str:
    try:
        return sys.stdin.buffer.read().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UsageError("standard input is not UTF-8") from error


def _settings(
    settings: LintSettings, select: tuple[str, ...], ignore: tuple[str, ...], *, strict: bool
) -> LintSettings:
    changes: dict[str, object] = {}
    if select:
        changes["select"] = list(select)
    if ignore:
        changes["ignore"] = [*settings.ignore, *ignore]
    if strict:
        changes["strict"] = True
    return settings.model_copy(update=changes) if changes else settings


def _render(session: Session, result: LintResult) -> str:
    if session.format == "json":
        from agentconf.report import findings_json  # noqa: PLC0415

        return findings_json.render(result)
    shown = [one for one in result.findings if session.output.verbose or one.severity is not Severity.INFO]
    if session.format == "github":
        from agentconf.report import github  # noqa: PLC0415

        return github.render(shown)
    from agentconf.report import findings_text  # noqa: PLC0415

    colour = session.output.colour()
    if session.format == "concise":
        lines = findings_text.concise(shown, colour=colour)
    else:
        lines = findings_text.full(shown, colour=colour, width=session.output.width)
        lines += "\n" if lines else ""
    hidden = len(result.findings) - len(shown)
    closing = findings_text.summary(replace(result, findings=tuple(shown)))
    if hidden:
        closing += f" {hidden} {'info' if hidden == 1 else 'infos'} not shown (-v)."
    return "\n".join(filter(None, (lines, closing, _not_run(result, verbose=session.output.verbose))))


def _not_run(result: LintResult, *, verbose: bool) -> str:
    """Say which rules did not run; how to make them run, where more is to be told."""
    if not result.not_run:
        return ""
    from agentconf.lint.catalogue import MISSING  # noqa: PLC0415

    if not verbose:
        return ""
    rules = " and ".join(result.not_run)
    return f"{rules} did not run: the catalogue of models is not installed ({MISSING})."
