"""Dasha BlackBox, as far as outbound calls go: single and bulk, its queue, and what became of them."""
