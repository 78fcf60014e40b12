"""The write side of the platform's API and our own files as types: no I/O, no YAML, no HTTP."""
