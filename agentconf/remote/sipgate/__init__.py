"""sipgate: calls with its AI flows."""
