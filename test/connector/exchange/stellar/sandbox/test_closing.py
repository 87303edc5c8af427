"""What a ledger costs that cannot take everything that waits."""

import pytest

from hummingbot.connector.exchange.stellar.ledger.asset import NATIVE
from hummingbot.connector.exchange.stellar.ledger.operations import Payment
from hummingbot.connector.exchange.stellar.sandbox.candidate import Candidate
from hummingbot.connector.exchange.stellar.sandbox.closed import LedgerHeader
from hummingbot.connector.exchange.stellar.sandbox.closing import effective_base_fee

from .conftest import Town


def candidate(town: Town, name: str, operations: int, fee: int) -> Candidate:
    pay = Payment(town.address("root"), NATIVE, 1)
    envelope = town.sign(name, *[pay] * operations, fee=fee).envelope_xdr
    return Candidate.read(envelope, town.network.network_id)


def header_of(protocol: int, size: int) -> LedgerHeader:
    return LedgerHeader(2, 1, 100, 5_000_000, size, 0, 0, 0, protocol, bytes(32), bytes(32))


@pytest.mark.parametrize(("protocol", "fee"), [(19, 151), (20, 150), (23, 150)])
def test_lowest_bid_an_operation_is_rounded_down_since_protocol_20(
    town: Town, protocol: int, fee: int
) -> None:
    taken = [candidate(town, "alice", 2, 301), candidate(town, "bob", 1, 400)]
    assert effective_base_fee(taken, header_of(protocol, 3), left_out=True, protocol=protocol) == fee


def test_whoever_bid_least_is_never_charged_more_than_its_bid(town: Town) -> None:
    taken = [candidate(town, "alice", 3, 1_000)]
    assert effective_base_fee(taken, header_of(23, 3), left_out=True, protocol=23) == 333
