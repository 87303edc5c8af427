"""What a Horizon node answers about one account, for tests in which HTTP itself is mocked."""

import re
from base64 import b64decode, b64encode
from collections import defaultdict, deque
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs

from aioresponses import CallbackResult, aioresponses

from hummingbot.connector.exchange.stellar import stellar_constants as CONSTANTS
from hummingbot.connector.exchange.stellar.ledger.amount import format_stroops
from hummingbot.connector.exchange.stellar.ledger.asset import NATIVE, Asset
from hummingbot.connector.exchange.stellar.ledger.envelope import Envelope
from hummingbot.connector.exchange.stellar.ledger.operations import Operation
from hummingbot.connector.exchange.stellar.ledger.price import format_price
from hummingbot.connector.exchange.stellar.ledger.results import (
    OfferRecord,
    OperationResult,
    TransactionResult,
)
from hummingbot.connector.exchange.stellar.ledger.xdr import (
    decode_envelope,
    encode_result,
    network_id,
    transaction_hash,
)

URL = "https://horizon.example"
LEDGER = 60_000_000
NO_LEDGER = 0
"""Of what the history tells: only the present state is of a ledger."""
CLOSED_AT = 1_700_000_000
BASE_FEE, BASE_RESERVE = 100, 5_000_000
ROOT = {
    "network_passphrase": CONSTANTS.PASSPHRASES["stellar"],
    "horizon_version": "28.0.0",
    "history_latest_ledger": LEDGER + 1,
}

Callback = Callable[..., Any] | None


def toid(ledger: int, operation: int = 1) -> int:
    """The position of an operation of a ledger's first transaction; 0 is the transaction itself."""
    return (ledger << 32) + (1 << 12) + operation


def page(*records: dict[str, Any]) -> dict[str, Any]:
    return {"_embedded": {"records": list(records)}}


def asset_fields(asset: Asset, prefix: str = "") -> dict[str, str]:
    fields = {f"{prefix}asset_type": asset.type}
    if asset != NATIVE:
        fields |= {f"{prefix}asset_code": asset.code, f"{prefix}asset_issuer": asset.issuer}
    return fields


def moment(ledger: int) -> str:
    return datetime.fromtimestamp(CLOSED_AT + 5 * (ledger - LEDGER), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def ledger_record(ledger: int) -> dict[str, Any]:
    return {
        "paging_token": str(ledger << 32),
        "sequence": ledger,
        "closed_at": moment(ledger),
        "base_fee_in_stroops": BASE_FEE,
        "base_reserve_in_stroops": BASE_RESERVE,
    }


def account_record(account: str, holdings: dict[Asset, tuple[int, int]]) -> dict[str, Any]:
    """An account that holds, of each asset, so many stroops, of which so many are pledged to offers."""
    balances = [
        {
            **asset_fields(asset),
            "balance": format_stroops(held),
            "selling_liabilities": format_stroops(pledged),
            "buying_liabilities": format_stroops(0),
            **({} if asset == NATIVE else {"limit": format_stroops(2**63 - 1), "is_authorized": True}),
        }
        for asset, (held, pledged) in holdings.items()
    ]
    return {
        "account_id": account,
        "sequence": "4321",
        "subentry_count": len(holdings) - 1,
        "num_sponsoring": 0,
        "num_sponsored": 0,
        "balances": balances,
        "thresholds": {"low_threshold": 0, "med_threshold": 0, "high_threshold": 0},
        "signers": [{"key": account, "weight": 1, "type": "ed25519_public_key"}],
    }


def offer_record(offer: OfferRecord) -> dict[str, Any]:
    return {
        "id": str(offer.offer_id),
        "paging_token": str(offer.offer_id),
        "seller": offer.seller,
        "selling": asset_fields(offer.selling),
        "buying": asset_fields(offer.buying),
        "amount": format_stroops(offer.amount),
        "price_r": {"n": offer.price_n, "d": offer.price_d},
        "price": format_price(offer.price_n, offer.price_d),
        "last_modified_ledger": LEDGER - 10,
    }


def trade_record(offer: OfferRecord, ledger: int, taker: str, sold: int, bought: int) -> dict[str, Any]:
    """A trade in which the offer was taken: its seller gave `sold` and got `bought`."""
    return {
        "id": f"{toid(ledger)}-0",
        "paging_token": f"{toid(ledger)}-0",
        "ledger_close_time": moment(ledger),
        "trade_type": "orderbook",
        "base_account": taker,
        "base_offer_id": str(toid(ledger) | 1 << 62),
        **asset_fields(offer.buying, "base_"),
        "base_amount": format_stroops(bought),
        "counter_account": offer.seller,
        "counter_offer_id": str(offer.offer_id),
        **asset_fields(offer.selling, "counter_"),
        "counter_amount": format_stroops(sold),
        "base_is_seller": False,
        "price": {"n": str(sold), "d": str(bought)},
    }


def transaction_record(result: TransactionResult, ledger: int, name: str = "ab" * 32) -> dict[str, Any]:
    return {
        "hash": name,
        "paging_token": str(toid(ledger, 0)),
        "ledger": ledger,
        "created_at": moment(ledger),
        "successful": result.code == "txSUCCESS",
        "result_xdr": b64encode(encode_result(result)).decode(),
    }


def failure(result: TransactionResult) -> dict[str, Any]:
    return {
        "title": "Transaction Failed",
        "status": 400,
        "extras": {
            "result_codes": {"transaction": "tx_failed" if result.operations else "tx_bad_auth"},
            "result_xdr": b64encode(encode_result(result)).decode(),
        },
    }


def answer(body: dict[str, Any], ledger: int = LEDGER, status: int = 200) -> CallbackResult:
    return CallbackResult(status=status, payload=body, headers={"Latest-Ledger": str(ledger)})


def envelope_of(request: dict[str, Any]) -> Envelope:
    """The transaction in a POST's form."""
    return decode_envelope(b64decode(parse_qs(request["data"])["tx"][0]))


class MockedHorizon:
    """Answers in the place of a node, through an `aioresponses`, as long as a test goes on.

    Answers that are put to a path are given once each, in their order; after them, and to every other path,
    stand those of `rest`.
    """

    def __init__(self, api: aioresponses, account: str) -> None:
        self.api = api
        self._account = account
        self._path = f"/accounts/{account}"
        self._once: defaultdict[str, deque[tuple[CallbackResult, Callback]]] = defaultdict(deque)
        self._standing: dict[str, CallbackResult] = {}
        api.get(re.compile(rf"^{re.escape(URL)}/"), callback=self._answer, repeat=True)

    def _answer(self, url: Any, **request: Any) -> CallbackResult:
        if self._once[url.path]:
            answer, callback = self._once[url.path].popleft()
            if callback is not None:
                callback(url, **request)
            return answer
        return self._standing.get(url.path, CallbackResult(status=404, payload={"status": 404}))

    def put(
        self,
        path: str,
        body: dict[str, Any],
        ledger: int = LEDGER,
        status: int = 200,
        callback: Callback = None,
    ) -> str:
        """Answer one GET of the path, with a callback when it comes; return the path's URL."""
        self._once[path].append((answer(body, ledger, status), callback))
        return URL + path

    def offers(
        self, *offers: OfferRecord, ledger: int = LEDGER, status: int = 200, callback: Callback = None
    ) -> str:
        """Show the account's offers at a ledger."""
        body = page(*map(offer_record, offers))
        return self.put(f"{self._path}/offers", body, ledger, status, callback)

    def trades(self, *trades: dict[str, Any], status: int = 200, callback: Callback = None) -> str:
        """Show trades of the account."""
        return self.put(f"{self._path}/trades", page(*trades), NO_LEDGER, status, callback)

    def rest(self, holdings: dict[Asset, tuple[int, int]], *offers: OfferRecord) -> None:
        """Stand as a network with this account, these offers and no further trades."""
        account = account_record(self._account, holdings)
        self._standing = {
            "/": answer(ROOT),
            "/ledgers": answer(page(ledger_record(LEDGER))),
            self._path: answer(account, LEDGER + 1),
            f"{self._path}/offers": answer(page(*map(offer_record, offers)), LEDGER + 1),
            f"{self._path}/trades": answer(page(), NO_LEDGER),
        }

    def take(self, decide: Callable[[Operation], OperationResult], callback: Callback = None) -> str:
        """Put transactions on the next ledger, where they succeed or fail as `decide` says."""

        def post(url: Any, **request: Any) -> CallbackResult:
            if callback is not None:
                callback(url, **request)
            envelope = envelope_of(request)
            name = transaction_hash(envelope.tx_xdr, network_id(ROOT["network_passphrase"])).hex()
            operations = tuple(decide(operation) for operation in envelope.tx.operations)
            is_good = all(result.code.endswith("_SUCCESS") for result in operations)
            result = TransactionResult(BASE_FEE, "txSUCCESS" if is_good else "txFAILED", operations)
            record = answer(transaction_record(result, LEDGER + 1, name))
            self._standing[f"/transactions/{name}"] = record
            return record if is_good else answer(failure(result), status=400)

        self.api.post(f"{URL}/transactions", callback=post, repeat=True)
        return f"{URL}/transactions"

    def refuse(self, code: str, callback: Callback = None) -> str:
        """Refuse a transaction; the ledger does not know it."""
        refusal = failure(TransactionResult(BASE_FEE, code))
        self.api.post(f"{URL}/transactions", status=400, payload=refusal, callback=callback)
        return f"{URL}/transactions"
