"""Client of the Horizon API: requests, streams, the ledger clock, and readers of what Horizon lists."""
