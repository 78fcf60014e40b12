from __future__ import annotations

from typing import TYPE_CHECKING

from project_loading import Folder

from agentconf.project.provenance import HIDDEN, origins

if TYPE_CHECKING:
    from pathlib import Path


def test_every_leaf_tells_where_it_was_written(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    folder.write("agentconf.yaml", "version: 1\nvars: {host: h}\ndefaults: {slng_api_key: '${env:KEY}'}\n")
    folder.write("environments/x.yaml", "agents: {a: {region: r}}\n")
    folder.write("tools/t.yaml", "type: webhook\nauth: {token: literal}\n")
    folder.write("prompts/p.md", "text\n")
    definition = folder.agent(
        "system_prompt: ${file:../prompts/p.md}\ntools:\n  - $ref: ../tools/t.yaml\n    url: https://${var:host}\n"
        "template_defaults: {}\nruntime_variables: []\nslng_api_key: null\ninbound_greeting: null\n",
        "x",
    )
    assert [
        (path, value, str(location), reference) for path, value, location, reference in origins(definition)
    ] == [
        (("system_prompt",), "text", "prompts/p.md:1:1", "${file:../prompts/p.md}"),
        (("tools", 0, "type"), "webhook", "tools/t.yaml:1:7", None),
        (("tools", 0, "auth", "token"), HIDDEN, "tools/t.yaml:2:15", None),
        (("tools", 0, "url"), "https://h", "agents/a.yaml:4:10", "https://${var:host}"),
        (("template_defaults",), {}, "agents/a.yaml:5:20", None),
        (("runtime_variables",), [], "agents/a.yaml:6:20", None),
        (("inbound_greeting",), None, "agents/a.yaml:8:19", None),
        (("region",), "r", "environments/x.yaml:1:22", None),
    ]


def test_a_secret_is_told_by_its_reference(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    folder.write("agentconf.yaml", "version: 1\nvars: {key: '${env:KEY}'}\n")
    definition = folder.agent("slng_api_key: ${var:key}\n", environ={"KEY": "k"})
    assert [(value, reference) for _, value, _, reference in origins(definition)] == [
        ("${env:KEY}", "${var:key}")
    ]
