"""The platforms' APIs as a client sees them: the only room that speaks HTTP."""
