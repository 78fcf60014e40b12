"""`${kind:ref}` in a text: finding the references, nothing of what they stand for."""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

from agentconf.source.suggest import suggest

Kind = Literal["var", "env", "file"]
_KINDS: tuple[Kind, ...] = ("var", "env", "file")
_MARK = re.compile(r"\$\$\{|\$\{")
_BODY = re.compile(r"\$\{([^{}\n]*)\}")
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")
_ENVIRONMENT = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)(?::-(.*))?")
_LITERAL = "write `$${` for a literal `${`"


class Reference(NamedTuple):
    """One `${kind:ref}`.

    Args:
        kind: what it refers to.
        name: the variable's name, or the path.
        default: the text behind `:-` of an environment variable; None without one.
        start: offset of the `$` in the text.
        end: offset behind the `}`.

    """

    kind: Kind
    name: str
    default: str | None
    start: int
    end: int


class Fault(NamedTuple):
    """Something that begins like a reference and is none.

    Args:
        message: what is wrong.
        help: the next action.
        start: offset of the `$` in the text.
        end: offset behind what is wrong.

    """

    message: str
    help: str
    start: int
    end: int


Piece = str | Reference | Fault


def scan(text: str) -> tuple[Piece, ...]:
    """Split a text into plain pieces, references and faults; `$${` in it becomes `${`.

    Args:
        text: a value as it was composed.

    """
    pieces: list[Piece] = []
    plain = ""
    at = 0
    while match := _MARK.search(text, at):
        plain += text[at : match.start()]
        at = match.end()
        if match[0] == "$${":
            plain += "${"
            continue
        if plain:
            pieces.append(plain)
            plain = ""
        piece = _read(text, match.start())
        pieces.append(piece)
        at = piece.end
    plain += text[at:]
    return (*pieces, plain) if plain else tuple(pieces)


def _read(text: str, start: int) -> Reference | Fault:
    """Read what begins with `${` at an offset."""
    body = _BODY.match(text, start)
    if body is None:
        if text.startswith("${{", start):
            help_ = "{{name}} is filled when a call runs, ${var:name} when files are read"
            return Fault("`${{` is neither a placeholder nor a reference", help_, start, start + 3)
        return Fault("`${` is not closed by a `}`", _LITERAL, start, start + 2)
    kind, colon, name = body[1].partition(":")
    if not colon:
        help_ = f"write ${{var:{kind}}} for a variable of the project, or {{{{{kind}}}}} for one of the call"
        return Fault(f"`{body[0]}` does not say what it refers to", help_, start, body.end())
    return _of_kind(kind, name, start, body)


def _of_kind(kind: str, name: str, start: int, body: re.Match[str]) -> Reference | Fault:
    end = body.end()
    match kind:
        case "var" if _VARIABLE.fullmatch(name):
            return Reference("var", name, None, start, end)
        case "env" if found := _ENVIRONMENT.fullmatch(name):
            return Reference("env", found[1], found[2], start, end)
        case "file" if name.strip():
            return Reference("file", name.strip(), None, start, end)
        case "file":
            help_ = f"write ${{file:prompts/name.md}}, relative to this file; {_LITERAL}"
            return Fault(f"`{body[0]}` names no file", help_, start, end)
        case "var" | "env":
            return Fault(f"`{body[0]}` holds no name that can be used", _LITERAL, start, end)
        case _:
            close = suggest(kind, _KINDS)
            help_ = f"did you mean ${{{close}:{name}}}?" if close else f"known are var, env, file; {_LITERAL}"
            return Fault(f"`{body[0]}`: there is no kind `{kind}`", help_, start, end)
