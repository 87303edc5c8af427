"""A bot under all faults at once, killed and started again at random, and judged by the ledger."""
