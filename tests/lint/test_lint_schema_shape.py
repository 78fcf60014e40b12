"""Paths through the models."""

from __future__ import annotations

from typing import Any

import pytest

from agentconf.lint.shape import field_at, model_at, true_path
from agentconf.model.agent import AgentFile, Example
from agentconf.model.arguments import ConstantSource, SystemArgument, TemplateSource
from agentconf.model.models import TtsFallback
from agentconf.model.tools import BearerAuth, TemplateTool, WebhookTool

DATA: dict[str, Any] = {
    "models": {"fallbacks": {"tts": [{}]}},
    "tools": [
        {"type": "template", "template": "hangup"},
        {
            "type": "webhook",
            "auth": {"type": "bearer"},
            "source": "system",
            "system": {"arguments": [{"source": {"type": "template"}}, {"source": {"type": "constant"}}]},
        },
        {"type": "unknown", "auth": {}},
        5,
    ],
    "template_defaults": {"type": "template"},
    "examples": [{}],
}


@pytest.mark.parametrize(
    ("path", "model"),
    [
        ((), AgentFile),
        (("models", "fallbacks", "tts", 0), TtsFallback),
        (("tools", 0), TemplateTool),
        (("tools", 1), WebhookTool),
        (("tools", 1, "auth"), BearerAuth),
        (("tools", 1, "system", "arguments", 0), SystemArgument),
        (("tools", 1, "system", "arguments", 0, "source"), TemplateSource),
        (("tools", 1, "system", "arguments", 1, "source"), ConstantSource),
        (("examples", 0), Example),
        (("tools", 2), None),
        (("tools", 2, "auth"), None),
        (("tools", 3), None),
        (("tools", 9), None),
        (("template_defaults",), None),
        (("tools", 1, "parameters", "properties"), None),
        (("name", "first"), None),
        (("nothing", "of", "the", "kind"), None),
    ],
)
def test_a_path_leads_to_a_model(path: tuple[str | int, ...], model: type | None) -> None:
    assert model_at(DATA, path) is model


def test_a_path_leads_to_a_field() -> None:
    field = field_at(DATA, ("tools", 1, "timeout_seconds"))
    assert field is not None
    assert field.default == 10


@pytest.mark.parametrize("path", [("tools", 1, "nothing"), ("template_defaults", "a"), ("tools", 0)])
def test_a_path_that_is_no_field_leads_nowhere(path: tuple[str | int, ...]) -> None:
    assert field_at(DATA, path) is None


@pytest.mark.parametrize(
    ("loc", "path"),
    [
        (("name",), ("name",)),
        (("tools", 0), ("tools", 0)),
        (("tools", 0, "template", "template"), ("tools", 0, "template")),
        (("tools", 1, "webhook", "auth", "bearer", "token"), ("tools", 1, "auth", "token")),
        (("tools", 1, "webhook", "auth"), ("tools", 1, "auth")),
        (("tools", 1, "webhook", "source"), ("tools", 1, "source")),
        (
            ("tools", 1, "webhook", "system", "arguments", 0, "source", "template", "template"),
            ("tools", 1, "system", "arguments", 0, "source", "template"),
        ),
        (("models", "fallbacks", "tts", 0, "voice"), ("models", "fallbacks", "tts", 0, "voice")),
        (("template_defaults", "type"), ("template_defaults", "type")),
        (("examples", 0, "name"), ("examples", 0, "name")),
    ],
)
def test_the_names_of_union_members_are_left_out_of_a_location(
    loc: tuple[str | int, ...], path: tuple[str | int, ...]
) -> None:
    assert true_path(DATA, loc) == path
