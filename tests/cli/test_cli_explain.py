"""`explain`: rules by code or name, fields by path."""

from __future__ import annotations

from pathlib import Path

import pytest
from cli_inside import inside

from agentconf.lint.rules import ALL


@pytest.mark.parametrize(
    "subject",
    [
        "AC306",
        "ac306",
        "url-placeholder-outside-path-or-query",
        "URL-Placeholder-Outside-Path-Or-Query",
    ],
)
def test_a_rule_is_found_by_code_or_name_in_any_case(tmp_path: Path, subject: str) -> None:
    ended = inside(tmp_path, "explain", subject)
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.startswith("# AC306 url-placeholder-outside-path-or-query\n")


def test_every_rule_has_a_page(tmp_path: Path) -> None:
    first = [inside(tmp_path, "explain", rule.code).out.partition("\n")[0] for rule in ALL]
    assert first == [f"# {rule.code} {rule.name}" for rule in ALL]


@pytest.mark.parametrize(
    ("subject", "title"),
    [
        ("models.tts_voice", "models.tts_voice"),
        ("tools.webhook.url", "tools[webhook].url"),
        ("tools[0].url", "tools[webhook].url"),
        ("environment.api_key", "api_key"),
    ],
)
def test_a_field_is_found_by_its_path(tmp_path: Path, subject: str, title: str) -> None:
    ended = inside(tmp_path, "explain", subject)
    assert (ended.code, ended.out.partition("\n")[0]) == (0, title)


@pytest.mark.parametrize(
    ("subject", "hint"),
    [
        ("models.tts_vocie", "did you mean 'models.tts_voice'?"),
        ("AC-306", "did you mean 'AC306'?"),
        ("duplicate-toolid", "did you mean 'duplicate-tool-id'?"),
        ("zzz", "codes and names of rules are in docs/rules; fields in the schema"),
        ("", "codes and names of rules are in docs/rules; fields in the schema"),
    ],
)
def test_what_is_unknown_is_wrong_usage_with_the_nearest_there_is(
    tmp_path: Path, subject: str, hint: str
) -> None:
    ended = inside(tmp_path, "explain", subject)
    assert (ended.code, ended.out) == (64, "")
    assert f"there is no rule or field {subject!r}" in ended.err
    assert hint in ended.err


def test_every_rule_is_explained_at_once(tmp_path: Path) -> None:
    from agentconf.lint.rules import ALL  # noqa: PLC0415

    ended = inside(tmp_path, "explain", "--all")
    assert ended.code == 0
    assert all(f"# {rule.code} {rule.name}\n" in ended.out for rule in ALL)
    for arguments in ((), ("AC101", "--all")):
        assert inside(tmp_path, "explain", *arguments).code == 64
