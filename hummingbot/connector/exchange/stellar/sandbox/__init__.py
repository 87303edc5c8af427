"""A Stellar network in one process: ledger, transaction processing, Horizon over HTTP, and a market that trades."""
