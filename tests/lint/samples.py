"""Definitions and projects made of texts, without files."""

from __future__ import annotations

import re
import textwrap
from typing import TYPE_CHECKING, Any

from agentconf.lint.engine import lint_project
from agentconf.model.project import EnvironmentFile, LintSettings, ProjectFile
from agentconf.model.secret import SecretRef
from agentconf.project.definition import Definition, Environment, Project
from agentconf.source.compose import compose

if TYPE_CHECKING:
    from agentconf.lint.result import LintResult
    from agentconf.source.document import Problem
    from agentconf.source.tree import Tree

SOUND = """\
name: Example Agent
region: eu-central
language: en
system_prompt: You answer the phone of Greenfield Clinic. Be brief and kind.
greeting: Hello, this is Greenfield Clinic. How can I help you?
models:
  stt: slng/deepgram/nova:3-en
  llm: groq/openai/gpt-oss-120b
  tts: slng/deepgram/aura:2-en
  tts_voice: aura-2-thalia-en
slng_api_key: ${env:SLNG_API_KEY}
"""
"""An agent that no error or warning is said of."""

_KEY = re.compile(r"^(?=\w)", re.MULTILINE)
_WRITE_ONLY = frozenset({"slng_api_key", "token", "secret"})


def define(
    text: str, key: str = "example", *, path: str | None = None, problems: tuple[Problem, ...] = ()
) -> Definition:
    """Make a definition of a whole agent file."""
    composed = compose(textwrap.dedent(text), path or f"agents/{key}.yaml")
    assert composed.tree is not None, composed.problems
    _refer(composed.tree)
    return Definition(
        key=key,
        document=composed.document,
        tree=composed.tree,
        data=composed.tree.data(),
        problems=(*composed.problems, *problems),
    )


def extend(extra: str, key: str = "example") -> Definition:
    """Make a definition of the sound agent, with keys that replace or follow its own."""
    extra = textwrap.dedent(extra)
    declared = compose(extra, "extra.yaml").tree
    assert declared is not None
    keys = _KEY.split(SOUND)[1:]
    kept = [key for key in keys if key.split(":")[0] not in declared.value]
    return define("".join(kept) + extra, key)


def project(*definitions: Definition, environment: str = "local", **settings: Any) -> Project:
    """Make a project of definitions; settings are the project file's."""
    return Project(
        root="/nowhere",
        settings=ProjectFile(version=1, **settings),
        document=None,
        environment=Environment(environment, EnvironmentFile()),
        environment_names=(environment,),
        definitions=definitions,
    )


def lint(
    *definitions: Definition, settings: LintSettings | None = None, **project_settings: Any
) -> LintResult:
    """Lint definitions as a project of one environment."""
    return lint_project([project(*definitions, **project_settings)], settings or LintSettings())


def _refer(tree: Tree) -> None:
    """Put references to secrets where they belong, as the loader does."""
    for key, child in tree.value.items() if isinstance(tree.value, dict) else enumerate(tree.value or ()):
        if isinstance(child.value, dict | list):
            _refer(child)
        elif key in _WRITE_ONLY and isinstance(child.value, str):
            reference = SecretRef.parse(child.value)
            if reference is None:
                child.document.mask(child.span)
            else:
                child.value = reference
