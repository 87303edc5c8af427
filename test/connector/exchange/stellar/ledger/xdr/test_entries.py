"""Ledger entries are read as stellar-sdk writes them, and as the sandbox does."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stellar_sdk import Asset as SdkAsset
from stellar_sdk import Keypair, xdr

from hummingbot.connector.exchange.stellar.ledger.asset import NATIVE, Asset
from hummingbot.connector.exchange.stellar.ledger.xdr import XdrError
from hummingbot.connector.exchange.stellar.ledger.xdr.entries import (
    account_key,
    decode_entry,
    offer_key,
    trustline_key,
)

KEY = Keypair.from_raw_ed25519_seed(bytes(32))
ISSUER = Keypair.from_raw_ed25519_seed(bytes([1]) * 32).public_key
AMOUNT = st.integers(0, 2**63 - 1)
CREDITS = st.sampled_from(["USDC", "x", "LONGERCODE12"])


def account_id():
    return KEY.xdr_account_id()


@given(code=CREDITS, offer_id=st.integers(1, 2**63 - 1))
def test_keys_are_those_of_the_sdk(code, offer_id):
    asset = SdkAsset(code, ISSUER)
    account = xdr.LedgerKey(xdr.LedgerEntryType.ACCOUNT, account=xdr.LedgerKeyAccount(account_id()))
    line = xdr.LedgerKeyTrustLine(account_id(), asset.to_trust_line_asset_xdr_object())
    trustline = xdr.LedgerKey(xdr.LedgerEntryType.TRUSTLINE, trust_line=line)
    offer = xdr.LedgerKey(
        xdr.LedgerEntryType.OFFER, offer=xdr.LedgerKeyOffer(account_id(), xdr.Int64(offer_id))
    )

    assert account_key(KEY.public_key) == account.to_xdr_bytes()
    assert trustline_key(KEY.public_key, Asset(code, ISSUER)) == trustline.to_xdr_bytes()
    assert offer_key(KEY.public_key, offer_id) == offer.to_xdr_bytes()


@given(
    code=CREDITS,
    amounts=st.tuples(AMOUNT, AMOUNT),
    liabilities=st.none() | st.tuples(AMOUNT, AMOUNT),
    flags=st.integers(0, 7),
    pool_uses=st.none() | st.integers(0, 2**31 - 1),
)
def test_a_trustline_is_read_whatever_extensions_it_has(code, amounts, liabilities, flags, pool_uses):
    extension = xdr.TrustLineEntryExt(0)
    if liabilities:
        inner = xdr.TrustLineEntryV1Ext(0)
        if pool_uses is not None:
            second = xdr.TrustLineEntryExtensionV2(xdr.Int32(pool_uses), xdr.TrustLineEntryExtensionV2Ext(0))
            inner = xdr.TrustLineEntryV1Ext(2, v2=second)
        both = xdr.Liabilities(*map(xdr.Int64, liabilities))
        extension = xdr.TrustLineEntryExt(1, v1=xdr.TrustLineEntryV1(both, inner))
    asset = SdkAsset(code, ISSUER).to_trust_line_asset_xdr_object()
    balance, limit = map(xdr.Int64, amounts)
    line = xdr.TrustLineEntry(account_id(), asset, balance, limit, xdr.Uint32(flags), extension)
    data = xdr.LedgerEntryData(xdr.LedgerEntryType.TRUSTLINE, trust_line=line)

    entry = decode_entry(data.to_xdr_bytes())

    assert (entry.account, entry.asset) == (KEY.public_key, Asset(code, ISSUER))
    assert (entry.balance, entry.limit) == amounts
    assert (entry.buying_liabilities, entry.selling_liabilities) == (liabilities or (0, 0))
    assert entry.is_authorized is bool(flags & 1)


@given(
    balance=AMOUNT,
    sequence=AMOUNT,
    counts=st.tuples(*[st.integers(0, 2**32 - 1)] * 3),
    thresholds=st.binary(min_size=4, max_size=4),
    weights=st.lists(st.integers(0, 255), max_size=20),
    liabilities=st.none() | st.tuples(AMOUNT, AMOUNT),
    depth=st.integers(0, 2),
)
def test_an_account_is_read_whatever_extensions_it_has(
    balance, sequence, counts, thresholds, weights, liabilities, depth
):
    subentries, sponsoring, sponsored = counts
    keys = [Keypair.from_raw_ed25519_seed(bytes([2, number]) + bytes(30)) for number in range(len(weights))]
    signers = [
        xdr.Signer(
            xdr.SignerKey(
                xdr.SignerKeyType.SIGNER_KEY_TYPE_ED25519, ed25519=xdr.Uint256(key.raw_public_key())
            ),
            xdr.Uint32(weight),
        )
        for key, weight in zip(keys, weights, strict=True)
    ]
    extension = xdr.AccountEntryExt(0)
    if liabilities:
        third = xdr.AccountEntryExtensionV2Ext(0)
        if depth == 2:
            used = xdr.AccountEntryExtensionV3(
                xdr.ExtensionPoint(0), xdr.Uint32(7), xdr.TimePoint(xdr.Uint64(9))
            )
            third = xdr.AccountEntryExtensionV2Ext(3, v3=used)
        second = xdr.AccountEntryExtensionV1Ext(0)
        if depth:
            sponsors = [xdr.SponsorshipDescriptor(account_id() if weight else None) for weight in weights]
            numbers = xdr.Uint32(sponsored), xdr.Uint32(sponsoring)
            second = xdr.AccountEntryExtensionV1Ext(
                2, v2=xdr.AccountEntryExtensionV2(*numbers, sponsors, third)
            )
        first = xdr.AccountEntryExtensionV1(xdr.Liabilities(*map(xdr.Int64, liabilities)), second)
        extension = xdr.AccountEntryExt(1, v1=first)
    account = xdr.AccountEntry(
        account_id(),
        xdr.Int64(balance),
        xdr.SequenceNumber(xdr.Int64(sequence)),
        xdr.Uint32(subentries),
        account_id() if depth else None,
        xdr.Uint32(15),
        xdr.String32(b"example.org"),
        xdr.Thresholds(thresholds),
        signers,
        extension,
    )
    data = xdr.LedgerEntryData(xdr.LedgerEntryType.ACCOUNT, account=account)

    entry = decode_entry(data.to_xdr_bytes())

    assert (entry.account, entry.balance, entry.sequence) == (KEY.public_key, balance, sequence)
    assert entry.subentries == subentries
    told = (sponsoring, sponsored) if liabilities and depth else (0, 0)
    assert (entry.sponsoring, entry.sponsored) == told
    assert (entry.buying_liabilities, entry.selling_liabilities) == (liabilities or (0, 0))
    assert bytes(entry.thresholds) == thresholds
    assert entry.signers == {key.public_key: weight for key, weight in zip(keys, weights, strict=True)}


@given(offer_id=AMOUNT, amount=AMOUNT, n=st.integers(1, 2**31 - 1), d=st.integers(1, 2**31 - 1))
def test_an_offer_is_read(offer_id, amount, n, d):
    offer = xdr.OfferEntry(
        account_id(),
        xdr.Int64(offer_id),
        SdkAsset.native().to_xdr_object(),
        SdkAsset("USDC", ISSUER).to_xdr_object(),
        xdr.Int64(amount),
        xdr.Price(xdr.Int32(n), xdr.Int32(d)),
        xdr.Uint32(1),
        xdr.OfferEntryExt(0),
    )
    data = xdr.LedgerEntryData(xdr.LedgerEntryType.OFFER, offer=offer)

    entry = decode_entry(data.to_xdr_bytes())

    assert (entry.seller, entry.offer_id, entry.amount) == (KEY.public_key, offer_id, amount)
    assert (entry.selling, entry.buying) == (NATIVE, Asset("USDC", ISSUER))
    assert (entry.price_n, entry.price_d, entry.passive) == (n, d, True)


@given(
    st.binary(max_size=200)
    | st.builds(
        bytes.__add__,
        st.sampled_from([bytes(8), b"\0\0\0\1" + bytes(4), b"\0\0\0\2" + bytes(4)]),
        st.binary(max_size=200),
    )
)
def test_anything_else_is_refused_by_no_other_error(raw):
    with suppress(XdrError):
        decode_entry(raw)


def test_what_is_left_over_is_refused():
    with pytest.raises(XdrError):
        decode_entry(b"\0\0\0\x09")
