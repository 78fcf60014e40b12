"""`agentconf lint --fix`: the fixes written, or shown."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from agentconf.errors import ConfigurationError, ExitCode
from agentconf.files import marked, put_all
from agentconf.lint.mend import Mended, mend

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from agentconf.cli.options import Session
    from agentconf.lint.result import LintResult


@dataclass(slots=True)
class Mending:
    """How fixes are carried out.

    Args:
        root: the project's folder.
        unsafe: also those that are guesses.
        show: show a diff instead of writing.
        stdin: the text of standard input, which is written to standard output; None: files are mended.
        code: the exit code of a diff: 1 when something would change.

    """

    root: Path
    unsafe: bool
    show: bool
    stdin: str | None
    code: int = ExitCode.OK

    def carried_out(
        self, session: Session, result: LintResult, look: Callable[[Mapping[str, str]], LintResult]
    ) -> LintResult:
        """Mend, and return what is left.

        Args:
            session: the invocation.
            result: what the linter found.
            look: lints with other texts in place of files.

        Raises:
            ConfigurationError: a file cannot be written; none is changed.

        """
        mended = mend(result, look, unsafe=self.unsafe)
        for path in sorted(mended.refused):
            session.output.error(f"warning: a fix in {path} would break the file; it is left out")
        if self.show:
            return self._shown(session, mended)
        if self.stdin is not None:
            session.output.result(next(iter(mended.texts.values()), self.stdin))
            return mended.result
        try:
            put_all({self.root / path: marked(self.root / path, text) for path, text in mended.texts.items()})
        except OSError as error:
            raise ConfigurationError(
                f"cannot write {error.filename}: {error.strerror}; nothing was changed"
            ) from error
        if mended.count:
            session.output.info(_counted("Fixed", mended))
        return mended.result

    def _shown(self, session: Session, mended: Mended) -> LintResult:
        for path, text in sorted(mended.texts.items()):
            before = self.stdin if self.stdin is not None else (self.root / path).read_text("utf-8-sig")
            lines = difflib.unified_diff(
                before.splitlines(keepends=True), text.splitlines(keepends=True), f"a/{path}", f"b/{path}"
            )
            session.output.result("".join(line if line.endswith("\n") else f"{line}\n" for line in lines))
        if mended.count:
            self.code = ExitCode.FINDINGS
            session.output.info(_counted("Would fix", mended))
        return mended.result


def _counted(verb: str, mended: Mended) -> str:
    findings = f"{mended.count:,} {'finding' if mended.count == 1 else 'findings'}"
    files = f"{len(mended.texts):,} {'file' if len(mended.texts) == 1 else 'files'}"
    return f"{verb} {findings} in {files}."
