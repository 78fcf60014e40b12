"""Prompts and other texts: mistaken placeholders, length, secrets, and variables that nothing mentions."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from agentconf.lint.finding import Edit, Severity
from agentconf.lint.fixing import replaced
from agentconf.lint.rule import rule
from agentconf.lint.surfaces import everything, filled, given, static_texts, templates
from agentconf.lint.template import scan
from agentconf.lint.wording import shorten

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agentconf.lint.finding import Finding
    from agentconf.lint.rule import Cursor
    from agentconf.model.agent import Agent

_DOLLAR = re.compile(r"\$\{\s*([A-Za-z_][A-Za-z0-9_-]*)\s*\}")
_SINGLE = re.compile(r"(?<![{$])\{\s*([A-Za-z_][A-Za-z0-9_-]*)\s*\}(?!\})")
_OURS = re.compile(r"\{\{\s*(env|var|file):([^{}\n]*)\}\}")

_KINDS = ("env:", "var:", "file:")

_CHARACTERS_A_TOKEN = 4.0
"""Characters of Latin script that make a token, about (documentation of OpenAI's tokenizers)."""

_WIDE = "\u0590"
"""The first character of the scripts beyond Latin, Greek, Cyrillic and Armenian."""

_WIDE_A_TOKEN = 1.5
"""The same of scripts beyond Latin, Greek and Cyrillic; ours, on the safe side."""


@cache
def _secret() -> re.Pattern[str]:
    """Return what secrets look like; made only for texts that may hold one."""
    return re.compile(
        r"\b(?:sk-(?=[A-Za-z_-]{0,60}[0-9])[A-Za-z0-9_-]{20,}|[rs]k_live_[A-Za-z0-9]{16,}|gh[pousr]_[A-Za-z0-9]{36,}"
        r"|github_pat_[A-Za-z0-9_]{40,}|glpat-[A-Za-z0-9_-]{20,}|xox[abprs]-[A-Za-z0-9-]{10,}"
        r"|(?:AKIA|ASIA)[0-9A-Z]{16}|AIza[0-9A-Za-z_-]{35}|zpka_[A-Za-z0-9_]{16,}"
        r"|eyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,})"
        r"|-----BEGIN [A-Z ]*PRIVATE KEY-----"
        r"|\b[Bb]earer\s+(?=[A-Za-z._~+/-]{0,60}[0-9])[A-Za-z0-9._~+/-]{24,}=*"
    )


_SECRET_HINTS = (
    *("sk-", "k_live_", "ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_", "glpat-", "xox"),
    *("AKIA", "ASIA", "AIza", "zpka_", "eyJ", "-----BEGIN", "earer"),
)
"""What a text must hold for `_secret` to match: prompts are long, and hardly one does."""


@rule("AC209", "mistaken-placeholder", Severity.WARNING, may_fail=True)
def mistaken_placeholder(agent: Agent, here: Cursor) -> Iterator[Finding]:
    """A placeholder of one kind is written where the other kind is meant.

    `{{name}}` is filled in by the platform for each call, `${var:name}` by agentconf for each environment. In
    a text that the platform fills in, `${name}` and, of a variable that is known, `{name}` reach callers as
    they stand: a warning. `{{var:name}}` and `{{env:NAME}}` are no placeholder at all: an error.

    ## Why
    Callers hear the braces, or "dollar".

    ## Bad
    ```yaml
    greeting: Hello $${patient_name}, this is {practice_name}. # expect: AC209, AC209
    inbound_greeting: This is {{practice_name}}.
    template_defaults: {practice_name: Greenfield Clinic}
    ```
    ```yaml
    greeting: "Hello, this is {{var:practice_name}}." # expect: AC209, AC202
    ```

    ## Good
    ```yaml
    greeting: Hello {{patient_name}}, this is {{practice_name}}. Say {yes} or {no}.
    template_defaults: {practice_name: Greenfield Clinic, patient_name: there}
    ```

    ## Source
    SLNG documentation, Template variables; our own: docs/project-files.md, references.
    """
    suspects = [surface for surface in templates(agent) if _suspect(surface.text)]
    known = given(here) if suspects else frozenset()
    for surface in suspects:
        at = here.at(*surface.path)
        for match in _OURS.finditer(surface.text):
            yield at.finding(
                f"`{shorten(match[0])}` is filled in by nobody",
                text=match.span(),
                why="what stands between double braces is a variable's name",
                help=f"write `${{{match[1]}:{match[2].strip()}}}`",
                severity=Severity.ERROR,
            )
        holes = [(part.start, part.end) for part in scan(surface.text)]
        for pattern in (_DOLLAR, _SINGLE):
            for match in pattern.finditer(surface.text):
                inside = any(start <= match.start() < end for start, end in holes)
                if inside or (pattern is _SINGLE and match[1] not in known):
                    continue
                right = f"{{{{{match[1]}}}}}"
                yield at.finding(
                    f"`{match[0]}` reaches the caller as it stands",
                    text=match.span(),
                    help=f"write `{right}`",
                    fix=_instead(at, match, right),
                    unsafe=True,
                )


def _suspect(text: str) -> bool:
    """Tell cheaply whether a text may hold a placeholder of the wrong kind: hardly one does."""
    braces = text.count("{")
    return braces > 0 and (
        braces != 2 * text.count("{{") or "${" in text or any(kind in text for kind in _KINDS)
    )


def _instead(at: Cursor, match: re.Match[str], text: str) -> tuple[Edit, ...]:
    """Write a placeholder otherwise; `$${…}` of the file is `${…}` of the text."""
    location = at.locate(text=match.span())
    start, end = location.span.start, location.span.end
    source = location.document.text
    if source[start - 1 : end] == f"${match[0]}":
        return (Edit(start - 1, end, text),)
    return replaced(location, match[0], text)


@rule("AC211", "runtime-variable-unused", Severity.INFO)
def runtime_variable_unused(agent: Agent, here: Cursor) -> Iterator[Finding]:
    """A runtime variable is mentioned by no text, or is used as a template variable without a default.

    ## Why
    The model is told of a variable that nothing asks it for; or a text needs a value before the call, and
    whether runtime variables have one by then is not documented.

    ## Bad
    ```yaml
    runtime_variables:
      - {name: callback_number, description: Number to call back} # expect: AC211
    ```
    ```yaml
    greeting: Hello {{visit}}.
    runtime_variables:
      - {name: visit, description: What the visit is for} # expect: AC211
    ```

    ## Good
    ```yaml
    system_prompt: Ask for the callback_number.
    runtime_variables:
      - {name: callback_number, description: Number to call back}
    ```

    ## Source
    API contract, RuntimeVariable.
    """
    if not agent.runtime_variables:
        return
    inserted = filled(agent)
    texts = "\n".join(
        [one.text for one in (*templates(agent), *static_texts(agent)) if one.path[0] != "runtime_variables"]
    )
    for index, one in enumerate(agent.runtime_variables):
        at = here.at("runtime_variables", index, "name")
        if one.name in inserted and one.name not in agent.template_defaults:
            yield at.finding(
                f"the runtime variable `{one.name}` is used as a template variable",
                why="whether it has a value before the call is not documented",
                help=f"give `{one.name}` a default under `template_defaults`, or pass it in every call",
            )
        elif one.name and one.name not in texts:
            yield at.finding(
                f"no text mentions the runtime variable `{one.name}`",
                help="name it in the prompt, or take it away",
            )


@rule("AC214", "long-prompt", Severity.WARNING)
def long_prompt(agent: Agent, here: Cursor) -> Iterator[Finding]:
    """The prompt is larger than its budget of tokens.

    The number is an estimate: four characters a token, fewer in scripts beyond Latin, Greek and Cyrillic. The
    budget is 8,000 tokens, or `lint: {prompt_tokens: N}` of the project file.

    ## Why
    The model reads all of it before each answer: callers wait longer, each turn costs more, and instructions
    in the middle get lost.

    ## Bad
    ```yaml
    # file: agentconf.yaml
    version: 1
    lint: {prompt_tokens: 10}
    ```
    ```yaml
    # file: agents/example.yaml
    system_prompt: You answer the phone of Greenfield Clinic, book visits and take messages. # expect: AC214
    ```

    ## Good
    ```yaml
    system_prompt: You answer the phone of Greenfield Clinic, book visits and take messages.
    ```

    ## Source
    Our own.
    """
    prompt = agent.system_prompt or ""
    budget = here.context.project.settings.lint.prompt_tokens
    if len(prompt) <= budget * _WIDE_A_TOKEN:
        return
    wide = sum(character >= _WIDE for character in prompt)
    tokens = int((len(prompt) - wide) / _CHARACTERS_A_TOKEN + wide / _WIDE_A_TOKEN)
    if tokens > budget:
        yield here.at("system_prompt").finding(
            f"the prompt has about {tokens:,} tokens, more than {budget:,}",
            text=(0, min(len(prompt), len(prompt.split("\n", 1)[0]) or 1)),
            help="say it shorter, or move what is looked up into a tool; "
            "`lint: {prompt_tokens: N}` in agentconf.yaml sets another budget",
        )


@rule("AC215", "secret-looking-text", Severity.ERROR)
def secret_looking_text(agent: Agent, here: Cursor) -> Iterator[Finding]:
    """A text holds what looks like an API key, a token or a private key.

    The shapes are those that their makers document: keys of OpenAI and Anthropic, Stripe, GitHub, GitLab,
    Slack, AWS, Google and SLNG, JSON web tokens, PEM blocks, and long tokens behind "Bearer".

    ## Why
    Texts go to the model, are answered to everybody who may read the agent, and stand in the repository. A
    caller may talk a model into saying its prompt.

    ## Bad
    ```yaml
    system_prompt: Look orders up with the key AKIAIOSFODNN7EXAMPLE. # expect: AC215
    ```
    ```yaml
    tools:
      - type: webhook
        description: "Send Authorization: Bearer 0123456789abcdef0123456789abcdef." # expect: AC215
    ```

    ## Good
    ```yaml
    system_prompt: Look orders up with check_order.
    tools:
      - {type: webhook, name: check_order, auth: {type: bearer, token: "${env:CRM_TOKEN}"}}
    ```

    ## Source
    API contract, VoiceAgentOut: texts are answered; the shapes: the makers' documentation of their keys.
    """
    together = everything(agent)
    if not any(hint in together for hint in _SECRET_HINTS):
        return
    for surface in (*templates(agent), *static_texts(agent)):
        for match in _secret().finditer(surface.text):
            place = here.at(*surface.path)
            location = place.locate(text=match.span())
            location.document.mask(location.span)
            yield place.finding(
                "this looks like a secret, in a text that is shown and sent in the open",
                text=match.span(),
                help="take it away and make it invalid where it was made; tools send secrets in `auth`",
            )


RULES = (mistaken_placeholder, runtime_variable_unused, long_prompt, secret_looking_text)
