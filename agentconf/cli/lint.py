"""`agentconf lint`."""

from __future__ import annotations

import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from agentconf.cli.options import Session, common
from agentconf.errors import ConfigurationError, ExitCode, UsageError
from agentconf.lint.finding import Severity

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agentconf.lint.finding import Finding
    from agentconf.lint.result import LintResult
    from agentconf.model.project import LintSettings
    from agentconf.project.definition import Project
    from agentconf.project.load import Loader


PROGRAMS = ("github", "gitlab", "junit", "sarif")
"""Output formats that others have defined."""


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
@click.option("--fix", is_flag=True, help="Mend what can be mended for certain.")
@click.option("--unsafe-fixes", is_flag=True, help="Mend with guesses too; alone, as --fix.")
@click.option("--diff", is_flag=True, help="Show what --fix would change, and change nothing.")
@click.option("--statistics", is_flag=True, help="Count the findings of each rule, instead of showing them.")
@click.option("--exit-zero", is_flag=True, help="Exit with 0 even if there are errors.")
@click.option(
    "--baseline",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Show only what is not in this baseline (default: lint.baseline of the project file).",
)
@click.option(
    "--write-baseline",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write what is found into a baseline; exit with 0.",
)
@common("full", "concise", "json", "github", "gitlab", "junit", "sarif")
def command(
    session: Session,
    paths: tuple[str, ...],
    select: tuple[str, ...],
    ignore: tuple[str, ...],
    strict: bool,
    stdin_filename: str | None,
    statistics: bool,
    exit_zero: bool,
    baseline: Path | None,
    write_baseline: Path | None,
    fix: bool,
    unsafe_fixes: bool,
    diff: bool,
) -> int:
    """Check definitions for every environment, offline.

    PATH limits the findings to files and folders; `-` reads one agent from standard input. With -e only that
    environment is checked. Exits with 1 when there are errors.
    """
    from agentconf.cli.mending import Mending  # noqa: PLC0415
    from agentconf.cli.project import news, open_loader, resolve  # noqa: PLC0415 - keeps --help light
    from agentconf.lint.engine import lint_project  # noqa: PLC0415

    if stdin_filename and "-" not in paths:
        raise UsageError("--stdin-filename goes with `-`")
    _refuse_unknown(select, ignore)
    given = _standard_input() if "-" in paths else None

    def look(texts: Mapping[str, str]) -> LintResult:
        loader = open_loader(session, drafts=bool(paths))
        targets = _targets(session, loader, paths, stdin_filename, given)
        for path, text in texts.items():
            loader.add_text(path, text)
        names = [session.environment] if session.environment else _environments(loader)
        projects = [resolve(session, loader, name) for name in names]
        if targets and (strangers := loader.strangers(targets, projects)):
            raise UsageError(f"{strangers[0]} is neither an agent (YAML or JSON) nor a part of the project")
        settings = _settings(projects[0].settings.lint, select, ignore, strict=strict)
        looked[:] = projects
        return (
            lint_project(projects, settings)
            if targets is None
            else _limited(loader, projects, targets, settings)
        )

    looked: list[Project] = []
    result = look({})
    if fix or unsafe_fixes or diff:
        mending = Mending(Path(looked[0].root), unsafe=unsafe_fixes, show=diff, stdin=given)
        result = mending.carried_out(session, result, look)
        if diff:
            return mending.code
    if write_baseline is not None:
        return _write_baseline(session, result, session.directory / write_baseline)
    other = None if baseline is None else session.directory / baseline
    result, stale = news(result, looked[0], other)
    session.output.result(_statistics(session, result) if statistics else _render(session, result))
    if stale and not paths:
        entries = "entry of the baseline is" if stale == 1 else "entries of the baseline are"
        session.output.info(f"{stale:,} {entries} no longer needed: write it anew with --write-baseline.")
    return ExitCode.FINDINGS if result.errors and not exit_zero else ExitCode.OK


def _write_baseline(session: Session, result: LintResult, file: Path) -> int:
    from agentconf.files import put  # noqa: PLC0415 - only when a baseline is written
    from agentconf.lint.baseline import dump  # noqa: PLC0415

    try:
        put(file, dump(result).encode())
    except OSError as error:
        raise ConfigurationError(f"cannot write {file}: {error.strerror}") from error
    session.output.info(f"Written: {len(result.findings):,} findings that are no news from now on.")
    return ExitCode.OK


def _statistics(session: Session, result: LintResult) -> str:
    """Count the findings of each rule, the most frequent first."""
    if session.format not in {"full", "concise"}:
        raise UsageError(f"--statistics is for people, not for --output-format {session.format}")
    counts = Counter((finding.code, finding.name, str(finding.severity)) for finding in result.findings)
    width = max((len(f"{count:,}") for count in counts.values()), default=0)
    rows = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    from agentconf.report.findings_text import summary  # noqa: PLC0415 - keeps --help light

    lines = [f"{count:>{width},}  {code}  {severity:<7}  {name}" for (code, name, severity), count in rows]
    return "\n".join([*lines, *([""] if lines else []), summary(result)])


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
    session: Session, loader: Loader, paths: tuple[str, ...], stdin_filename: str | None, given: str | None
) -> list[Path] | None:
    from agentconf.project.discover import display_path  # noqa: PLC0415

    targets = []
    for path in paths:
        file = session.directory / path
        if path == "-":
            file = session.directory / (stdin_filename or "stdin.yaml")
            loader.add_text(display_path(loader.root, file), given or "")
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
    if session.format in PROGRAMS:
        return _for_programs(session.format, shown)
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


def _for_programs(form: str, shown: list[Finding]) -> str:
    from agentconf.report import github, gitlab, junit, sarif  # noqa: PLC0415 - one of them

    match form:
        case "github":
            return github.render(shown)
        case "gitlab":
            return gitlab.render(shown)
        case "junit":
            return junit.render("agentconf lint", junit.cases_of(shown))
        case _:
            return sarif.render(shown)


def _not_run(result: LintResult, *, verbose: bool) -> str:
    """Say which rules did not run; how to make them run, where more is to be told."""
    if not result.not_run:
        return ""
    from agentconf.lint.catalogue import MISSING  # noqa: PLC0415

    if not verbose:
        return ""
    rules = " and ".join(result.not_run)
    return f"{rules} did not run: the catalogue of models is not installed ({MISSING})."
