"""The document of a state: written the same, read exactly, refused when it is anything else."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from store_fixtures import state

from agentconf.errors import ConfigurationError
from agentconf.model.memory import Remembered
from agentconf.resources import schema_text
from agentconf.state import document
from agentconf.state.fingerprint import Fingerprints

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda children: st.lists(children, max_size=3) | st.dictionaries(st.text(), children, max_size=3),
    max_leaves=8,
)
AGENTS = st.dictionaries(
    st.text(min_size=1),
    st.builds(
        Remembered,
        id=st.text(),
        name=st.text(),
        base=st.dictionaries(st.text(), JSON, max_size=3),
        fingerprints=st.dictionaries(st.text(), st.text(), max_size=2),
        prevent_destroy=st.booleans(),
    ),
    max_size=3,
)


def read(text: str, environment: str | None = "local", **options: Any) -> Any:
    return document.load(text, address="the file", environment=environment, **options)


@given(agents=AGENTS)
@settings(max_examples=100, deadline=None)
def test_what_is_written_is_read_exactly_and_fits_the_schema(agents: dict[str, Remembered]) -> None:
    one = state(agents=agents)
    text = document.dump(one)
    assert read(text) == one
    assert document.dump(read(text)) == text
    assert list(Draft202012Validator(json.loads(schema_text("state"))).iter_errors(json.loads(text))) == []


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is corrupt: it is not JSON"),
        ('{"kind": "agentconf-state",', "is corrupt: it is not JSON"),
        ("[" * 100_000, "is corrupt: it is not JSON"),
        ('{"kind": "agentconf-state", "kind": "agentconf-state"}', "a key stands in it twice"),
        ('{"kind": "agentconf-state", "serial": NaN}', "NaN is no number"),
        ("[]", "is no state of agentconf"),
        ('{"version": 4, "terraform_version": "1.11.4", "serial": 1}', "is no state of agentconf"),
        ('{"kind": "agentconf-state"}', "has no format_version"),
        ('{"kind": "agentconf-state", "format_version": true}', "has no format_version"),
        (
            '{"kind": "agentconf-state", "format_version": 2, "tool_version": "9.1"}',
            "written by agentconf 9.1",
        ),
        ('{"kind": "agentconf-state", "format_version": 0}', "the unknown format 0"),
        ('{"kind": "agentconf-state", "format_version": 1}', "is corrupt"),
    ],
)
def test_anything_else_is_refused_with_where_it_stands(text: str, message: str) -> None:
    with pytest.raises(ConfigurationError, match="in the file") as refused:
        read(text)
    assert message in refused.value.message


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("serial", -1),
        ("serial", True),
        ("salt", "no hexadecimal"),
        ("agents", []),
        ("agents", {"router": {}}),
        ("organisation_id", 5),
        ("lineage", None),
    ],
)
def test_a_field_of_another_kind_is_corrupt(field: str, value: Any) -> None:
    data = json.loads(document.dump(state())) | {field: value}
    with pytest.raises(ConfigurationError, match="is corrupt"):
        read(json.dumps(data))


def test_the_state_of_another_environment_is_foreign() -> None:
    with pytest.raises(ConfigurationError, match="of the environment 'local', not of 'production'"):
        read(document.dump(state()), "production")


def test_an_older_document_is_brought_up_to_date_step_by_step() -> None:
    data = json.loads(document.dump(state()))
    older = {**data, "format_version": -1, "lines": data["lineage"]}
    del older["lineage"]
    found = read(
        json.dumps(older),
        migrations={
            -1: lambda data: (
                {name: value for name, value in data.items() if name != "lines"} | {"descent": data["lines"]}
            ),
            0: lambda data: data | {"lineage": data["descent"]},
        },
    )
    assert found == read(json.dumps(data))


def test_a_fingerprint_tells_values_and_states_apart_and_shows_neither() -> None:
    one, other = Fingerprints("00" * 16), Fingerprints("11" * 16)
    made = one.of("a-secret-value")
    assert made == one.of("a-secret-value") == Fingerprints("00" * 16).of("a-secret-value")
    assert made not in (one.of("a-secret-valuf"), other.of("a-secret-value"))
    assert "secret" not in made + repr(one)
