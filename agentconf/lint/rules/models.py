"""Speech models and voices: whether they are there, and speak the agent's language; and what takes over."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from agentconf.lint.catalogue import base_language, catalogue, family
from agentconf.lint.finding import Severity
from agentconf.lint.fixing import rewritten
from agentconf.lint.rule import rule
from agentconf.lint.wording import listed, shorten
from agentconf.source.suggest import suggest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agentconf.lint.finding import Edit, Finding
    from agentconf.lint.rule import Cursor
    from agentconf.model.agent import Agent
    from agentconf.source.tree import Path


_LANGUAGE = re.compile(r"[a-z]{2,3}")


class _Use(NamedTuple):
    """A speech model that a definition names."""

    path: Path
    service: str
    model: str
    voice_path: Path | None = None
    voice: str | None = None


def _uses(agent: Agent) -> Iterator[_Use]:
    models = agent.models
    if models is None:
        return
    yield _Use(("models", "stt"), "stt", models.stt)
    yield _Use(("models", "tts"), "tts", models.tts, ("models", "tts_voice"), models.tts_voice)
    for index, model in enumerate(models.fallbacks.stt):
        yield _Use(("models", "fallbacks", "stt", index), "stt", model)
    for index, one in enumerate(models.fallbacks.tts):
        path = ("models", "fallbacks", "tts", index)
        yield _Use((*path, "model"), "tts", one.model, (*path, "voice"), one.voice)


@rule("AC403", "model-of-another-language", Severity.WARNING)
def model_of_another_language(agent: Agent, here: Cursor) -> Iterator[Finding]:
    """A speech model or a voice does not speak the agent's language.

    Asked of the catalogue of the platform's SDK package; the rule does not run without it. What the catalogue
    does not tell of is not judged. A voice of another language whose model knows the agent's is an info: some
    voices speak several.

    ## Why
    The caller is not understood, or hears the language with a foreign accent or not at all.

    ## Bad
    ```yaml
    # needs: the catalogue
    language: de
    models: {stt: 'slng/deepgram/nova:3-en', tts: 'slng/deepgram/aura:2-en'} # expect: AC403, AC403
    ```
    ```yaml
    # needs: the catalogue
    language: de
    models: {stt: 'slng/deepgram/nova:3-multi', tts: 'deepgram/aura:2'} # expect: AC403
    ```

    ## Good
    ```yaml
    # needs: the catalogue
    language: de-CH
    models: {stt: 'slng/deepgram/nova:3-multi', tts: 'deepgram/aura:2', tts_voice: aura-2-viktoria-de}
    ```

    ## Source
    The catalogue of voiceai-sdk (`list_models`, `list_voices`).
    """
    known = catalogue()
    if known is None or not agent.language:
        return
    language = base_language(agent.language)
    if not _LANGUAGE.fullmatch(language):
        return  # AC402 tells
    for use in _uses(agent):
        model = known.get(use.model)
        if model is None or model.service != use.service:
            continue
        if model.languages is not None and language not in model.languages:
            yield here.at(*use.path).finding(
                f"`{use.model}` does not speak {agent.language}",
                why=f"it knows {_some(sorted(model.languages))}",
                help=_model_help(use, language),
            )
            continue
        voice = model.voices.get(use.voice or "")
        if voice is not None and voice.language and base_language(voice.language) != language:
            alone = use.voice is not None and use.voice.endswith(f"-{voice.language}")
            others = [one.id for one in model.voices.values() if one.language == language]
            yield here.at(*(use.voice_path or use.path)).finding(
                f"the voice `{use.voice}` speaks {voice.language}, and the agent {agent.language}",
                help=f"take a voice of that language, such as `{others[0]}`"
                if others
                else "take another voice",
                severity=None if alone else Severity.INFO,
            )


def _some(names: list[str], most: int = 6) -> str:
    more = len(names) - most
    return listed(tuple(names)) if more <= 0 else f"{', '.join(names[:most])} and {more} more"


def _model_help(use: _Use, language: str) -> str:
    fitting = [
        one.id
        for one in (catalogue() or {}).values()
        if one.service == use.service and one.languages is not None and language in one.languages
    ]
    near = sorted(fitting, key=lambda one: family(one) != family(use.model))
    return f"take a model of that language, such as `{near[0]}`" if near else "take another model"


@rule("AC404", "not-in-catalogue", Severity.WARNING)
def not_in_catalogue(agent: Agent, here: Cursor) -> Iterator[Finding]:
    """A speech model or a voice is not in the platform's catalogue.

    Asked of the catalogue of the platform's SDK package; the rule does not run without it. A version of a
    family that the catalogue knows is an info, as catalogues lag behind. What the platform has gained since
    goes into the project file: `platform: {models: [...], voices: [...]}`.

    ## Why
    A model or a voice with a letter wrong is taken when the agent is written, and fails when a caller is on
    the line.

    ## Bad
    ```yaml
    # needs: the catalogue
    models: {stt: 'slng/depgram/nova:3-en'} # expect: AC404
    ```
    ```yaml
    # needs: the catalogue
    models: {tts_voice: aura-2-talia-en} # expect: AC404
    ```
    ```yaml
    # needs: the catalogue
    models: {stt: 'slng/deepgram/aura:2-en'} # expect: AC404
    ```

    ## Good
    ```yaml
    # needs: the catalogue
    models: {stt: 'slng/deepgram/nova:3-en', tts: 'slng/deepgram/aura:2-en', tts_voice: aura-2-thalia-en}
    ```

    ## Source
    The catalogue of voiceai-sdk (`list_models`, `list_voices`).
    """
    known = catalogue()
    if known is None:
        return
    own = here.context.project.settings.platform
    for use in _uses(agent):
        if use.model in own.models or not use.model.strip():
            continue
        model = known.get(use.model)
        at = here.at(*use.path)
        if model is None:
            yield _unknown_model(use, at)
        elif model.service != use.service:
            what = {"stt": "speech to text", "tts": "text to speech"}
            yield at.finding(
                f"`{use.model}` is a model for {what[model.service]}",
                why=f"{what[use.service]} is asked for here",
                help="the two may have been mixed up",
            )
        elif use.voice and model.voices and use.voice not in {*model.voices, *own.voices}:
            near = suggest(use.voice, model.voices)
            yield here.at(*(use.voice_path or use.path)).finding(
                f"`{shorten(use.voice)}` is no voice of `{use.model}`",
                help=f"did you mean `{near}`?" if near else "add it to `platform.voices` if it is right",
                fix=_instead(here.at(*(use.voice_path or use.path)), near),
                unsafe=True,
            )


def _unknown_model(use: _Use, at: Cursor) -> Finding:
    known = catalogue() or {}
    models = [one for one in known.values() if one.service == use.service]
    siblings = [one.id for one in models if one.family == family(use.model)]
    near = suggest(use.model, [one.id for one in models])
    return at.finding(
        f"`{shorten(use.model)}` is not in the catalogue of models",
        why=f"it knows {_some(siblings)} of that family" if siblings else None,
        help="add it to `platform.models` if it is right"
        if siblings or near is None
        else f"did you mean `{near}`? if not, add it to `platform.models`",
        severity=Severity.INFO if siblings else None,
        fix=() if siblings else _instead(at, near),
        unsafe=True,
    )


def _instead(at: Cursor, name: str | None) -> tuple[Edit, ...]:
    node = at.node()
    return rewritten(node, name) if name is not None and node is not None else ()


@rule("AC405", "fallback-is-primary", Severity.WARNING)
def fallback_is_primary(agent: Agent, here: Cursor) -> Iterator[Finding]:
    """A fallback is what it stands in for, or stands there twice.

    ## Why
    When the first one fails, the same one is tried again, and the caller waits for nothing.

    ## Bad
    ```yaml
    models:
      llm: groq/openai/gpt-oss-120b
      fallbacks:
        llm: [groq/openai/gpt-oss-120b] # expect: AC405
    ```
    ```yaml
    models:
      fallbacks:
        stt: ['slng/deepgram/nova:3-multi', 'slng/deepgram/nova:3-multi'] # expect: AC405
    ```

    ## Good
    ```yaml
    models:
      llm: groq/openai/gpt-oss-120b
      fallbacks:
        llm: [groq/moonshotai/kimi-k2-instruct-0905]
        tts: [{model: 'slng/deepgram/aura:2-en', voice: aura-2-asteria-en}]
    ```

    ## Source
    SLNG documentation, Models configuration (fallbacks).
    """
    models = agent.models
    if models is None:
        return
    chains: tuple[tuple[str, list[tuple[str, ...]]], ...] = (
        ("stt", [(models.stt,), *((one,) for one in models.fallbacks.stt)]),
        ("llm", [(models.llm,), *((one,) for one in models.fallbacks.llm)]),
        ("tts", [(models.tts, models.tts_voice), *((one.model, one.voice) for one in models.fallbacks.tts)]),
    )
    for service, chain in chains:
        for index, one in enumerate(chain[1:]):
            first = chain.index(one)
            if first <= index:
                what = "the model that it stands in for" if first == 0 else f"fallback {first} once more"
                yield here.at("models", "fallbacks", service, index).finding(
                    f"this fallback of `{service}` is {what}", help="take another model, or take it away"
                )


CATALOGUED = (model_of_another_language, not_in_catalogue)
"""Rules that do not run without the catalogue."""

RULES = (model_of_another_language, not_in_catalogue, fallback_is_primary)
