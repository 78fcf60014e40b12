"""The docstrings of rules are their pages, and their blocks are tests."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from docblocks import AGENT_FILE, Case, cases, differences, verify

from agentconf.lint.finding import Severity
from agentconf.lint.pages import SECTIONS, index, main, page, page_name, sections, summary, write_pages
from agentconf.lint.rule import Rule, declare
from agentconf.lint.rules import ALL, find

DOCS = Path("docs/rules")

by_code = pytest.mark.parametrize("rule", ALL, ids=lambda rule: rule.code)


@by_code
def test_a_rule_s_page_has_all_sections_in_order(rule: Rule) -> None:
    assert tuple(sections(rule)) == SECTIONS
    assert all(text.strip() for text in sections(rule).values())


@by_code
def test_a_rule_s_summary_is_a_sentence(rule: Rule) -> None:
    text = summary(rule)
    assert text.endswith(".")
    assert text[0].isupper() or text[0] in "`$"


@by_code
def test_a_rule_s_blocks_yield_what_they_expect(rule: Rule, tmp_path: Path) -> None:
    verify(rule, tmp_path)


@by_code
def test_a_rule_s_page_is_fresh(rule: Rule) -> None:
    assert (DOCS / page_name(rule)).read_text(encoding="utf-8") == page(rule)


def test_there_is_a_page_for_each_rule_and_none_besides() -> None:
    assert {path.name for path in DOCS.glob("*.md")} == {"README.md", *map(page_name, ALL)}


def test_the_index_is_fresh() -> None:
    assert (DOCS / "README.md").read_text(encoding="utf-8") == index()


@declare("AC999", "sample", Severity.INFO)
def sample() -> None:
    """A field is wrong,
    over two lines.

    ## Why
    Because.

    ## Bad
    ```yaml
    # as is
    a: 1  # expect: AC101
    # expect: AC102
    ```

    ## Good
    ```yaml
    a: 2  # a comment of its own
    ```

    ## Source
    API contract.
    """


def test_a_page_is_markdown_without_the_notes_of_the_tests() -> None:
    assert (
        page(sample)
        == """\
# AC999 sample

A field is wrong, over two lines.

Severity: info

## Why

Because.

## Bad

```yaml
a: 1
```

## Good

```yaml
a: 2  # a comment of its own
```

## Source

API contract.
"""
    )


def test_pages_are_written_and_stale_ones_removed(tmp_path: Path) -> None:
    (tmp_path / "AC998-gone.md").write_text("gone")
    (tmp_path / "notes.md").write_text("kept")
    write_pages(tmp_path)
    write_pages(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {"README.md", "notes.md", *map(page_name, ALL)}


def test_the_pages_are_a_command(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "agentconf.lint.pages", str(tmp_path / "rules")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert (tmp_path / "rules" / "README.md").read_text(encoding="utf-8") == index()


def test_the_command_without_a_folder_says_how_it_is_used(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 64
    assert capsys.readouterr().err == "usage: python -m agentconf.lint.pages FOLDER\n"


def unknown_field() -> Rule:
    found = find("AC101")
    assert found is not None
    return found


def test_a_block_that_yields_something_else_is_told(tmp_path: Path) -> None:
    case = Case("Bad", {AGENT_FILE: "name: a\nzone: 1\nid: x  # expect: AC101\n# expect: AC105\n"})
    told = differences(unknown_field(), case, tmp_path)
    assert [line.split(" ", 3)[:2] for line in told[:1]] == [["not", "expected:"]]
    assert f"not found: {AGENT_FILE}:3 AC101" in told
    assert "not found: AC105" in told
    assert any("agents/example.yaml:2:1 AC101" in line for line in told)


def test_blocks_are_filled_in_without_moving_what_they_show() -> None:
    (bad, good) = cases(sample)
    assert bad.files == {AGENT_FILE: "# as is\na: 1  # expect: AC101\n# expect: AC102\n"}
    assert good.files[AGENT_FILE].startswith("a: 2  # a comment of its own\nname: Example Agent\n")
