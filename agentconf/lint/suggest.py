"""Did you mean, under the name that lint uses for it."""

from agentconf.source.suggest import suggest as closest

__all__ = ["closest"]
