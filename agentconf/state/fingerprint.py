"""Fingerprints of secrets: they tell whether a value changed, and nothing else."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

COST = 14
"""Binary logarithm of scrypt's N; with r = 8 it takes 16 MiB and about 40 ms a value (RFC 7914, section 2;
OWASP Password Storage Cheat Sheet names N = 2^14 with p = 5 for passwords that people choose)."""

BLOCK = 8
"""scrypt's r (RFC 7914, section 2)."""

_MEMORY = 64 * 2**20
_SIZE = 16


@dataclass(slots=True)
class Fingerprints:
    """Makes fingerprints with a state's salt, once for each value.

    Args:
        salt: the state's, hexadecimal.

    """

    salt: str = field(repr=False)
    _made: dict[str, str] = field(default_factory=dict, repr=False)

    def of(self, value: str) -> str:
        """Return the fingerprint of a value: how it was made, and 32 hexadecimal digits.

        Args:
            value: a secret; it is kept in memory for as long as this object is.

        """
        if value not in self._made:
            digest = hashlib.scrypt(
                value.encode("utf-8", "surrogateescape"),
                salt=bytes.fromhex(self.salt),
                n=2**COST,
                r=BLOCK,
                p=1,
                maxmem=_MEMORY,
                dklen=_SIZE,
            )
            self._made[value] = f"scrypt:{COST}:{BLOCK}:1:{digest.hex()}"
        return self._made[value]
