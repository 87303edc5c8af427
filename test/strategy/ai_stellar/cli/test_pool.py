"""``ai-stellar pool`` on a sandbox: what it says it did is what the ledger did."""

import asyncio
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from hummingbot.connector.exchange.stellar.ledger.asset import NATIVE
from hummingbot.connector.exchange.stellar.ledger.liquidity_pool import PoolShare
from hummingbot.connector.exchange.stellar.ledger.operations import PathPaymentStrictSend
from hummingbot.connector.exchange.stellar.ledger.xdr import pool_id, pool_of
from hummingbot.strategy.ai_stellar.cli.main import main

UNIT = 10_000_000
PAIR = "XLM-USDC"


@pytest.fixture
async def desk(sandbox: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Any:
    """Runs the command for a provider with 10,000 XLM and 1,000 USDC while ledgers close."""
    provider, taker = sandbox.fund("provider", "taker", usdc=1_000 * UNIT)
    keyfile = tmp_path / "key"
    keyfile.write_text(provider.reveal())
    id = pool_id(pool_of(NATIVE, sandbox.usdc))

    class Desk:
        account, other = provider.account, taker

        async def run(self, *words: str, code: int = 0) -> str:
            """Run ``ai-stellar pool`` and return what it prints."""
            options = ("--keyfile", str(keyfile)) if words[0] in ("deposit", "withdraw") else ()
            line = ["pool", words[0], PAIR, *words[1:], "--horizon-url", sandbox.url, *options]
            assert await asyncio.to_thread(main, line) == code
            printed = capsys.readouterr()
            return printed.err if code else printed.out

        @property
        def pool(self) -> Any:
            return sandbox.sandbox.network.state.pools.get(PoolShare(id))

        @property
        def held(self) -> tuple[int, int, int]:
            """Stroops of XLM, USDC and shares."""
            state = sandbox.sandbox.network.state
            line = state.trustlines.get((self.account, PoolShare(id)))
            return (
                state.accounts[self.account].balance,
                state.trustlines[self.account, sandbox.usdc].balance,
                line.balance if line else 0,
            )

    async with sandbox.ticking():
        yield Desk()


async def test_a_position_is_opened_looked_at_and_closed(desk: Any, sandbox: Any) -> None:
    said = await desk.run("deposit", "2000", "100", "--open-trustline")
    assert "deposited 2000.0000000 XLM and 100.0000000 USDC for 447.2135954 shares" in said
    assert (desk.pool.reserve_a, desk.pool.reserve_b) == (2_000 * UNIT, 100 * UNIT)
    assert desk.held[1:] == (900 * UNIT, 4_472_135_954)

    said = await desk.run("quote", "sell", "100")
    given = 9970 * 100 * UNIT * 100 * UNIT // (10000 * 2000 * UNIT + 9970 * 100 * UNIT)
    assert f"brings {Decimal(given).scaleb(-7)} USDC" in said
    sandbox.submit(
        desk.other, PathPaymentStrictSend(NATIVE, 100 * UNIT, desk.other.account, sandbox.usdc, given)
    )

    said = await desk.run("position", desk.account)
    assert "2100.0000000 XLM and 95." in said
    assert "2000.0000000 XLM and 100.0000000 USDC were put in" in said
    assert "less than these would be now (impermanent loss" in said

    lumens, usdc, _ = desk.held
    a, b = desk.pool.reserve_a, desk.pool.reserve_b
    said = await desk.run("withdraw")
    assert f"for {Decimal(a).scaleb(-7)} XLM and {Decimal(b).scaleb(-7)} USDC" in said
    assert desk.held == (lumens + a - 100, usdc + b, 0)
    assert "holds no shares" in await desk.run("position", desk.account)


async def test_a_second_deposit_goes_in_at_the_pools_price(desk: Any) -> None:
    await desk.run("deposit", "2000", "100", "--open-trustline")

    said = await desk.run("deposit", "1000", "10")

    assert "deposited 199.9999999 XLM and 10.0000000 USDC for 44.7213595 shares" in said


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("quote", "buy", "1"), "knows no pool of XLM-USDC"),
        (("deposit", "10", "10"), "--open-trustline"),
        (("deposit", "10", "5000", "--open-trustline"), "has not enough of both"),
        (("deposit", "0", "5", "--open-trustline"), "base amount 0 is not above 0"),
        (("deposit", "1", "1", "--open-trustline", "--slippage", "100"), "--slippage 100"),
        (("withdraw",), "knows no pool"),
    ],
)
async def test_what_cannot_be_done_is_one_sentence_and_costs_nothing(
    desk: Any, words: tuple[str, ...], sentence: str
) -> None:
    before = desk.held
    said = await desk.run(*words, code=1)
    assert sentence in said
    assert said.count("\n") == 1
    assert desk.held == before
