"""Secrets: references become values at the last moment; what stands literally in a file is never shown."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from agentconf.model.secret import SecretRef
from agentconf.source.document import Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from agentconf.project.places import Place
    from agentconf.source.document import Document
    from agentconf.source.tree import Tree

_WHOLE_VARIABLE = re.compile(r"\$\{var:[^}]*\}")
_SECRET_LINE = re.compile(
    r"""^(?P<indent>(?>[ \t]*(?:-[ \t]+)*)).*?(?<![\w-])["']?(?:slng_api_key|api_key|token|secret)["']?[ \t]*:
        [ \t]*(?P<value>[^\r\n]*)""",
    re.MULTILINE | re.VERBOSE,
)
_REFERENCE = re.compile(r"""["']?\$\{env:[A-Za-z_][A-Za-z0-9_]*\}["']?[\s,}\]]*(?:\#.*)?""")


def resolve_secrets(
    refs: Iterable[SecretRef], environ: Mapping[str, str]
) -> tuple[dict[str, str], tuple[str, ...]]:
    """Look up what secret references stand for.

    Args:
        refs: the references; one that comes twice is looked up once.
        environ: the environment variables.

    Returns:
        The values by name of the environment variable, and the names that are unset or empty, sorted.

    """
    names = sorted({ref.env for ref in refs})
    values = {name: environ[name] for name in names if environ.get(name)}
    return values, tuple(name for name in names if name not in values)


def hide_secrets(tree: Tree, place: Place) -> None:
    """Mask what stands literally where only a reference may stand.

    Args:
        tree: a value as it was composed, before references are followed.
        place: what stands there.

    """
    if place.secret:
        if not _is_reference(tree.value):
            tree.document.mask(tree.span)
    elif isinstance(tree.value, dict):
        for key, below in place.inside.items():
            if key in tree.value:
                hide_secrets(tree.value[key], below)
    elif isinstance(tree.value, list) and place.items is not None:
        for item in tree.value:
            hide_secrets(item, place.items)


def _is_reference(value: object) -> bool:
    """Tell whether a value gives nothing away: a reference, or a variable, which is looked into on use."""
    if isinstance(value, str):
        return SecretRef.parse(value) is not None or _WHOLE_VARIABLE.fullmatch(value) is not None
    return value is None or isinstance(value, SecretRef)


def hide_in_text(document: Document) -> None:
    """Mask by line what looks like a secret in a file that could not be read to its end.

    Without a sound tree nobody knows what is a secret, so this masks more rather than less: the rest of each
    line behind a key that write-only fields have, and the lines that are indented below it.
    """
    text = document.text
    for match in _SECRET_LINE.finditer(text):
        value = match["value"]
        if _REFERENCE.fullmatch(value):
            continue
        end = match.end("value")
        if value[:1] in ("", "|", ">", '"', "'"):
            end = _block_end(text, end, len(match["indent"]))
        if end > match.start("value"):
            document.mask(Span(match.start("value"), end))


def _block_end(text: str, at: int, indent: int) -> int:
    """Find the end of the lines below that are indented deeper, or are blank."""
    block = re.compile(rf"(?:\r?\n(?:[ \t]{{{indent + 1},}}[^\r\n]*|[ \t]*(?=\r?\n)))*")
    match = block.match(text, at)
    return match.end() if match else at
