"""The server: diagnostics as files are typed, hovers, completions, fixes, definitions."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

from lsprotocol import types
from pygls import uris
from pygls.lsp.server import LanguageServer

from agentconf import __version__
from agentconf.lint.finding import Severity
from agentconf.lsp.knowledge import completions, hover
from agentconf.lsp.positions import offset_of, position, span
from agentconf.lsp.references import reference_at, targets
from agentconf.lsp.workspace import Workspace, is_ours

if TYPE_CHECKING:
    from agentconf.lint.finding import Finding
    from agentconf.lsp.workspace import View
    from agentconf.source.document import Location

SEVERITIES = {
    Severity.ERROR: types.DiagnosticSeverity.Error,
    Severity.WARNING: types.DiagnosticSeverity.Warning,
    Severity.INFO: types.DiagnosticSeverity.Information,
}
TRIGGERS = ["{", ":", "/", " "]
PAUSE = 0.1
"""Seconds without a letter after which the linter looks; ours."""


class Server(LanguageServer):
    """agentconf's server, with the files that are open and those that have diagnostics."""

    def __init__(self) -> None:
        super().__init__("agentconf", __version__)
        self.files = Workspace()
        self.marked: dict[Path, set[Path]] = {}
        self.waiting: dict[Path, asyncio.TimerHandle] = {}

    def soon(self, file: Path) -> None:
        """Publish once nobody has typed for a moment: a large project is not read for every letter."""
        self._cancel(file)
        self.waiting[file] = asyncio.get_running_loop().call_later(PAUSE, self.publish, file)

    def _cancel(self, file: Path) -> None:
        if (timer := self.waiting.pop(file, None)) is not None:
            timer.cancel()

    def publish(self, file: Path) -> None:
        """Lint the project around a file, and tell of every file in it what is new."""
        self._cancel(file)
        view = self.files.view(file)
        found: dict[Path, list[types.Diagnostic]] = {}
        for finding in view.findings:
            place = view.root / finding.location.path
            found.setdefault(place, []).append(diagnostic(view, finding))
        for place in found.keys() | self.marked.get(view.root, set()) | {file}:
            uri = str(uris.from_fs_path(str(place)))
            params = types.PublishDiagnosticsParams(uri=uri, diagnostics=found.get(place, []))
            self.text_document_publish_diagnostics(params)
        self.marked[view.root] = set(found)
        if view.fault is not None:
            self.window_log_message(types.LogMessageParams(types.MessageType.Warning, view.fault))


def diagnostic(view: View, finding: Finding) -> types.Diagnostic:
    """Write a finding as editors show it."""
    said = (finding.message, finding.only_in, finding.why, finding.help and f"help: {finding.help}")
    related = [
        types.DiagnosticRelatedInformation(_location(view, label.location), label.text)
        for label in finding.labels
    ]
    return types.Diagnostic(
        range=span(finding.location),
        severity=SEVERITIES[finding.severity],
        code=finding.code,
        source="agentconf",
        message="\n".join(filter(None, said)),
        related_information=related or None,
    )


def _location(view: View, location: Location) -> types.Location:
    return types.Location(str(uris.from_fs_path(str(view.root / location.path))), span(location))


def did_open(ls: Server, params: types.DidOpenTextDocumentParams) -> None:
    """Take in what an editor has."""
    _changed(ls, params.text_document.uri)


def did_change(ls: Server, params: types.DidChangeTextDocumentParams) -> None:
    """Take in what was typed."""
    file = _taken(ls, params.text_document.uri)
    if file is not None:
        ls.soon(file)


def did_save(ls: Server, params: types.DidSaveTextDocumentParams) -> None:
    """Look again: other files may have been written meanwhile."""
    _changed(ls, params.text_document.uri)


def did_close(ls: Server, params: types.DidCloseTextDocumentParams) -> None:
    """From now on the file counts as it is on the disk."""
    file = file_of(params.text_document.uri)
    if file is not None and ls.files.texts.pop(file, None) is not None:
        ls.publish(file)


def _changed(ls: Server, uri: str) -> None:
    file = _taken(ls, uri)
    if file is not None:
        ls.publish(file)


def _taken(ls: Server, uri: str) -> Path | None:
    """Take an editor's text in; None for a file that is no part of a project."""
    file = file_of(uri)
    if file is not None:
        ls.files.texts[file] = ls.workspace.get_text_document(uri).source
    return file


def on_hover(ls: Server, params: types.HoverParams) -> types.Hover | None:
    """Say what stands somewhere."""
    file, text = _open(ls, params.text_document.uri)
    if file is None:
        return None
    view = ls.files.view(file)
    said = hover(view, view.display(file), offset_of(text, params.position))
    return None if said is None else types.Hover(types.MarkupContent(types.MarkupKind.Markdown, said))


def on_completion(ls: Server, params: types.CompletionParams) -> list[types.CompletionItem]:
    """Say what may stand somewhere."""
    file, text = _open(ls, params.text_document.uri)
    if file is None:
        return []
    view = ls.files.view(file, lint=False)
    return completions(view, view.display(file), text, offset_of(text, params.position))


def on_definition(ls: Server, params: types.DefinitionParams) -> list[types.Location]:
    """Say where that is which is referred to."""
    file, text = _open(ls, params.text_document.uri)
    reference = reference_at(text, offset_of(text, params.position))
    if file is None or reference is None:
        return []
    view = ls.files.view(file, lint=False)
    return [_location(view, place) for place in targets(view, view.display(file), reference)]


def on_code_action(ls: Server, params: types.CodeActionParams) -> list[types.CodeAction]:
    """Offer the fixes of what is wrong somewhere."""
    file, _ = _open(ls, params.text_document.uri)
    return [] if file is None else _actions(ls.files.view(file), file, params)


def _open(ls: Server, uri: str) -> tuple[Path | None, str]:
    """Return a file and its text; None for one that is not open here."""
    file = file_of(uri)
    text = ls.files.texts.get(file) if file is not None else None
    return (None, "") if text is None else (file, text)


FEATURES = (
    (types.TEXT_DOCUMENT_DID_OPEN, did_open, None),
    (types.TEXT_DOCUMENT_DID_CHANGE, did_change, None),
    (types.TEXT_DOCUMENT_DID_SAVE, did_save, None),
    (types.TEXT_DOCUMENT_DID_CLOSE, did_close, None),
    (types.TEXT_DOCUMENT_HOVER, on_hover, None),
    (types.TEXT_DOCUMENT_COMPLETION, on_completion, types.CompletionOptions(trigger_characters=TRIGGERS)),
    (types.TEXT_DOCUMENT_DEFINITION, on_definition, None),
    (
        types.TEXT_DOCUMENT_CODE_ACTION,
        on_code_action,
        types.CodeActionOptions(code_action_kinds=[types.CodeActionKind.QuickFix]),
    ),
)
"""What the server does, by the protocol's name of it."""


def make_server() -> Server:
    """Make a server that is ready to be started."""
    server = Server()
    for name, function, options in FEATURES:
        server.feature(name, options)(function)
    return server


def _actions(view: View, file: Path, params: types.CodeActionParams) -> list[types.CodeAction]:
    """Return the fixes of the findings in a range."""
    display, found = view.display(file), []
    for finding in view.findings:
        where = span(finding.location)
        if finding.location.path != display or not finding.fix or not _meet(where, params.range):
            continue
        document = finding.location.document
        edits = [
            types.TextEdit(
                types.Range(position(document, edit.start), position(document, edit.end)), edit.text
            )
            for edit in finding.fix
        ]
        found.append(
            types.CodeAction(
                title=f"{finding.code}: {finding.help or finding.message}",
                kind=types.CodeActionKind.QuickFix,
                diagnostics=[diagnostic(view, finding)],
                edit=types.WorkspaceEdit(changes={params.text_document.uri: edits}),
                is_preferred=not finding.unsafe,
            )
        )
    return found


def _meet(one: types.Range, other: types.Range) -> bool:
    return _key(one.start) <= _key(other.end) and _key(other.start) <= _key(one.end)


def _key(place: types.Position) -> tuple[int, int]:
    return place.line, place.character


def file_of(uri: str) -> Path | None:
    """Return the file of a document; None for one that is no part of a project."""
    path = uris.to_fs_path(uri)
    if path is None:
        return None
    file = Path(path)
    return file if is_ours(file) else None
