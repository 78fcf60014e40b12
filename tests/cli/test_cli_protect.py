"""Which texts of a project no output may show, however broken the project is."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from conftest import Project

from agentconf.cli.protect import secret_values
from agentconf.project.load import load_project

ENVIRON = {"CRM_TOKEN": "value-of-the-token", "SLNG_API_KEY": "value-of-the-key"}


def values(project: Project, environ: Mapping[str, str] = ENVIRON) -> set[str]:
    return {value for value in secret_values(load_project(project.root, environ=environ), environ) if value}


def test_the_values_behind_references_are_protected(project: Project) -> None:
    project.agent("router")
    assert values(project) == {"value-of-the-token", "value-of-the-key"}


def test_the_credentials_of_the_other_platforms_are_protected_where_nobody_names_them(
    project: Project,
) -> None:
    environ = {"SIPGATE_TOKEN": "value-of-sipgate", "DASHA_API_KEY": "value-of-dasha"}
    assert values(project, environ) == {"value-of-sipgate", "value-of-dasha"}


def test_the_credentials_of_the_other_platforms_are_protected_where_an_environment_names_them(
    project: Project,
) -> None:
    project.write(
        "agentconf.yaml",
        'version: 1\nenvironments: {local: {sipgate: {token: "${env:S}"}, dasha: {api_key: "${env:D}"}}}\n',
    )
    assert values(project, {"S": "value-of-s", "D": "value-of-d"}) == {"value-of-s", "value-of-d"}


@pytest.mark.parametrize(
    ("written", "protected"),
    [
        ("auth: {type: bearer, token: literal-1}", {"literal-1"}),
        ("auth: {type: bearer, token: [literal-1, {deep: literal-2}]}", {"literal-1", "literal-2"}),
        ("auth: {type: bearer, token: 123456789}", {"123456789"}),
        ("auth: {type: bearer, token: true}", set()),
        ("auth: {type: basic, user: literal-1}", {"basic", "literal-1"}),
        ("auth: literal-1", {"literal-1"}),
        ("auth: null", set()),
    ],
)
def test_whatever_stands_in_auth_is_protected(project: Project, written: str, protected: set[str]) -> None:
    project.agent("router", f"tools:\n  - type: webhook\n    {written}\n  - not a tool\n")
    assert values(project) == protected


@pytest.mark.parametrize(
    "key", ["slng_api_key", "slng_apikey", "slng-api-key", "SLNG_API_KEY", "token", "Password"]
)
def test_a_literal_under_a_key_that_names_a_secret_is_protected(project: Project, key: str) -> None:
    project.agent("router", f"{key}: literal-1\n")
    assert values(project) == {"literal-1"}


@pytest.mark.parametrize(
    ("settings", "protected"),
    [
        ("environments: {local: {apikey: literal-1}}", {"literal-1"}),
        ('environments: {local: {api_key: "${env:CRM_TOKEN}"}}', {"value-of-the-token"}),
        ("environments: {staging: {base_url: 'https://user:literal-1@example.com'}}", {"literal-1"}),
        ("environments: {staging: {base_url: 'https://user:literal-1@[broken'}}", {"https://user:literal-1"}),
        ("environments: {local: {agents: {'*': {tools: [{auth: {token: literal-1}}]}}}}", {"literal-1"}),
        ("defaults: {slng_api_key: literal-1}", {"literal-1"}),
        ("vars: {token: literal-1}", {"literal-1"}),
        ("vars: {host: crm.example.com}", set()),
    ],
)
def test_settings_are_looked_through_at_any_depth(
    project: Project, settings: str, protected: set[str]
) -> None:
    project.write("agentconf.yaml", f"version: 1\n{settings}\n")
    assert values(project) == protected
