"""Trades that cannot be taken yet come again, also after a crash."""

from hummingbot.connector.exchange.stellar.horizon.account_trades import AccountTrades
from hummingbot.connector.exchange.stellar.horizon.trades import LAST, Trade
from hummingbot.connector.exchange.stellar.ledger.asset import NATIVE, Asset

ACCOUNT = "GA5ZSEJYB37JRC5AVCIA5MOP4RHTM335X2KGX3IHOJAPP5RE34K4KZVN"


def trade(toid: int, index: int = 0) -> Trade:
    return Trade(f"{toid}-{index}", 1, NATIVE, Asset("USDC", ACCOUNT), 1, 1, ACCOUNT, "", 7, True)


def test_the_cursor_stays_before_what_was_put_off_until_that_is_taken() -> None:
    trades = AccountTrades(ACCOUNT)
    trades.start_after(10)

    trades.put_off(trade(20))
    trades.put_off(trade(30, 2))
    trades.advance(trade(40))

    assert (trades.position, trades.cursor) == ((40, 0), f"19-{LAST}")
    trades.advance(trade(20))
    assert (trades.position, trades.cursor) == ((40, 0), "30-1")
    trades.advance(trade(30, 2))
    assert (trades.cursor, trades.is_one_put_off) == ("40-0", False)
