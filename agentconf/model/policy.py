"""A policy file: what a plan may not do, what it has to say, and who is excepted until when."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema

from agentconf.model.base import Model
from agentconf.model.fault import fault

_ID = r"^[a-z0-9][a-z0-9._-]{0,63}$"
_DATE = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
_PATH = r"^([^.\[\]\s]+|\[[^\[\]]+\])(\.[^.\[\]]+|\[[^\[\]]+\])*$"
_KEY = re.compile(r"\[([^\[\]]+)\]|([^.\[\]]+)")
_Text = Annotated[str, Field(pattern=r"\S")]

ImpactName = Literal["safety", "routing", "data", "credential", "speech", "behaviour", "cosmetic"]
ActionName = Literal["create", "update", "delete"]
KindName = Literal["added", "changed", "removed"]
OriginName = Literal["yours", "theirs", "both", "unknown"]


def keys_of(path: str) -> tuple[str, ...]:
    """Split a path of a policy at dots and brackets."""
    return tuple(bracketed or plain for bracketed, plain in _KEY.findall(path))


def is_path(text: str) -> bool:
    """Tell whether a text is a path of a policy: keys between dots, or in brackets."""
    return re.fullmatch(_PATH, text) is not None


def _id(value: str) -> str:
    if not re.fullmatch(_ID, value):
        help_ = "write at most 64 small letters, digits, dots, dashes and underscores"
        raise fault("AC105", "is no id", help_)
    return value


def _path(value: str) -> str:
    if not is_path(value):
        help_ = "write keys between dots, like tools.*.phone_number; a name with dots in brackets"
        raise fault("AC105", "is no path", help_)
    return value


def _expression(value: str) -> str:
    try:
        re.compile(value)
    except (re.error, RecursionError, OverflowError) as error:
        raise fault("AC105", f"is no regular expression: {error}", "see Python's `re`") from None
    return value


def _date(value: Any) -> Any:
    if not isinstance(value, str):
        raise fault("AC103", "takes a date", "write YYYY-MM-DD")
    try:
        found = date.fromisoformat(value) if re.fullmatch(_DATE, value) else None
    except ValueError:
        found = None
    if found is None:
        raise fault("AC105", "is no date", "write YYYY-MM-DD, a day of the calendar")
    return found


def _written(pattern: str) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "pattern": pattern})


_Id = Annotated[str, AfterValidator(_id), _written(_ID)]
_Path = Annotated[str, AfterValidator(_path), _written(_PATH)]
_Expression = Annotated[
    str, AfterValidator(_expression), WithJsonSchema({"type": "string", "format": "regex"})
]
_Date = Annotated[date, BeforeValidator(_date), _written(_DATE)]
_Names = Annotated[list[_Text], Field(min_length=1)]
_Paths = Annotated[list[_Path], Field(min_length=1)]


class Selection(Model):
    """Which changes a policy is about: those that fit every key that is there."""

    agents: _Names | None = Field(
        default=None,
        description="Keys of agents, or their live names, with * and ?",
        examples=[["support-*"]],
    )
    paths: _Paths | None = Field(
        default=None,
        description="Places, each with all below it: * is any one key, ** any number of keys",
        examples=[["tools.*.phone_number"]],
    )
    impacts: Annotated[list[ImpactName], Field(min_length=1)] | None = Field(
        default=None, description="Impact classes, one of which the change has"
    )
    origins: Annotated[list[OriginName], Field(min_length=1)] | None = Field(
        default=None, description="Who made the difference: yours, theirs, both; unknown without a memory"
    )
    actions: Annotated[list[ActionName], Field(min_length=1)] | None = Field(
        default=None, description="What is done to the agent"
    )
    kinds: Annotated[list[KindName], Field(min_length=1)] | None = Field(
        default=None, description="How the value changes"
    )


class ValueRule(Model):
    """What the value afterwards has to be; one of the keys."""

    equals: Any = Field(default=None, description="This very value")
    one_of: Annotated[list[Any], Field(min_length=1)] | None = Field(
        default=None, description="One of these values"
    )
    matches: _Expression | None = Field(
        default=None,
        description="A text, the whole of which fits this regular expression",
        examples=[r"\+1415\d{7}"],
    )
    absent: bool | None = Field(default=None, description="true: no value; false: some value")


class Requirement(Model):
    """What has to hold for the selected changes; all keys that are there."""

    value: ValueRule | None = Field(default=None, description="What each selected value has to be afterwards")
    approval: ImpactName | None = Field(
        default=None, description="The plan is made with --allow of this class"
    )
    max_changes: Annotated[int, Field(ge=0)] | None = Field(
        default=None, description="Most selected changes in a plan"
    )
    max_agents: Annotated[int, Field(ge=0)] | None = Field(
        default=None, description="Most agents with selected changes in a plan"
    )


class Waiver(Model):
    """An exception from a policy, with somebody who answers for it and an end."""

    agents: _Names = Field(description="Keys of agents, or their live names, with * and ?")
    paths: _Paths | None = Field(default=None, description="Places, each with all below it; all if absent")
    reason: _Text = Field(description="Why")
    owner: _Text = Field(description="Who answers for it", examples=["telephony@example.com"])
    expires: _Date = Field(description="The last day on which it counts, in UTC", examples=["2026-12-31"])


class Policy(Model):
    """One policy: it selects changes of a plan and denies them, warns of them, or requires something."""

    id: _Id = Field(description="Its name, once in a project", examples=["our-own-desks"])
    description: _Text | None = Field(default=None, description="What it is for; shown nowhere")
    environments: _Names | None = Field(
        default=None, description="Where it holds, with * and ?; everywhere if absent"
    )
    select: Selection = Field(
        default=Selection.model_construct(), description="Which changes it is about; all if absent"
    )
    require: Requirement | None = Field(
        default=None, description="What has to hold; without it, the selected changes are denied or warned of"
    )
    deny: _Text | None = Field(default=None, description="Refuse the plan, saying this")
    warn: _Text | None = Field(default=None, description="Only say this in the plan")
    waivers: list[Waiver] = Field(default=[], description="Who is excepted, until when")


class PolicyFile(Model):
    """A policy file: rules over what a plan would change."""

    version: Literal[1] = Field(description="Format of this file; always 1")
    policies: list[Policy] = Field(description="The policies, in the order in which they are judged")
