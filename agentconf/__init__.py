"""Voice agents as code: definitions in YAML, linted, planned and applied to the platforms that run them."""

__version__ = "0.1.0"
