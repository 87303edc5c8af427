"""What each operation does to the ledger, one file an operation, in stellar-core's order of checks."""
