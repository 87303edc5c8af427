"""Crossing a taker with the book, and the liabilities of what rests in it.

References
----------
stellar-core, ``src/transactions/OfferExchange.cpp`` (``convertWithOffers``, ``crossOfferV10``).
"""

from libc.stdint cimport int64_t

from .entries cimport Account, Offer
from .holding cimport Holding, hold
from .state cimport LedgerState
from hummingbot.connector.exchange.stellar.ledger.book cimport Book
from hummingbot.connector.exchange.stellar.ledger.exchange cimport (
    NORMAL,
    Exchange,
    Rounding,
    adjusted_amount,
    exchange,
    liabilities,
    price_above,
    price_at_least,
)

from ..ledger.results import ClaimAtom

__all__ = ["acquire_liabilities", "cross_book", "release_liabilities", "remove_subentry"]

cdef tuple OUTCOMES = ("filled", "rests", "crosses itself", "too many")


cdef int owe(Holding selling, Holding buying, Offer offer, int sign) except -1:
    cdef int64_t to_sell, to_buy
    liabilities(offer.price_n, offer.price_d, offer.amount, &to_sell, &to_buy)
    if selling is None or buying is None or not (
            buying.add_buying_liabilities(sign * to_buy) and selling.add_selling_liabilities(sign * to_sell)):
        raise ArithmeticError(f"the liabilities of {offer!r} do not fit its seller's balances")
    return 0


cpdef acquire_liabilities(LedgerState state, Offer offer):
    """Reserve what a resting offer may sell and buy."""
    cdef Holding buying = hold(state, offer.seller, offer.buying)
    owe(hold(state, offer.seller, offer.selling), buying, offer, 1)


cpdef release_liabilities(LedgerState state, Offer offer):
    """Free what a resting offer had reserved."""
    cdef Holding buying = hold(state, offer.seller, offer.buying)
    owe(hold(state, offer.seller, offer.selling), buying, offer, -1)


cpdef remove_subentry(LedgerState state, str owner, str sponsor, int64_t reserves=1):
    """Give an account the reserve of one of its entries back, or the entry's sponsor if it has one.

    `reserves` is how many base reserves the entry takes: a line of pool shares takes two.
    """
    cdef Account account = state.touch_account(owner)
    cdef Account paying
    account.subentries -= reserves
    if sponsor is not None:
        paying = state.touch_account(sponsor)
        paying.sponsoring -= reserves
        account.sponsored -= reserves


cdef bint is_frozen(LedgerState state, Offer offer):
    """Tell whether what an offer would exchange is frozen: its owner's lumens, or a trustline."""
    cdef str seller = offer.seller
    return (
        ((offer.selling.is_native or offer.buying.is_native) and seller in state.frozen)
        or (seller, offer.selling) in state.frozen
        or (seller, offer.buying) in state.frozen
    )


cdef clear_away(LedgerState state, Offer offer):
    """Take an offer off the book without a trade, as if its owner had cancelled it."""
    release_liabilities(state, offer)
    state.remove_offer(offer)
    remove_subentry(state, offer.seller, offer.sponsor)


cdef bint cross(LedgerState state, Offer offer, int64_t max_sheep_send, int64_t max_wheat_receive,
                Rounding rounding, Exchange *trade) except -1:
    """Exchange with one resting offer; tell whether it is used up."""
    cdef Holding sheep = hold(state, offer.seller, offer.buying)
    cdef Holding wheat = hold(state, offer.seller, offer.selling)
    cdef int64_t amount
    owe(wheat, sheep, offer, -1)
    amount = adjusted_amount(
        offer.price_n, offer.price_d, min(offer.amount, wheat.can_sell()), sheep.can_buy())
    exchange(offer.price_n, offer.price_d, min(amount, wheat.can_sell()), max_wheat_receive,
             max_sheep_send, sheep.can_buy(), rounding, trade)
    if not (sheep.add(trade.sheep_sent) and wheat.add(-trade.wheat_received)):
        raise ArithmeticError(f"the maker of {offer!r} cannot exchange what it promised")
    if trade.wheat_stays:
        amount -= trade.wheat_received
        amount = adjusted_amount(offer.price_n, offer.price_d, min(amount, wheat.can_sell()), sheep.can_buy())
    else:
        amount = 0
    offer.amount = amount
    if amount:
        owe(wheat, sheep, offer, 1)
        return False
    state.remove_offer(offer)
    remove_subentry(state, offer.seller, offer.sponsor)
    return True


cdef Outcome take_offers(LedgerState state, str taker, object sheep, int64_t max_sheep_send, object wheat,
                         int64_t max_wheat_receive, int64_t limit_n, int64_t limit_d, bint passive,
                         Rounding rounding, int64_t most, list claims, Exchanged *exchanged) except *:
    """Take offers of `wheat` for `sheep`, best first; see `cross_book`. Claims are added as they come."""
    cdef Book book = state.book_of(wheat, sheep)
    cdef Offer offer
    cdef Exchange trade
    cdef int64_t offer_id
    cdef bint taken
    exchanged.sheep_sent = exchanged.wheat_received = 0
    if max_sheep_send <= 0 or max_wheat_receive <= 0:
        return FILLED
    if most == 0:
        return TOO_MANY
    while True:
        offer_id = book.best()
        if offer_id == 0:
            return RESTS
        offer = state.offers[offer_id]
        if price_above(offer.price_n, offer.price_d, limit_n, limit_d) or (
                passive and price_at_least(offer.price_n, offer.price_d, limit_n, limit_d)):
            return RESTS
        if offer.seller == taker:
            return CROSSES_ITSELF
        if state.frozen and is_frozen(state, offer):
            clear_away(state, state.touch_offer(offer_id))
            continue
        if len(claims) >= most:
            return TOO_MANY
        offer = state.touch_offer(offer_id)
        taken = cross(state, offer, max_sheep_send, max_wheat_receive, rounding, &trade)
        claims.append(ClaimAtom(
            offer.seller, offer_id, wheat, trade.wheat_received, sheep, trade.sheep_sent))
        exchanged.sheep_sent += trade.sheep_sent
        max_sheep_send -= trade.sheep_sent
        exchanged.wheat_received += trade.wheat_received
        max_wheat_receive -= trade.wheat_received
        if trade.wheat_stays or max_wheat_receive <= 0 or max_sheep_send <= 0:
            return FILLED
        if not taken:
            return RESTS


def cross_book(LedgerState state, str taker, sheep, int64_t max_sheep_send, wheat, int64_t max_wheat_receive,
               int64_t limit_n, int64_t limit_d, bint passive, int64_t most):
    """Take offers of `wheat` for `sheep`, best first, while they are not dearer than limit_n/limit_d.

    The makers' balances, liabilities and offers change; the taker's do not.

    Parameters
    ----------
    state : LedgerState
    taker : str
        The account on whose behalf; meeting its own offer ends it all.
    sheep, wheat : Asset
        What it sends, what it receives.
    max_sheep_send, max_wheat_receive : int
        The most it can send and receive, in stroops.
    limit_n, limit_d : int
        The worst price: sheep for a unit of wheat.
    passive : bool
        Whether an equal price is already too dear.
    most : int
        How many offers may be crossed.

    Returns
    -------
    tuple of (str, int, int, tuple of ClaimAtom)
        ``filled`` (nothing is left to exchange), ``rests`` (the taker's remainder can rest), ``crosses
        itself``, or ``too many``; sheep sent; wheat received; the trades.
    """
    cdef list claims = []
    cdef Exchanged exchanged
    cdef Outcome outcome = take_offers(
        state, taker, sheep, max_sheep_send, wheat, max_wheat_receive, limit_n, limit_d, passive, NORMAL, most,
        claims, &exchanged)
    if outcome == CROSSES_ITSELF or outcome == TOO_MANY:
        return OUTCOMES[outcome], 0, 0, ()
    return OUTCOMES[outcome], exchanged.sheep_sent, exchanged.wheat_received, tuple(claims)
