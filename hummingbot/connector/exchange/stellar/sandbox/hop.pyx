"""One hop of a path payment: an exchange with the book or with the pool, never with both.

The book is taken if all of the hop is to be had there at a strictly better price than from the pool.

References
----------
stellar-core, ``src/transactions/OfferExchange.cpp`` (``convertWithOffersAndPools``).
"""

from libc.stdint cimport int64_t

from .crossing cimport CROSSES_ITSELF, FILLED, RESTS, TOO_MANY, Exchanged, Outcome, take_offers
from .entries cimport Pool
from .state cimport LedgerState
from hummingbot.connector.exchange.stellar.ledger.exchange cimport STRICT_RECEIVE, STRICT_SEND, uint128
from hummingbot.connector.exchange.stellar.ledger.pool cimport received_for, sent_for

from ..ledger.results import ClaimAtom

__all__ = ["receive_exactly", "send_exactly"]

cdef enum:
    IN_VAIN_COUNTS = 27

cdef int64_t INT64_MAX = 0x7FFFFFFFFFFFFFFF


cdef bint quote(Pool pool, object sheep, int64_t sheep_sent, int64_t wheat_received, bint sends,
                Exchanged *quoted) noexcept:
    """Say what the pool would exchange; tell whether it can."""
    cdef int64_t reserve_in = pool.reserve_a, reserve_out = pool.reserve_b
    if sheep != pool.asset_a:
        reserve_in, reserve_out = reserve_out, reserve_in
    quoted.sheep_sent = sheep_sent if sends else sent_for(reserve_in, reserve_out, wheat_received)
    quoted.wheat_received = received_for(reserve_in, reserve_out, sheep_sent) if sends else wheat_received
    return quoted.sheep_sent >= 0 and quoted.wheat_received >= 0


cdef exchange_with_pool(LedgerState state, Pool pool, object sheep, object wheat, Exchanged *quoted):
    """Move what was quoted through the pool and return the claim."""
    pool = state.touch_pool(pool.share)
    if sheep == pool.asset_a:
        pool.reserve_a += quoted.sheep_sent
        pool.reserve_b -= quoted.wheat_received
    else:
        pool.reserve_b += quoted.sheep_sent
        pool.reserve_a -= quoted.wheat_received
    return ClaimAtom(
        pool.share.pool_id, 0, wheat, quoted.wheat_received, sheep, quoted.sheep_sent, True)


cdef tuple convert(LedgerState state, str taker, object sheep, int64_t sheep_sent, object wheat,
                   int64_t wheat_received, bint sends, int64_t most):
    cdef Pool pool = state.pool_between(sheep, wheat) if most > 0 else None
    cdef Exchanged quoted, booked
    cdef bint pools = pool is not None and quote(pool, sheep, sheep_sent, wheat_received, sends, &quoted)
    cdef list claims = []
    cdef Outcome outcome
    cdef int64_t in_vain
    if pools:
        state.begin_attempt()
    outcome = take_offers(
        state, taker, sheep, sheep_sent, wheat, wheat_received, 1, 0, False,
        STRICT_SEND if sends else STRICT_RECEIVE, most, claims, &booked)
    if pools:
        if outcome == FILLED and (
                <uint128>quoted.sheep_sent * <uint128>booked.wheat_received
                > <uint128>quoted.wheat_received * <uint128>booked.sheep_sent):
            state.keep_attempt()
        else:
            state.undo_attempt()
            in_vain = len(claims) if state.protocol >= IN_VAIN_COUNTS else 0
            if in_vain >= most:
                return "EXCEEDED_WORK_LIMIT", 0, (), most
            claim = exchange_with_pool(state, pool, sheep, wheat, &quoted)
            return None, (quoted.wheat_received if sends else quoted.sheep_sent), (claim,), in_vain + 1
    if outcome == CROSSES_ITSELF:
        return "OFFER_CROSS_SELF", 0, (), 0
    if outcome == TOO_MANY:
        return "EXCEEDED_WORK_LIMIT", 0, (), most
    if outcome == RESTS or (
            booked.sheep_sent != sheep_sent if sends else booked.wheat_received != wheat_received):
        return "TOO_FEW_OFFERS", 0, (), 0
    return None, (booked.wheat_received if sends else booked.sheep_sent), tuple(claims), len(claims)


def send_exactly(LedgerState state, str taker, sheep, int64_t amount, wheat, int64_t most):
    """Exchange an exact amount of `sheep` for as much `wheat` as that gets.

    The balances of the taker do not change.

    Parameters
    ----------
    state : LedgerState
    taker : str
        The account on whose behalf.
    sheep, wheat : Asset
        What it sends, what it receives.
    amount : int
        Stroops of `sheep`.
    most : int
        How many offers and pools may be crossed.

    Returns
    -------
    tuple of (str or None, int, tuple of ClaimAtom, int)
        ``TOO_FEW_OFFERS``, ``OFFER_CROSS_SELF``, ``EXCEEDED_WORK_LIMIT`` or, for a success, None; stroops of
        `wheat` received; the trades; how many of `most` they used up.
    """
    return convert(state, taker, sheep, amount, wheat, INT64_MAX, True, most)


def receive_exactly(LedgerState state, str taker, sheep, wheat, int64_t amount, int64_t most):
    """Exchange as much `sheep` as an exact amount of `wheat` costs.

    As `send_exactly`, but for the amount, which is of `wheat`, and for what is returned: stroops of `sheep`
    sent.
    """
    return convert(state, taker, sheep, INT64_MAX, wheat, amount, False, most)
