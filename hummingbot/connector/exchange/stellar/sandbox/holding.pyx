"""What an account holds of an asset: its lumens, its trustline, or, of a credit it issues itself, all
there can be.

References
----------
stellar-core, ``src/ledger/TrustLineWrapper.cpp`` and ``src/transactions/TransactionUtils.cpp``.
"""

from libc.stdint cimport int64_t

from .entries cimport Account, Trustline
from .state cimport LedgerState
from hummingbot.connector.exchange.stellar.ledger.balances cimport available_native, minimum_balance

__all__ = ["Holding", "hold", "look"]

cdef int64_t INT64_MAX = 0x7FFFFFFFFFFFFFFF

cdef enum:
    AUTHORIZED = 1
    AUTHORIZED_OR_MAINTAINS = 3


cdef inline bint moved(int64_t *amount, int64_t delta, int64_t limit) noexcept:
    """Add delta to an amount that has to stay between 0 and limit; tell whether it did."""
    if delta < -amount[0] or delta > limit - amount[0]:
        return False
    amount[0] += delta
    return True


cdef class Holding:
    """An account's position in one asset, as the rules of balances, limits and liabilities see it.

    Changing methods tell whether the change was allowed; a refused one changes nothing. The issuer of a
    credit has no entry for it: it can send and receive any amount, and nothing is recorded.
    """

    cpdef int64_t balance(self) noexcept:
        """Return the whole balance, in stroops."""
        if self.line is not None:
            return self.line.balance
        return self.lumens.balance if self.lumens is not None else INT64_MAX

    cpdef int64_t available(self) noexcept:
        """Return what can be spent; negative for lumens below a raised reserve."""
        cdef Account a = self.lumens
        if self.line is not None:
            return self.line.balance - self.line.selling_liabilities
        if a is None:
            return INT64_MAX
        return available_native(
            a.balance, a.selling_liabilities, a.subentries, a.sponsoring, a.sponsored, self.base_reserve)

    cpdef int64_t room(self) noexcept:
        """Return how much more can be received; nothing where the trustline is not authorized."""
        if self.line is not None:
            if not self.line.flags & AUTHORIZED_OR_MAINTAINS:
                return 0
            return self.line.limit - self.line.balance - self.line.buying_liabilities
        if self.lumens is None:
            return INT64_MAX
        return INT64_MAX - self.lumens.balance - self.lumens.buying_liabilities

    cpdef bint is_authorized(self) noexcept:
        """Tell whether the issuer lets this account use the credit."""
        return self.line is None or (self.line.flags & AUTHORIZED) != 0

    cpdef bint maintains_liabilities(self) noexcept:
        """Tell whether at least its resting offers may stay."""
        return self.line is None or (self.line.flags & AUTHORIZED_OR_MAINTAINS) != 0

    cpdef int64_t can_sell(self) noexcept:
        """Return the most that an offer can sell."""
        return max(0, self.available()) if self.maintains_liabilities() else 0

    cpdef int64_t can_buy(self) noexcept:
        """Return the most that an offer can buy."""
        return max(0, self.room())

    cpdef bint add(self, int64_t delta) noexcept:
        """Change the balance, within limit, reserve and liabilities."""
        cdef Account a = self.lumens
        cdef Trustline t = self.line
        cdef int64_t balance
        if delta == 0 or (a is None and t is None):
            return True
        if a is not None:
            balance = a.balance
            if not moved(&balance, delta, INT64_MAX):
                return False
            if delta < 0 and available_native(
                    balance, a.selling_liabilities, a.subentries, a.sponsoring, a.sponsored,
                    self.base_reserve) < 0:
                return False
            if balance > INT64_MAX - a.buying_liabilities:
                return False
            a.balance = balance
            return True
        if not t.flags & AUTHORIZED_OR_MAINTAINS:
            return False
        balance = t.balance
        if not moved(&balance, delta, t.limit):
            return False
        if balance < t.selling_liabilities or balance > t.limit - t.buying_liabilities:
            return False
        t.balance = balance
        return True

    cdef bint add_buying_liabilities(self, int64_t delta) noexcept:
        cdef int64_t owed
        if delta == 0 or (self.lumens is None and self.line is None):
            return True
        if self.lumens is not None:
            owed = self.lumens.buying_liabilities
            if not moved(&owed, delta, INT64_MAX - self.lumens.balance):
                return False
            self.lumens.buying_liabilities = owed
            return True
        if not self.line.flags & AUTHORIZED_OR_MAINTAINS:
            return False
        owed = self.line.buying_liabilities
        if not moved(&owed, delta, self.line.limit - self.line.balance):
            return False
        self.line.buying_liabilities = owed
        return True

    cdef bint add_selling_liabilities(self, int64_t delta) noexcept:
        cdef Account a = self.lumens
        cdef int64_t owed, limit
        if delta == 0 or (a is None and self.line is None):
            return True
        if a is not None:
            limit = a.balance - minimum_balance(a.subentries, a.sponsoring, a.sponsored, self.base_reserve)
            owed = a.selling_liabilities
            if limit < 0 or not moved(&owed, delta, limit):
                return False
            a.selling_liabilities = owed
            return True
        if not self.line.flags & AUTHORIZED_OR_MAINTAINS:
            return False
        owed = self.line.selling_liabilities
        if not moved(&owed, delta, self.line.balance):
            return False
        self.line.selling_liabilities = owed
        return True


cdef inline Holding holding_of(LedgerState state, Account lumens, Trustline line):
    cdef Holding holding = Holding.__new__(Holding)
    holding.lumens = lumens
    holding.line = line
    holding.base_reserve = state.base_reserve
    return holding


cpdef Holding look(LedgerState state, str account, object asset):
    """Return a holding for reading only, or None if the account or trustline does not exist."""
    cdef Account lumens
    cdef Trustline line
    cdef str issuer = asset.issuer
    if not issuer:
        lumens = state.accounts.get(account)
        return None if lumens is None else holding_of(state, lumens, None)
    if issuer == account:
        return holding_of(state, None, None)
    line = state.trustlines.get((account, asset))
    return None if line is None else holding_of(state, None, line)


cpdef Holding hold(LedgerState state, str account, object asset):
    """Return a holding for changing, or None if the account or trustline does not exist."""
    cdef Account lumens
    cdef Trustline line
    cdef str issuer = asset.issuer
    if not issuer:
        lumens = state.touch_account(account)
        return None if lumens is None else holding_of(state, lumens, None)
    if issuer == account:
        return holding_of(state, None, None)
    line = state.touch_trustline(account, asset)
    return None if line is None else holding_of(state, None, line)
