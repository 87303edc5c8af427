from hummingbot.connector.exchange.stellar.ledger.results import TransactionResult

def decode_result(xdr: bytes) -> TransactionResult:
    """Read a ``TransactionResult``.

    Every operation of the protocol is read to its name and code; offers and path payments also to their
    claims, and to what rests or was delivered. `OperationResult.operation` is ``""`` where the network names
    none (``opNO_ACCOUNT`` …). Offers of CreatePassiveSellOffer come as ``manage_sell_offer``: the network
    reports them under that type. A fee bump is read as its inner transaction's result with the fee that the
    bump paid.

    Raises
    ------
    UnsupportedXdr
        If it holds a code or type that is newer than this codec.
    XdrError
        If the bytes are not a result.
    """

def encode_result(result: TransactionResult) -> bytes:
    """Write a ``TransactionResult``.

    Raises
    ------
    UnsupportedXdr
        For a success whose payload `OperationResult` does not hold (inflation, contract calls).
    XdrError
        If a code does not belong to its operation, or a value has no place in XDR.
    """
