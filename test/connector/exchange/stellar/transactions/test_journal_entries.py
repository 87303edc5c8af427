"""What the journal keeps of a transaction is the transaction, whatever its operations are."""

import json
from decimal import Decimal
from hashlib import sha256

import pytest

from hummingbot.connector.exchange.stellar.ledger.asset import NATIVE, Asset
from hummingbot.connector.exchange.stellar.ledger.envelope import SigningKey
from hummingbot.connector.exchange.stellar.ledger.operations import (
    ChangeTrust,
    LiquidityPoolDeposit,
    LiquidityPoolWithdraw,
    ManageSellOffer,
    Transaction,
)
from hummingbot.connector.exchange.stellar.ledger.xdr import (
    network_id,
    pool_id,
    pool_of,
    sign_fee_bump,
    sign_transaction,
)
from hummingbot.connector.exchange.stellar.transactions.instructions import (
    AccountOperation,
    Cancellation,
    Change,
    Order,
    Placement,
)
from hummingbot.connector.exchange.stellar.transactions.journal.entries import sent_from_json, sent_to_json
from hummingbot.connector.exchange.stellar.transactions.market_payments import market_payment
from hummingbot.connector.exchange.stellar.transactions.offers import deletion, limit_offer, passive_offer
from hummingbot.connector.exchange.stellar.transactions.sent import Sent

KEY = SigningKey(sha256(b"journal").digest())
USDC = Asset("USDC", KEY.account)
POOL = pool_of(NATIVE, USDC)


def market(is_buy):
    order = Order("a", "XLM-USDC", NATIVE, USDC, is_buy, 1000, "MARKET", Decimal("0.1"), 5.0)
    return Placement(order, market_payment(KEY.account, NATIVE, USDC, is_buy, 1000, Decimal("0.1"), (USDC,)))


def change(is_buy, kind="LIMIT"):
    order = Order("a", "XLM-USDC", NATIVE, USDC, is_buy, 1000, kind, Decimal("0.1"), 5.0)
    make = passive_offer if kind == "LIMIT_MAKER" else limit_offer
    operation = make(NATIVE, USDC, is_buy, 1000, Decimal("0.1"))
    gone = Cancellation("b", deletion(operation.selling, operation.buying, 7))
    return Change(gone, Placement(order, operation))


@pytest.mark.parametrize(
    "instruction",
    [
        market(True),
        market(False),
        Cancellation("b", ManageSellOffer(NATIVE, USDC, 0, 1, 1, 7)),
        change(True),
        change(False),
        change(True, "LIMIT_MAKER"),
        change(False, "LIMIT_MAKER"),
        AccountOperation(ChangeTrust(POOL, 10)),
        AccountOperation(LiquidityPoolDeposit(pool_id(POOL), 1, 1, 1, 2, 2, 1)),
        AccountOperation(LiquidityPoolWithdraw(pool_id(POOL), 1, 0, 0)),
    ],
    ids=lambda instruction: type(instruction.operation).__name__,
)
@pytest.mark.parametrize("is_bumped", [False, True], ids=["plain", "bumped"])
def test_a_transaction_comes_back_as_it_was_written(instruction, is_bumped):
    transaction = Transaction(KEY.account, 100, 1, (instruction.operation,), max_time=9)
    signed = sign_transaction(transaction, network_id("test"), (KEY,))
    sent = Sent(signed, KEY.account, 1, 9, 3, 100)
    if is_bumped:
        bump = sign_fee_bump(signed, KEY.account, 2_000, network_id("test"), (KEY,))
        sent = Sent(signed, KEY.account, 1, 9, 3, 1_000, bump.envelope_xdr)

    kept = json.loads(json.dumps(sent_to_json(sent, [instruction])))

    assert sent_from_json(kept) == (sent, [instruction])
