"""The name of a contact in a ledger."""

from __future__ import annotations

import hashlib

_DIGITS = 32


def contact_key(campaign_id: str, number: str, identity: str) -> str:
    """Derive what makes a row the same contact in every run.

    Args:
        campaign_id: the campaign's name.
        number: the callee's, as the row says it.
        identity: the row's `id`; empty without one.

    Returns:
        32 hexadecimal digits, of which the number cannot be guessed but by trying.

    """
    whole = f"{campaign_id}\0{number}\0{identity}"
    return hashlib.sha256(whole.encode()).hexdigest()[:_DIGITS]
