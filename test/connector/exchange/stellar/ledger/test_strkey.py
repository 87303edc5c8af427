"""Strkeys agree with stellar-sdk, and nothing but a valid one is read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stellar_sdk import MuxedAccount, SignerKey, StrKey

from hummingbot.connector.exchange.stellar.ledger.strkey import (
    decode_account,
    decode_muxed,
    decode_secret,
    decode_signer,
    encode_account,
    encode_muxed,
    encode_secret,
    encode_signer,
)

KEYS = st.binary(min_size=32, max_size=32)
SECRET = encode_secret(bytes(range(32)))


@given(KEYS)
def test_accounts_are_written_and_read_as_the_sdk_does(key: bytes) -> None:
    assert encode_account(key) == StrKey.encode_ed25519_public_key(key)
    assert decode_account(encode_account(key)) == key


@given(KEYS)
def test_secrets_are_written_and_read_as_the_sdk_does(seed: bytes) -> None:
    assert encode_secret(seed) == StrKey.encode_ed25519_secret_seed(seed)
    assert decode_secret(encode_secret(seed)) == seed


@given(KEYS, st.integers(0, 55), st.sampled_from("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567019-aé"))
def test_a_mistyped_character_is_noticed(key: bytes, place: int, character: str) -> None:
    account = encode_account(key)
    mistyped = account[:place] + character + account[place + 1 :]
    if mistyped != account:
        with pytest.raises(ValueError, match="is not a valid address"):
            decode_account(mistyped)


@pytest.mark.parametrize("text", ["", "G", "GA" * 28, "native"])
def test_what_is_no_account_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not a valid address"):
        decode_account(text)


def test_a_secret_given_for_an_account_is_named_but_not_repeated() -> None:
    with pytest.raises(ValueError, match="a secret key was given for an account") as caught:
        decode_account(f"{SECRET}\n")
    assert SECRET not in str(caught.value)


def test_a_muxed_address_is_named() -> None:
    with pytest.raises(ValueError, match="is muxed: use the account G"):
        decode_account("MA7QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJUAAAAAAAAAAAACJUQ")


def test_the_error_of_a_wrong_secret_does_not_repeat_it() -> None:
    secret = SECRET[:-1] + "1"
    with pytest.raises(ValueError, match="the secret key is not valid") as caught:
        decode_secret(secret)
    assert secret not in str(caught.value)


def test_a_key_has_32_bytes() -> None:
    with pytest.raises(ValueError, match="a key has 32 bytes, not 31"):
        encode_account(bytes(31))


@given(KEYS, st.integers(0, 2**64 - 1))
def test_muxed_accounts_are_written_and_read_as_the_sdk_does(key: bytes, number: int) -> None:
    account = encode_account(key)
    muxed = encode_muxed(account, number)
    assert muxed == MuxedAccount(account, number).account_muxed
    assert decode_muxed(muxed) == (account, number)


@pytest.mark.parametrize("text", ["", "M", "MA" * 34 + "A", encode_account(bytes(32))])
def test_what_is_no_muxed_account_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not a valid muxed address"):
        decode_muxed(text)


@given(KEYS)
def test_signers_are_written_and_read_as_the_sdk_does(key: bytes) -> None:
    for kind, sdk in (("T", SignerKey.pre_auth_tx), ("X", SignerKey.sha256_hash)):
        signer = encode_signer(kind, key)
        assert signer == sdk(key).encoded_signer_key
        assert decode_signer(signer) == key
    assert decode_signer(encode_account(key)) == key


@pytest.mark.parametrize("text", ["", "T", "S" * 56, encode_muxed(encode_account(bytes(32)), 1)])
def test_what_is_no_signer_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not a valid key"):
        decode_signer(text)
