"""What an agent says into a long silence when its definition does not say it.

The platform answers with texts in the agent's language when `idle_nudges` is omitted (SLNG documentation,
Idle nudges); the delays are those of the API contract, IdleNudges. The texts are this emulator's own.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_TEXTS: Mapping[str, tuple[str, str, str]] = MappingProxyType(
    {
        "en": (
            "Hello, can you hear me?",
            "Take your time, I am still on the line.",
            "I cannot hear you, so I will end the call here. Goodbye.",
        ),
        "es": (
            "Hola, ¿me oye?",
            "Tómese su tiempo, sigo en la línea.",
            "No le oigo, así que voy a terminar la llamada. Adiós.",
        ),
        "fr": (
            "Allô, vous m'entendez ?",
            "Prenez votre temps, je reste en ligne.",
            "Je ne vous entends pas, je vais donc raccrocher. Au revoir.",
        ),
        "de": (
            "Hallo, können Sie mich hören?",
            "Lassen Sie sich Zeit, ich bin noch in der Leitung.",
            "Ich höre Sie nicht und beende deshalb das Gespräch. Auf Wiederhören.",
        ),
        "it": (
            "Pronto, mi sente?",
            "Faccia con calma, sono ancora in linea.",
            "Non la sento, quindi chiudo la chiamata. Arrivederci.",
        ),
        "pt": (
            "Olá, está a ouvir-me?",
            "Sem pressa, continuo em linha.",
            "Não consigo ouvir, por isso vou terminar a chamada. Adeus.",
        ),
        "nl": (
            "Hallo, kunt u mij horen?",
            "Neem de tijd, ik ben nog aan de lijn.",
            "Ik hoor u niet en beëindig daarom het gesprek. Tot ziens.",
        ),
    }
)


def default_nudges(language: str) -> dict[str, object]:
    """Return the nudges of a language, such as `es` or `es-MX`; an unknown one gets those of English."""
    primary = language.replace("_", "-").partition("-")[0].lower()
    first, second, final = _TEXTS.get(primary, _TEXTS["en"])
    return {
        "enabled": True,
        "first_nudge_delay_seconds": 15,
        "second_nudge_delay_seconds": 30,
        "hangup_delay_seconds": 15,
        "first_nudge_text": first,
        "second_nudge_text": second,
        "final_hangup_text": final,
    }
