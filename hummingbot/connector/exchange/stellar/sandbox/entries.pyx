"""Ledger entries of classic trading: accounts, trustlines, offers and liquidity pools. Amounts are stroops.

An entry that the ledger holds is never changed in place once an operation has ended: the next operation that
touches it works on a copy. So whoever keeps an entry (as the state before or after an operation) keeps a
snapshot.
"""

from ..ledger.asset import Asset
from ..ledger.liquidity_pool import FEE_BP, PoolShare, parse_trusted

__all__ = ["Account", "Offer", "Pool", "Trustline"]

cdef enum:
    INT32_MAX = 0x7FFFFFFF


cdef class Entry:
    """What every ledger entry has: the ledger that last changed it, and who sponsors its reserve (or None)."""


cdef class Account(Entry):
    """An account: its lumens, its sequence number, and what governs its signatures and reserve."""

    def __init__(self, str account, balance, sequence, *, subentries=0, flags=0, buying_liabilities=0,
                 selling_liabilities=0, sponsoring=0, sponsored=0, sequence_ledger=None, sequence_time=None,
                 tuple thresholds=(1, 0, 0, 0), tuple signers=(), str home_domain="",
                 inflation_destination=None, last_modified=0, sponsor=None):
        self.account = account
        self.balance = balance
        self.sequence = sequence
        self.subentries = subentries
        self.flags = flags
        self.buying_liabilities = buying_liabilities
        self.selling_liabilities = selling_liabilities
        self.sponsoring = sponsoring
        self.sponsored = sponsored
        self.sequence_ledger = sequence_ledger
        self.sequence_time = sequence_time
        self.thresholds = thresholds
        self.signers = signers
        self.home_domain = home_domain
        self.inflation_destination = inflation_destination
        self.last_modified = last_modified
        self.sponsor = sponsor

    cpdef Account copy(self):
        cdef Account twin = Account.__new__(Account)
        twin.account = self.account
        twin.balance = self.balance
        twin.sequence = self.sequence
        twin.subentries = self.subentries
        twin.flags = self.flags
        twin.buying_liabilities = self.buying_liabilities
        twin.selling_liabilities = self.selling_liabilities
        twin.sponsoring = self.sponsoring
        twin.sponsored = self.sponsored
        twin.sequence_ledger = self.sequence_ledger
        twin.sequence_time = self.sequence_time
        twin.thresholds = self.thresholds
        twin.signers = self.signers
        twin.home_domain = self.home_domain
        twin.inflation_destination = self.inflation_destination
        twin.last_modified = self.last_modified
        twin.sponsor = self.sponsor
        return twin

    def to_dict(self):
        entry = {
            "type": "account",
            "account": self.account,
            "balance": self.balance,
            "seq": self.sequence,
            "subentries": self.subentries,
            "flags": self.flags,
            "thresholds": list(self.thresholds),
            "liabilities": {"buying": self.buying_liabilities, "selling": self.selling_liabilities},
            "num_sponsored": self.sponsored,
            "num_sponsoring": self.sponsoring,
            "home_domain": self.home_domain,
            "inflation_dest": self.inflation_destination,
            "signers": [
                {"key": key, "weight": weight, "sponsor": sponsor} for key, weight, sponsor in self.signers
            ],
            "seq_ledger": self.sequence_ledger,
            "seq_time": self.sequence_time,
            "last_modified": self.last_modified,
        }
        if self.sponsor:
            entry["sponsor"] = self.sponsor
        return entry

    @staticmethod
    def from_dict(entry):
        return Account(
            entry["account"],
            entry["balance"],
            entry["seq"],
            subentries=entry["subentries"],
            flags=entry["flags"],
            buying_liabilities=entry["liabilities"]["buying"],
            selling_liabilities=entry["liabilities"]["selling"],
            sponsoring=entry["num_sponsoring"],
            sponsored=entry["num_sponsored"],
            sequence_ledger=entry["seq_ledger"],
            sequence_time=entry["seq_time"],
            thresholds=tuple(entry["thresholds"]),
            signers=tuple((s["key"], s["weight"], s.get("sponsor")) for s in entry["signers"]),
            home_domain=entry["home_domain"],
            inflation_destination=entry["inflation_dest"],
            last_modified=entry["last_modified"],
            sponsor=entry.get("sponsor"),
        )

    def __repr__(self):
        return f"Account({self.account}, balance={self.balance}, sequence={self.sequence})"


cdef class Trustline(Entry):
    """How much of a credit, or of a pool's shares, an account holds, and the most it is willing to hold.

    `pool_uses` counts the account's lines of shares in pools of this credit.
    """

    def __init__(self, str account, asset, balance, limit, *, flags=1, buying_liabilities=0,
                 selling_liabilities=0, pool_uses=0, last_modified=0, sponsor=None):
        self.account = account
        self.asset = asset
        self.balance = balance
        self.limit = limit
        self.flags = flags
        self.buying_liabilities = buying_liabilities
        self.selling_liabilities = selling_liabilities
        self.pool_uses = pool_uses
        self.last_modified = last_modified
        self.sponsor = sponsor

    cpdef Trustline copy(self):
        cdef Trustline twin = Trustline.__new__(Trustline)
        twin.account = self.account
        twin.asset = self.asset
        twin.balance = self.balance
        twin.limit = self.limit
        twin.flags = self.flags
        twin.buying_liabilities = self.buying_liabilities
        twin.selling_liabilities = self.selling_liabilities
        twin.pool_uses = self.pool_uses
        twin.last_modified = self.last_modified
        twin.sponsor = self.sponsor
        return twin

    def to_dict(self):
        entry = {
            "type": "trustline",
            "account": self.account,
            "asset": str(self.asset),
            "balance": self.balance,
            "limit": self.limit,
            "flags": self.flags,
            "liabilities": {"buying": self.buying_liabilities, "selling": self.selling_liabilities},
            "pool_use_count": self.pool_uses,
            "last_modified": self.last_modified,
        }
        if self.sponsor:
            entry["sponsor"] = self.sponsor
        return entry

    @staticmethod
    def from_dict(entry):
        return Trustline(
            entry["account"],
            parse_trusted(entry["asset"]),
            entry["balance"],
            entry["limit"],
            flags=entry["flags"],
            buying_liabilities=entry["liabilities"]["buying"],
            selling_liabilities=entry["liabilities"]["selling"],
            pool_uses=entry["pool_use_count"],
            last_modified=entry["last_modified"],
            sponsor=entry.get("sponsor"),
        )

    def __repr__(self):
        return f"Trustline({self.account}, {self.asset}, balance={self.balance}, limit={self.limit})"


cdef class Offer(Entry):
    """A resting order: sells `amount` of `selling` at n/d units of `buying` for each.

    Raises
    ------
    ValueError
        If amount or price is not above zero: the engine divides by both parts of a price.
    """

    def __init__(self, str seller, offer_id, selling, buying, amount, price_n, price_d, *, passive=False,
                 last_modified=0, sponsor=None):
        self.seller = seller
        self.offer_id = offer_id
        self.selling = selling
        self.buying = buying
        self.amount = amount
        self.price_n = price_n
        self.price_d = price_d
        if self.amount <= 0 or not (0 < self.price_n <= INT32_MAX and 0 < self.price_d <= INT32_MAX):
            raise ValueError(
                f"offer {offer_id} of {seller} sells {amount} at {price_n}/{price_d}: no ledger holds it, for "
                f"all three must be positive and a price 32-bit"
            )
        self.passive = passive
        self.last_modified = last_modified
        self.sponsor = sponsor

    cpdef Offer copy(self):
        cdef Offer twin = Offer.__new__(Offer)
        twin.seller = self.seller
        twin.offer_id = self.offer_id
        twin.selling = self.selling
        twin.buying = self.buying
        twin.amount = self.amount
        twin.price_n = self.price_n
        twin.price_d = self.price_d
        twin.passive = self.passive
        twin.last_modified = self.last_modified
        twin.sponsor = self.sponsor
        return twin

    def to_dict(self):
        entry = {
            "type": "offer",
            "seller": self.seller,
            "offer_id": self.offer_id,
            "selling": str(self.selling),
            "buying": str(self.buying),
            "amount": self.amount,
            "n": self.price_n,
            "d": self.price_d,
            "passive": self.passive,
            "last_modified": self.last_modified,
        }
        if self.sponsor:
            entry["sponsor"] = self.sponsor
        return entry

    @staticmethod
    def from_dict(entry):
        return Offer(
            entry["seller"],
            entry["offer_id"],
            Asset.parse(entry["selling"]),
            Asset.parse(entry["buying"]),
            entry["amount"],
            entry["n"],
            entry["d"],
            passive=entry["passive"],
            last_modified=entry["last_modified"],
            sponsor=entry.get("sponsor"),
        )

    def __repr__(self):
        return (f"Offer({self.offer_id} of {self.seller}: {self.amount} {self.selling} "
                f"at {self.price_n}/{self.price_d} {self.buying})")


cdef class Pool(Entry):
    """A liquidity pool: its two reserves, the shares of them, and how many trustlines can hold shares."""

    def __init__(self, share, asset_a, asset_b, *, reserve_a=0, reserve_b=0, total_shares=0, trustlines=0,
                 last_modified=0):
        self.share = share
        self.asset_a = asset_a
        self.asset_b = asset_b
        self.reserve_a = reserve_a
        self.reserve_b = reserve_b
        self.total_shares = total_shares
        self.trustlines = trustlines
        self.last_modified = last_modified

    cpdef Pool copy(self):
        cdef Pool twin = Pool.__new__(Pool)
        twin.share = self.share
        twin.asset_a = self.asset_a
        twin.asset_b = self.asset_b
        twin.reserve_a = self.reserve_a
        twin.reserve_b = self.reserve_b
        twin.total_shares = self.total_shares
        twin.trustlines = self.trustlines
        twin.last_modified = self.last_modified
        return twin

    def to_dict(self):
        return {
            "type": "pool",
            "id": self.share.pool_id,
            "asset_a": str(self.asset_a),
            "asset_b": str(self.asset_b),
            "fee_bp": FEE_BP,
            "reserve_a": self.reserve_a,
            "reserve_b": self.reserve_b,
            "total_shares": self.total_shares,
            "trustlines": self.trustlines,
            "last_modified": self.last_modified,
        }

    @staticmethod
    def from_dict(entry):
        return Pool(
            PoolShare(entry["id"]),
            Asset.parse(entry["asset_a"]),
            Asset.parse(entry["asset_b"]),
            reserve_a=entry["reserve_a"],
            reserve_b=entry["reserve_b"],
            total_shares=entry["total_shares"],
            trustlines=entry["trustlines"],
            last_modified=entry["last_modified"],
        )

    def __repr__(self):
        return (f"Pool({self.share.pool_id}: {self.reserve_a} {self.asset_a} and {self.reserve_b} "
                f"{self.asset_b} for {self.total_shares} shares)")
