"""Client of Stellar RPC, which knows accounts, offers by their ids, fees and transactions, but no books."""
