"""Whether an envelope carries the signatures that its accounts ask for, and none besides.

References
----------
stellar-core, ``src/transactions/SignatureChecker.cpp``, ``SignatureUtils.cpp``.
"""

from collections.abc import Iterable
from functools import lru_cache
from hashlib import sha256
from typing import Final

from ..ledger.envelope import verify_key
from ..ledger.strkey import decode_signer
from .entries import Account

__all__ = ["HIGH", "LOW", "MEDIUM", "Signatures", "verified_pairs"]

LOW, MEDIUM, HIGH = 1, 2, 3
MAX_WEIGHT: Final = 255
ORDER: Final = "TXGP"

verified_pairs = dict[tuple[int, str], bool]
"""Which signature (by position) was made by which key: kept between submission and application."""


class Signatures:
    """The signatures of one envelope, each either used by some account's signer or not.

    Signer keys are strkeys: ``G…`` an Ed25519 key, ``X…`` the hash of a secret, ``T…`` the hash of a
    transaction, ``P…`` an Ed25519 key that signs a payload.

    Parameters
    ----------
    transaction_hash : bytes
    signatures : tuple of (hint, signature)
    verified : dict
        What is already known about them; extended as more is asked.
    """

    __slots__ = ("_hash", "_signatures", "_used", "_verified")

    def __init__(
        self,
        transaction_hash: bytes,
        signatures: tuple[tuple[bytes, bytes], ...],
        verified: verified_pairs | None = None,
    ) -> None:
        self._hash = transaction_hash
        self._signatures = signatures
        self._used = [False] * len(signatures)
        self._verified: verified_pairs = {} if verified is None else verified

    def meet(self, account: Account, threshold: int) -> bool:
        """Tell whether `account` agrees at one of its thresholds (`LOW`, `MEDIUM`, `HIGH`)."""
        master = account.thresholds[0]
        signers = [(account.account, master)] if master else []
        signers += [(key, weight) for key, weight, _ in account.signers]
        return self.weigh(signers, account.thresholds[threshold])

    def meet_absent(self, account: str) -> bool:
        """Tell whether an account that does not exist (yet) signed with its master key."""
        return self.weigh([(account, 1)], 0)

    def meet_all(self, signers: Iterable[str]) -> bool:
        """Tell whether each of some signer keys signed."""
        keys = [(signer, 1) for signer in signers]
        return not keys or self.weigh(keys, len(keys))

    def weigh(self, signers: Iterable[tuple[str, int]], needed: int) -> bool:
        """Tell whether enough weight of `signers` signed; mark the signatures counted as used."""
        weight = 0
        kinds: dict[str, list[tuple[str, int]]] = {}
        for signer in signers:
            kinds.setdefault(signer[0][0], []).append(signer)
        for kind in ORDER:
            rest = kinds.get(kind)
            if not rest:
                continue
            if kind == "T":
                for key, key_weight in rest:
                    if key_of(key) == self._hash:
                        weight += min(key_weight, MAX_WEIGHT)
                        if weight >= needed:
                            return True
                continue
            for i in range(len(self._signatures)):
                for signer in rest:
                    if self._made_by(i, signer[0]):
                        self._used[i] = True
                        weight += min(signer[1], MAX_WEIGHT)
                        if weight >= needed:
                            return True
                        rest.remove(signer)
                        break
        return False

    def all_used(self) -> bool:
        """Tell whether every signature was asked for."""
        return all(self._used)

    def _made_by(self, i: int, key: str) -> bool:
        known = self._verified.get((i, key))
        if known is None:
            known = self._verified[i, key] = verify(key, self._hash, *self._signatures[i])
        return known


def verify(key: str, transaction_hash: bytes, hint: bytes, signature: bytes) -> bool:
    """Tell whether a signature is one of a signer key over a transaction."""
    raw = key_of(key)
    if key[0] == "P":
        public, length = raw[:32], int.from_bytes(raw[32:36], "big")
        payload = raw[36 : 36 + length]
        tail = payload[-4:] if length >= 4 else payload.ljust(4, b"\0")
        return hint == bytes(a ^ b for a, b in zip(public[-4:], tail, strict=True)) and verify_key(
            public, payload, signature
        )
    if hint != raw[-4:]:
        return False
    if key[0] == "X":
        return sha256(signature).digest() == raw
    return verify_key(raw, transaction_hash, signature)


@lru_cache(maxsize=65536)
def key_of(key: str) -> bytes:
    """Return the bytes of a signer's strkey, without version and checksum."""
    return decode_signer(key)
