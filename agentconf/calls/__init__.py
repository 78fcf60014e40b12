"""Placing calls: contacts, campaigns, their ledger and pace, on one machine and on many."""
