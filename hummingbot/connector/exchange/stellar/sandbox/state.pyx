"""Every entry of the ledger, and a journal of what the operation at hand changed, so as to undo it."""

from libc.stdint cimport int64_t

from .entries cimport Account, Entry, Offer, Trustline
from hummingbot.connector.exchange.stellar.ledger.book cimport Book

__all__ = ["LedgerState"]

cdef tuple NO_CHANGES = ()


cdef class LedgerState:
    """The entries of one network's ledger.

    Reading is by the dictionaries. Writing is by ``touch_*``, ``add_*`` and ``remove_*``, inside a step that
    ``begin`` opened: the first touch in a step puts a copy in the dictionary and remembers the entry
    before, so an entry that anyone kept stays what it was. ``keep`` closes the step and returns its
    changes, ``undo`` takes it back, ``undo_transaction`` takes back every step since ``begin_transaction``.

    Attributes
    ----------
    accounts : dict of str to Account
    trustlines : dict of (str, Asset) to Trustline
    offers : dict of int to Offer
    books : dict of (Asset, Asset) to Book
        Offer ids, best first, by (selling, buying).
    ledger : int
        The ledger being applied; what is touched says that it was modified in it.
    base_reserve : int
        Stroops an entry.
    id_pool : int
        The last offer id given out.
    """

    def __init__(self, ledger=0, base_reserve=5_000_000, id_pool=0):
        self.accounts = {}
        self.trustlines = {}
        self.offers = {}
        self.books = {}
        self.ledger = ledger
        self.base_reserve = base_reserve
        self.id_pool = id_pool
        self._journal = {}
        self._id_pool_before = id_pool
        self._kept = []

    def begin_transaction(self):
        """Forget what ``undo_transaction`` would take back."""
        self._kept = []

    def begin(self):
        """Open a step: what follows can be undone."""
        self._journal = {}
        self._id_pool_before = self.id_pool

    def keep(self):
        """Close the step and return its changes as (before, after) pairs, in the order of first touch."""
        cdef dict journal = self._journal
        self._kept.append((journal, self._id_pool_before))
        self._journal = {}
        if not journal:
            return NO_CHANGES
        return tuple([
            (before, after)
            for before, after in [(before, self.get(key)) for key, before in journal.items()]
            if before is not None or after is not None
        ])

    def undo(self):
        """Take the open step back."""
        self.restore(self._journal)
        self.id_pool = self._id_pool_before
        self._journal = {}

    def undo_transaction(self):
        """Take back every step kept since ``begin_transaction``."""
        for journal, id_pool in reversed(self._kept):
            self.restore(journal)
            self.id_pool = id_pool
        self._kept = []

    def get(self, key):
        """Return the entry under a key: an account's id, an (account, asset) pair, or an offer id."""
        if isinstance(key, str):
            return self.accounts.get(key)
        if isinstance(key, tuple):
            return self.trustlines.get(key)
        return self.offers.get(key)

    cdef restore(self, dict journal):
        for key, before in journal.items():
            self.put(key, before)

    cdef put(self, object key, object entry):
        """Set or (None) drop the entry under a key, without a trace in the journal."""
        cdef Offer resting
        if isinstance(key, int):
            resting = self.offers.pop(key, None)
            if resting is not None:
                self.book_of(resting.selling, resting.buying).remove(
                    resting.price_n, resting.price_d, resting.offer_id)
            if entry is not None:
                resting = entry
                self.offers[key] = resting
                self.book_of(resting.selling, resting.buying).insert(
                    resting.price_n, resting.price_d, resting.offer_id)
            return
        entries = self.accounts if isinstance(key, str) else self.trustlines
        if entry is None:
            entries.pop(key, None)
        else:
            entries[key] = entry

    def load(self, entry):
        """Put an entry in place as it is: for setting a ledger up, outside any step."""
        self.put(self.key_of(entry), entry)

    def drop(self, entry):
        """Take an entry out: the counterpart of ``load``."""
        self.put(self.key_of(entry), None)

    @staticmethod
    def key_of(entry):
        """Return the key that an entry lies under."""
        if isinstance(entry, Account):
            return (<Account>entry).account
        if isinstance(entry, Trustline):
            return ((<Trustline>entry).account, (<Trustline>entry).asset)
        return (<Offer>entry).offer_id

    cdef Book book_of(self, object selling, object buying):
        key = (selling, buying)
        book = self.books.get(key)
        if book is None:
            book = self.books[key] = Book()
        return book

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

    cpdef remove_trustline(self, Trustline entry):
        cdef tuple key = (entry.account, entry.asset)
        self._journal.setdefault(key, entry)
        del self.trustlines[key]

    cpdef remove_offer(self, Offer entry):
        self._journal.setdefault(entry.offer_id, entry)
        del self.offers[entry.offer_id]
        self.book_of(entry.selling, entry.buying).remove(entry.price_n, entry.price_d, entry.offer_id)

    cpdef int64_t next_id(self):
        """Take an offer id from the pool."""
        self.id_pool += 1
        return self.id_pool
