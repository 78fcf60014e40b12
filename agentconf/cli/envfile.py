"""Files of environment variables (`--env-file`), read strictly: a line that is skipped is an unset secret.

python-dotenv warns of a line that it cannot read and goes on, and fills in `$NAME`; both would be wrong here.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from agentconf.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

_BLANK = re.compile(r"[ \t]*(?:#[^\n]*)?(?:\n|\Z)")
_NAME = re.compile(r"[ \t]*(?:export[ \t]+)?([A-Za-z_][A-Za-z0-9_]*)[ \t]*=[ \t]*")
_SINGLE = re.compile(r"'([^']*)'")
_DOUBLE = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)
_BARE = re.compile(r"[^\n]*")
_COMMENT = re.compile(r"(?:^|[ \t]+)#.*")
_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|.)", re.DOTALL)
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f"}
_UNUSABLE = re.compile(r"\r|\0")


def read_env_files(paths: Iterable[Path]) -> dict[str, str]:
    """Read files of variables; of a name that several set, the later file's value counts.

    A line is `NAME=value`, with or without `export`; a value in double quotes may go over several lines and
    has the escapes of JSON's kind, one in single quotes is taken as it is, one without quotes ends before
    ` #`. `$` means nothing.

    Args:
        paths: the files.

    Raises:
        ConfigurationError: a file is not there or is no UTF-8 text, or a line is none; what stands in it is
            not shown.

    """
    found: dict[str, str] = {}
    for path in paths:
        found |= _read(_content(path), str(path))
    return found


def _content(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
    except FileNotFoundError as error:
        raise ConfigurationError(
            f"cannot read {path}: No such file or directory",
            help="leave --env-file out, or name a file that is there",
        ) from error
    except OSError as error:
        raise ConfigurationError(
            f"cannot read {path}: {error.strerror}", help="name a file that can be read"
        ) from error
    except UnicodeDecodeError as error:
        raise ConfigurationError(f"{path} is not UTF-8 text", help="save it as UTF-8") from error


def _read(text: str, display: str) -> dict[str, str]:
    if unusable := _UNUSABLE.search(text):
        what = "a NUL" if unusable[0] == "\0" else "a carriage return that ends no line"
        raise _wrong(text, unusable.start(), display, f"holds {what}")
    found = {}
    at = 0
    while at < len(text):
        if blank := _BLANK.match(text, at):
            at = blank.end() if blank.end() > at else at + 1
            continue
        name = _NAME.match(text, at)
        if name is None:
            raise _wrong(text, at, display, "is no NAME=value")
        value, at = _value(text, name.end(), display)
        found[name[1]] = value
        rest = _BLANK.match(text, at)
        if rest is None:
            raise _wrong(text, at, display, "goes on behind its closing quote")
        at = rest.end()
    return found


def _value(text: str, at: int, display: str) -> tuple[str, int]:
    """Read a value; return it and the offset behind it."""
    quote = text[at : at + 1]
    if quote == "'":
        single = _SINGLE.match(text, at)
        if single is None:
            raise _wrong(text, at, display, "lacks its closing quote")
        return single[1], single.end()
    if quote == '"':
        double = _DOUBLE.match(text, at)
        if double is None:
            raise _wrong(text, at, display, "lacks its closing quote")
        try:
            return _unescaped(double[1]), double.end()
        except UnicodeDecodeError as error:
            raise _wrong(text, at, display, "holds half a character (\\u with a surrogate)") from error
    bare = _BARE.match(text, at)
    assert bare is not None, "it may be empty"
    return _COMMENT.sub("", bare[0]).strip(), bare.end()


def _unescaped(text: str) -> str:
    """Follow escapes; two that give surrogates make one character, as in JSON."""
    plain = _ESCAPE.sub(lambda match: _ESCAPES.get(match[1]) or _character(match[1]), text)
    return plain.encode("utf-16", "surrogatepass").decode("utf-16")


def _character(escape: str) -> str:
    return chr(int(escape[1:], 16)) if len(escape) > 1 else escape


def _wrong(text: str, at: int, display: str, what: str) -> ConfigurationError:
    line = text.count("\n", 0, at) + 1
    return ConfigurationError(
        f"the line {what}",
        help="a line is NAME=value, with quotes where it needs them",
        where=f"{display}:{line}",
    )
