"""Commands inside the test's own process, for what a process of its own adds nothing to."""

from __future__ import annotations

import io
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import jsonschema
from conftest import Ended, clean_environ

from agentconf.cli.main import run
from agentconf.cli.output import Output
from agentconf.resources import schema_text

if TYPE_CHECKING:
    from collections.abc import Mapping


def inside(root: Path, command: str, *arguments: str, environ: Mapping[str, str] | None = None) -> Ended:
    """Run a command on a project."""
    out, err = io.StringIO(), io.StringIO()
    with patch.dict(os.environ, clean_environ(environ), clear=True):
        code = run(["-C", str(root), command, *arguments], Output(out, err, os.environ))
    return Ended(code, out.getvalue(), err.getvalue())


def fits(document: Any, name: str) -> bool:
    """Hold a document against a schema that ships; raises with the reason when it does not fit."""
    jsonschema.Draft202012Validator(json.loads(schema_text(name))).validate(document)
    return True


def tree(root: Path) -> dict[str, bytes | None]:
    """Take everything below a folder, to compare it with later; folders are None."""
    return {
        path.relative_to(root).as_posix(): path.read_bytes() if path.is_file() else None
        for path in sorted(root.rglob("*"))
    }
