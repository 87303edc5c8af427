"""Who has to sign: thresholds, weights, and keys that are not the account's own."""

from base64 import b32encode
from binascii import crc_hqx
from hashlib import sha256

import pytest

from hummingbot.connector.exchange.stellar.sandbox.entries import Account
from hummingbot.connector.exchange.stellar.sandbox.signatures import LOW, MEDIUM, Signatures

from .conftest import key_of

HASH = sha256(b"a transaction").digest()
OWNER, FRIEND, STRANGER = key_of("owner"), key_of("friend"), key_of("stranger")
SECRET = b"open sesame"


def strkey(version: int, payload: bytes) -> str:
    body = bytes((version << 3,)) + payload
    return b32encode(body + crc_hqx(body, 0).to_bytes(2, "little")).decode().rstrip("=")


def account(*signers: tuple[str, int], thresholds: tuple[int, int, int, int] = (1, 0, 0, 0)) -> Account:
    entry = Account(OWNER.account, 10**9, 1, thresholds=thresholds)
    entry.signers = tuple((key, weight, None) for key, weight in signers)
    return entry


def signed_by(*names: str) -> Signatures:
    keys = [{"owner": OWNER, "friend": FRIEND, "stranger": STRANGER}[name] for name in names]
    return Signatures(HASH, tuple((key.hint, key.sign(HASH)) for key in keys))


def test_master_key_signs_alone() -> None:
    signatures = signed_by("owner")
    assert signatures.meet(account(), LOW)
    assert signatures.all_used()


def test_no_signature_is_too_few_even_for_threshold_zero() -> None:
    assert not signed_by().meet(account(), LOW)


def test_stranger_does_not_count() -> None:
    assert not signed_by("stranger").meet(account(), LOW)


def test_unused_signature_is_noticed() -> None:
    signatures = signed_by("owner", "stranger")
    assert signatures.meet(account(), LOW)
    assert not signatures.all_used()


@pytest.mark.parametrize(
    ("names", "agrees"),
    [(("owner",), False), (("friend",), True), (("owner", "friend"), True), (("owner", "owner"), False)],
)
def test_weights_add_up_to_the_threshold(names: tuple[str, ...], agrees: bool) -> None:
    joint = account((FRIEND.account, 2), thresholds=(1, 0, 2, 3))
    assert signed_by(*names).meet(joint, MEDIUM) == agrees


def test_master_key_of_weight_zero_is_none() -> None:
    assert not signed_by("owner").meet(account((FRIEND.account, 1), thresholds=(0, 0, 0, 0)), LOW)


def test_secret_opens_a_hash_lock() -> None:
    digest = sha256(SECRET).digest()
    lock = account((strkey(23, digest), 5), thresholds=(1, 0, 5, 5))
    assert Signatures(HASH, ((digest[-4:], SECRET),)).meet(lock, MEDIUM)
    assert not Signatures(HASH, ((digest[-4:], b"wrong"),)).meet(lock, MEDIUM)


def test_transaction_authorized_beforehand_needs_no_signature() -> None:
    beforehand = account((strkey(19, HASH), 1))
    assert Signatures(HASH, ()).meet(beforehand, LOW)
    assert not Signatures(sha256(b"another").digest(), ()).meet(beforehand, LOW)


def test_signed_payload() -> None:
    payload = b"a payload of 19 byt"
    raw = FRIEND.public_key + len(payload).to_bytes(4, "big") + payload + b"\0"
    signer = account((strkey(15, raw), 1), thresholds=(0, 0, 1, 1))
    hint = bytes(a ^ b for a, b in zip(FRIEND.public_key[-4:], payload[-4:], strict=True))
    assert Signatures(HASH, ((hint, FRIEND.sign(payload)),)).meet(signer, MEDIUM)
    assert not Signatures(HASH, ((hint, FRIEND.sign(HASH)),)).meet(signer, MEDIUM)


def test_account_that_does_not_exist_answers_for_itself() -> None:
    assert signed_by("friend").meet_absent(FRIEND.account)
    assert not signed_by("owner").meet_absent(FRIEND.account)


def test_what_was_verified_is_not_verified_again() -> None:
    known: dict[tuple[int, str], bool] = {(0, OWNER.account): True}
    forged = Signatures(HASH, ((OWNER.hint, bytes(64)),), known)
    assert forged.meet(account(), LOW)
