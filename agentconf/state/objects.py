"""The state in object storage: S3 and what speaks its API, Google Cloud Storage, Azure.

Two writers are told apart by conditional writes: an object is created only where there is none, and replaced
only where its ETag is the one that was read. The journal's lines of a write are an object of their own, put
first; the state names the last one, and each names the one before. A write that loses takes its lines back.
The user needs to read, write, delete and list below the prefix.
"""

from __future__ import annotations

import json
import re
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from agentconf.errors import ConfigurationError, StaleError, StoreError
from agentconf.state import document
from agentconf.state.lease import Leased, Leases
from agentconf.state.store import Snapshot

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from agentconf.model.memory import State

_VARIABLES = {
    "s3": (
        "AWS_ACCESS_KEY_ID",
        "AWS_SECRET_ACCESS_KEY",
        "AWS_SESSION_TOKEN",
        "AWS_REGION",
        "AWS_DEFAULT_REGION",
        "AWS_ENDPOINT_URL",
    ),
    "gs": ("GOOGLE_SERVICE_ACCOUNT", "GOOGLE_APPLICATION_CREDENTIALS"),
    "az": ("AZURE_STORAGE_ACCOUNT_NAME", "AZURE_STORAGE_ACCOUNT_KEY"),
}
"""Variables that the client is configured by (documentation of obstore: the configurations of its stores)."""

_PART = re.compile(r"/([0-9]+)-[^/]*\.ndjson\Z")
_NOBODYS = '"agentconf-asks-for-a-refusal"'
"""An ETag that no object has."""


class ObjectStore(Leased):
    """A state in a bucket.

    Args:
        url: `s3://bucket/prefix`, `gs://bucket/prefix` or `az://account/container/prefix`.
        environment: whose state it is.
        name: the environment's name as a key takes it.
        environ: the environment variables: credentials are read from the process's own by the client.

    Raises:
        ConfigurationError: the extra `objects` is not installed, or the URL cannot be read.

    """

    def __init__(
        self,
        url: str,
        *,
        environment: str,
        name: str,
        environ: Mapping[str, str],
    ) -> None:
        self._environment = environment
        self._bucket = _Bucket(url, environ)
        self._key = f"{name}.json"
        self._folder = f"{name}.journal"
        self._address = f"{url.rstrip('/')}/{self._key}"
        self._leases = Leases(
            _Object(self._bucket, f"{name}.lock"),
            address=self._address,
            environment=environment,
            environ=environ,
        )

    @property
    def address(self) -> str:
        """The object's URL."""
        return self._address

    def read(self) -> Snapshot | None:
        """Return the state; see `Store.read`."""
        found = self._bucket.get(self._key)
        if found is None:
            return None
        text, version = found
        return Snapshot(document.load(text, address=self._address, environment=self._environment), version)

    def version(self) -> str | None:
        """Tell which version stands there; see `Store.version`."""
        found = self._bucket.get(self._key)
        return None if found is None else found[1]

    def write(self, state: State, *, expected: str | None, entries: Sequence[str] = ()) -> Snapshot:
        """Replace the state; see `Store.write`."""
        found = self._bucket.get(self._key)
        if (found[1] if found is not None else None) != expected:
            raise StaleError(f"{self._address} was written by somebody else")
        last = self._last(found)
        part = None
        if entries:
            number = max(state.serial, _number(last) + 1)
            part = f"{self._folder}/{number:012}-{uuid4()}.ndjson"
            head = json.dumps({"previous": last})
            self._bucket.put(part, "".join(f"{line}\n" for line in (head, *entries)).encode(), None)
        text = document.dump(state, journal=part or last)
        try:
            return Snapshot(state, self._bucket.put(self._key, text.encode(), expected))
        except StaleError:
            if part is not None:
                self._bucket.delete(part)
            raise

    def journal(self) -> Iterator[str]:
        """Yield the journal's lines; see `Store.journal`."""
        parts: list[list[str]] = []
        key = self._last(self._bucket.get(self._key))
        while key is not None:
            found = self._bucket.get(key)
            if found is None:
                raise StoreError(f"a part of the journal is missing: {key}", help="restore it in the bucket")
            key, lines = _part(key, found[0])
            parts.append(lines)
        for lines in reversed(parts):
            yield from lines

    def _last(self, found: tuple[bytes, str] | None) -> str | None:
        """Return the key of the last part of the journal.

        The state names it; when the state is gone or corrupt, or an older copy was put back, there are parts
        behind the one that it names.
        """
        named = _named(found[0]) if found is not None else None
        return self._bucket.last(f"{self._folder}/", named) or named


def _named(text: bytes) -> str | None:
    """Return the part of the journal that a state names, as far as it can be read."""
    try:
        name = json.loads(text)["journal"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    return name if isinstance(name, str) else None


def _number(key: str | None) -> int:
    """Return the number in a part's key; 0 for none."""
    found = _PART.search(key or "")
    return int(found[1]) if found is not None else 0


def _part(key: str, content: bytes) -> tuple[str | None, list[str]]:
    """Return the key of the part before one, and its lines.

    Raises:
        ConfigurationError: it is none.

    """
    try:
        head, *lines = content.decode().split("\n")[:-1]
        previous = json.loads(head)["previous"]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise ConfigurationError(
            f"{key} is no part of a journal", help="restore it in the bucket; the other parts are whole"
        ) from error
    return previous, lines


class _Bucket:
    """Reading, and writing on condition."""

    def __init__(self, url: str, environ: Mapping[str, str]) -> None:
        try:
            import obstore  # noqa: PLC0415 - an extra
            from obstore.store import from_url  # noqa: PLC0415
        except ImportError as error:
            raise ConfigurationError(
                "a state in object storage needs obstore, which is not installed",
                help="pip install 'agentconf[objects]'",
            ) from error
        self._obstore = obstore
        self._url = url
        plain = environ.get("AWS_ENDPOINT_URL", "").startswith("http://")
        prefixes = _VARIABLES[url.partition(":")[0].lower()]
        # The client reads the process's own variables only, not those of --env-file.
        config: Any = {name.lower(): environ[name] for name in prefixes if environ.get(name)}
        try:
            options: dict[str, Any] = {"client_options": {"allow_http": True}} if plain else {}
            self._store: Any = from_url(url, config=config, **options)
        except (obstore.exceptions.BaseError, ValueError, TypeError) as error:
            raise ConfigurationError(
                f"`state` cannot be read as a bucket: {url}", help=_brief(error)
            ) from error

    def get(self, key: str) -> tuple[bytes, str] | None:
        """Return an object and its version; None when there is none."""
        with self._told():
            try:
                found = self._obstore.get(self._store, key)
                return bytes(found.bytes()), str(found.meta["e_tag"])
            except (self._obstore.exceptions.NotFoundError, FileNotFoundError):
                return None

    def put(self, key: str, content: bytes, expected: str | None) -> str:
        """Write an object if it is of a version (None: if there is none), and return the new version.

        Raises:
            StaleError: it is another one.

        """
        errors = self._obstore.exceptions
        mode: Any = "create" if expected is None else {"e_tag": expected}
        with self._told():
            try:
                return str(self._obstore.put(self._store, key, content, mode=mode)["e_tag"])
            except (errors.AlreadyExistsError, errors.PreconditionError, errors.NotFoundError) as error:
                raise StaleError(f"{self._url}/{key} was written by somebody else") from error

    def last(self, prefix: str, offset: str | None) -> str | None:
        """Return the last key with a prefix, behind an offset; None when there is none."""
        with self._told():
            listed = self._obstore.list(self._store, prefix, offset=offset)
            return max((str(one["path"]) for batch in listed for one in batch), default=None)

    def delete(self, key: str) -> None:
        """Remove an object; there may be none."""
        with self._told():
            try:
                self._obstore.delete(self._store, key)
            except (self._obstore.exceptions.NotFoundError, FileNotFoundError):
                return

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except self._obstore.exceptions.BaseError as error:
            raise StoreError(
                f"the state in {self._url} cannot be reached: {_brief(error)}",
                help="check the bucket's name, the region and the credentials",
            ) from error


class _Object:
    """A slot for the lock.

    A lock that is let go is overwritten with an empty document: deletions cannot be made on condition.
    """

    def __init__(self, bucket: _Bucket, key: str) -> None:
        self._bucket = bucket
        self._key = key

    def get(self) -> tuple[bytes, str] | None:
        return self._bucket.get(self._key)

    def put(self, content: bytes, expected: str | None) -> str:
        version = self._bucket.put(self._key, content, expected)
        if expected is None:
            self._see_refusals(content)
        return version

    def _see_refusals(self, content: bytes) -> None:
        """Make sure, before the first state is written, that the storage keeps to conditions.

        Raises:
            StoreError: it writes all the same, so two applies at once would overwrite each other.

        """
        for condition in (None, _NOBODYS):
            try:
                self._bucket.put(self._key, content, condition)
            except StaleError:
                continue
            self._bucket.delete(self._key)
            raise StoreError(
                "the storage of the state does not keep to conditional writes",
                help="take one that does (If-Match and If-None-Match on PUT), or keep the state elsewhere",
            )

    def clear(self, expected: str) -> None:
        self._bucket.put(self._key, b"{}\n", expected)


def _brief(error: Exception) -> str:
    """Return the first line of what the client said, without the request that it quotes."""
    lines = str(error).strip().splitlines()
    return lines[0][:200] if lines else type(error).__name__
