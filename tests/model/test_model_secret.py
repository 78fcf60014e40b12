from __future__ import annotations

import pytest

from agentconf.model.secret import SecretRef


@pytest.mark.parametrize("name", ["A", "_", "SLNG_API_KEY", "lower_case", "X1"])
def test_a_reference_is_read_by_its_name(name: str) -> None:
    assert SecretRef.parse(f"${{env:{name}}}") == SecretRef(name)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "SLNG_API_KEY",
        "$SLNG_API_KEY",
        "${SLNG_API_KEY}",
        "${env:}",
        "${env:1ABC}",
        "${env:A-B}",
        "${env:A B}",
        "${env: A}",
        "${env:A:-default}",
        "${env:A}\n",
        " ${env:A}",
        "${env:A} ",
        "Bearer ${env:A}",
        "${env:A}${env:B}",
        "$${env:A}",
        "${var:A}",
        "${ENV:A}",
        "${env:Ä}",
        "${env:A",
    ],
)
def test_anything_else_is_no_reference(text: str) -> None:
    assert SecretRef.parse(text) is None


def test_a_reference_is_written_as_files_hold_it() -> None:
    assert str(SecretRef("CRM_TOKEN")) == "${env:CRM_TOKEN}"


def test_a_reference_reads_back_from_its_own_text() -> None:
    assert SecretRef.parse(str(SecretRef("CRM_TOKEN"))) == SecretRef("CRM_TOKEN")


def test_references_of_one_name_are_one_value() -> None:
    assert len({SecretRef("A"), SecretRef("A"), SecretRef("B")}) == 2
