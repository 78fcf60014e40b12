"""A request and its answer, as values."""

from __future__ import annotations

from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from agentconf.remote.fault import Fate, is_passing


@dataclass(frozen=True, slots=True)
class Request:
    """What is sent.

    Args:
        method: GET, POST, PATCH, DELETE.
        path: below the base URL, with its leading slash.
        content: JSON, encoded; None for no body.
        hidden: values in the content that must not be seen in any message.
        personal: what in the content belongs to people, such as numbers; not to be seen either.
        reads: whether it changes nothing, although its method is not GET.

    """

    method: str
    path: str
    content: bytes | None = field(default=None, repr=False)
    hidden: tuple[str, ...] = field(default=(), repr=False)
    personal: tuple[str, ...] = field(default=(), repr=False)
    reads: bool = False

    def fate(self, write: Fate) -> Fate:
        """Tell the fate of this request from what it would be for a write: reading changes nothing."""
        return Fate.REFUSED if self.reads or self.method == "GET" else write


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back.

    Args:
        status: the HTTP status.
        readable: whether the body is JSON, or empty.
        data: the JSON; None when there is none.
        html: whether the body is a web page: then it is not the API that answered.
        wait: seconds that a Retry-After asks to wait, capped; None without one.
        location: where a redirect leads to.
        whole: whether the body is there to its end.

    """

    status: int
    readable: bool = True
    data: Any = field(default=None, repr=False)
    html: bool = False
    wait: float | None = None
    location: str = ""
    whole: bool = True

    @property
    def passing(self) -> bool:
        """Whether another try may be answered otherwise."""
        return is_passing(self.status)

    @property
    def success(self) -> bool:
        """Whether the platform did what was asked."""
        return HTTPStatus.OK <= self.status < HTTPStatus.MULTIPLE_CHOICES
