"""Data to YAML that both YAML 1.1 and 1.2 readers take for the same thing."""

from __future__ import annotations

import re
from typing import Any

import yaml

from agentconf.source.scalars import resolve

try:
    from yaml import CSafeDumper as _Base
except ImportError:  # pragma: no cover - PyYAML without libyaml
    from yaml import SafeDumper as _Base  # type: ignore[assignment]


_SPECIAL = re.compile("[\x00-\x09\x0b-\x1f\x7f-\xa0\u2000-\u200f\u2028-\u202f\u2060-\u206f\ufeff]")
"""Line breaks of other standards, control characters, and blanks that look like none or like others."""


class _Dumper(_Base):
    """Blocks for texts of several lines; no anchors."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002 - PyYAML's signature
        return True


def _text(dumper: _Dumper, value: str) -> yaml.Node:
    style = None
    if _SPECIAL.search(value):
        style = '"'  # the emitter takes them for line breaks and indents what follows, or nobody sees them
    elif value.endswith("\n\n") or value == "\n":
        style = '"'  # a block would have to keep what follows it, too
    elif "\n" in value:
        style = "|"
    elif not isinstance(resolve(value), str):
        style = "'"  # text to YAML 1.1, a number to YAML 1.2: `1e3`, `0o14`
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)


_Dumper.add_representer(str, _text)


def to_yaml(data: Any, *, width: int = 100) -> str:
    """Write data as YAML.

    Texts that YAML 1.1 readers take for something else (`no`, `9:30`) are quoted.

    Args:
        data: dicts, lists, texts, numbers, booleans and None.
        width: columns after which a text without quotes goes on in the next line.

    """
    text: str = yaml.dump(data, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=width)
    return text
