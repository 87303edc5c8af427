"""A Stellar network in one process: ledger, transactions, Horizon over HTTP, and a market that trades."""
