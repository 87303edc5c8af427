"""A signer that is the hash of a transaction agrees to that one, once."""

from hummingbot.connector.exchange.stellar.ledger.asset import NATIVE
from hummingbot.connector.exchange.stellar.ledger.envelope import SignedTransaction
from hummingbot.connector.exchange.stellar.ledger.operations import Payment
from hummingbot.connector.exchange.stellar.ledger.strkey import encode_signer

from .conftest import UNIT, Town


def pay(town: Town, amount: int = UNIT) -> Payment:
    return Payment(town.address("bob"), NATIVE, amount)


def agree(town: Town, name: str, signed: SignedTransaction, sponsor: str | None = None) -> None:
    """Let an account agree to a transaction beforehand, as a SetOptions would, for a sponsor's reserve."""
    account = town.account(name).copy()
    account.signers = ((encode_signer("T", signed.hash), 1, sponsor and town.address(sponsor)),)
    account.subentries += 1
    if sponsor is not None:
        account.sponsored += 1
        paying = town.account(sponsor).copy()
        paying.sponsoring += 1
        town.network.state.load(paying)
    town.network.state.load(account)


def test_signs_for_its_account_and_is_gone(town: Town) -> None:
    subentries = town.account("alice").subentries
    signed = town.sign("alice", pay(town), signers=())
    agree(town, "alice", signed)
    assert town.network.submit(signed.envelope_xdr).status == "PENDING"
    (applied,) = town.close().transactions
    assert applied.result.code == "txSUCCESS"
    assert town.account("alice").signers == ()
    assert town.account("alice").subentries == subentries


def test_is_gone_after_a_failure_too(town: Town) -> None:
    signed = town.sign("alice", pay(town, 10**17), signers=())
    agree(town, "alice", signed)
    town.network.submit(signed.envelope_xdr)
    (applied,) = town.close().transactions
    assert [result.code for result in applied.result.operations] == ["PAYMENT_UNDERFUNDED"]
    assert town.account("alice").signers == ()


def test_that_of_an_operations_account_is_used_and_gone(town: Town) -> None:
    payment = Payment(town.address("bob"), NATIVE, UNIT, town.address("carol"))
    signed = town.sign("alice", payment)
    agree(town, "carol", signed)
    assert town.network.submit(signed.envelope_xdr).status == "PENDING"
    (applied,) = town.close().transactions
    assert applied.result.code == "txSUCCESS"
    assert town.account("carol").signers == ()


def test_its_sponsor_has_the_reserve_back(town: Town) -> None:
    signed = town.sign("alice", pay(town), signers=())
    agree(town, "alice", signed, sponsor="carol")
    town.network.submit(signed.envelope_xdr)
    town.close()
    assert (town.account("alice").sponsored, town.account("carol").sponsoring) == (0, 0)


def test_another_transaction_leaves_it(town: Town) -> None:
    agreed = town.sign("alice", pay(town), sequence=town.account("alice").sequence + 2, signers=())
    agree(town, "alice", agreed)
    town.apply("alice", pay(town, 2 * UNIT))
    assert len(town.account("alice").signers) == 1
