"""Ending a run of a campaign early, in good order."""

from agentconf.stop import Stop

__all__ = ["Stop"]
