"""The `models` object: which speech and language models an agent runs on."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from agentconf.model.base import Model, Opaque

Seconds = Annotated[float, Field(ge=0)]
_KwArgs = Annotated[dict[str, Any], Opaque()]


class TtsFallback(Model):
    """A model and voice to fall back to (API contract, TtsFallback: 1 to 200 characters each)."""

    model: str = Field(min_length=1, max_length=200)
    voice: str = Field(min_length=1, max_length=200)


class Fallbacks(Model):
    """Ordered fallbacks of each kind, tried when the primary fails or is too slow."""

    stt: list[str] = []
    llm: list[str] = []
    tts: list[TtsFallback] = []


class Models(Model):
    """Speech to text, language model, text to speech and voice; timeouts in seconds (API contract, Models)."""

    stt: str = Field(description="Speech-to-text model, provider/model:variant")
    llm: str = Field(description="Language model, provider/model")
    tts: str = Field(description="Text-to-speech model, provider/model:variant")
    tts_voice: str = Field(description="Voice of the text-to-speech model")
    stt_kwargs: _KwArgs = {}
    llm_kwargs: _KwArgs = {}
    tts_kwargs: _KwArgs = {}
    fallbacks: Fallbacks = Fallbacks.model_construct()
    stt_final_timeout_s: Seconds | None = None
    llm_first_token_timeout_s: Seconds | None = None
    tts_first_audio_timeout_s: Seconds | None = None
    failure_audio_enabled: bool = Field(default=True, description="Play a failure message when a model fails")
