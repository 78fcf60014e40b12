"""A language server over the same engine as `agentconf lint`."""
