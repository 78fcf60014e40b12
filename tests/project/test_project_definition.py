from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from project_loading import Folder, underlined

from agentconf.model.agent import Lifecycle
from agentconf.project.definition import stretch
from agentconf.source.compose import compose
from agentconf.source.document import Location, Problem

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path)


def text_at(location: Location) -> str:
    return underlined(Problem("", "", location))


def test_the_body_is_what_is_sent(folder: Folder) -> None:
    definition = folder.agent("name: a\nlifecycle: {prevent_destroy: true}\nexamples: []\n")
    assert definition.body == {"name": "a"}
    assert definition.lifecycle == Lifecycle(prevent_destroy=True)


def test_without_a_block_the_lifecycle_has_its_defaults(folder: Folder) -> None:
    assert folder.agent("name: a\n").lifecycle == Lifecycle()


def test_a_value_or_its_key_is_found(folder: Folder) -> None:
    definition = folder.agent("name: a\nmodels: {stt: x}\n")
    assert text_at(definition.locate(("models", "stt"))) == "x"
    assert text_at(definition.locate(("models", "stt"), key=True)) == "stt"


@pytest.mark.parametrize(
    ("path", "found"),
    [(("none",), "name"), (("models", "none"), "stt"), (("name", "none"), "a"), (("list", 5), "[]")],
)
def test_a_path_that_is_missing_is_its_parents_first_key(
    path: tuple[str | int, ...], found: str, folder: Folder
) -> None:
    definition = folder.agent("name: a\nmodels: {stt: x}\nlist: []\n")
    assert text_at(definition.locate(path)) == found


@pytest.mark.parametrize(
    ("source", "stretched"),
    [
        ("x: hello {{name}} and {{name}}", "{{name}}"),
        ("x: 'hello {{name}} and {{name}}'", "{{name}}"),
        ("x: |\n  hello {{name}}\n  and {{name}}\n", "{{name}}"),
        ("x: >\n  hello {{name}}\n  and {{name}}\n", "{{name}}"),
        ('x: "hello {{name}} and {{n\\x61me}}"', '"hello {{name}} and {{n\\x61me}}"'),
    ],
)
def test_a_stretch_of_a_text_is_found_in_its_source(source: str, stretched: str) -> None:
    tree = compose(source, "a.yaml").tree
    assert tree is not None
    text = tree.value["x"]
    at = text.value.rindex("{{name}}")
    span = stretch(text, at, at + 8)
    assert source[span.start : span.end] == stretched
    assert stretched != "{{name}}" or span.start == source.rindex("{{name}}")


def test_an_empty_stretch_of_a_folded_text_is_the_whole_text() -> None:
    tree = compose("x: >\n  a\n  b\n", "a.yaml").tree
    assert tree is not None
    assert stretch(tree.value["x"], 1, 1) == tree.value["x"].span


def test_a_stretch_of_what_is_no_text_is_the_value(folder: Folder) -> None:
    definition = folder.agent("name: 5\n")
    assert text_at(definition.locate_text(("name",), 0, 1)) == "5"
    assert text_at(definition.locate_text(("none",), 0, 1)) == "name"
