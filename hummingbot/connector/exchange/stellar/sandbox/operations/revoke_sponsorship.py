"""RevokeSponsorship: leave the reserve of an entry or a signer to its owner, or pass it on.

Who pays next is whoever sponsors the source of the operation at that moment, unless that is the owner.

References
----------
stellar-core, ``src/transactions/RevokeSponsorshipOpFrame.cpp``, ``SponsorshipUtils.cpp``.
"""

from typing import Final

from ...ledger.asset import Asset
from ...ledger.ledger_keys import (
    AccountKey,
    ClaimableBalanceKey,
    DataKey,
    LedgerKey,
    OfferKey,
    SignerKey,
    TrustlineKey,
)
from ...ledger.operations import RevokeSponsorship
from ...ledger.results import OperationResult
from ..entries import Account
from ..sponsorship import Sponsorable, move_sponsorship, reserves_of
from ..state import LedgerState
from ..text import is_plain

__all__ = ["SUCCESS", "apply", "check"]

SUCCESS: Final = OperationResult("revoke_sponsorship", "REVOKE_SPONSORSHIP_SUCCESS")


def refuse(code: str) -> OperationResult:
    """Return a result with one of the operation's own codes."""
    return OperationResult("revoke_sponsorship", f"REVOKE_SPONSORSHIP_{code}")


def check(operation: RevokeSponsorship, source: str) -> OperationResult | None:
    """Refuse keys under which no entry can be."""
    match operation.target:
        case TrustlineKey(account, Asset() as asset):
            possible = not asset.is_native and asset.issuer != account
        case OfferKey(_, offer_id):
            possible = offer_id > 0
        case DataKey(_, name):
            possible = bool(name) and is_plain(name)
        case _:
            possible = True
    return None if possible else refuse("MALFORMED")


def apply(operation: RevokeSponsorship, source: str, state: LedgerState) -> OperationResult:
    """Change who sponsors the entry or the signer, as its present sponsor or as its unsponsored owner."""
    target = operation.target
    if isinstance(target, SignerKey):
        return revoke_signer(target, source, state)
    entry = touch(target, state)
    if entry is None:
        return refuse("DOES_NOT_EXIST")
    owner = None if isinstance(target, ClaimableBalanceKey) else owner_of(target)
    if (entry.sponsor or owner) != source:
        return refuse("NOT_SPONSOR")
    sponsor = next_sponsor(source, owner or source, state)
    if sponsor is None and owner is None:
        return refuse("ONLY_TRANSFERABLE")
    refused = move_sponsorship(state, owner, entry.sponsor, sponsor, reserves_of(entry))
    if refused is not None:
        return refuse("LOW_RESERVE") if refused == "low reserve" else refused
    entry.sponsor = sponsor
    return SUCCESS


def revoke_signer(target: SignerKey, source: str, state: LedgerState) -> OperationResult:
    """Change who sponsors a signer."""
    account: Account | None = state.touch_account(target.account)
    found = [] if account is None else [one for one in account.signers if one[0] == target.key]
    if account is None or not found:
        return refuse("DOES_NOT_EXIST")
    ((_, _, sponsor),) = found
    if (sponsor or target.account) != source:
        return refuse("NOT_SPONSOR")
    following = next_sponsor(source, target.account, state)
    refused = move_sponsorship(state, target.account, sponsor, following, 1)
    if refused is not None:
        return refuse("LOW_RESERVE") if refused == "low reserve" else refused
    account.signers = tuple(
        (key, weight, following if key == target.key else by) for key, weight, by in account.signers
    )
    return SUCCESS


def next_sponsor(source: str, owner: str, state: LedgerState) -> str | None:
    """Return who is to pay instead of the owner, or None."""
    sponsor = state.sponsorships.get(source)
    return None if sponsor == owner else sponsor


def touch(key: LedgerKey, state: LedgerState) -> Sponsorable | None:
    """Return the entry under a key for writing, or None."""
    match key:
        case AccountKey(account):
            return state.touch_account(account)
        case TrustlineKey(account, asset):
            return state.touch_trustline(account, asset)
        case OfferKey(seller, offer_id):
            offer = state.offers.get(offer_id)
            return state.touch_offer(offer_id) if offer is not None and offer.seller == seller else None
        case DataKey():
            return state.touch_data(key)
        case ClaimableBalanceKey():
            return state.touch_claimable_balance(key)


def owner_of(key: AccountKey | TrustlineKey | OfferKey | DataKey) -> str:
    """Return the account that has an entry."""
    return key.seller if isinstance(key, OfferKey) else key.account
