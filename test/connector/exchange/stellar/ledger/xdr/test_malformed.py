"""Whatever the bytes, reading ends with a value or with one of the codec's two errors."""

import random
from collections.abc import Callable

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from hummingbot.connector.exchange.stellar.ledger import xdr
from hummingbot.connector.exchange.stellar.ledger.asset import NATIVE, Asset
from hummingbot.connector.exchange.stellar.ledger.claimable_balances import (
    UNCONDITIONAL,
    And,
    BeforeAbsoluteTime,
    BeforeRelativeTime,
    Not,
    Or,
)
from hummingbot.connector.exchange.stellar.ledger.envelope import SigningKey
from hummingbot.connector.exchange.stellar.ledger.ledger_keys import DataKey, SignerKey, TrustlineKey
from hummingbot.connector.exchange.stellar.ledger.liquidity_pool import PoolParameters
from hummingbot.connector.exchange.stellar.ledger.operations import (
    AccountMerge,
    AllowTrust,
    BeginSponsoringFutureReserves,
    ChangeTrust,
    Claimant,
    ClaimClaimableBalance,
    Clawback,
    CreateAccount,
    CreateClaimableBalance,
    CreatePassiveSellOffer,
    LiquidityPoolDeposit,
    LiquidityPoolWithdraw,
    ManageBuyOffer,
    ManageData,
    ManageSellOffer,
    PathPaymentStrictReceive,
    PathPaymentStrictSend,
    Payment,
    RevokeSponsorship,
    SetOptions,
    SetTrustLineFlags,
    Signer,
    Transaction,
)
from hummingbot.connector.exchange.stellar.ledger.results import (
    ClaimAtom,
    Delivery,
    OfferRecord,
    OperationResult,
    TransactionResult,
)

KEY = SigningKey(bytes(32))
PREDICATE = Or((Not(BeforeAbsoluteTime(5)), And((BeforeRelativeTime(6), UNCONDITIONAL))))
USD, LONG = Asset("USD", KEY.account), Asset("LONGERCODE", KEY.account)
ENVELOPE = xdr.sign_transaction(
    Transaction(
        KEY.account,
        600,
        5,
        (
            CreateAccount(KEY.account, 10, KEY.account),
            Payment(KEY.account, USD, 10),
            ChangeTrust(LONG, 10),
            ManageSellOffer(NATIVE, USD, 10, 1, 2, 3),
            ManageBuyOffer(LONG, USD, 10, 1, 2, 3),
            CreatePassiveSellOffer(USD, NATIVE, 10, 1, 2),
            PathPaymentStrictSend(USD, 10, KEY.account, NATIVE, 1, (LONG,)),
            PathPaymentStrictReceive(NATIVE, 10, KEY.account, LONG, 1),
            ChangeTrust(PoolParameters(NATIVE, USD), 10),
            LiquidityPoolDeposit("ab" * 32, 10, 11, 1, 2, 3, 4),
            LiquidityPoolWithdraw("cd" * 32, 10, 1, 2),
            SetOptions(KEY.account, 1, 2, 3, 4, 5, 6, "a.example", Signer(KEY.account, 1)),
            SetTrustLineFlags(KEY.account, USD, 1, 2),
            AllowTrust(KEY.account, "LONGERCODE", 1),
            Clawback(USD, KEY.account, 10, holder_id=7),
            ManageData("name", b"value"),
            AccountMerge(KEY.account),
            CreateClaimableBalance(USD, 5, (Claimant(KEY.account, PREDICATE),)),
            ClaimClaimableBalance("00" * 36),
            BeginSponsoringFutureReserves(KEY.account),
            RevokeSponsorship(TrustlineKey(KEY.account, USD)),
            RevokeSponsorship(DataKey(KEY.account, "name")),
            RevokeSponsorship(SignerKey(KEY.account, KEY.account)),
        ),
        1,
        2,
        "memo",
    ),
    xdr.network_id("malformed"),
    [KEY],
).envelope_xdr
OFFER = OfferRecord(KEY.account, 5, NATIVE, USD, 10, 1, 2, passive=True)
RESULT = xdr.encode_result(
    TransactionResult(
        100,
        "txSUCCESS",
        (
            OperationResult("payment", "PAYMENT_SUCCESS"),
            OperationResult("", "opNO_ACCOUNT"),
            OperationResult(
                "manage_buy_offer",
                "MANAGE_BUY_OFFER_SUCCESS",
                (
                    ClaimAtom(KEY.account, 4, USD, 10, NATIVE, 20),
                    ClaimAtom("ab" * 32, 0, LONG, 10, NATIVE, 20, is_pool=True),
                ),
                "CREATED",
                OFFER,
            ),
            OperationResult(
                "path_payment_strict_send",
                "PATH_PAYMENT_STRICT_SEND_SUCCESS",
                (ClaimAtom("ab" * 32, 0, USD, 10, NATIVE, 20, is_pool=True),),
                delivery=Delivery(KEY.account, USD, 10),
            ),
        ),
    )
)
READERS = [
    pytest.param(xdr.decode_envelope, ENVELOPE, id="envelope"),
    pytest.param(xdr.decode_result, RESULT, id="result"),
]


def read(decode: Callable[[bytes], object], data: bytes) -> bool:
    """Return whether `data` was read; any error but the codec's own escapes and fails the test."""
    try:
        decode(data)
    except (xdr.XdrError, xdr.UnsupportedXdr):
        return False
    return True


@pytest.mark.parametrize(("decode", "whole"), READERS)
def test_every_truncation_is_malformed(decode: Callable[[bytes], object], whole: bytes) -> None:
    assert read(decode, whole)
    for length in range(len(whole)):
        with pytest.raises(xdr.XdrError, match="malformed XDR at byte"):
            decode(whole[:length])


@pytest.mark.parametrize(("decode", "whole"), READERS)
def test_bytes_after_the_end_are_malformed(decode: Callable[[bytes], object], whole: bytes) -> None:
    with pytest.raises(xdr.XdrError, match="4 bytes after the end"):
        decode(whole + bytes(4))


@pytest.mark.parametrize(("decode", "whole"), READERS)
def test_every_changed_word_is_read_or_refused(decode: Callable[[bytes], object], whole: bytes) -> None:
    for place in range(0, len(whole), 4):
        for word in (0, 1, 2, 3, 5, 0x100, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 0xFFFFFFF7):
            read(decode, whole[:place] + word.to_bytes(4) + whole[place + 4 :])


@pytest.mark.parametrize(("decode", "whole"), READERS)
def test_random_damage_is_read_or_refused(decode: Callable[[bytes], object], whole: bytes) -> None:
    dice = random.Random(7)
    for _ in range(20_000):
        damaged = bytearray(whole)
        for _ in range(dice.randint(1, 4)):
            damaged[dice.randrange(len(damaged))] = dice.choice((0, 1, 2, 127, 128, 255, dice.randrange(256)))
        read(decode, bytes(damaged[: dice.choice((len(damaged), dice.randrange(len(damaged))))]))


@given(st.binary(max_size=400))
@settings(max_examples=300)
@example(b"")
@example(bytes(400))
@example(b"\xff" * 400)
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    for decode in (xdr.decode_envelope, xdr.decode_result):
        read(decode, data)
        read(decode, ENVELOPE[:44] + data)
        read(decode, RESULT[:16] + data)


def test_a_length_that_the_data_cannot_hold_is_refused_before_anything_is_made() -> None:
    with pytest.raises(xdr.XdrError, match="an array of 2147483647 elements is longer than the bytes left"):
        xdr.decode_result(bytes(12) + b"\x7f\xff\xff\xff" + bytes(400))
    with pytest.raises(xdr.XdrError, match="at most 2147483647 are allowed"):
        xdr.decode_result(bytes(12) + b"\xff\xff\xff\xff" + bytes(400))


@pytest.mark.parametrize(
    ("place", "word", "why"),
    [
        (0, 1, "envelope type 1 does not carry a transaction"),
        (4, 9, "account key type 9 does not exist"),
        (52, 7, "precondition type 7 does not exist"),
        (72, 5, "memo type 5 does not exist"),
        (76, 29, "opaque data of 29 bytes, at most 28 are allowed"),
        (84, 101, "an array of 101 elements, at most 100 are allowed"),
        (88, 2, "a boolean is 0 or 1, not 2"),
    ],
)
def test_the_error_says_where_and_what(place: int, word: int, why: str) -> None:
    with pytest.raises(xdr.XdrError, match=rf"malformed XDR at byte {place + 4} of \d+: {why}"):
        xdr.decode_envelope(ENVELOPE[:place] + word.to_bytes(4) + ENVELOPE[place + 4 :])


def test_padding_must_be_zero() -> None:
    tx = Transaction(KEY.account, 100, 1, (), memo="odd")
    written = xdr.sign_transaction(tx, bytes(32), []).envelope_xdr
    with pytest.raises(xdr.XdrError, match="padding is not zero"):
        xdr.decode_envelope(written.replace(b"odd\0", b"odd\1"))


@pytest.mark.parametrize("data", [None, "AAAA", bytearray(8), 5])
def test_only_bytes_are_read(data: object) -> None:
    for decode in (xdr.decode_envelope, xdr.decode_result):
        with pytest.raises(TypeError):
            decode(data)  # type: ignore[arg-type]
