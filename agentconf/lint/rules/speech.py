"""What callers hear, and how long they have to listen."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from agentconf.lint.catalogue import base_language
from agentconf.lint.finding import Severity
from agentconf.lint.rule import rule
from agentconf.lint.surfaces import NUDGES
from agentconf.lint.template import Placeholder, scan
from agentconf.lint.toolset import sound_tools

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agentconf.lint.finding import Finding
    from agentconf.lint.rule import Cursor
    from agentconf.model.agent import Agent
    from agentconf.source.tree import Path

GREETINGS = ("greeting", "inbound_greeting", "outbound_greeting")
LONGEST_GREETING = 12.0
"""Seconds that a caller listens before saying a word; ours (design of the rules)."""

_PACE = {"ja": 7.0, "zh": 4.5, "ko": 6.0, "th": 9.0}
_USUAL_PACE = 15.0
"""Characters a second that speech takes: 150 words a minute of six characters, and less where a character is
a syllable or a word."""

_VALUE = 10
"""Characters that a variable without a default is taken to bring."""

_HINTS = ("**", "__", "`", "](", "://", "www.")
_BULLETS = ("#", "-", "*", "+", " ", "\t")


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], str, str], ...]:
    """Return what cannot be spoken, what it is, and what to do; made only for texts that may hold it."""
    url = r"(?:https?://|www\.)\S+"
    markup = (
        r"\*\*[^*\n]+\*\*|__[^_\n]+__|`[^`\n]+`|\[[^\]\n]+\]\([^)\s]+\)"
        r"|^[ \t]{0,3}(?:#{1,6}|[-*+])[ \t]\S.*$"
    )
    emoji = "[\u2600-\u27bf\u2b50\u2b55\ufe0f\U0001f000-\U0001faff]"  # symbols, dingbats, pictographs
    return (
        (re.compile(url), "a URL", "say where to find it in words, or send it another way"),
        (re.compile(markup, re.MULTILINE), "markup", "write the words alone"),
        (re.compile(emoji), "an emoji", "take it away"),
    )


def _suspect(text: str) -> bool:
    """Tell cheaply whether a text may hold what cannot be spoken: hardly one does."""
    return (
        not text.isascii()
        or any(hint in text for hint in _HINTS)
        or any(line.startswith(_BULLETS) for line in text.split("\n"))
    )


class Spoken(NamedTuple):
    """A text that callers hear as it stands."""

    path: Path
    text: str


def spoken(agent: Agent) -> Iterator[Spoken]:
    """Yield the texts that go to speech without a model in between."""
    for name in GREETINGS:
        if (text := getattr(agent, name)) is not None:
            yield Spoken((name,), text)
    if agent.idle_nudges is not None:
        for name in NUDGES:
            yield Spoken(("idle_nudges", name), getattr(agent.idle_nudges, name))
    for index, tool in sound_tools(agent):
        message = tool.execution_policy.pre_action_message
        if message.text is not None:
            yield Spoken(("tools", index, "execution_policy", "pre_action_message", "text"), message.text)


@rule("AC212", "unspeakable-text", Severity.WARNING)
def unspeakable_text(agent: Agent, here: Cursor) -> Iterator[Finding]:
    r"""A text that is spoken holds markup, a URL or an emoji.

    Greetings, idle nudges and pre-action messages go to speech as they stand. Prompts may be written in
    Markdown: a model reads them.

    ## Why
    Callers hear "asterisk asterisk", the letters of an address, or nothing.

    ## Bad
    ```yaml
    greeting: "**Welcome** to Greenfield Clinic." # expect: AC212
    inbound_greeting: Book at https://greenfield-clinic.net/book or stay on the line. # expect: AC212
    idle_nudges:
      first_nudge_text: Are you still there? 🙂 # expect: AC212
      second_nudge_text: I am still here.
      final_hangup_text: Goodbye.
    ```

    ## Good
    ```yaml
    greeting: Welcome to Greenfield Clinic. Say "book" to book a visit - or stay on the line.
    system_prompt: "# Who you are\n\n- **kind**\n- brief"
    ```

    ## Source
    Our own: text to speech is given the text.
    """
    for path, text in spoken(agent):
        for pattern, what, advice in _patterns() if _suspect(text) else ():
            match = pattern.search(text)
            if match is not None and not _in_placeholder(text, match.start()):
                yield here.at(*path).finding(
                    f"`{path[-1]}` is spoken, and holds {what}",
                    text=match.span(),
                    help=advice,
                )
                break


def _in_placeholder(text: str, offset: int) -> bool:
    return any(part.start <= offset < part.end for part in scan(text))


@rule("AC213", "long-greeting", Severity.WARNING)
def long_greeting(agent: Agent, here: Cursor) -> Iterator[Finding]:
    """A greeting takes longer than twelve seconds to speak.

    The time is an estimate: fifteen characters a second, fewer in languages whose characters are syllables.
    A variable counts as its default, or as ten characters.

    ## Why
    Callers interrupt, or hang up, before they were asked anything; in an outbound call an answering machine
    takes over.

    ## Bad
    ```yaml
    greeting: >- # expect: AC213
      Hello and welcome to Greenfield Clinic, the clinic for the whole family in the heart of the old town,
      open from Monday to Friday from eight in the morning to six in the evening, where we look forward to
      helping you with any question you may have today.
    ```

    ## Good
    ```yaml
    greeting: Hello, this is Greenfield Clinic. How can I help you?
    ```

    ## Source
    Our own: about 150 words a minute is the pace of conversation.
    """
    pace = _PACE.get(base_language(agent.language or "en"), _USUAL_PACE)
    for name in GREETINGS:
        text = getattr(agent, name)
        if text is None or len(text) < LONGEST_GREETING * min(_PACE.values()):
            continue
        seconds = _length(text, agent.template_defaults) / pace
        if seconds > LONGEST_GREETING:
            yield here.at(name).finding(
                f"`{name}` takes about {seconds:.0f} seconds to speak",
                why=f"callers are to speak after {LONGEST_GREETING:.0f} seconds at most",
                help="say who speaks, and ask; the rest can wait until it is asked for",
            )


def _length(text: str, defaults: dict[str, str]) -> int:
    length = len(text)
    for part in scan(text):
        if isinstance(part, Placeholder):
            length += len(defaults.get(part.name, "x" * _VALUE)) - (part.end - part.start)
    return length


@rule("AC406", "idle-nudges-out-of-step", Severity.INFO)
def idle_nudges_out_of_step(agent: Agent, here: Cursor) -> Iterator[Finding]:
    """The second idle nudge comes sooner than the first one.

    ## Why
    Whether a delay counts from the silence's beginning or from the nudge before is not documented: in the
    first case the two come in the wrong order, in the second the agent grows impatient.

    ## Bad
    ```yaml
    idle_nudges:
      first_nudge_delay_seconds: 20
      second_nudge_delay_seconds: 10 # expect: AC406
      first_nudge_text: Are you still there?
      second_nudge_text: I am still here.
      final_hangup_text: Goodbye.
    ```

    ## Good
    ```yaml
    idle_nudges:
      first_nudge_delay_seconds: 15
      second_nudge_delay_seconds: 30
      first_nudge_text: Are you still there?
      second_nudge_text: I am still here.
      final_hangup_text: Goodbye.
    ```

    ## Source
    SLNG documentation, Idle nudges (15, 30 and 15 seconds).
    """
    nudges = agent.idle_nudges
    if nudges is None or nudges.second_nudge_delay_seconds >= nudges.first_nudge_delay_seconds:
        return
    at = here.at("idle_nudges", "second_nudge_delay_seconds")
    yield (at if at.declared() else here.at("idle_nudges", "first_nudge_delay_seconds")).finding(
        f"the second nudge has a shorter delay ({nudges.second_nudge_delay_seconds} s) than the first "
        f"({nudges.first_nudge_delay_seconds} s)",
        help="give the second one at least the first one's delay",
    )


RULES = (
    unspeakable_text,
    long_greeting,
    idle_nudges_out_of_step,
)
