"""The impact classes: what a change means for the people on the phone."""

from __future__ import annotations

from enum import StrEnum


class Impact(StrEnum):
    """What a change touches, worst first in the order of this list for display."""

    SAFETY = "safety"
    ROUTING = "routing"
    DATA = "data"
    CREDENTIAL = "credential"
    SPEECH = "speech"
    BEHAVIOUR = "behaviour"
    COSMETIC = "cosmetic"
