"""Campaigns beyond one machine: lanes that Procrastinate hands to workers, and brings back from dead ones.

The ledger is the queue of contacts, here as everywhere. What is queued in this room are *lanes*: the right to
work on a campaign for a while (docs/decisions/0007-lanes-on-procrastinate.md).
"""
