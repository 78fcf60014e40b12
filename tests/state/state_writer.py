"""A process that holds a state, writes it once and lets go: ROOT SETTING PATIENCE [hold]."""

from __future__ import annotations

import os
import sys
import time
from dataclasses import replace
from pathlib import Path

from agentconf.apply.recorder import new_state
from agentconf.errors import BlockedError
from agentconf.state.address import open_store


def main() -> int:
    root, setting, patience, *hold = sys.argv[1:]
    store = open_store(setting or None, root=Path(root), environment="local", environ=os.environ)
    try:
        with store.lock("apply", patience=float(patience)) as holder:
            if hold:
                sys.stdout.write(f"{holder.id}\n")
                sys.stdout.flush()
                time.sleep(60)
            found = store.read()
            now = found.state if found else new_state("local", None)
            store.write(
                replace(now, serial=now.serial + 1),
                expected=found.version if found else None,
                entries=[f'{{"by": {os.getpid()}}}'],
            )
    except BlockedError:
        return 6
    return 0


if __name__ == "__main__":
    sys.exit(main())
