"""An editor's side of the Language Server Protocol, over a real process's standard streams."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from pathlib import Path
from queue import Queue
from typing import Any, Self

from conftest import clean_environ


class Client:
    """A session with a server.

    Args:
        root: the folder that is open.
        command: the server's command line.

    """

    def __init__(self, root: Path, *command: str) -> None:
        self.root = root
        self.process = subprocess.Popen(
            command or (sys.executable, "-m", "agentconf", "lsp"),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=root,
            env=clean_environ(),
        )
        self.answers: dict[int, Queue[Any]] = {}
        self.diagnostics: Queue[tuple[str, list[dict[str, Any]]]] = Queue()
        self.number = 0
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()
        self.capabilities = self.ask(
            "initialize", processId=None, rootUri=root.as_uri(), capabilities=_CAPABILITIES
        )["capabilities"]
        self.tell("initialized")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.ask("shutdown")
        self.tell("exit")
        self.process.wait(20)
        self.reader.join(20)
        for stream in (self.process.stdin, self.process.stdout):
            assert stream is not None
            stream.close()

    def ask(self, method: str, **params: Any) -> Any:
        self.number += 1
        self.answers[self.number] = Queue()
        self._send({"id": self.number, "method": method, "params": params})
        answer = self.answers[self.number].get(timeout=30)
        assert "error" not in answer, answer
        return answer["result"]

    def tell(self, method: str, **params: Any) -> None:
        self._send({"method": method, "params": params})

    def uri(self, name: str) -> str:
        return (self.root / name).as_uri()

    def open(self, name: str, text: str, language: str = "yaml") -> list[dict[str, Any]]:
        """Open a file, and return its diagnostics."""
        item = {"uri": self.uri(name), "languageId": language, "version": 1, "text": text}
        self.tell("textDocument/didOpen", textDocument=item)
        return self.told(name)

    def change(self, name: str, text: str, version: int = 2) -> list[dict[str, Any]]:
        self.tell(
            "textDocument/didChange",
            textDocument={"uri": self.uri(name), "version": version},
            contentChanges=[{"text": text}],
        )
        return self.told(name)

    def told(self, name: str) -> list[dict[str, Any]]:
        """Wait for what is said of a file next."""
        while True:
            uri, found = self.diagnostics.get(timeout=30)
            if uri == self.uri(name):
                return found

    def at(self, method: str, name: str, line: int, character: int, **more: Any) -> Any:
        place = {"line": line, "character": character}
        return self.ask(method, textDocument={"uri": self.uri(name)}, position=place, **more)

    def _send(self, message: dict[str, Any]) -> None:
        data = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self.process.stdin is not None
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(data) + data)
        self.process.stdin.flush()

    def _read(self) -> None:
        assert self.process.stdout is not None
        while head := self.process.stdout.readline():
            length = int(head.split(b":")[1]) if head.lower().startswith(b"content-length") else 0
            while self.process.stdout.readline().strip():
                pass
            message = json.loads(self.process.stdout.read(length))
            if message.get("method") == "textDocument/publishDiagnostics":
                self.diagnostics.put((message["params"]["uri"], message["params"]["diagnostics"]))
            elif "method" in message and "id" in message:
                self._send({"id": message["id"], "result": _configuration(message)})
            elif message.get("id") in self.answers:
                self.answers[message["id"]].put(message)


def _configuration(message: dict[str, Any]) -> Any:
    items = message.get("params", {}).get("items") if isinstance(message.get("params"), dict) else None
    return [None for _ in items] if items is not None else None


_CAPABILITIES = {
    "textDocument": {
        "publishDiagnostics": {"relatedInformation": True},
        "completion": {"completionItem": {"snippetSupport": True, "documentationFormat": ["markdown"]}},
        "hover": {"contentFormat": ["markdown"]},
    },
    "workspace": {"configuration": True},
}
