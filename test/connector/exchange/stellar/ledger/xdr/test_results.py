"""Results are byte for byte those of stellar-sdk; every operation is read at least to its name and code."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stellar_sdk import Keypair
from stellar_sdk import xdr as sdk
from stellar_sdk.asset import Asset as SdkAsset

from hummingbot.connector.exchange.stellar.ledger import xdr
from hummingbot.connector.exchange.stellar.ledger.asset import NATIVE, Asset
from hummingbot.connector.exchange.stellar.ledger.results import (
    ClaimAtom,
    Delivery,
    OfferRecord,
    OperationResult,
    TransactionResult,
)
from hummingbot.connector.exchange.stellar.ledger.xdr.codes import (
    OPERATION_CODES,
    OPERATIONS,
    RESULT_CODES,
    TRANSACTION_CODES,
)

INT64 = st.integers(-(2**63), 2**63 - 1)
INT32 = st.integers(-(2**31), 2**31 - 1)
ACCOUNTS = st.binary(min_size=32, max_size=32).map(xdr.encode_account)
ASSETS = st.just(NATIVE) | st.builds(Asset, st.text("ABCXYZabcxyz0189", min_size=1, max_size=12), ACCOUNTS)
CLAIMS = st.builds(ClaimAtom, ACCOUNTS, INT64, ASSETS, INT64, ASSETS, INT64) | st.builds(
    ClaimAtom,
    st.binary(min_size=32, max_size=32).map(bytes.hex),
    st.just(0),
    ASSETS,
    INT64,
    ASSETS,
    INT64,
    st.just(True),
)
OFFERS = st.builds(OfferRecord, ACCOUNTS, INT64, ASSETS, ASSETS, INT64, INT32, INT32, st.booleans())
OFFER_OPERATIONS = ("manage_sell_offer", "manage_buy_offer", "create_passive_sell_offer")
PATH_PAYMENTS = ("path_payment_strict_receive", "path_payment_strict_send")
PAYLOADS = {
    *PATH_PAYMENTS,
    *OFFER_OPERATIONS,
    "account_merge",
    "create_claimable_balance",
    "inflation",
    "invoke_host_function",
}
MERGES = st.builds(
    lambda amount: OperationResult("account_merge", "ACCOUNT_MERGE_SUCCESS", merged_balance=amount), INT64
)
BALANCES = st.binary(min_size=32, max_size=32).map(
    lambda hash: OperationResult(
        "create_claimable_balance", "CREATE_CLAIMABLE_BALANCE_SUCCESS", balance_id="00000000" + hash.hex()
    )
)
PLAIN_OUTCOMES = [
    OperationResult(name, code)
    for name, codes in zip(OPERATIONS, RESULT_CODES, strict=True)
    for code in codes
    if not code.endswith("_SUCCESS") or name not in PAYLOADS
    if not (name.startswith("path_payment") and code.endswith("_NO_ISSUER"))
] + [OperationResult("", code) for code in OPERATION_CODES if code != "opINNER"]


@st.composite
def offer_successes(draw: st.DrawFn) -> OperationResult:
    operation = draw(st.sampled_from(OFFER_OPERATIONS))
    code = "MANAGE_BUY_OFFER_SUCCESS" if operation == "manage_buy_offer" else "MANAGE_SELL_OFFER_SUCCESS"
    effect = draw(st.sampled_from(("CREATED", "UPDATED", "DELETED")))
    offer = None if effect == "DELETED" else draw(OFFERS)
    return OperationResult(operation, code, tuple(draw(st.lists(CLAIMS, max_size=4))), effect, offer)


@st.composite
def path_payments(draw: st.DrawFn) -> OperationResult:
    operation = draw(st.sampled_from(PATH_PAYMENTS))
    if draw(st.booleans()):
        return OperationResult(operation, f"{operation.upper()}_NO_ISSUER", no_issuer=draw(ASSETS))
    claims = tuple(draw(st.lists(CLAIMS, max_size=4)))
    delivery = draw(st.builds(Delivery, ACCOUNTS, ASSETS, INT64))
    return OperationResult(operation, f"{operation.upper()}_SUCCESS", claims, delivery=delivery)


RESULTS = st.builds(
    TransactionResult,
    INT64,
    st.sampled_from(("txSUCCESS", "txFAILED")),
    st.lists(
        offer_successes() | path_payments() | MERGES | BALANCES | st.sampled_from(PLAIN_OUTCOMES), max_size=4
    ).map(tuple),
) | st.builds(
    TransactionResult,
    INT64,
    st.sampled_from(TRANSACTION_CODES).filter(
        lambda code: code not in ("txSUCCESS", "txFAILED") and "FEE_BUMP" not in code
    ),
)


@given(RESULTS)
def test_a_result_is_read_back_whole_and_the_sdk_writes_the_same_bytes(result: TransactionResult) -> None:
    written = xdr.encode_result(result)
    assert xdr.decode_result(written) == result
    read = sdk.TransactionResult.from_xdr_bytes(written)
    assert read.to_xdr_bytes() == written
    assert (read.fee_charged.int64, read.result.code.name) == (result.fee_charged, result.code)


@given(offer_successes())
def test_an_offer_and_its_claims_mean_to_the_sdk_what_they_mean_here(outcome: OperationResult) -> None:
    written = xdr.encode_result(TransactionResult(100, "txSUCCESS", (outcome,)))
    (operation,) = sdk.TransactionResult.from_xdr_bytes(written).result.results or []
    assert operation.tr is not None
    assert operation.tr.type.name.lower() == outcome.operation
    arm = (
        operation.tr.manage_buy_offer_result
        or operation.tr.create_passive_sell_offer_result
        or operation.tr.manage_sell_offer_result
    )
    assert arm is not None
    assert arm.code.name == outcome.code
    assert arm.success is not None
    assert arm.success.offer.effect.name == f"MANAGE_OFFER_{outcome.effect}"
    assert tuple(claim_of(atom) for atom in arm.success.offers_claimed) == outcome.claims
    if outcome.offer is not None:
        entry = arm.success.offer.offer
        assert entry is not None
        assert (entry.amount.int64, entry.price.n.int32, entry.price.d.int32, bool(entry.flags.uint32)) == (
            outcome.offer.amount,
            outcome.offer.price_n,
            outcome.offer.price_d,
            outcome.offer.passive,
        )


def claim_of(atom: sdk.ClaimAtom) -> ClaimAtom:
    if atom.liquidity_pool is not None:
        pool = atom.liquidity_pool
        return ClaimAtom(
            pool.liquidity_pool_id.pool_id.hash.hex(),
            0,
            asset_of(pool.asset_sold),
            pool.amount_sold.int64,
            asset_of(pool.asset_bought),
            pool.amount_bought.int64,
            is_pool=True,
        )
    assert atom.order_book is not None
    book = atom.order_book
    assert book.seller_id.account_id.ed25519 is not None
    return ClaimAtom(
        xdr.encode_account(book.seller_id.account_id.ed25519.uint256),
        book.offer_id.int64,
        asset_of(book.asset_sold),
        book.amount_sold.int64,
        asset_of(book.asset_bought),
        book.amount_bought.int64,
    )


def asset_of(asset: sdk.Asset) -> Asset:
    read = SdkAsset.from_xdr_object(asset)
    return NATIVE if read.is_native() else Asset(read.code, read.issuer or "")


def test_the_names_are_those_of_the_protocols_enums() -> None:
    enums = {name.lower(): value for name, value in vars(sdk).items()}
    assert (
        tuple(sdk.TransactionResultCode(1 - i).name for i in range(len(TRANSACTION_CODES)))
        == TRANSACTION_CODES
    )
    assert len(sdk.TransactionResultCode) == len(TRANSACTION_CODES)
    assert tuple(sdk.OperationResultCode(-i).name for i in range(len(OPERATION_CODES))) == OPERATION_CODES
    assert len(sdk.OperationResultCode) == len(OPERATION_CODES)
    assert tuple(sdk.OperationType(i).name.lower() for i in range(len(OPERATIONS))) == OPERATIONS
    assert len(sdk.OperationType) == len(OPERATIONS)
    for operation, codes in zip(OPERATIONS, RESULT_CODES, strict=True):
        arm = "manage_sell_offer" if operation == "create_passive_sell_offer" else operation
        enum = enums[f"{arm.replace('_', '')}resultcode"]
        assert codes == tuple(enum(-i).name for i in range(len(codes)))
        assert len(enum) == len(codes)


def sdk_result(tr: sdk.OperationResultTr) -> bytes:
    return sdk.TransactionResult(
        sdk.Int64(100),
        sdk.TransactionResultResult(
            sdk.TransactionResultCode.txSUCCESS,
            results=[sdk.OperationResult(sdk.OperationResultCode.opINNER, tr)],
        ),
        sdk.TransactionResultExt(0),
    ).to_xdr_bytes()


ACCOUNT = Keypair.from_raw_ed25519_seed(bytes(32))
HASH = sdk.Hash(bytes(range(32)))
USD = SdkAsset("USD", ACCOUNT.public_key)
PAYLOAD_RESULTS = [
    sdk.OperationResultTr(
        sdk.OperationType.INFLATION,
        inflation_result=sdk.InflationResult(
            sdk.InflationResultCode.INFLATION_SUCCESS,
            [sdk.InflationPayout(ACCOUNT.xdr_account_id(), sdk.Int64(1))] * 2,
        ),
    ),
    sdk.OperationResultTr(
        sdk.OperationType.INVOKE_HOST_FUNCTION,
        invoke_host_function_result=sdk.InvokeHostFunctionResult(
            sdk.InvokeHostFunctionResultCode.INVOKE_HOST_FUNCTION_SUCCESS, HASH
        ),
    ),
]


@pytest.mark.parametrize("tr", PAYLOAD_RESULTS, ids=lambda tr: tr.type.name)
def test_what_carries_a_payload_is_read_to_its_name_and_code_but_not_written(
    tr: sdk.OperationResultTr,
) -> None:
    result = xdr.decode_result(sdk_result(tr))
    (outcome,) = result.operations
    assert outcome.operation == tr.type.name.lower()
    assert outcome.code.startswith(tr.type.name)
    with pytest.raises(xdr.UnsupportedXdr, match="is read but not written"):
        xdr.encode_result(result)


def test_a_merge_tells_what_it_gave_and_a_claimable_balance_its_id() -> None:
    merge = sdk.OperationResultTr(
        sdk.OperationType.ACCOUNT_MERGE,
        account_merge_result=sdk.AccountMergeResult(
            sdk.AccountMergeResultCode.ACCOUNT_MERGE_SUCCESS, sdk.Int64(5)
        ),
    )
    balance = sdk.OperationResultTr(
        sdk.OperationType.CREATE_CLAIMABLE_BALANCE,
        create_claimable_balance_result=sdk.CreateClaimableBalanceResult(
            sdk.CreateClaimableBalanceResultCode.CREATE_CLAIMABLE_BALANCE_SUCCESS,
            sdk.ClaimableBalanceID(sdk.ClaimableBalanceIDType.CLAIMABLE_BALANCE_ID_TYPE_V0, HASH),
        ),
    )
    assert xdr.decode_result(sdk_result(merge)).operations[0].merged_balance == 5
    created = xdr.decode_result(sdk_result(balance))
    assert created.operations[0].balance_id == "00000000" + HASH.hash.hex()
    assert xdr.encode_result(created) == sdk_result(balance)


@pytest.mark.parametrize("kind", ["send", "receive"])
def test_path_payments_are_read_to_their_claims_and_what_they_delivered(kind: str) -> None:
    claims = [
        sdk.ClaimAtom(
            sdk.ClaimAtomType.CLAIM_ATOM_TYPE_V0,
            v0=sdk.ClaimOfferAtomV0(
                sdk.Uint256(ACCOUNT.raw_public_key()),
                sdk.Int64(4),
                USD.to_xdr_object(),
                sdk.Int64(10),
                SdkAsset.native().to_xdr_object(),
                sdk.Int64(20),
            ),
        ),
        sdk.ClaimAtom(
            sdk.ClaimAtomType.CLAIM_ATOM_TYPE_LIQUIDITY_POOL,
            liquidity_pool=sdk.ClaimLiquidityAtom(
                sdk.PoolID(HASH),
                SdkAsset.native().to_xdr_object(),
                sdk.Int64(30),
                USD.to_xdr_object(),
                sdk.Int64(40),
            ),
        ),
    ]
    last = sdk.SimplePaymentResult(ACCOUNT.xdr_account_id(), USD.to_xdr_object(), sdk.Int64(50))
    if kind == "send":
        tr = sdk.OperationResultTr(
            sdk.OperationType.PATH_PAYMENT_STRICT_SEND,
            path_payment_strict_send_result=sdk.PathPaymentStrictSendResult(
                sdk.PathPaymentStrictSendResultCode.PATH_PAYMENT_STRICT_SEND_SUCCESS,
                sdk.PathPaymentStrictSendResultSuccess(claims, last),
            ),
        )
    else:
        tr = sdk.OperationResultTr(
            sdk.OperationType.PATH_PAYMENT_STRICT_RECEIVE,
            path_payment_strict_receive_result=sdk.PathPaymentStrictReceiveResult(
                sdk.PathPaymentStrictReceiveResultCode.PATH_PAYMENT_STRICT_RECEIVE_SUCCESS,
                sdk.PathPaymentStrictReceiveResultSuccess(claims, last),
            ),
        )
    (outcome,) = xdr.decode_result(sdk_result(tr)).operations
    usd = Asset("USD", ACCOUNT.public_key)
    assert outcome == OperationResult(
        f"path_payment_strict_{kind}",
        f"PATH_PAYMENT_STRICT_{kind.upper()}_SUCCESS",
        (
            ClaimAtom(ACCOUNT.public_key, 4, usd, 10, NATIVE, 20),
            ClaimAtom(bytes(range(32)).hex(), 0, NATIVE, 30, usd, 40, is_pool=True),
        ),
        delivery=Delivery(ACCOUNT.public_key, usd, 50),
    )


@pytest.mark.parametrize("inner", ["txSUCCESS", "txFAILED", "txBAD_SEQ"])
def test_a_fee_bump_is_its_inner_result_with_the_fee_of_the_bump(inner: str) -> None:
    inner_code = sdk.TransactionResultCode[inner]
    outer = sdk.TransactionResult(
        sdk.Int64(400),
        sdk.TransactionResultResult(
            sdk.TransactionResultCode.txFEE_BUMP_INNER_SUCCESS
            if inner == "txSUCCESS"
            else sdk.TransactionResultCode.txFEE_BUMP_INNER_FAILED,
            sdk.InnerTransactionResultPair(
                HASH,
                sdk.InnerTransactionResult(
                    sdk.Int64(100),
                    sdk.InnerTransactionResultResult(inner_code, [] if inner != "txBAD_SEQ" else None),
                    sdk.InnerTransactionResultExt(0),
                ),
            ),
        ),
        sdk.TransactionResultExt(0),
    )
    result = TransactionResult(400, inner, inner_hash=HASH.hash, inner_fee=100)
    assert xdr.decode_result(outer.to_xdr_bytes()) == result
    assert xdr.encode_result(result) == outer.to_xdr_bytes()
    assert result.outer_code == f"txFEE_BUMP_INNER_{'SUCCESS' if inner == 'txSUCCESS' else 'FAILED'}"


SOLD = OperationResult("manage_sell_offer", "MANAGE_SELL_OFFER_SUCCESS", (), "DELETED")
OFFER = OfferRecord(ACCOUNT.public_key, 1, NATIVE, NATIVE, 1, 1, 1)


@pytest.mark.parametrize(
    ("result", "why"),
    [
        (TransactionResult(1, "SUCCESS"), "transaction code 'SUCCESS' cannot be written"),
        (TransactionResult(1, "txFEE_BUMP_INNER_SUCCESS"), "cannot be written"),
        (TransactionResult(2**63, "txBAD_SEQ"), "cannot be written as XDR"),
        (TransactionResult(Decimal(1), "txBAD_SEQ"), "cannot be written as XDR"),  # type: ignore[arg-type]
        (TransactionResult(1, "txBAD_SEQ", (SOLD,)), "has no operation results, yet 1 were given"),
        (
            TransactionResult(1, "txFAILED", (OperationResult("pay", "PAYMENT_SUCCESS"),)),
            "'pay' does not exist",
        ),
        (
            TransactionResult(1, "txFAILED", (OperationResult("payment", "CHANGE_TRUST_SUCCESS"),)),
            "payment has no result code 'CHANGE_TRUST_SUCCESS'",
        ),
        (
            TransactionResult(1, "txSUCCESS", (OperationResult("manage_sell_offer", SOLD.code),)),
            "effect None is not CREATED, UPDATED or DELETED",
        ),
        (
            TransactionResult(
                1, "txSUCCESS", (OperationResult("manage_sell_offer", SOLD.code, (), "CREATED"),)
            ),
            "cannot be written as XDR",
        ),
        (
            TransactionResult(
                1, "txSUCCESS", (OperationResult("manage_sell_offer", SOLD.code, (), "DELETED", OFFER),)
            ),
            "leaves nothing behind",
        ),
        (
            TransactionResult(
                1,
                "txSUCCESS",
                (
                    OperationResult(
                        SOLD.operation,
                        SOLD.code,
                        (ClaimAtom("ab", 0, NATIVE, 1, NATIVE, 1, is_pool=True),),
                        "DELETED",
                    ),
                ),
            ),
            "pool id 'ab' is not 64 hexadecimal digits",
        ),
    ],
)
def test_a_result_that_contradicts_itself_is_an_error_that_names_it(
    result: TransactionResult, why: str
) -> None:
    with pytest.raises(xdr.XdrError, match=why):
        xdr.encode_result(result)


@pytest.mark.parametrize(
    ("written", "what"),
    [
        (bytes(8) + b"\xff\xff\xff\xec", "transaction result code -20"),
        (bytes(8) + b"\x00\x00\x00\x02", "transaction result code 2"),
        (bytes(8) + b"\x80\x00\x00\x00", "transaction result code -2147483648"),
        (bytes(12) + b"\0\0\0\1" + b"\xff\xff\xff\xf9", "operation code -7"),
        (bytes(12) + b"\0\0\0\1" + b"\x80\x00\x00\x00", "operation code -2147483648"),
        (bytes(12) + b"\0\0\0\1" + bytes(4) + b"\0\0\0\x1b", "operation type 27"),
        (bytes(12) + b"\0\0\0\1" + bytes(4) + b"\xff\xff\xff\xff", "operation type -1"),
        (bytes(12) + b"\0\0\0\1" + bytes(4) + b"\0\0\0\1\xff\xff\xff\xf6", "result code -10 of payment"),
        (
            bytes(12) + b"\0\0\0\1" + bytes(4) + b"\0\0\0\1\x80\x00\x00\x00",
            "result code -2147483648 of payment",
        ),
    ],
)
def test_codes_of_a_later_protocol_are_named(written: bytes, what: str) -> None:
    with pytest.raises(xdr.UnsupportedXdr, match=f"{what} is newer than this codec"):
        xdr.decode_result(written + bytes(8))
