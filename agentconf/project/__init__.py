"""Files and an environment make a project: discovery, includes, overlays, interpolation, provenance."""
