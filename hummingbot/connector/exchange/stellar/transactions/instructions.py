"""What an order asks of the next transaction."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from hummingbot.connector.exchange.stellar.ledger.account_operations import AccountMerge
from hummingbot.connector.exchange.stellar.ledger.asset import Asset
from hummingbot.connector.exchange.stellar.ledger.operations import (
    ChangeTrust,
    CreateAccount,
    CreatePassiveSellOffer,
    LiquidityPoolDeposit,
    LiquidityPoolWithdraw,
    ManageSellOffer,
)
from hummingbot.connector.exchange.stellar.ledger.results import OfferRecord, OperationResult

from .market_payments import MarketPayment, payment_obligations, payment_totals
from .offers import OfferChange, OfferOperation, changed, obligations, rest_price, resting_amount

__all__ = [
    "AccountOperation",
    "Cancellation",
    "Change",
    "Instruction",
    "Order",
    "Placement",
    "cancellation_in",
    "cancellations",
    "exchanged",
    "parts",
    "placement_in",
    "placements",
]


@dataclass(frozen=True, slots=True)
class Order:
    """An order as Hummingbot knows it, in the ledger's terms.

    Parameters
    ----------
    client_order_id, trading_pair : str
    base, quote : Asset
    is_buy : bool
    amount : int
        Stroops of base.
    kind : str
        Hummingbot's type: LIMIT, LIMIT_MAKER or MARKET.
    price : Decimal
        Quote per base, as asked for.
    created_at : float
        Hummingbot's wall time in seconds.
    """

    client_order_id: str
    trading_pair: str
    base: Asset
    quote: Asset
    is_buy: bool
    amount: int
    kind: str = "LIMIT"
    price: Decimal = Decimal(0)
    created_at: float = 0.0


@dataclass(frozen=True, slots=True)
class Placement:
    """Put an order on the ledger: as an offer, or as a payment over books and pools."""

    order: Order
    operation: OfferOperation | MarketPayment

    @property
    def client_order_id(self) -> str:
        """Of the order to place."""
        return self.order.client_order_id

    @property
    def rests(self) -> bool:
        """Whether it makes an offer, which locks up a reserve and can be cancelled."""
        return not isinstance(self.operation, MarketPayment)

    @property
    def is_passive(self) -> bool:
        """Whether its offer takes none at its own price."""
        return isinstance(self.operation, CreatePassiveSellOffer)

    @property
    def selling(self) -> Asset:
        """What the account gives."""
        return (
            self.operation.send_asset if isinstance(self.operation, MarketPayment) else self.operation.selling
        )

    @property
    def buying(self) -> Asset:
        """What the account gets."""
        return (
            self.operation.dest_asset if isinstance(self.operation, MarketPayment) else self.operation.buying
        )

    @property
    def obligations(self) -> tuple[int, int]:
        """What the account must be good for: (stroops sold at most, stroops bought)."""
        if isinstance(self.operation, MarketPayment):
            return payment_obligations(self.operation)
        return obligations(self.operation)

    def fills(self, result: OperationResult) -> list[tuple[int, int, int]]:
        """Return what it exchanged at once, by its result: index of the claim, stroops of base and of quote.

        A payment over other assets is one fill with the index 0; all others are one for each claim. An offer
        that the ledger cleared away, which is claimed with zeros, is none.
        """
        if isinstance(self.operation, MarketPayment) and self.operation.path:
            got, paid = payment_totals(self.operation, result)
            return [(0, got, paid) if self.order.is_buy else (0, paid, got)]
        claims = [(n, c.amount_sold, c.amount_bought) for n, c in enumerate(result.claims)]
        traded = [claim for claim in claims if claim[1] or claim[2]]
        return traded if self.order.is_buy else [(n, paid, got) for n, got, paid in traded]

    @property
    def is_dust(self) -> bool:
        """Whether the ledger would drop it for its size; a payment would not have been made."""
        return not isinstance(self.operation, MarketPayment) and resting_amount(self.operation) == 0

    def offer(self, seller: str) -> OfferRecord:
        """Return the offer that it would make, if nothing were exchanged at once; it has no id yet."""
        assert not isinstance(self.operation, MarketPayment)
        n, d = rest_price(self.operation)
        amount = resting_amount(self.operation)
        return OfferRecord(seller, 0, self.selling, self.buying, amount, n, d, self.is_passive)

    @property
    def reserves(self) -> dict[Asset, int]:
        """Stroops it will lock up once on the ledger, by asset (the offer's own reserve not counted)."""
        return {self.selling: self.obligations[0]}


@dataclass(frozen=True, slots=True)
class Cancellation:
    """Take a resting order off the ledger."""

    client_order_id: str
    operation: ManageSellOffer


@dataclass(frozen=True, slots=True)
class Change:
    """Let an order take over the offer of another, which ends: one operation, and the offer keeps its id.

    Parameters
    ----------
    cancellation : Cancellation
        Of the order that ends.
    placement : Placement
        Of an order on the same side of the same pair, passive if that one was.
    """

    cancellation: Cancellation
    placement: Placement

    @property
    def operation(self) -> OfferChange:
        """What does both."""
        assert not isinstance(self.placement.operation, MarketPayment)
        return changed(self.placement.operation, self.cancellation.operation.offer_id)


@dataclass(frozen=True, slots=True)
class AccountOperation:
    """Do what is no order: its outcome shows in the account's balances alone."""

    operation: ChangeTrust | LiquidityPoolDeposit | LiquidityPoolWithdraw | CreateAccount | AccountMerge


Instruction = Placement | Cancellation | Change | AccountOperation


def placement_in(instruction: Instruction | None) -> Placement | None:
    """Return what an instruction places, if anything."""
    if isinstance(instruction, Change):
        return instruction.placement
    return instruction if isinstance(instruction, Placement) else None


def cancellation_in(instruction: Instruction | None) -> Cancellation | None:
    """Return what an instruction cancels, if anything."""
    if isinstance(instruction, Change):
        return instruction.cancellation
    return instruction if isinstance(instruction, Cancellation) else None


def exchanged(instruction: Instruction) -> frozenset[Asset]:
    """Return the two assets that an instruction about an order is of; none for others."""
    if isinstance(instruction, AccountOperation):
        return frozenset()
    of = instruction.placement if isinstance(instruction, Change) else instruction
    traded = of if isinstance(of, Placement) else of.operation
    return frozenset((traded.selling, traded.buying))


def parts(instruction: Instruction) -> tuple[Instruction, ...]:
    """Return what was asked for that it does."""
    if isinstance(instruction, Change):
        return instruction.cancellation, instruction.placement
    return (instruction,)


def placements(instructions: Iterable[Instruction | None]) -> list[Placement]:
    """Return all that they place, in order."""
    return [placed for placed in map(placement_in, instructions) if placed is not None]


def cancellations(instructions: Iterable[Instruction | None]) -> list[Cancellation]:
    """Return all that they cancel, in order."""
    return [gone for gone in map(cancellation_in, instructions) if gone is not None]
