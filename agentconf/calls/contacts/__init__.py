"""Contacts: read from files, checked row by row, and turned into what a ledger takes."""
