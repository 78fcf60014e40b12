from __future__ import annotations

import pytest

from agentconf.model.explain import explain_field, field_paths


def explained(path: str) -> str:
    text = explain_field(path)
    assert text is not None
    return text


def test_a_field_is_explained_with_type_and_whether_it_is_required() -> None:
    expected = """\
models.tts_voice

Voice of the text-to-speech model.

type       text
required   yes"""
    assert explained("models.tts_voice") == expected


def test_bounds_and_default_come_from_the_model() -> None:
    expected = """\
tools[webhook].timeout_seconds

Seconds to wait for the answer.

type       number
bounds     1 to 60
required   no
default    10"""
    assert explained("tools.webhook.timeout_seconds") == expected


def test_an_object_lists_its_fields() -> None:
    lines = explained("models.fallbacks").splitlines()
    assert lines[:2] == ["models.fallbacks", ""]
    assert lines[4:] == [
        "type       object",
        "required   no",
        "default    empty",
        "",
        "fields",
        "  stt  Speech-to-text models, in the order they are tried",
        "  llm  Language models, in the order they are tried",
        "  tts  Text-to-speech models with their voices, in the order they are tried",
    ]


@pytest.mark.parametrize(
    ("file", "about", "first"),
    [
        ("agent", "A whole agent file: the body, `lifecycle` and `examples`.", "name"),
        ("project", "The project file; everything in it is optional but `version`.", "version"),
        ("environment", "One environment: where agents live,", "emulator"),
        ("campaign", "A campaign: the contacts to call, with which agent, how fast and when.", "platform"),
    ],
)
def test_a_whole_file_is_explained_with_its_fields(file: str, about: str, first: str) -> None:
    lines = explained(file).splitlines()
    assert (lines[0], lines[3], lines[4].split()[0]) == (file, "", "fields")
    assert lines[2].startswith(about)
    assert lines[5].split()[0] == first


def test_a_kind_of_tool_is_explained_with_its_fields() -> None:
    lines = explained("tools.human_transfer").splitlines()
    assert lines[:3] == [
        "tools[human_transfer]",
        "",
        "Hands the call to a person; the agent then needs an outbound trunk.",
    ]
    assert [line.split()[0] for line in lines[5:]] == [
        "type",
        "id",
        "name",
        "description",
        "phone_number",
        "execution_policy",
    ]


@pytest.mark.parametrize(
    ("path", "heads"),
    [
        ("tools.name", ["tools[webhook].name", "tools[human_transfer].name"]),
        ("tools.url", ["tools[webhook].url"]),
        ("tools.webhook.auth.token", ["tools[webhook].auth[bearer].token"]),
        ("tools.webhook.auth.hmac.secret", ["tools[webhook].auth[hmac].secret"]),
        ("tools[0].prompt", ["tools[template].prompt", "tools[built_in].prompt"]),
        ("tools/webhook/url", ["tools[webhook].url"]),
        ("tools.template.template", ["tools[template].template"]),
        ("environments.staging.base_url", ["environments.base_url"]),
        ("environment.base_url", ["base_url"]),
        ("project.defaults", ["defaults"]),
        ("agent.name", ["name"]),
        (" concurrency ", ["concurrency"]),
        ("campaign.concurrency", ["concurrency"]),
        ("window.from", ["window.from"]),
        ("sipgate.token", ["sipgate.token"]),
        ("environments.staging.dasha.bulk", ["environments.dasha.bulk"]),
        ("template_defaults.practice_name", ["template_defaults"]),
        ("models.llm_kwargs.temperature", ["models.llm_kwargs"]),
        ("models.tts_voice.nothing", ["models.tts_voice"]),
    ],
)
def test_a_path_may_be_written_in_several_ways(path: str, heads: list[str]) -> None:
    assert [part.splitlines()[0] for part in explained(path).split("\n\n")[::3]] == heads


@pytest.mark.parametrize(
    "path", ["", ".", "nothing", "models.nothing", "tools.webhook.nothing", "tools.nothing"]
)
def test_what_is_no_field_has_no_explanation(path: str) -> None:
    assert explain_field(path) is None


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("slng_api_key", "write-only the platform stores it and never shows it; only ${env:NAME} is taken"),
        (
            "idle_nudges",
            "computed   the platform fills it in when it is left out; compared only when declared",
        ),
        (
            "sip_inbound_trunk_id",
            "dashboard  attached in the platform's dashboard; left alone unless declared, null detaches",
        ),
        ("slng_api_key", "type       ${env:NAME} or null"),
        ("lifecycle.state", "type       present, absent"),
        ("lifecycle.prevent_destroy", "default    false"),
        ("tools", "type       list of template or built_in or webhook or human_transfer"),
        ("tools", "default    empty"),
        ("template_defaults", "type       map from names to text"),
        ("interval", "type       length of time, like 1h30m"),
        ("interval", "default    500ms"),
        ("window.from", "type       time of day, like 09:00"),
        ("window.from", "default    00:00"),
        ("window.days", "default    mon, tue, wed, thu, fri, sat, sun"),
        ("retry.times", "bounds     1 to 10"),
        ("sipgate.token", "default    ${env:SIPGATE_TOKEN}"),
        (
            "campaign.deadline",
            "type       length of time, like 1h30m or moment, like 2026-07-01T18:00 or null",
        ),
        ("project.vars", "type       map from names to any JSON value"),
        ("tools.webhook.system.triggers", "bounds     at least 1 of them"),
        ("tools.webhook.http_method", "default    POST"),
        (
            "tools.webhook.show_results_to_llm",
            "default    true when source is contextual, false when source is system",
        ),
    ],
)
def test_facts_that_matter_stand_on_a_line_of_their_own(path: str, line: str) -> None:
    assert line in explained(path).splitlines()


def test_every_path_there_is_has_an_explanation() -> None:
    wanting = [path for path in field_paths() if "None" in (explain_field(path) or "None")]
    assert wanting == []


def test_the_paths_name_fields_at_every_depth() -> None:
    assert {
        "name",
        "models.fallbacks.tts.voice",
        "tools.webhook",
        "tools.webhook.auth.bearer.token",
        "version",
        "lint.strict",
        "concurrency",
    } <= set(field_paths())


def test_no_path_is_listed_twice() -> None:
    assert len(field_paths()) == len(set(field_paths()))


@pytest.mark.parametrize("path", ["project.vars", "project.defaults", "tools.webhook.parameters"])
def test_only_free_data_is_any_json_value(path: str) -> None:
    assert "any JSON value" in explained(path)
    elsewhere = [one for one in field_paths() if "any JSON value" in explained(one)]
    assert all(
        one.split(".")[-1] in {"vars", "defaults", "agents", "parameters", "value"} or "kwargs" in one
        for one in elsewhere
    )
