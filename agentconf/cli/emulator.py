"""`agentconf emulator`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from agentconf.cli.options import Session, common
from agentconf.errors import ConfigurationError

if TYPE_CHECKING:
    from agentconf.emulator.options import EmulatorOptions


@click.command("emulator")
@click.option("--host", default="127.0.0.1", show_default=True, help="Loopback addresses only.")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8443, show_default=True, help="0 picks a free one."
)
@click.option(
    "--database", metavar="FILE", default=":memory:", show_default=True, help="SQLite file to keep agents in."
)
@click.option(
    "--contract",
    type=click.Choice(["keyed", "managed"]),
    default="keyed",
    show_default=True,
    help="Whether creating an agent takes slng_api_key, or the platform makes that key.",
)
@click.option(
    "--unknown-fields",
    type=click.Choice(["reject", "keep", "drop"]),
    default="reject",
    show_default=True,
    help="What happens to fields that the contract does not know.",
)
@click.option(
    "--latency", type=click.FloatRange(min=0), default=0.0, metavar="SECONDS", help="Delay of answers."
)
@click.option("--fault", metavar="SPEC", default="", help="Such as 429=0.1,500=0.05,reset=0.05.")
@click.option(
    "--retry-after",
    type=click.IntRange(min=0),
    default=1,
    metavar="SECONDS",
    help="What 429 and 503 ask for.",
)
@click.option("--random-seed", type=int, default=0, show_default=True, help="Makes faults repeatable.")
@click.option(
    "--seed",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="JSON array of agents to begin with.",
)
@common("text")
def command(session: Session, host: str, port: int, seed: Path | None, **options: Any) -> int:
    """Serve the platform's API on loopback, over SQLite, until Ctrl-C.

    Any bearer token is accepted. Point an environment at it with `base_url: http://127.0.0.1:8443`, or
    one run with AGENTCONF_BASE_URL.
    """
    try:
        from agentconf.emulator.server import serve  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise ConfigurationError(
            "the emulator is not installed", help="pip install 'agentconf[emulator]'"
        ) from error

    def ready(url: str) -> None:
        session.output.result(f"The emulator listens on {url} (Ctrl-C ends it)")

    serve(_options(seed, options), host=host, port=port, ready=ready)
    return 0


def _options(seed: Path | None, options: dict[str, Any]) -> EmulatorOptions:
    from agentconf.emulator.faults import parse_faults  # noqa: PLC0415
    from agentconf.emulator.options import EmulatorOptions  # noqa: PLC0415

    faults = parse_faults(options.pop("fault"))
    return EmulatorOptions(faults=faults, seed_file=seed, **options)
