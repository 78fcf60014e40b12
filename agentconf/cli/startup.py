"""What makes a short process quick: spared imports, and a collector that stays out of the way.

An interpreter that others share is left alone: only `main` calls this, never an import.
"""

from __future__ import annotations

import gc
import importlib
import os
import sys
from types import ModuleType
from typing import Any

_PLUGINS = "pydantic.plugin._loader"


class _NoPlugins(ModuleType):
    """Stands for the module that looks for pydantic's plug-ins, which are switched off.

    The real one imports `importlib.metadata` before it looks at the switch, and that imports e-mail, sockets
    and archives: 11 ms. Whatever else is asked of it, the real one answers.
    """

    @staticmethod
    def get_plugins() -> tuple[()]:
        """Return no plug-ins."""
        return ()

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        del sys.modules[_PLUGINS]
        return getattr(importlib.import_module(_PLUGINS), name)


def prepare() -> None:
    """Set the process up, before a command imports what it needs."""
    if os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__") == "__all__":
        sys.modules.setdefault(_PLUGINS, _NoPlugins(_PLUGINS))
    # httpx looks for rich and pygments, for a command of its own, and does without when it is missing: 25 ms.
    if "httpx" not in sys.modules:
        sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type] # how importing is refused
    # Definitions are trees without cycles: collecting finds nothing and costs a sixth of a large lint.
    gc.set_threshold(100_000, 50, 50)


def finish() -> None:
    """Let the process end without looking for garbage once more: the end frees all of it anyway.

    That look takes 30 ms after a small command, and 100 ms after one that held a thousand agents.
    """
    gc.freeze()
