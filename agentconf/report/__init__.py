"""Findings, plans and outcomes as text: one module a format."""
