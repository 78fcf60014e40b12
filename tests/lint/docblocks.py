"""The YAML blocks in the docstrings of rules, run as projects.

A block is an agent file of which only what matters is written: the rest is filled in, as text, from a minimal
valid agent. `python tests/lint/docblocks.py AC301 …` runs the blocks of single rules, or of all.
"""

from __future__ import annotations

import re
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from agentconf.lint.engine import lint_project
from agentconf.lint.finding import Finding, Severity
from agentconf.lint.pages import sections
from agentconf.lint.rules import ALL, find
from agentconf.project.load import Loader
from agentconf.source.compose import compose

if TYPE_CHECKING:
    from agentconf.lint.rule import Rule
    from agentconf.source.tree import Tree

AGENT_FILE = "agents/example.yaml"
CATALOGUED = {"AC403", "AC404"}

_AGENT = {
    "name": "Example Agent",
    "region": "eu-central",
    "language": "en",
    "system_prompt": "You answer the phone of Greenfield Clinic. Be brief and kind.",
    "greeting": "Hello, this is Greenfield Clinic. How can I help you?",
    "models": "{stt: 'slng/deepgram/nova:3-en', llm: groq/openai/gpt-oss-120b, "
    "tts: 'slng/deepgram/aura:2-en', tts_voice: aura-2-thalia-en}",
    "slng_api_key": "${env:SLNG_API_KEY}",
}
_MODELS = {
    "stt": "'slng/deepgram/nova:3-en'",
    "llm": "groq/openai/gpt-oss-120b",
    "tts": "'slng/deepgram/aura:2-en'",
    "tts_voice": "aura-2-thalia-en",
}
_TOOLS = {
    "template": {"template": "hangup"},
    "built_in": {"built_in": "current_datetime"},
    "webhook": {
        "name": "tool_{n}",
        "description": "Does the work of tool {n}.",
        "url": "https://hooks.greenfield-clinic.net/tool-{n}",
        "parameters": "{{type: object, properties: {{}}}}",
    },
    "human_transfer": {"name": "tool_{n}", "phone_number": '"+14155550101"'},
}
_BLOCK = re.compile(r"^```\w+\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_FILE = re.compile(r"# file: (\S+)\n")
_AS_IS = re.compile(r"^\s*# as is$", re.MULTILINE)
_EXPECT = re.compile(r"#\s*expect:\s*(AC\d{3}(?:\s*,\s*AC\d{3})*)")
_SECOND_DOCUMENT = re.compile(r"^(?:---|\.\.\.)", re.MULTILINE)


@dataclass(frozen=True)
class Case:
    """One project of a docstring: its files by path, as written."""

    section: str
    files: dict[str, str]


def cases(rule: Rule) -> list[Case]:
    """Read the projects out of a rule's docstring."""
    found: list[Case] = []
    for section in ("Bad", "Good"):
        found_before = len(found)
        for block in _BLOCK.findall(sections(rule).get(section, "")):
            named = _FILE.match(block)
            if named is None or len(found) == found_before:
                found.append(Case(section, {}))
            path = named[1] if named else AGENT_FILE
            text = block if path.endswith((".yaml", ".json")) else block[named.end() :]
            found[-1].files[path] = text
    return [Case(case.section, _complete(case.files)) for case in found]


def verify(rule: Rule, folder: Path) -> None:
    """Check that each Bad block yields exactly what it expects, and each Good block nothing."""
    found = cases(rule)
    assert {case.section for case in found} == {"Bad", "Good"}, f"{rule.code} needs Bad and Good blocks"
    for number, case in enumerate(found):
        problems = differences(rule, case, folder / f"{rule.code}-{number}")
        shown = "\n".join(f"--- {path}\n{text}" for path, text in case.files.items())
        assert not problems, f"{rule.code} {case.section}:\n{shown}\n" + "\n".join(problems)
        expected = any(_EXPECT.search(text) for text in case.files.values())
        assert expected == (case.section == "Bad"), (
            f"{rule.code}: Bad blocks expect something, Good ones nothing"
        )


def differences(rule: Rule, case: Case, folder: Path) -> list[str]:
    """Run a case; tell what was found and not expected, or expected and not found."""
    anchored, floating = _expectations(case.files)
    wanted = {code for code, _, _ in anchored} | set(floating)
    unexpected = []
    for finding in _lint(case.files, folder):
        at = (finding.code, finding.location.path, finding.location.start.line)
        if anchored[at]:
            anchored[at] -= 1
        elif floating[finding.code]:
            floating[finding.code] -= 1
        elif finding.code in CATALOGUED and rule.code not in CATALOGUED:
            continue  # the models that a block is filled in with speak English
        elif finding.severity is not Severity.INFO or finding.code in {*wanted, rule.code}:
            unexpected.append(f"not expected: {finding.location} {finding.code} {finding.message}")
    missing = [f"not found: {path}:{line} {code}" for code, path, line in anchored.elements()]
    return unexpected + missing + [f"not found: {code}" for code in floating.elements()]


def _lint(files: dict[str, str], folder: Path) -> tuple[Finding, ...]:
    for path, text in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)
    loader = Loader(folder, {})
    first = loader.project(None)
    projects = [loader.project(name) for name in first.environment_names]
    return lint_project(projects, first.settings.lint).findings


def _expectations(files: dict[str, str]) -> tuple[Counter[tuple[str, str, int]], Counter[str]]:
    anchored: Counter[tuple[str, str, int]] = Counter()
    floating: Counter[str] = Counter()
    for path, text in files.items():
        for number, line in enumerate(text.splitlines(), 1):
            for comment in _EXPECT.finditer(line):
                codes = [code.strip() for code in comment[1].split(",")]
                if line.lstrip().startswith("# expect"):
                    floating.update(codes)
                else:
                    anchored.update((code, path, number) for code in codes)
    return anchored, floating


def _complete(files: dict[str, str]) -> dict[str, str]:
    if not any(path.startswith("agents/") for path in files):
        files = {AGENT_FILE: "", **files}
    return {path: _filled(path, text) for path, text in files.items()}


def _filled(path: str, text: str) -> str:
    if not path.startswith("agents/") or path.endswith(".json") or _AS_IS.search(text):
        return text
    tree = compose(text, path).tree
    if tree is not None and isinstance(tree.value, dict):
        lifecycle = tree.value.get("lifecycle")
        if lifecycle is not None and "absent" in str(lifecycle.data()):
            return text
        text = _with_nested(text, tree)
    elif text.strip():
        return text
    missing = {key: value for key, value in _AGENT.items() if tree is None or key not in (tree.value or {})}
    second = _SECOND_DOCUMENT.search(text, 1)
    end = second.start() if second else len(text)
    lines = "".join(f"{key}: {value}\n" for key, value in missing.items())
    return f"{text[:end]}{lines}{text[end:]}"


def _with_nested(text: str, tree: Tree) -> str:
    """Fill in models and tools, from the end on, so that the places before stay where they are."""
    insertions: list[tuple[int, str]] = []
    models = tree.value.get("models")
    if models is not None and isinstance(models.value, dict):
        insertions.append(_insertion(text, models, _MODELS, second=False))
    tools = tree.value.get("tools")
    for number, tool in enumerate(
        tools.value if tools is not None and isinstance(tools.value, list) else (), 1
    ):
        if isinstance(tool.value, dict) and "type" in tool.value:
            wanted = _TOOLS.get(str(tool.value["type"].value), {})
            filled = {key: value.format(n=number) for key, value in wanted.items()}
            insertions.append(_insertion(text, tool, filled, second=True))
    for offset, inserted in sorted(insertions, reverse=True):
        text = text[:offset] + inserted + text[offset:]
    return text


def _insertion(text: str, mapping: Tree, wanted: dict[str, str], *, second: bool) -> tuple[int, str]:
    """Say what to insert where: behind the brace, before the first key, or before the second one."""
    missing = {key: value for key, value in wanted.items() if key not in mapping.value}
    if text[mapping.span.start] == "{":
        comma = ", " if mapping.value else ""
        pairs = ", ".join(f"{key}: {value}" for key, value in missing.items())
        return mapping.span.start + 1, f"{pairs}{comma}" if pairs else ""
    keys = sorted(child.key.start for child in mapping.value.values())
    indent = " " * (keys[0] - text.rfind("\n", 0, keys[0]) - 1)
    pairs = [f"{key}: {value}\n" for key, value in missing.items()]
    if not second:
        return keys[0], "".join(f"{pair}{indent}" for pair in pairs)
    if len(keys) > 1:
        return keys[1], "".join(f"{pair}{indent}" for pair in pairs)
    line_end = text.find("\n", keys[0])
    return (line_end if line_end >= 0 else len(text)), "".join(f"\n{indent}{pair.rstrip()}" for pair in pairs)


def main(names: list[str]) -> int:
    """Run the blocks of the named rules and print what differs."""
    failed = 0
    for rule in [find(name) for name in names] if names else ALL:
        assert rule is not None, names
        with tempfile.TemporaryDirectory() as folder:
            try:
                verify(rule, Path(folder))
            except AssertionError as error:
                failed += 1
                print(error, end="\n\n")  # noqa: T201 - a script for people
    print(f"{failed} rules differ")  # noqa: T201 - a script for people
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
