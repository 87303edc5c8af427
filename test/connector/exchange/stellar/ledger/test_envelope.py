"""Signing keys agree with stellar-sdk and keep their secret."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stellar_sdk import Keypair

from hummingbot.connector.exchange.stellar.ledger.envelope import SigningKey, verify, verify_key

SEEDS = st.binary(min_size=32, max_size=32)
HASHES = st.binary(min_size=32, max_size=32)


@given(SEEDS, HASHES)
def test_a_key_signs_as_the_sdk_does(seed: bytes, digest: bytes) -> None:
    key, keypair = SigningKey(seed), Keypair.from_raw_ed25519_seed(seed)
    assert key.account == keypair.public_key
    assert key.hint == keypair.signature_hint()
    assert key.sign(digest) == keypair.sign(digest)
    assert verify(key.account, digest, keypair.sign(digest))


@given(SEEDS, HASHES, st.integers(0, 511))
def test_one_changed_bit_breaks_a_signature(seed: bytes, digest: bytes, bit: int) -> None:
    key = SigningKey(seed)
    signature = bytearray(key.sign(digest))
    signature[bit // 8] ^= 1 << bit % 8
    assert not verify(key.account, digest, bytes(signature))


@pytest.mark.parametrize("length", [0, 1, 63, 65])
def test_a_signature_of_another_length_is_no_signature(length: int) -> None:
    key = SigningKey(bytes(32))
    assert not verify_key(key.public_key, b"digest", (key.sign(b"digest") + b"\0")[:length])


def test_a_key_is_read_from_its_text_and_shown_only_on_demand() -> None:
    keypair = Keypair.random()
    key = SigningKey.parse(f"  {keypair.secret}\n")
    assert key.account == keypair.public_key
    assert key.reveal() == keypair.secret
    assert repr(key) == str(key) == f"SigningKey({keypair.public_key})"


def test_generated_keys_differ() -> None:
    assert SigningKey.generate().account != SigningKey.generate().account


def test_a_public_key_is_no_secret_key() -> None:
    with pytest.raises(ValueError, match="the secret key is not valid"):
        SigningKey.parse(Keypair.random().public_key)


def test_a_seed_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match="a seed of 32 bytes, not 16"):
        SigningKey(bytes(16))


def test_verifying_for_what_is_no_account_is_an_error() -> None:
    with pytest.raises(ValueError, match="is not a valid address"):
        verify("native", bytes(32), bytes(64))
