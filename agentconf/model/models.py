"""The `models` object: which speech and language models an agent runs on."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from agentconf.model.base import Model, Opaque

Seconds = Annotated[float, Field(ge=0)]
_KwArgs = Annotated[dict[str, Any], Opaque()]


class TtsFallback(Model):
    """A model and voice to fall back to (API contract, TtsFallback: 1 to 200 characters each)."""

    model: str = Field(
        min_length=1, max_length=200, description="Text-to-speech model, provider/model:variant"
    )
    voice: str = Field(min_length=1, max_length=200, description="Voice of that model")


class Fallbacks(Model):
    """Ordered fallbacks of each kind, tried when the primary fails or is too slow."""

    stt: list[str] = Field(default=[], description="Speech-to-text models, in the order they are tried")
    llm: list[str] = Field(default=[], description="Language models, in the order they are tried")
    tts: list[TtsFallback] = Field(
        default=[], description="Text-to-speech models with their voices, in the order they are tried"
    )


class Models(Model):
    """Speech to text, language model, text to speech, voice; timeouts in seconds (API contract, Models)."""

    stt: str = Field(description="Speech-to-text model, provider/model:variant")
    llm: str = Field(description="Language model, provider/model")
    tts: str = Field(description="Text-to-speech model, provider/model:variant")
    tts_voice: str = Field(description="Voice of the text-to-speech model")
    stt_kwargs: _KwArgs = Field(default={}, description="Further settings of the speech-to-text model")
    llm_kwargs: _KwArgs = Field(default={}, description="Further settings of the language model")
    tts_kwargs: _KwArgs = Field(default={}, description="Further settings of the text-to-speech model")
    fallbacks: Fallbacks = Field(
        default=Fallbacks.model_construct(), description="What to use when a model fails or is too slow"
    )
    stt_final_timeout_s: Seconds | None = Field(
        default=None, description="Seconds to wait for the final transcript before falling back"
    )
    llm_first_token_timeout_s: Seconds | None = Field(
        default=None, description="Seconds to wait for the first token before falling back"
    )
    tts_first_audio_timeout_s: Seconds | None = Field(
        default=None, description="Seconds to wait for the first audio before falling back"
    )
    failure_audio_enabled: bool = Field(default=True, description="Play a failure message when a model fails")
