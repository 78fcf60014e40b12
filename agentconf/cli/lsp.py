"""`agentconf lsp`."""

from __future__ import annotations

import click

from agentconf.cli.options import Session, common
from agentconf.errors import ConfigurationError


@click.command("lsp")
@common("text")
def command(session: Session) -> int:  # noqa: ARG001 - the protocol has standard output to itself
    """Serve editors over standard input and output (Language Server Protocol).

    Diagnostics as you type, hovers, completions, fixes, and definitions of what is referred to.
    """
    try:
        from agentconf.lsp.server import make_server  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise ConfigurationError(
            "the language server needs pygls, which is not installed", help="pip install 'agentconf[lsp]'"
        ) from error
    make_server().start_io()
    return 0
