"""The project file `agentconf.yaml` and the environment files."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from agentconf.model.base import Model
from agentconf.model.secret import SecretRef

DEFAULT_BASE_URL = "https://api.agents.slng.ai"
"""Where the platform serves the API (SLNG documentation, Overview)."""

Contract = Literal["keyed", "managed"]
Ownership = Literal["full", "declared"]


class EnvironmentFile(Model):
    """One environment: where agents live, its variables, and what differs there."""

    emulator: bool = Field(default=False, description="Use the embedded emulator instead of the platform")
    base_url: str = DEFAULT_BASE_URL
    api_key: SecretRef | None = Field(default=None, description="Credential of the API, as ${env:NAME}")
    organisation: str | None = Field(default=None, description="Id of the organisation that must answer")
    contract: Contract | None = None
    ownership: Ownership | None = None
    vars: dict[str, Any] = Field(default={}, description="Values of ${var:name}")
    agents: dict[str, dict[str, Any]] = Field(
        default={}, description="Overrides by agent key; '*' is every agent"
    )
    state: str | None = None
    require_approval: list[
        Literal["speech", "behaviour", "routing", "data", "safety", "credential", "cosmetic"]
    ] = []
    concurrency: Annotated[int, Field(ge=1, le=32)] = 8


class LintSettings(Model):
    """The linter's settings."""

    select: list[str] = []
    ignore: list[str] = []
    severity: dict[str, Literal["error", "warning", "info"]] = {}
    strict: bool = False


class PlatformSettings(Model):
    """What the platform has grown that this version does not know."""

    regions: list[str] = Field(default=[], description="Regions allowed beside the documented ones")


class ProjectFile(Model):
    """The project file; everything in it is optional but `version`."""

    version: Literal[1]
    defaults: dict[str, Any] = Field(default={}, description="Merged under every agent")
    vars: dict[str, Any] = Field(
        default={}, description="Values of ${var:name} in every environment that sets no other"
    )
    contract: Contract = "keyed"
    ownership: Ownership = "full"
    environments: dict[str, EnvironmentFile] = {}
    lint: LintSettings = LintSettings.model_construct()
    platform: PlatformSettings = PlatformSettings.model_construct()
