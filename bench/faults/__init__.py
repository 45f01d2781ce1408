"""`python -m bench.faults`: break Préau while people write in it, and count what it had acknowledged and lost.

Real processes (pages, worker, a PostgreSQL of its own or an SQLite file), real requests. Every write that the site
acknowledges goes into a ledger; after each fault the database must hold each of them exactly once (docs/reliability.md).
"""
