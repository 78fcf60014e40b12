"""Carrying a plan out: bounded concurrency, four outcomes, read-back."""
