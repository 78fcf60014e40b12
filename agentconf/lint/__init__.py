"""The linter: rules over sound parts, findings with exact places; offline by construction."""
