"""Dasha: calls with its BlackBox agents."""
