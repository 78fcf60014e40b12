"""SLNG: its Voice Agents API."""
