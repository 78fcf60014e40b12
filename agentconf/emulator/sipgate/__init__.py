"""sipgate AI Flow, as far as outbound calls go: one endpoint that starts a call and tells nothing of it."""
