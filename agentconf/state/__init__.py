"""The memory of what was applied: its shape and the protocol of the stores that will keep it."""
