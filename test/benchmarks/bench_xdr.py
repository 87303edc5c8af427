"""The XDR codec beside stellar-sdk: what a sandbox does for each transaction, and a maker for twenty."""

from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction

import pytest
import stellar_sdk
from pytest_benchmark.fixture import BenchmarkFixture
from stellar_sdk import xdr as sdk

from hummingbot.connector.exchange.stellar.ledger import xdr
from hummingbot.connector.exchange.stellar.ledger.asset import NATIVE, Asset
from hummingbot.connector.exchange.stellar.ledger.envelope import SigningKey, verify
from hummingbot.connector.exchange.stellar.ledger.operations import ManageSellOffer, Transaction
from hummingbot.connector.exchange.stellar.ledger.price import price_at_most
from hummingbot.connector.exchange.stellar.ledger.results import (
    ClaimAtom,
    OfferRecord,
    OperationResult,
    TransactionResult,
)
from test.benchmarks.conftest import Promises, times_as_fast

PASSPHRASE = "Test SDF Network ; September 2015"
NETWORK = xdr.network_id(PASSPHRASE)
MAKER, ISSUER = SigningKey(b"m" * 32), SigningKey(b"i" * 32)
USD = Asset("USDC", ISSUER.account)
SDK_MAKER = stellar_sdk.Keypair.from_raw_ed25519_seed(b"m" * 32)
SDK_USD = stellar_sdk.Asset("USDC", ISSUER.account)


def sign(operations: int) -> bytes:
    offers = tuple(ManageSellOffer(NATIVE, USD, 1_000_000_000, 11, 100) for _ in range(operations))
    tx = Transaction(MAKER.account, 100 * operations, 8, offers, 0, 1_700_000_000)
    return xdr.sign_transaction(tx, NETWORK, [MAKER]).envelope_xdr


def sdk_sign(operations: int) -> bytes:
    builder = stellar_sdk.TransactionBuilder(stellar_sdk.Account(MAKER.account, 7), PASSPHRASE, 100)
    for _ in range(operations):
        price = stellar_sdk.Price(11, 100)
        builder.append_manage_sell_offer_op(stellar_sdk.Asset.native(), SDK_USD, "100", price)
    envelope = builder.add_time_bounds(0, 1_700_000_000).build()
    envelope.sign(SDK_MAKER)
    return envelope.to_xdr_object().to_xdr_bytes()


ENVELOPE = sign(1)
SIGNATURE, HASH = ENVELOPE[-64:], xdr.transaction_hash(xdr.decode_envelope(ENVELOPE).tx_xdr, NETWORK)
RESULT = TransactionResult(
    100,
    "txSUCCESS",
    (
        OperationResult(
            "manage_sell_offer",
            "MANAGE_SELL_OFFER_SUCCESS",
            tuple(
                ClaimAtom(SigningKey(bytes([i]) * 32).account, i, NATIVE, 10 * i, USD, 11 * i)
                for i in range(5)
            ),
            "CREATED",
            OfferRecord(MAKER.account, 9, NATIVE, USD, 1_000_000, 11, 100),
        ),
    ),
)
RESULT_XDR = xdr.encode_result(RESULT)
SDK_RESULT = sdk.TransactionResult.from_xdr_bytes(RESULT_XDR)
SDK = "times as fast as stellar-sdk"
PRICE = Decimal("0.1234567890123")


@pytest.mark.benchmark(group="build, sign and serialise 1 operation")
@pytest.mark.parametrize("codec", [sign, sdk_sign], ids=["ours", "stellar-sdk"])
def test_sign_one(benchmark: BenchmarkFixture, promise: Promises, codec: Callable[[int], bytes]) -> None:
    assert benchmark(codec, 1) == ENVELOPE
    if codec is sign:
        promise("sign 1 operation", times_as_fast(lambda: sign(1), lambda: sdk_sign(1)), SDK, least=8)


@pytest.mark.benchmark(group="build, sign and serialise 20 operations")
@pytest.mark.parametrize("codec", [sign, sdk_sign], ids=["ours", "stellar-sdk"])
def test_sign_twenty(benchmark: BenchmarkFixture, promise: Promises, codec: Callable[[int], bytes]) -> None:
    assert benchmark(codec, 20) == sign(20)
    if codec is sign:
        promise("sign 20 operations", times_as_fast(lambda: sign(20), lambda: sdk_sign(20)), SDK, least=30)


@pytest.mark.benchmark(group="read an envelope of 1 operation")
@pytest.mark.parametrize(
    "codec", [xdr.decode_envelope, sdk.TransactionEnvelope.from_xdr_bytes], ids=["ours", "stellar-sdk"]
)
def test_read_envelope(benchmark: BenchmarkFixture, codec: Callable[[bytes], object]) -> None:
    benchmark(codec, ENVELOPE)


@pytest.mark.benchmark(group="verify a signature")
@pytest.mark.parametrize("codec", ["ours", "stellar-sdk"])
def test_verify(benchmark: BenchmarkFixture, codec: str) -> None:
    if codec == "ours":
        assert benchmark(verify, MAKER.account, HASH, SIGNATURE)
    else:
        benchmark(lambda: stellar_sdk.Keypair.from_public_key(MAKER.account).verify(HASH, SIGNATURE))


@pytest.mark.benchmark(group="read a result with 5 claims")
@pytest.mark.parametrize(
    "codec", [xdr.decode_result, sdk.TransactionResult.from_xdr_bytes], ids=["ours", "stellar-sdk"]
)
def test_read_result(
    benchmark: BenchmarkFixture, promise: Promises, codec: Callable[[bytes], object]
) -> None:
    benchmark(codec, RESULT_XDR)
    if codec is xdr.decode_result:
        theirs = sdk.TransactionResult.from_xdr_bytes
        ratio = times_as_fast(lambda: codec(RESULT_XDR), lambda: theirs(RESULT_XDR))
        promise("read a result with 5 claims", ratio, SDK, least=10)


@pytest.mark.benchmark(group="write a result with 5 claims")
@pytest.mark.parametrize("codec", ["ours", "stellar-sdk"])
def test_write_result(benchmark: BenchmarkFixture, codec: str) -> None:
    written = benchmark(xdr.encode_result, RESULT) if codec == "ours" else benchmark(SDK_RESULT.to_xdr_bytes)
    assert written == RESULT_XDR


@pytest.mark.benchmark(group="round a price to n/d")
@pytest.mark.parametrize(
    "rounding",
    [
        price_at_most,
        lambda value: Fraction(value).limit_denominator(2**31 - 1),
        lambda value: stellar_sdk.Price.from_raw_price(str(value)),
    ],
    ids=["safe side", "Fraction, nearest", "stellar-sdk, nearest"],
)
def test_round_price(benchmark: BenchmarkFixture, rounding: Callable[[Decimal], object]) -> None:
    benchmark(rounding, PRICE)
