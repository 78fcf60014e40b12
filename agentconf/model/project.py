"""The project file `agentconf.yaml` and the environment files."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from agentconf.model.base import Model
from agentconf.model.secret import SecretRef

DEFAULT_BASE_URL = "https://api.agents.slng.ai"
"""Where the platform serves the API (SLNG documentation, Overview)."""

SIPGATE_BASE_URL = "https://api.sipgate.com"
"""Where sipgate serves its API (sipgate AI Flow documentation, Outbound calls)."""

DASHA_BASE_URL = "https://blackbox.dasha.ai"
"""Where Dasha serves its API (Dasha documentation, API reference)."""

BULK = 100
"""Calls that one request to Dasha places; ours, Dasha documents no bound."""

MOST_BULK = 1000
"""Most of them; ours: an answer that gets lost leaves as many calls in doubt."""

Contract = Literal["keyed", "managed"]
Ownership = Literal["full", "declared"]


class SipgateSettings(Model):
    """How sipgate AI Flow is reached; for campaigns with `platform: sipgate`."""

    base_url: str = Field(default=SIPGATE_BASE_URL, description="Where sipgate serves the API, before /v3")
    token: SecretRef = Field(
        default=SecretRef("SIPGATE_TOKEN"),
        description="Token of the API, as ${env:NAME}",
        json_schema_extra={"default": "${env:SIPGATE_TOKEN}"},
    )
    plus: bool = Field(
        default=True, description="Send numbers with their leading plus; false if your account refuses it"
    )


class DashaSettings(Model):
    """How Dasha is reached; for campaigns with `platform: dasha`."""

    base_url: str = Field(default=DASHA_BASE_URL, description="Where Dasha serves the API, before /api/v1")
    api_key: SecretRef = Field(
        default=SecretRef("DASHA_API_KEY"),
        description="Key of the API, as ${env:NAME}",
        json_schema_extra={"default": "${env:DASHA_API_KEY}"},
    )
    bulk: int = Field(default=BULK, ge=1, le=MOST_BULK, description="Most calls that one request places")


class EnvironmentFile(Model):
    """One environment: where agents live, its variables, and what differs there."""

    emulator: bool = Field(default=False, description="Use the embedded emulator instead of the platform")
    base_url: str = Field(default=DEFAULT_BASE_URL, description="Where the API is served")
    api_key: SecretRef | None = Field(default=None, description="Credential of the API, as ${env:NAME}")
    organisation: str | None = Field(default=None, description="Id of the organisation that must answer")
    contract: Contract | None = Field(
        default=None, description="As in the project file; the project's if absent"
    )
    ownership: Ownership | None = Field(
        default=None, description="As in the project file; the project's if absent"
    )
    vars: dict[str, Any] = Field(default={}, description="Values of ${var:name}")
    agents: dict[str, dict[str, Any]] = Field(
        default={}, description="Overrides by agent key; '*' is every agent"
    )
    state: str | None = Field(default=None, description="Where the memory of what was applied is kept")
    require_approval: list[
        Literal["speech", "behaviour", "routing", "data", "safety", "credential", "cosmetic"]
    ] = Field(default=[], description="Impact classes that an apply takes only with --allow CLASS")
    concurrency: Annotated[int, Field(ge=1, le=32)] = Field(
        default=8, description="Requests that are under way at once"
    )
    sipgate: SipgateSettings = Field(
        default=SipgateSettings.model_construct(), description="How sipgate AI Flow is reached"
    )
    dasha: DashaSettings = Field(default=DashaSettings.model_construct(), description="How Dasha is reached")


class LintSettings(Model):
    """The linter's settings."""

    select: list[str] = Field(default=[], description="Rules to run, by code or name; all when empty")
    ignore: list[str] = Field(default=[], description="Rules to leave out, by code or name")
    severity: dict[str, Literal["error", "warning", "info"]] = Field(
        default={}, description="Severity by rule, instead of the rule's own"
    )
    strict: bool = Field(default=False, description="Treat unknown fields and unknown values as errors")
    baseline: str | None = Field(
        default=None, description="File of findings that are no news, from the project's root"
    )
    prompt_tokens: Annotated[int, Field(ge=1)] = Field(
        default=8_000, description="Tokens that a prompt may have, as AC214 estimates them"
    )


class PlatformSettings(Model):
    """What the platform has grown that this version does not know."""

    regions: list[str] = Field(default=[], description="Regions allowed beside the documented ones")
    models: list[str] = Field(default=[], description="Speech models beside those of the catalogue")
    voices: list[str] = Field(default=[], description="Voices beside those of the catalogue")


class PolicySettings(Model):
    """What judges a plan beside the files in `policies`."""

    plugins: list[Annotated[str, Field(pattern=r"\S")]] = Field(
        default=[], description="Policies of installed packages to ask, by the names of their entry points"
    )


class ProjectFile(Model):
    """The project file; everything in it is optional but `version`."""

    version: Literal[1] = Field(description="Format of this file; always 1")
    defaults: dict[str, Any] = Field(default={}, description="Merged under every agent")
    vars: dict[str, Any] = Field(
        default={}, description="Values of ${var:name} in every environment that sets no other"
    )
    contract: Contract = Field(
        default="keyed",
        description="keyed: creating an agent takes slng_api_key; managed: the platform makes that key",
    )
    ownership: Ownership = Field(
        default="full",
        description="full: a field that is left out has its default; declared: only declared fields count",
    )
    environments: dict[str, EnvironmentFile] = Field(
        default={}, description="Environments by name; each may be a file environments/NAME.yaml instead"
    )
    lint: LintSettings = Field(default=LintSettings.model_construct(), description="Settings of the linter")
    policies: PolicySettings = Field(
        default=PolicySettings.model_construct(),
        description="What judges a plan beside the files in policies/",
    )
    platform: PlatformSettings = Field(
        default=PlatformSettings.model_construct(),
        description="What the platform has grown that this version does not know",
    )
