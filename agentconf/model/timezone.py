"""The names of time zones."""

from __future__ import annotations

from functools import cache


@cache
def timezone_names() -> frozenset[str]:
    """Return every name of the IANA database, links such as `US/Pacific` among them.

    Read from the index of the package `tzdata`, not from the machine: the same names everywhere, in the
    same case, also where file names know no case.
    """
    import pkgutil  # noqa: PLC0415 - many projects name no time zone

    index = pkgutil.get_data("tzdata", "zones") or b""
    return frozenset(index.decode("ascii").split()) - {"Factory"}
