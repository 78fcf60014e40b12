"""A campaign file: who speaks, to whom, how fast, when, and what is tried again."""

from __future__ import annotations

import re
from datetime import time
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema

from agentconf.model.base import Model
from agentconf.model.clock import Deadline, Duration, End, Time, Within
from agentconf.model.fault import fault
from agentconf.model.project import MOST_BULK

CONCURRENCY = 5
"""Requests under way at once (SLNG documentation, Parallel Dispatch)."""

INTERVAL = Duration(0.5)
"""From one request's start to the next one's (SLNG documentation, Sequential Dispatch)."""

TIMEOUT = Duration(30)
"""How long to wait for the platform's answer; ours, no platform documents one."""

MOST_REQUESTS = 32
"""Most requests under way at once; ours, as for environments."""

MOST_RETRIES = 10
"""Most calls beside the first one; ours: whoever did not answer eleven times does not want to."""

Platform = Literal["slng", "sipgate", "dasha"]
Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
Again = Literal["no_answer", "busy", "rejected", "failed"]
Allowed = Literal["premium", "emergency", "unassigned"]

_REGION = r"^[A-Z]{2}$"
_LABEL = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$"
_DELIMITER = r'^([^"\r\nA-Za-z0-9]|tab)$'
_Text = Annotated[str, Field(pattern=r"\S")]


def _delimiter(value: Any) -> Any:
    if isinstance(value, str) and not re.fullmatch(_DELIMITER, value):
        raise fault("AC105", "is one character between two columns", 'write ",", ";", "|" or tab')
    return "\t" if value == "tab" else value


def _region(value: str) -> str:
    if not re.fullmatch(_REGION, value):
        raise fault("AC105", "takes two capital letters", "write the code of ISO 3166-1, like DE or US")
    return value


def _label(value: str) -> str:
    if not re.fullmatch(_LABEL, value):
        help_ = "write at most 64 letters, digits, dots, dashes and underscores, like 2026-07"
        raise fault("AC105", "is no label", help_)
    return value


def _one_or_more(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


def _written(pattern: str) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "pattern": pattern})


_Delimiter = Annotated[str, BeforeValidator(_delimiter), _written(_DELIMITER)]
_Region = Annotated[str, AfterValidator(_region), _written(_REGION)]
_Label = Annotated[str, AfterValidator(_label), _written(_LABEL)]
_Excluded = Annotated[
    list[_Text],
    BeforeValidator(_one_or_more),
    WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}),
]


class Outbound(Model):
    """Whom the calls seem to come from, instead of what the agent on Dasha says."""

    phone_number: _Text | None = Field(
        default=None, description="The caller's number", examples=["+14155550100"]
    )
    credentials_id: _Text | None = Field(default=None, description="Id of the SIP credentials to use")
    display_name: _Text | None = Field(default=None, description="The caller's name")


class Window(Model):
    """When people may be called, by the wall clock where they are."""

    days: list[Day] = Field(
        default=["mon", "tue", "wed", "thu", "fri", "sat", "sun"],
        min_length=1,
        description="Days of the week; every day if absent",
        examples=[["mon", "tue", "wed", "thu", "fri"]],
    )
    opens: Time = Field(
        default=time(0),
        alias="from",
        description="First minute",
        examples=["09:00"],
        json_schema_extra={"default": "00:00"},
    )
    closes: End = Field(
        default=None,
        alias="to",
        description="First minute that is too late, on the same day; midnight, 24:00, if absent",
        examples=["18:00"],
    )


class Retry(Model):
    """Which calls are placed again."""

    on: list[Again] = Field(
        min_length=1, description="How a call ended that is placed again", examples=[["no_answer", "busy"]]
    )
    times: int = Field(ge=1, le=MOST_RETRIES, description="How often at most, beside the first call")
    after: Annotated[Duration, AfterValidator(Within("1m", "30d"))] = Field(
        description="From the end of a call to the next one, 1m to 30d", examples=["2h"]
    )


class CampaignFile(Model):
    """A campaign: the contacts to call, with which agent, how fast and when."""

    platform: Platform = Field(default="slng", description="Where the calls are placed")
    agent: _Text | None = Field(
        default=None, description="SLNG: key of the agent, its file's name", examples=["healthcare-outreach"]
    )
    flow: _Text | None = Field(default=None, description="sipgate: id of the AI flow")
    billing_device: _Text | None = Field(
        default=None, description="sipgate: the device that is billed", examples=["e2"]
    )
    agent_id: _Text | None = Field(default=None, description="Dasha: id of the agent")
    outbound: Outbound | None = Field(
        default=None, description="Dasha: whom the calls seem to come from; what the agent says if absent"
    )
    bulk: Annotated[int, Field(ge=1, le=MOST_BULK)] | None = Field(
        default=None, description="Dasha: most calls that one request places; the environment's if absent"
    )
    contacts: _Text = Field(
        description="The contacts, CSV or JSONL; a path relative to this file",
        examples=["../contacts/recall.csv"],
    )
    columns: dict[str, _Text] = Field(
        default={},
        description="What a column of the contacts is, by its header: to, id, priority, timezone, deadline, "
        "a variable of the agent, or - for nothing",
        examples=[{"Phone number": "to", "Remarks": "-"}],
    )
    delimiter: _Delimiter | None = Field(
        default=None,
        description="What stands between two columns of a CSV; found out if absent",
        examples=[";", "tab"],
    )
    arguments: dict[str, str] = Field(
        default={},
        description="Values of variables for every contact whose row has none; always text",
        examples=[{"practice_name": "Greenfield Family Medicine"}],
    )
    concurrency: int = Field(
        default=CONCURRENCY,
        ge=1,
        le=MOST_REQUESTS,
        description="Requests under way at once, over all workers",
    )
    interval: Annotated[Duration, AfterValidator(Within("0s", "1h"))] = Field(
        default=INTERVAL,
        description="Least time from one request's start to the next one's, 0s to 1h",
        json_schema_extra={"default": str(INTERVAL)},
    )
    rate: Annotated[float, Field(ge=0.001, le=1000, allow_inf_nan=False)] | None = Field(
        default=None, description="Most requests a second; no such bound if absent", examples=[2]
    )
    timeout: Annotated[Duration, AfterValidator(Within("1s", "10m"))] = Field(
        default=TIMEOUT,
        description="How long to wait for the platform's answer to a request, 1s to 10m",
        json_schema_extra={"default": str(TIMEOUT)},
    )
    timezone: _Text | None = Field(
        default=None,
        description="Time zone of contacts that neither their row nor their number tells, as an IANA name",
        examples=["Europe/Berlin"],
    )
    window: Window | None = Field(
        default=None, description="When people may be called, where they are; at any time if absent"
    )
    deadline: Annotated[Deadline, AfterValidator(Within("1m"))] | None = Field(
        default=None,
        description="Not placed by then: canceled. A length of time from the campaign's first run, or a "
        "moment; one without a zone is by the callee's clock",
        examples=["2d", "2026-07-01T18:00"],
    )
    retry: Retry | None = Field(default=None, description="Which calls are placed again; none if absent")
    do_not_call: _Excluded = Field(
        default=[],
        description="Who is never called: a path relative to this file, or a list of paths and E.164 numbers",
        examples=["../contacts/do-not-call.csv"],
    )
    regions: list[_Region] = Field(
        default=[],
        description="Countries whose numbers are called, by their ISO 3166-1 codes; all if empty",
        examples=[["DE", "AT"]],
    )
    allow: list[Allowed] = Field(
        default=[], description="Kinds of numbers to call that are refused otherwise"
    )
    duplicates: bool = Field(default=False, description="Call a number for each row that it stands in")
    run: _Label | None = Field(
        default=None,
        description="Label of this run; with a new one, everybody is called anew",
        examples=["2026-07"],
    )
