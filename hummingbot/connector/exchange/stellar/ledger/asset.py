"""Assets of the Stellar network: the native lumen, and credits named by code and issuer."""

from typing import Final, Self

__all__ = ["NATIVE", "Asset"]


class Asset:
    """What an amount is an amount of: lumens (XLM), or a credit that an account issues.

    Two credits with one code but different issuers are different assets. Instances are immutable and hash by
    value; the hash is computed once because the matching engine looks assets up for every operation.

    Parameters
    ----------
    code : str
        1 to 12 characters of ``[a-zA-Z0-9]``; ``"XLM"`` with an empty issuer is the native asset.
    issuer : str
        The issuing account (``G…``), or ``""`` for the native asset.

    References
    ----------
    https://developers.stellar.org/docs/tokens/stellar-asset-contract
    """

    __slots__ = ("_hash", "code", "issuer")

    code: str
    issuer: str

    def __init__(self, code: str, issuer: str = "") -> None:
        if not (1 <= len(code) <= 12 and code.isascii() and code.isalnum()):
            raise ValueError(f"asset code {code!r} is not 1 to 12 letters or digits")
        if not issuer and code != "XLM":
            raise ValueError(f"asset {code} needs an issuer (only XLM has none): write {code}:G…")
        object.__setattr__(self, "code", code)
        object.__setattr__(self, "issuer", issuer)
        object.__setattr__(self, "_hash", hash((code, issuer)))

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"Asset is immutable: cannot set {name}")

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read Horizon's canonical form: ``native`` or ``CODE:ISSUER``."""
        if text in ("native", "XLM"):
            return cls("XLM")
        code, _, issuer = text.partition(":")
        return cls(code, issuer)

    @property
    def is_native(self) -> bool:
        """Whether this is the lumen."""
        return not self.issuer

    @property
    def type(self) -> str:
        """Horizon's ``asset_type``: ``native``, ``credit_alphanum4`` or ``credit_alphanum12``."""
        if not self.issuer:
            return "native"
        return "credit_alphanum4" if len(self.code) <= 4 else "credit_alphanum12"

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        return isinstance(other, Asset) and self.code == other.code and self.issuer == other.issuer

    def __hash__(self) -> int:
        return self._hash  # type: ignore[attr-defined, no-any-return]

    def __str__(self) -> str:
        return f"{self.code}:{self.issuer}" if self.issuer else "native"

    def __repr__(self) -> str:
        return f"Asset({str(self)!r})"


NATIVE: Final = Asset("XLM")
