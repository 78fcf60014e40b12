from __future__ import annotations

import pytest

from agentconf.model.secret import SecretRef
from agentconf.project.places import AGENT
from agentconf.project.secrets import hide_in_text, hide_secrets, resolve_secrets
from agentconf.source.compose import compose
from agentconf.source.document import Document


def lines(document: Document) -> list[str]:
    return [document.line(number + 1) for number in range(document.line_count)]


def test_references_are_looked_up_by_name() -> None:
    refs = [SecretRef("B"), SecretRef("A"), SecretRef("B"), SecretRef("EMPTY"), SecretRef("NONE")]
    assert resolve_secrets(refs, {"A": "a", "B": "b", "EMPTY": "", "OTHER": "o"}) == (
        {"A": "a", "B": "b"},
        ("EMPTY", "NONE"),
    )


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("slng_api_key: abc", "slng_api_key: ***"),
        ("slng_api_key: 'abc'", "slng_api_key: *****"),
        ("slng_api_key: 12345", "slng_api_key: *****"),
        ("slng_api_key: [a, b]", "slng_api_key: ******"),
        ("slng_api_key: ${env:A}", "slng_api_key: ${env:A}"),
        ("slng_api_key: ${var:a}", "slng_api_key: ${var:a}"),
        ("slng_api_key: null", "slng_api_key: null"),
        ("slng_api_key: ${env:A:-abc}", "slng_api_key: *************"),
        ("tools: [{auth: {token: abc, type: bearer}}]", "tools: [{auth: {token: ***, type: bearer}}]"),
        ("tools: [{auth: {secret: abc}}, x, {auth: y}]", "tools: [{auth: {secret: ***}}, x, {auth: y}]"),
        ("template_defaults: {token: abc}", "template_defaults: {token: abc}"),
        ("tools: {auth: {token: abc}}", "tools: {auth: {token: abc}}"),
        ("a: &k abc", "a: &k abc"),
    ],
)
def test_literals_in_write_only_fields_are_masked(text: str, shown: str) -> None:
    tree = compose(text, "a.yaml").tree
    assert tree is not None
    hide_secrets(tree, AGENT)
    assert lines(tree.document) == [shown]


def test_a_secret_behind_an_alias_is_masked_where_it_is_written() -> None:
    tree = compose("x: &k abc\nslng_api_key: *k\n", "a.yaml").tree
    assert tree is not None
    hide_secrets(tree, AGENT)
    assert lines(tree.document)[:2] == ["x: &k ***", "slng_api_key: *k"]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("slng_api_key: abc\nname: x", ["slng_api_key: ***", "name: x"]),
        ("- auth: {token: abc, x: [", ["- auth: {token: *********"]),
        ('{"token": "abc",\n"name": "x"', ['{"token": ******', '"name": "x"']),
        ("api_key: ${env:KEY} # note", ["api_key: ${env:KEY} # note"]),
        ('x: {token: "${env:KEY}"}', ['x: {token: "${env:KEY}"}']),
        ("token: |\n  abc\n\n  def\nname: x", ["token: *", "*****", "", "*****", "name: x"]),
        ("token:\n  abc\nname: x", ["token:", "*****", "name: x"]),
        ("  - secret: 'abc\n      def'\n  - name: x", ["  - secret: ****", "**********", "  - name: x"]),
        ("my_token: abc\ntokens: abc\ntoken", ["my_token: abc", "tokens: abc", "token"]),
        ("token: abc\r\nname: x\r\n", ["token: ***", "name: x", ""]),
    ],
)
def test_what_looks_like_a_secret_in_a_broken_text_is_masked(text: str, shown: list[str]) -> None:
    document = Document("a.yaml", text)
    hide_in_text(document)
    assert lines(document) == shown


def test_masking_a_long_line_takes_no_longer_than_reading_it() -> None:
    document = Document("a.yaml", "- " * 200_000 + "token  " * 50_000)
    hide_in_text(document)
    assert document.masks == []
