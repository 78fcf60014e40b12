"""An installed package with policies: a module and the metadata that an installer writes beside it."""

from __future__ import annotations

from pathlib import Path


def install(folder: Path, package: str, code: str, *policies: str) -> Path:
    """Put a package where Python finds it.

    Args:
        folder: on Python's path.
        package: its name, and its module's.
        code: the module's text.
        policies: its entry points, each `name` or `name=function`; the function is called like the policy.

    """
    module = package.replace("-", "_")
    metadata = folder / f"{module}-1.0.dist-info"
    metadata.mkdir(parents=True, exist_ok=True)
    (folder / f"{module}.py").write_text(code, encoding="utf-8")
    (metadata / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.0\n")
    points = [one if "=" in one else f"{one}={one}" for one in policies]
    lines = [f"{name} = {module}:{target}\n" for name, target in (one.split("=") for one in points)]
    (metadata / "entry_points.txt").write_text("[agentconf.policies]\n" + "".join(lines))
    return folder
