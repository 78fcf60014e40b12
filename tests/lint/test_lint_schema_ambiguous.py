"""Plain scalars that other YAML readers take for something else."""

from __future__ import annotations

import typing
from typing import Any

import pytest
from pydantic import BaseModel
from samples import extend, lint

from agentconf.lint.ambiguous import OPAQUE_KEYS
from agentconf.model.agent import AgentFile
from agentconf.model.base import Opaque

if typing.TYPE_CHECKING:
    from agentconf.lint.finding import Finding


def ambiguous(text: str) -> list[Finding]:
    return [finding for finding in lint(extend(text)).findings if finding.code == "AC005"]


@pytest.mark.parametrize(
    ("scalar", "kind"),
    [
        *((word, "true or false") for word in ("y", "N", "yes", "No", "ON", "off")),
        ("9:30", "a number in base 60"),
        ("1:30:00.5", "a number in base 60"),
        ("1_000", "a number"),
        ("0b11", "a number"),
        ("1_0.5", "a number"),
        ("0x_1F", "a number"),
        ("2024-01-01", "a date"),
        ("2024-01-01T10:00:00Z", "a date"),
        ("2024-01-01 10:00:00 +2", "a date"),
        ("=", "a default key"),
    ],
)
def test_a_scalar_that_yaml_1_1_reads_otherwise_is_a_warning(scalar: str, kind: str) -> None:
    (finding,) = ambiguous(f"template_defaults: {{a: {scalar}}}")
    assert finding.message == f"{scalar} without quotes is text here, but {kind} to readers of YAML 1.1"
    assert [edit.text for edit in finding.fix] == [f'"{scalar}"']


@pytest.mark.parametrize(
    "scalar", ['"no"', "'9:30'", "none", "nothing", "1.2.3", "+49 30", "a:b", "12:60:61x", "nO"]
)
def test_other_texts_are_not_ambiguous(scalar: str) -> None:
    assert ambiguous(f"template_defaults: {{a: {scalar}}}") == []


@pytest.mark.parametrize(
    "text",
    [
        "language: no",
        "examples: [{name: a, arguments: {b: no}}]",
        "runtime_variables: [{name: n, description: A letter.}]",
    ],
)
def test_all_text_fields_are_looked_at(text: str) -> None:
    assert len(ambiguous(text)) == 1


def test_free_json_is_left_alone() -> None:
    text = """\
    tools:
      - type: webhook
        name: a
        description: b
        url: https://hooks.greenfield-clinic.net/a
        parameters: {type: object, properties: {answer: {type: string, enum: [yes, no]}}}
        source: system
        system:
          triggers: [{event: call_end}]
          arguments: [{name: answer, type: string, source: {type: constant, value: no}}]
    """
    assert ambiguous(text) == []


def test_a_scalar_that_a_reference_brought_is_not_ambiguous() -> None:
    definition = extend("language: no")
    definition.tree.value["language"].reference = "${var:language}"
    assert [finding for finding in lint(definition).findings if finding.code == "AC005"] == []


def test_a_scalar_of_the_wrong_type_is_said_once() -> None:
    assert ambiguous("enable_interruptions: yes") == []


def test_the_keys_of_free_json_are_those_that_the_models_call_opaque() -> None:
    assert set(_opaque_fields(AgentFile, set())) == OPAQUE_KEYS


def _opaque_fields(annotation: Any, seen: set[type]) -> typing.Iterator[str]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        if annotation not in seen:
            seen.add(annotation)
            for name, field in annotation.model_fields.items():
                if any(isinstance(trait, Opaque) for trait in field.metadata):
                    yield name
                else:
                    yield from _opaque_fields(field.annotation, seen)
    else:
        for member in typing.get_args(annotation):
            yield from _opaque_fields(member, seen)
