"""Result codes in Horizon's words, as a running Horizon wrote them."""

from base64 import b64decode

from hummingbot.connector.exchange.stellar.ledger.xdr import decode_result
from hummingbot.connector.exchange.stellar.sandbox.http.result_codes import result_codes

from .conftest import recorded


async def test_submissions_that_failed_are_explained_in_horizons_words() -> None:
    """Every recorded refusal: the codes, from the result's bytes alone."""
    seen: set[str] = set()
    for exchange in recorded("exchanges"):
        if exchange["request"]["method"] != "POST" or exchange["response"]["status"] != 400:
            continue
        extras = exchange["response"]["json"].get("extras", {})
        if "result_codes" not in extras:
            continue
        result = decode_result(b64decode(extras["result_xdr"]))
        assert result_codes(result) == extras["result_codes"], exchange["step_name"]
        seen.update([extras["result_codes"]["transaction"], *extras["result_codes"].get("operations", [])])
    assert {
        "tx_bad_seq",
        "op_cross_self",
        "op_offer_not_found",
        "sell_not_authorized",
        "op_line_full",
    } <= seen
    assert len(seen) > 25
