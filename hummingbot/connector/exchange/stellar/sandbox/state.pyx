"""Every entry of the ledger, and a journal of what the operation at hand changed, so as to undo it."""

from libc.stdint cimport int64_t

from .entries cimport Account, Entry, Offer, Pool, Trustline
from hummingbot.connector.exchange.stellar.ledger.book cimport Book

from ..ledger.ledger_keys import DataKey
from ..ledger.liquidity_pool import PoolShare

__all__ = ["LedgerState"]

cdef tuple NO_CHANGES = ()


cdef class LedgerState:
    """The entries of one network's ledger.

    Reading is by the dictionaries. Writing is by ``touch_*``, ``add_*`` and ``remove_*``, inside a step that
    ``begin`` opened: the first touch in a step puts a copy in the dictionary and remembers the entry
    before, so an entry that anyone kept stays what it was. ``keep`` closes the step and returns its
    changes, ``undo`` takes it back, ``undo_transaction`` takes back every step since ``begin_transaction``.
    Within a step, an attempt is what can be taken back alone.

    Attributes
    ----------
    accounts : dict of str to Account
    trustlines : dict of (str, Asset or PoolShare) to Trustline
    offers : dict of int to Offer
    books : dict of (Asset, Asset) to Book
        Offer ids, best first, by (selling, buying).
    pools : dict of PoolShare to Pool
    pools_of : dict of (Asset, Asset) to PoolShare
        The pool of two assets, whichever is named first.
    ledger : int
        The ledger being applied; what is touched says that it was modified in it.
    base_reserve : int
        Stroops an entry.
    id_pool : int
        The last offer id given out.
    data : dict of DataKey to DataEntry
    claimable_balances : dict of ClaimableBalanceKey to ClaimableBalance
    protocol : int
        The protocol's version, where its rules differ.
    close_time : int
        Of the ledger being applied, unix seconds.
    origin : tuple of (str, int, int)
        Source and sequence number of the transaction at hand, and the position of its operation from 0.
    sponsorships : dict of str to str
        Who pays for what an account comes to own from here to the end of the transaction. To change it,
        replace it.
    last_sequences : dict of str to int
        The highest sequence number that each account spends in this ledger.
    frozen : frozenset of str and (str, Asset)
        Accounts and trustlines that the network has frozen (`frozen_keys`). To change it, replace it.
    """

    def __init__(self, ledger=0, base_reserve=5_000_000, id_pool=0, protocol=23):
        self.accounts = {}
        self.trustlines = {}
        self.offers = {}
        self.books = {}
        self.pools = {}
        self.pools_of = {}
        self.ledger = ledger
        self.base_reserve = base_reserve
        self.id_pool = id_pool
        self.data = {}
        self.claimable_balances = {}
        self.protocol = protocol
        self.close_time = 0
        self.origin = ("", 0, 0)
        self.sponsorships = {}
        self.last_sequences = {}
        self.frozen = frozenset()
        self._journal = {}
        self._id_pool_before = id_pool
        self._kept = []
        self._outer = []

    def begin_transaction(self):
        """Forget what ``undo_transaction`` would take back."""
        self._kept = []
        self.sponsorships = {}

    def begin(self):
        """Open a step: what follows can be undone."""
        self._journal = {}
        self._sponsorships_before = self.sponsorships
        self._outer = []
        self._id_pool_before = self.id_pool

    def keep(self):
        """Close the step and return its changes as (before, after) pairs, in the order of first touch."""
        cdef dict journal = self._journal
        self._kept.append((journal, self._id_pool_before, self._sponsorships_before))
        self._journal = {}
        if not journal:
            return NO_CHANGES
        return tuple([
            (before, after)
            for before, after in [(before, self.get(key)) for key, before in journal.items()]
            if before is not None or after is not None
        ])

    def undo(self):
        """Take the open step back, with any attempt in it."""
        while self._outer:
            self.undo_attempt()
        self.restore(self._journal)
        self.id_pool = self._id_pool_before
        self.sponsorships = self._sponsorships_before
        self._journal = {}

    def undo_transaction(self):
        """Take back every step kept since ``begin_transaction``."""
        for journal, id_pool, sponsorships in reversed(self._kept):
            self.restore(journal)
            self.id_pool = id_pool
            self.sponsorships = sponsorships
        self._kept = []

    cdef begin_attempt(self):
        """Open an attempt within the step."""
        self._outer.append(self._journal)
        self._journal = {}

    cdef keep_attempt(self):
        """Make what the attempt changed part of the step."""
        cdef dict attempted = self._journal
        self._journal = self._outer.pop()
        for key, before in attempted.items():
            self._journal.setdefault(key, before)

    cdef undo_attempt(self):
        """Take the attempt back, and nothing else of the step."""
        self.restore(self._journal)
        self._journal = self._outer.pop()

    def get(self, key):
        """Return the entry under a key: what `key_of` returns for it."""
        return self.family_of(key).get(key)

    def entries(self):
        """Yield every entry."""
        for family in (
            self.accounts, self.trustlines, self.offers, self.pools, self.data, self.claimable_balances
        ):
            yield from family.values()

    cdef restore(self, dict journal):
        for key, before in journal.items():
            self.put(key, before)

    cdef put(self, object key, object entry):
        """Set or (None) drop the entry under a key, without a trace in the journal."""
        if isinstance(key, int):
            self.put_offer(key, entry)
        elif isinstance(key, PoolShare):
            self.put_pool(key, entry)
        else:
            entries = self.family_of(key)
            if entry is None:
                entries.pop(key, None)
            else:
                entries[key] = entry

    cdef dict family_of(self, object key):
        if isinstance(key, str):
            return self.accounts
        if isinstance(key, tuple):
            return self.trustlines
        if isinstance(key, int):
            return self.offers
        if isinstance(key, PoolShare):
            return self.pools
        return self.data if isinstance(key, DataKey) else self.claimable_balances

    cdef put_offer(self, object offer_id, Offer entry):
        cdef Offer resting = self.offers.pop(offer_id, None)
        if resting is not None:
            self.book_of(resting.selling, resting.buying).remove(
                resting.price_n, resting.price_d, resting.offer_id)
        if entry is not None:
            self.offers[offer_id] = entry
            self.book_of(entry.selling, entry.buying).insert(entry.price_n, entry.price_d, entry.offer_id)

    cdef put_pool(self, object share, Pool entry):
        cdef Pool gone
        if entry is not None:
            self.pools[share] = entry
            self.pools_of[entry.asset_a, entry.asset_b] = self.pools_of[entry.asset_b, entry.asset_a] = share
            return
        gone = self.pools.pop(share, None)
        if gone is not None:
            del self.pools_of[gone.asset_a, gone.asset_b]
            del self.pools_of[gone.asset_b, gone.asset_a]

    def load(self, entry):
        """Put an entry in place as it is: for setting a ledger up, outside any step."""
        self.put(self.key_of(entry), entry)

    def drop(self, entry):
        """Take an entry out: the counterpart of ``load``."""
        self.put(self.key_of(entry), None)

    @staticmethod
    def key_of(entry):
        """Return the key that an entry lies under: an account's id, an (account, asset) pair, an offer id, a
        share, or the key of data or of a claimable balance.
        """
        if isinstance(entry, Account):
            return (<Account>entry).account
        if isinstance(entry, Trustline):
            return ((<Trustline>entry).account, (<Trustline>entry).asset)
        if isinstance(entry, Pool):
            return (<Pool>entry).share
        if isinstance(entry, Offer):
            return (<Offer>entry).offer_id
        return entry.key

    cdef Book book_of(self, object selling, object buying):
        key = (selling, buying)
        book = self.books.get(key)
        if book is None:
            book = self.books[key] = Book()
        return book

    cdef Pool pool_between(self, object one, object other):
        """Return the pool of two assets for reading, or None."""
        share = self.pools_of.get((one, other))
        return None if share is None else <Pool>self.pools[share]

    cpdef Account touch_account(self, str account):
        """Return an account for writing, or None if it does not exist."""
        cdef Account entry = self.accounts.get(account)
        if entry is not None and account not in self._journal:
            self._journal[account] = entry
            entry = entry.copy()
            entry.last_modified = self.ledger
            self.accounts[account] = entry
        return entry

    cpdef Trustline touch_trustline(self, str account, object asset):
        """Return a trustline for writing, or None if it does not exist."""
        cdef tuple key = (account, asset)
        cdef Trustline entry = self.trustlines.get(key)
        if entry is not None and key not in self._journal:
            self._journal[key] = entry
            entry = entry.copy()
            entry.last_modified = self.ledger
            self.trustlines[key] = entry
        return entry

    cpdef Offer touch_offer(self, object offer_id):
        """Return an offer for writing its amount, or None if it does not exist."""
        cdef Offer entry = self.offers.get(offer_id)
        if entry is not None and offer_id not in self._journal:
            self._journal[offer_id] = entry
            entry = entry.copy()
            entry.last_modified = self.ledger
            self.offers[offer_id] = entry
        return entry

    cpdef Pool touch_pool(self, object share):
        """Return a pool for writing its amounts, or None if it does not exist."""
        cdef Pool entry = self.pools.get(share)
        if entry is not None and share not in self._journal:
            self._journal[share] = entry
            entry = entry.copy()
            entry.last_modified = self.ledger
            self.pools[share] = entry
        return entry

    cdef object touch(self, object key):
        entries = self.family_of(key)
        entry = entries.get(key)
        if entry is not None and key not in self._journal:
            self._journal[key] = entry
            entry = entry.copy()
            entry.last_modified = self.ledger
            entries[key] = entry
        return entry

    def touch_data(self, key):
        """Return a data entry for writing its value, or None if it does not exist."""
        return self.touch(key)

    def touch_claimable_balance(self, key):
        """Return a claimable balance for writing its sponsor, or None if it does not exist."""
        return self.touch(key)

    def add_entry(self, entry):
        """Put data or a claimable balance on the ledger."""
        key = self.key_of(entry)
        entry.last_modified = self.ledger
        self._journal.setdefault(key, None)
        self.put(key, entry)

    def remove_entry(self, entry):
        """Take data, a claimable balance or an account off the ledger."""
        key = self.key_of(entry)
        self._journal.setdefault(key, entry)
        self.put(key, None)

    cpdef add_account(self, Account entry):
        entry.last_modified = self.ledger
        self._journal.setdefault(entry.account, None)
        self.accounts[entry.account] = entry

    cpdef add_trustline(self, Trustline entry):
        cdef tuple key = (entry.account, entry.asset)
        entry.last_modified = self.ledger
        self._journal.setdefault(key, None)
        self.trustlines[key] = entry

    cpdef add_offer(self, Offer entry):
        entry.last_modified = self.ledger
        self._journal.setdefault(entry.offer_id, None)
        self.offers[entry.offer_id] = entry
        self.book_of(entry.selling, entry.buying).insert(entry.price_n, entry.price_d, entry.offer_id)

    cpdef add_pool(self, Pool entry):
        entry.last_modified = self.ledger
        self._journal.setdefault(entry.share, None)
        self.put_pool(entry.share, entry)

    cpdef remove_trustline(self, Trustline entry):
        cdef tuple key = (entry.account, entry.asset)
        self._journal.setdefault(key, entry)
        del self.trustlines[key]

    cpdef remove_offer(self, Offer entry):
        self._journal.setdefault(entry.offer_id, entry)
        del self.offers[entry.offer_id]
        self.book_of(entry.selling, entry.buying).remove(entry.price_n, entry.price_d, entry.offer_id)

    cpdef remove_pool(self, Pool entry):
        self._journal.setdefault(entry.share, entry)
        self.put_pool(entry.share, None)

    cpdef int64_t next_id(self):
        """Take an offer id from the pool."""
        self.id_pool += 1
        return self.id_pool
