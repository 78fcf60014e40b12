"""Text to nodes to spans: the only room that reads YAML and JSON."""
