"""What a real network did, recorded, against what the engine does: calls, whole transactions, ledgers."""
