"""A stand-in for the APIs of SLNG, sipgate AI Flow and Dasha on loopback, over SQLite.

It is written from their contracts alone and shares no code with the client that it is there to prove
(docs/decisions/0005-emulator-independence.md). Its web framework and server are the extra `emulator`.
"""

from __future__ import annotations

from importlib.util import find_spec

from agentconf.errors import ConfigurationError

_missing = tuple(name for name in ("starlette", "uvicorn") if find_spec(name) is None)
if _missing:
    raise ConfigurationError(
        f"the emulator needs {' and '.join(_missing)}",
        help="install the extra: pip install 'agentconf[emulator]'",
    )
