"""Where every campaign stands: who is to be called, who has been, and what may be sent next.

The ledger is the one source of truth and the queue at once. Every step is a transaction that is durable
before the request that it announces; the limits of a campaign hold over all processes because they are
decided in these transactions. The same SQL runs on SQLite and on PostgreSQL.
"""
