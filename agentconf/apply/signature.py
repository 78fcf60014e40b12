"""Detached signatures, Ed25519: of saved plans, and of the journal's lines.

What is signed begins with a word of its own, so that a signature of one thing is none of another.
"""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from agentconf.errors import BlockedError, ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

PLAN: Final = b"agentconf plan v1\n"
LINE: Final = b"agentconf journal v1\n"
PASSPHRASE: Final = "AGENTCONF_SIGNING_PASSPHRASE"  # noqa: S105 - the name of a variable
"""Environment variable with the passphrase of a private key."""

_MAKE = "`ssh-keygen -t ed25519 -f FILE` makes a pair: FILE is private, FILE.pub public"


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A private key.

    Args:
        id: names its public half: `SHA256:` and base64, as OpenSSH prints it.

    """

    id: str
    _key: Ed25519PrivateKey = field(repr=False)

    def sign(self, domain: bytes, content: bytes) -> dict[str, str]:
        """Sign content of a domain.

        Returns:
            The key's id and the signature, base64.

        """
        return {"key": self.id, "value": base64.b64encode(self._key.sign(domain + content)).decode()}


@dataclass(frozen=True, slots=True)
class TrustedKeys:
    """Public keys, by id."""

    keys: Mapping[str, Ed25519PublicKey]

    def check(self, domain: bytes, content: bytes, signature: Any) -> str | None:
        """Say what is wrong with a signature; None when one of the keys made it.

        Args:
            domain: what kind of thing was signed.
            content: what was signed.
            signature: as `SigningKey.sign` returned it.

        """
        from cryptography.exceptions import InvalidSignature  # noqa: PLC0415 - an extra

        if not isinstance(signature, dict):
            return "it is not signed"
        key = self.keys.get(str(signature.get("key")))
        if key is None:
            return f"it is signed by another key, {signature.get('key')}"
        try:
            key.verify(base64.b64decode(str(signature.get("value")), validate=True), domain + content)
        except (InvalidSignature, ValueError):
            return "its signature does not fit: it was changed after it was signed"
        return None


def signing_key(path: Path, environ: Mapping[str, str]) -> SigningKey:
    """Read a private key: OpenSSH's format, or PEM (PKCS 8).

    Args:
        path: the file.
        environ: for the passphrase.

    Raises:
        ConfigurationError: it cannot be read, is no Ed25519 key, or the extra `sign` is not installed.

    """
    serialization, ed25519 = _library()
    from cryptography.exceptions import UnsupportedAlgorithm as unsupported  # noqa: N813, PLC0415 - an extra

    data, secret = _content(path), environ.get(PASSPHRASE)
    load = (
        serialization.load_ssh_private_key
        if b"OPENSSH PRIVATE KEY" in data
        else serialization.load_pem_private_key
    )
    try:
        key = load(data, secret.encode() if secret else None)
    except (ValueError, TypeError, unsupported) as error:
        needs = "encrypted" in str(error) or "assword" in str(error)
        help_ = f"set {PASSPHRASE}" if needs and not secret else _MAKE
        raise ConfigurationError(f"{path} cannot be read as a private key", help=help_) from None
    if not isinstance(key, ed25519.Ed25519PrivateKey):
        raise ConfigurationError(f"{path} is no Ed25519 key", help=_MAKE)
    return SigningKey(_id(key.public_key()), key)


def trusted_keys(paths: Iterable[Path]) -> TrustedKeys:
    """Read public keys: OpenSSH's format, or PEM.

    Raises:
        ConfigurationError: one cannot be read, is no Ed25519 key, or the extra `sign` is not installed.

    """
    serialization, ed25519 = _library()
    found = {}
    for path in paths:
        data = _content(path)
        armoured = data.lstrip().startswith(b"-----")
        load = serialization.load_pem_public_key if armoured else serialization.load_ssh_public_key
        try:
            key = load(data)
        except (ValueError, TypeError):
            raise ConfigurationError(f"{path} cannot be read as a public key", help=_MAKE) from None
        if not isinstance(key, ed25519.Ed25519PublicKey):
            raise ConfigurationError(f"{path} is no Ed25519 key", help=_MAKE)
        found[_id(key)] = key
    return TrustedKeys(found)


def beside(plan: Path) -> Path:
    """Return where the signature of a saved plan is."""
    return plan.with_name(f"{plan.name}.sig")


def plan_signature(key: SigningKey, plan_hash: str) -> str:
    """Write the signature of a saved plan.

    Args:
        key: the private key.
        plan_hash: the plan's own hash, over all of it.

    """
    return json.dumps({"format_version": 1, **key.sign(PLAN, plan_hash.encode())}) + "\n"


def require_signature(plan: Path, plan_hash: str, keys: TrustedKeys) -> None:
    """Refuse a saved plan that none of the keys signed.

    Args:
        plan: its file.
        plan_hash: its hash, which has been held against its content.
        keys: the ones that are trusted.

    Raises:
        BlockedError: it is not signed, by another key, or was changed.

    """
    file = beside(plan)
    try:
        signature = json.loads(file.read_bytes())
    except FileNotFoundError:
        signature = None
    except (OSError, ValueError):
        signature = {}
    fault = keys.check(PLAN, plan_hash.encode(), signature)
    if fault is not None:
        raise BlockedError(
            f"the plan {plan} is refused: {fault}; nothing was written",
            help=f"`agentconf plan -o {plan} --sign KEY` signs it, into {file.name}",
        )


def unsigned(line: str) -> tuple[bytes, Any]:
    """Take a journal's line apart: what was signed, and the signature (None: there is none)."""
    entry = json.loads(line)
    signature = entry.pop("signature", None)
    return json.dumps(entry, ensure_ascii=False).encode(), signature


def _id(key: Ed25519PublicKey) -> str:
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat  # noqa: PLC0415 - an extra

    wire = key.public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).split()[1]
    digest = hashlib.sha256(base64.b64decode(wire)).digest()
    return "SHA256:" + base64.b64encode(digest).decode().rstrip("=")


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ConfigurationError(f"cannot read the key {path}: {error.strerror}", help=_MAKE) from error


def _library() -> tuple[Any, Any]:
    try:
        from cryptography.hazmat.primitives import serialization  # noqa: PLC0415 - an extra
        from cryptography.hazmat.primitives.asymmetric import ed25519  # noqa: PLC0415
    except ImportError as error:
        raise ConfigurationError(
            "signatures need cryptography, which is not installed", help="pip install 'agentconf[sign]'"
        ) from error
    return serialization, ed25519
