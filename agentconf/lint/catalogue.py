"""The platform's catalogue of speech models and voices, out of its own SDK package, where that is installed.

Only the package's data is read: importing the package itself would import an HTTP client.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from importlib.util import find_spec, module_from_spec, spec_from_file_location
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

PACKAGE = "voiceai_sdk"
MISSING = "pip install 'agentconf[catalogue]'"


@dataclass(frozen=True, slots=True)
class Voice:
    """A voice of a model.

    Args:
        id: as `tts_voice` names it.
        language: the language that it speaks, or speaks best; None when that is not told.

    """

    id: str
    language: str | None


@dataclass(frozen=True, slots=True)
class Model:
    """A speech model.

    Args:
        id: as a definition names it.
        service: `stt` or `tts`.
        languages: the languages that it knows; None when that is not told.
        listed: gives its voices, as the catalogue has them; asked only for models that somebody uses.

    """

    id: str
    service: str
    languages: frozenset[str] | None
    listed: Callable[[str], Iterable[Mapping[str, Any]]] = field(default=lambda _model: (), repr=False)

    @property
    def voices(self) -> Mapping[str, Voice]:
        """The voices of a model for speech, by id; none when they are not listed."""
        return _voices(self)

    @property
    def family(self) -> str:
        """Provider and family, without the version."""
        return family(self.id)


def family(model: str) -> str:
    """Return provider and family of a model's id: `soniox/speech-ai` of `soniox/speech-ai:rt-v4`."""
    return model.rpartition(":")[0] or model


@lru_cache(maxsize=1)
def catalogue() -> Mapping[str, Model] | None:
    """Return the models by id; None when the SDK package is not installed."""
    package = find_spec(PACKAGE)
    for folder in (package.submodule_search_locations or ()) if package is not None else ():
        file = Path(folder) / "lib" / "catalog.py"
        spec = spec_from_file_location("agentconf_catalogue", file) if file.is_file() else None
        if spec is not None and spec.loader is not None:
            module = module_from_spec(spec)
            spec.loader.exec_module(module)
            return {one["id"]: _model(one, module.list_voices) for one in module.list_models()}
    return None


def _model(given: Mapping[str, Any], voices: Callable[[str], Iterable[Mapping[str, Any]]]) -> Model:
    languages = given.get("languages")
    return Model(given["id"], given["service"], frozenset(languages) if languages else None, voices)


@lru_cache(maxsize=64)
def _voices(model: Model) -> Mapping[str, Voice]:
    return {one["voiceId"]: Voice(one["voiceId"], one.get("language")) for one in model.listed(model.id)}


def base_language(tag: str) -> str:
    """Return the language of a tag without its script and region: `pt` of `pt-BR`."""
    return tag.replace("_", "-").partition("-")[0].lower()
