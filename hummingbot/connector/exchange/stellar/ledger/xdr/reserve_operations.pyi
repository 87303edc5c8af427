from hummingbot.connector.exchange.stellar.ledger.claimable_balances import Claimant

def claimants_xdr(claimants: tuple[Claimant, ...]) -> bytes:
    """Return the XDR of a claimable balance's claimants, with their count.

    Raises
    ------
    ValueError
        If there are more than ten, or a condition joins more than two.
    """
