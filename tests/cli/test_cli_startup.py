"""What a short process imports, and what it does without."""

from __future__ import annotations

import gc
import importlib
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from conftest import Project, clean_environ

from agentconf.cli import startup

if TYPE_CHECKING:
    from collections.abc import Iterator

PLUGINS = "pydantic.plugin._loader"
HEAVY = {
    *("asyncio", "deepdiff", "email", "httpx", "importlib.metadata", "jsonschema", "phonenumbers", "rich"),
    *("ruamel", "socket", "ssl", "starlette", "wcwidth"),
}
LINT = """
import sys
from agentconf.cli.main import main
try:
    main(["lint"])
finally:
    print(*sys.modules, file=sys.stderr)
"""


@pytest.fixture
def quiet_process(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Undo what `prepare` does to the process of the tests."""
    thresholds = gc.get_threshold()
    monkeypatch.setenv("PYDANTIC_DISABLE_PLUGINS", "restored when the test ends")
    monkeypatch.delenv("PYDANTIC_DISABLE_PLUGINS")
    importlib.import_module(PLUGINS)
    monkeypatch.delitem(sys.modules, PLUGINS)
    monkeypatch.delitem(sys.modules, "httpx._main", raising=False)
    yield
    sys.modules.pop("httpx._main", None)
    gc.set_threshold(*thresholds)
    gc.unfreeze()


def test_a_clean_lint_imports_nothing_that_it_does_not_need(project: Project) -> None:
    project.agent("router")
    ended = subprocess.run(
        [sys.executable, "-c", LINT],
        cwd=project.root,
        # A process that measures coverage imports more than it does by itself.
        env={name: value for name, value in clean_environ().items() if not name.startswith("COVERAGE_")},
        capture_output=True,
        text=True,
        check=True,
    )
    assert HEAVY & set(ended.stderr.split()) == set()


@pytest.mark.usefixtures("quiet_process")
def test_the_loader_of_plugins_is_not_imported() -> None:
    startup.prepare()
    assert tuple(sys.modules[PLUGINS].get_plugins()) == ()


@pytest.mark.usefixtures("quiet_process")
def test_whatever_else_is_asked_of_the_loader_the_real_one_answers() -> None:
    startup.prepare()
    stand_in = sys.modules[PLUGINS]
    assert stand_in.PYDANTIC_ENTRY_POINT_GROUP == "pydantic"
    assert sys.modules[PLUGINS] is not stand_in


@pytest.mark.usefixtures("quiet_process")
def test_the_loader_has_only_the_attributes_of_a_module_that_it_has() -> None:
    startup.prepare()
    assert not hasattr(sys.modules[PLUGINS], "__path__")


@pytest.mark.usefixtures("quiet_process")
def test_plugins_that_are_asked_for_are_looked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYDANTIC_DISABLE_PLUGINS", "some-plugin")
    startup.prepare()
    assert PLUGINS not in sys.modules


@pytest.mark.usefixtures("quiet_process")
def test_the_end_leaves_nothing_to_collect() -> None:
    startup.finish()
    assert gc.get_freeze_count() > 0


def test_a_plan_does_not_import_the_command_of_httpx(project: Project) -> None:
    project.agent("router")
    code = "import sys; from agentconf.cli import main as m\ntry: m.main(['plan'])\nfinally: print(*sys.modules, file=sys.stderr)"
    ended = subprocess.run(
        [sys.executable, "-c", code],
        cwd=project.root,
        env={name: value for name, value in clean_environ().items() if not name.startswith("COVERAGE_")},
        capture_output=True,
        text=True,
        check=True,
    )
    modules = set(ended.stderr.split())
    assert "httpx" in modules
    assert {"pygments", "rich.console"} & modules == set()
