"""Placing calls: the interface that each platform will implement."""
