"""The market as the strategy sees it: bars, books and state, all on ledger time."""
