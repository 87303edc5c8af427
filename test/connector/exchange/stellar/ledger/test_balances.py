"""Reserves, liabilities, and what is left of a balance."""

from hummingbot.connector.exchange.stellar.ledger.balances import (
    available_credit,
    available_native,
    minimum_balance,
    room,
    room_native,
)

RESERVE = 5_000_000


def test_an_account_keeps_two_reserves_and_one_for_each_entry() -> None:
    assert minimum_balance(0, 0, 0, RESERVE) == 10_000_000
    assert minimum_balance(3, 0, 0, RESERVE) == 25_000_000


def test_a_sponsor_keeps_the_reserve_of_what_it_sponsors() -> None:
    assert minimum_balance(0, 2, 0, RESERVE) == 20_000_000
    assert minimum_balance(2, 0, 2, RESERVE) == 10_000_000


def test_available_lumens_are_above_reserve_and_liabilities() -> None:
    assert available_native(100_000_000, 30_000_000, 1, 0, 0, RESERVE) == 55_000_000


def test_available_lumens_can_be_negative() -> None:
    assert available_native(9_999_900, 0, 0, 0, 0, RESERVE) == -100


def test_credit_keeps_no_reserve() -> None:
    assert available_credit(100, 40) == 60


def test_room_is_what_limit_and_open_bids_leave() -> None:
    assert room(1_000, 300, 200) == 500
    assert room_native(2**63 - 1 - 10, 4) == 6
