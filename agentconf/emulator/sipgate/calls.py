"""What sipgate does with a call that is asked for: it checks it, starts it, and tells no more of it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from agentconf.emulator.clock import timestamp
from agentconf.emulator.sipgate.refusal import SipgateRefusal

if TYPE_CHECKING:
    from agentconf.emulator.clock import Clock
    from agentconf.emulator.database import Database
    from agentconf.emulator.options import EmulatorOptions

_NUMBER = re.compile(r"\+?[1-9][0-9]{1,14}")


@dataclass(frozen=True, slots=True)
class SipgateCalls:
    """The calls of AI flows; each method is one request.

    Args:
        database: where they are remembered.
        options: how the emulator behaves.
        clock: its time.

    """

    database: Database
    options: EmulatorOptions
    clock: Clock

    def start(self, organisation: str, flow_id: str, body: dict[str, Any]) -> str:
        """Start a call and return its id, which the platform may keep to itself.

        Raises:
            SipgateRefusal: 400 for the body or a flow without a number, 402 without credit, 404.

        """
        device, number = self._checked(body)
        flows = self.options.sipgate.flows
        if flows and flow_id not in flows:
            raise SipgateRefusal(404, "The AI flow was not found")
        if flows and flows[flow_id] is None:
            raise SipgateRefusal(400, "The AI flow has no phone_number configured")
        call_id = str(uuid4())
        with self.database.transaction():
            if self.database.spend("sipgate", organisation, self.options.credit, calls=1) is None:
                raise SipgateRefusal(402, "There is no credit left")
            self.database.rows(
                "INSERT INTO sipgate_calls (id, organisation, flow_id, billing_device, number, created_at)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                (call_id, organisation, flow_id, device, number, self.clock.now()),
            )
        return call_id

    def started(self) -> list[dict[str, Any]]:
        """Return all calls, oldest first; the platform has no such list, only the emulator."""
        found = self.database.rows(
            "SELECT id, flow_id, billing_device, number, created_at FROM sipgate_calls ORDER BY seq"
        )
        return [
            {
                "id": call_id,
                "aiFlowId": flow_id,
                "billingDevice": device,
                "toPhoneNumber": number,
                "at": timestamp(created_at),
            }
            for call_id, flow_id, device, number, created_at in found
        ]

    def _checked(self, body: dict[str, Any]) -> tuple[str, str]:
        device, number = body.get("billingDevice"), body.get("toPhoneNumber")
        if not isinstance(device, str) or not device.strip():
            raise SipgateRefusal(400, "billingDevice must be a device such as e2")
        if not isinstance(number, str) or not _NUMBER.fullmatch(number):
            raise SipgateRefusal(400, "toPhoneNumber must be a phone number in E.164 format")
        wanted = {"accept": number.startswith("+"), "require": True, "refuse": False}[
            self.options.sipgate.plus
        ]
        if number.startswith("+") is not wanted:
            how = "with" if wanted else "without"
            raise SipgateRefusal(400, f"toPhoneNumber must be written {how} a leading plus")
        return device, number
