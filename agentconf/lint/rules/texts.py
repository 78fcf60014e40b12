"""Texts: braces, what stands between them, and texts that nobody has written yet."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from agentconf.lint.finding import Severity
from agentconf.lint.rule import rule
from agentconf.lint.surfaces import everything, static_texts, templates
from agentconf.lint.template import NAME_LIMIT, Fault, FaultKind, Placeholder, scan
from agentconf.lint.toolset import webhooks
from agentconf.lint.wording import shorten

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from agentconf.lint.finding import Finding
    from agentconf.lint.rule import Cursor
    from agentconf.model.agent import Agent
    from agentconf.source.tree import Path

_STAND_IN = re.compile(
    r"<(?i:your)[\s_-][^<>\n]{0,60}>|<(?i:placeholder|todo)>|\[YOUR [^\[\]\n]{0,60}\]"
    r"|\bYOUR_[A-Z0-9_]+\b|\b(?:REPLACE|CHANGE)_?ME\b|\b(?:TODO|FIXME)(?=[:(])|\b(?i:lorem ipsum)\b"
)
_HINTS = ("<", "YOUR", "REPLACE", "CHANGE", "TODO", "FIXME", "orem ipsum", "OREM IPSUM")
"""What a text must hold for `_STAND_IN` to match: prompts are long, and nearly none does."""

_ALL_OF_IT = frozenset({"TODO", "FIXME", "TBD", "XXX", "...", "\u2026"})
_ANGLES = re.compile(r"<[^<>]*>")
_CONTROL = "[\\x00-\\x08\\x0b-\\x1f\\x7f]"
_NO_CONTROLS = bytes(code for code in range(256) if code in b"\t\n" or code not in (*range(0x20), 0x7F))
_MODEL_FIELDS = ("stt", "llm", "tts", "tts_voice")


@rule("AC201", "unmatched-braces", Severity.ERROR)
def unmatched_braces(agent: Agent, here: Cursor) -> Iterator[Finding]:
    """Double braces are opened and not closed, or closed and not opened.

    ## Why
    The platform refuses the agent: "Unmatched handlebars braces in template". It would otherwise read the
    braces aloud. Single braces are plain text, but two that close JSON side by side count as a pair.

    ## Bad
    ```yaml
    greeting: Hello {{patient_name, this is Greenfield Clinic. # expect: AC201
    ```
    ```yaml
    system_prompt: 'Answer with {"order": {"id": 7}}' # expect: AC201
    ```

    ## Good
    ```yaml
    greeting: Hello {{patient_name}}, this is Greenfield Clinic.
    system_prompt: 'Answer with {"order": {"id": 7} }'
    template_defaults: {patient_name: there}
    ```

    ## Source
    API contract, createAgent (400, "Invalid template: Unmatched handlebars braces in template").
    """
    for surface in templates(agent):
        for part in scan(surface.text):
            if isinstance(part, Fault) and part.unbalanced:
                yield here.at(*surface.path).finding(
                    _brace_message(part, surface.text),
                    text=(part.start, part.end),
                    why="the platform refuses a text whose double braces do not match",
                    help=_brace_help(part, surface.text),
                )


@rule("AC202", "template-expression", Severity.ERROR)
def template_expression(agent: Agent, here: Cursor) -> Iterator[Finding]:
    """Something other than a variable's name stands between double braces.

    A name is a letter or underscore, then letters, digits, underscores and dashes, at most 64 of them; blanks
    around it do not matter. A name with other letters, or with a digit in front, is only a warning.

    ## Why
    The platform substitutes names and nothing else: no expressions, helpers, blocks, partials or comments.
    What is no name is refused, or reaches the caller as it stands. Decide before the call, and pass the
    result as an argument.

    ## Bad
    ```yaml
    greeting: "{{#if vip}}Welcome back!{{/if}} How can I help?" # expect: AC202
    ```
    ```yaml
    greeting: Hello {{patient.name}}, you are number {{position + 1}}. # expect: AC202, AC202
    ```
    ```yaml
    greeting: Hello {{{patient_name}}}. # expect: AC202
    ```

    ## Good
    ```yaml
    greeting: "{{opening}} How can I help, {{ patient_name }}?"
    template_defaults: {opening: Welcome!, patient_name: my friend}
    ```

    ## Source
    SLNG documentation, Tool personalization: "Template substitution only. Expressions and formulas are not
    supported"; the length of names: runtime arguments.
    """
    for surface in templates(agent):
        block = False
        for part in scan(surface.text):
            if isinstance(part, Placeholder):
                if not part.plain or len(part.name) > NAME_LIMIT:
                    yield _name_finding(part, here.at(*surface.path))
            elif not part.unbalanced and not (block and part.kind is FaultKind.BLOCK_END):
                block = block or part.kind is FaultKind.BLOCK
                shown = shorten(surface.text[part.start : part.end])
                yield here.at(*surface.path).finding(
                    f"`{shown}` is {part.kind.value}; only a name can stand between double braces",
                    text=(part.start, part.end),
                    why="the platform substitutes variables and evaluates nothing",
                    help=_expression_help(part),
                )


@rule("AC205", "variable-in-static-text", Severity.ERROR)
def variable_in_static_text(agent: Agent, here: Cursor) -> Iterator[Finding]:
    """A placeholder stands in a text that the platform does not fill in.

    Descriptions, `llm_result_instructions` and the text of pre-action messages are documented as static: an
    error. Others are not among the texts documented as filled in: a warning. Those are tool prompts,
    descriptions of parameters, arguments and runtime variables, constants, idle nudges, the agent's name, and
    the values of `template_defaults`, which are not filled in a second time.

    ## Why
    The model, or the caller, gets the braces as they stand.

    ## Bad
    ```yaml
    tools:
      - type: webhook
        description: Looks up an order of {{brand}}. # expect: AC205
        execution_policy:
          pre_action_message: {enabled: true, text: "One moment, {{patient_name}}."} # expect: AC205
    ```
    ```yaml
    idle_nudges:
      first_nudge_text: Are you still there, {{patient_name}}? # expect: AC205
      second_nudge_text: I am still here.
      final_hangup_text: Goodbye.
    ```
    ```yaml
    greeting: Hello {{whom}}.
    template_defaults:
      whom: "{{patient_name}}" # expect: AC205
    ```

    ## Good
    ```yaml
    tools:
      - type: webhook
        description: Looks up an order.
        url: https://hooks.greenfield-clinic.net/orders?brand={{brand}}
    template_defaults: {brand: greenfield}
    ```

    ## Source
    SLNG documentation, Tool personalization (supported surfaces; validation rules).
    """
    for surface in static_texts(agent):
        for part in scan(surface.text):
            if isinstance(part, Fault) and part.unbalanced:
                continue
            shown = shorten(surface.text[part.start : part.end])
            field = next(one for one in reversed(surface.path) if isinstance(one, str))
            static = "static" if surface.documented else "not among the texts that are filled in"
            if surface.path[0] == "template_defaults":
                static = "a value itself, and is not filled in again"
            yield here.at(*surface.path).finding(
                f"`{shown}` is not filled in: `{field}` is {static}",
                text=(part.start, part.end),
                why="the braces reach the model or the caller as they stand",
                help="write the text without it; the system prompt and the greetings may use it",
                severity=None if surface.documented else Severity.WARNING,
            )


@rule("AC208", "placeholder-text", Severity.WARNING, may_fail=True)
def placeholder_text(agent: Agent, here: Cursor) -> Iterator[Finding]:
    """A text is empty, or still holds what stood there until somebody would write it.

    In a URL `<…>` is an error: no such host exists. An empty greeting may be meant, and is an info.

    ## Why
    `TODO`, `<your-host>` or `CHANGE_ME` in a definition is spoken to callers, or called.

    ## Bad
    ```yaml
    system_prompt: "TODO: write the prompt" # expect: AC208
    tools:
      - type: webhook
        url: https://<your-public-host>/orders # expect: AC208
    ```
    ```yaml
    models: {tts_voice: ""} # expect: AC208
    ```

    ## Good
    ```yaml
    system_prompt: You book visits. Wait for the answer after each question. <wait for response>
    tools:
      - type: webhook
        url: https://hooks.greenfield-clinic.net/orders
    ```

    ## Source
    Our own: the API takes such texts.
    """
    required = _required_texts(agent)
    for path, text in required:
        if not text.strip():
            silent = path == ("greeting",)
            yield here.at(*path).finding(
                f"`{path[-1]}` is empty",
                help="leave it so only if the caller is to speak first" if silent else "write it",
                severity=Severity.INFO if silent else None,
            )
    texts = dict((*required, *_optional_texts(agent)))
    if not _may_wait(texts.values()):
        return
    for path, text in texts.items():
        url = path[-1] == "url"
        span = _stand_in(text, url=url)
        if span is not None:
            yield here.at(*path).finding(
                f"`{shorten(text[slice(*span)])}` still waits for what belongs there",
                text=span,
                help="write what belongs there",
                severity=Severity.ERROR if url else None,
            )


@rule("AC217", "control-character", Severity.WARNING)
def control_character(agent: Agent, here: Cursor) -> Iterator[Finding]:
    r"""A text that is sent holds a control character other than a tab or a line feed.

    ## Why
    Nobody can see it in the file, speech has no sound for it, and what a model or a receiver makes of it
    is open. It mostly comes with a text that was copied from a terminal, or with an escape such as `\e`.

    ## Bad
    ```yaml
    greeting: "Hello,\e this is Greenfield Clinic." # expect: AC217
    ```

    ## Good
    ```yaml
    greeting: "Hello,\n this is Greenfield Clinic."
    ```

    ## Source
    Our own; RFC 8259, section 7 (control characters).
    """
    # Deleting bytes is twenty times as fast as a search, and hardly a text holds one.
    if not everything(agent).encode("utf-8", "replace").translate(None, _NO_CONTROLS):
        return
    for surface in (*templates(agent), *static_texts(agent)):
        match = re.search(_CONTROL, surface.text)
        if match:
            field = next(one for one in reversed(surface.path) if isinstance(one, str))
            yield here.at(*surface.path).finding(
                f"`{field}` holds the control character U+{ord(match[0]):04X}",
                text=match.span(),
                help="take it away; write line ends as line feeds",
            )


def _may_wait(texts: Collection[str]) -> bool:
    """Tell whether a text may be a stand-in; with one look at all of them, for hardly an agent has one."""
    if not _ALL_OF_IT.isdisjoint([text.strip() for text in texts]):
        return True
    together = "\n".join(texts)
    return any(hint in together for hint in _HINTS)


def _stand_in(text: str, *, url: bool) -> tuple[int, int] | None:
    """Find what stands where somebody was to write something; in a URL that is anything in angle brackets."""
    if text.strip() in _ALL_OF_IT:
        return 0, len(text)
    match = (_ANGLES if url else _STAND_IN).search(text)
    return match.span() if match else None


def _brace_message(fault: Fault, text: str) -> str:
    shown = text[fault.start : fault.end]
    if fault.kind is FaultKind.NESTED:
        return "a placeholder stands inside another"
    if shown.startswith("}"):
        return f"`{shown}` closes what nothing opened"
    if shown.endswith("}"):
        return f"`{shorten(shown)}` opens and closes with different numbers of braces"
    return f"`{shorten(shown)}` is opened and never closed"


def _brace_help(fault: Fault, text: str) -> str:
    if text[fault.start] == "}":
        return "take the braces away; braces that are meant literally need a blank between them: `} }`"
    if fault.kind is FaultKind.NESTED:
        return "close the first placeholder before the next one opens"
    return "write `{{name}}`: two braces on each side"


def _name_finding(placeholder: Placeholder, at: Cursor) -> Finding:
    """Say what is wrong with a name: its length, else its characters."""
    text, name = (placeholder.start, placeholder.end), placeholder.name
    if len(name) > NAME_LIMIT:
        return at.finding(
            f"the name of the variable has {len(name)} characters, more than {NAME_LIMIT}",
            text=text,
            why="no call can give it: names of runtime arguments are bounded",
            help="shorten it",
        )
    return at.finding(
        f"`{name}` may not be taken for a name",
        text=text,
        why="the documentation shows names of ASCII letters, digits and underscores, a letter first",
        help="write a name such as `patient_name`",
        severity=Severity.WARNING,
    )


def _expression_help(fault: Fault) -> str:
    match fault.kind:
        case FaultKind.EMPTY:
            return "write the variable's name, or take the braces away"
        case FaultKind.BLOCK | FaultKind.BLOCK_END:
            return "let the caller of the API decide, and pass the text that is to stand here as an argument"
        case FaultKind.COMMENT:
            return "take it away; comments belong into the file, behind `#`"
        case FaultKind.UNESCAPED:
            return "two braces on each side: nothing is escaped anyway"
        case FaultKind.WORDS:
            return "join the words with underscores, as in `{{patient_name}}`"
    return "compute the value before the call, and pass it as an argument of its own"


def _required_texts(agent: Agent) -> list[tuple[Path, str]]:
    """Return the texts without which an agent makes no sense."""
    texts: list[tuple[Path, str]] = [
        ((field,), getattr(agent, field))
        for field in ("system_prompt", "greeting")
        if getattr(agent, field) is not None
    ]
    if agent.models is not None:
        texts += [(("models", field), getattr(agent.models, field)) for field in _MODEL_FIELDS]
    for index, tool in webhooks(agent):
        texts += [(("tools", index, "url"), tool.url), (("tools", index, "description"), tool.description)]
    return texts


def _optional_texts(agent: Agent) -> Iterator[tuple[Path, str]]:
    """Yield the other texts that callers hear or models read."""
    for field in ("inbound_greeting", "outbound_greeting"):
        if getattr(agent, field) is not None:
            yield (field,), getattr(agent, field)
    yield from ((surface.path, surface.text) for surface in static_texts(agent))


RULES = (unmatched_braces, template_expression, variable_in_static_text, placeholder_text, control_character)
